package org.kernelentry.kernel.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.ptrace.PtraceRequest.*;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;
import org.kernelentry.kernel.task.ThreadFlags;
import org.kernelentry.kernel.task.Wait;
import org.kernelentry.kernel.testing.Session;
import org.kernelentry.kernel.testing.TestProgram;

/** Signals and stops of processes with several threads, and what their parents hear. */
final class ThreadGroupTests {
    /** VM, FS, FILES, SIGHAND, THREAD. */
    private static final long CLONE_THREAD = 0x1_0f00;

    /** A process of two threads that both sleep in pause for ever. */
    private static Task twoThreads(final Session s) {
        s.p.syscall("clone", CLONE_THREAD, 0, 0, 0, 0)
                .label("sleep")
                .syscall("pause")
                .jump("sleep");
        final Task leader = s.spawn("g");
        s.sleep(1_000_000);
        assertThat(leader.signal.threads).hasSize(2);
        return leader;
    }

    private static void finish(final Session s) {
        assertThat(s.k.log.warnings()).isEmpty();
    }

    @Test
    void a_stop_signal_stops_all_threads_and_is_reported_once() {
        try (Session s = new Session()) {
            final Task g = twoThreads(s);
            s.send(g, Signals.SIGSTOP);
            assertThat(s.await(g, Wait.WUNTRACED)).isEqualTo("stopped SIGSTOP");
            assertThat(g.signal.threads).extracting(t -> t.state).containsOnly(TaskState.STOPPED);
            assertThat(s.await(g, Wait.WUNTRACED | Wait.WNOHANG)).isEqualTo("nothing");
            s.send(g, Signals.SIGTSTP);
            s.sleep(1000);
            assertThat(s.await(g, Wait.WUNTRACED | Wait.WNOHANG)).isEqualTo("nothing");
            s.send(g, Signals.SIGCONT);
            assertThat(s.await(g, Wait.WCONTINUED)).isEqualTo("continued");
            s.sleep(1000);
            assertThat(g.signal.threads).extracting(t -> t.state).containsOnly(TaskState.INTERRUPTIBLE);
            finish(s);
        }
    }

    @Test
    void sigcont_during_an_unfinished_stop_reports_the_stop() {
        try (Session s = new Session()) {
            s.p.forever();
            final Task g = s.spawn("g");
            s.k.trace.enable("signal:signal_generate");
            s.send(g, Signals.SIGSTOP);
            g.signal.groupStopCount = 1;
            s.send(g, Signals.SIGCONT);
            assertThat(g.signal.flags).isEqualTo(SignalStruct.SIGNAL_CLD_STOPPED | SignalStruct.SIGNAL_STOP_CONTINUED);
            assertThat(g.signal.groupStopCount).isZero();
            assertThat(g.signal.sharedPending.set.has(Signals.SIGSTOP)).isFalse();
            finish(s);
        }
    }

    @Test
    void a_fatal_signal_takes_all_threads_down() {
        try (Session s = new Session()) {
            final Task g = twoThreads(s);
            s.send(g, Signals.SIGTERM);
            assertThat(s.await(g)).isEqualTo("killed SIGTERM");
            assertThat(s.k.processes.find(g.pid)).isNull();
            assertThat(s.k.processes.find(g.pid + 1)).isNull();
            finish(s);
        }
    }

    @Test
    void a_kill_reaches_a_thread_in_a_ptrace_stop() {
        try (Session s = new Session()) {
            final Task g = twoThreads(s);
            final Task thread = g.signal.threads.get(1);
            s.request(PTRACE_SEIZE, thread, 0);
            s.request(PTRACE_INTERRUPT, thread, 0);
            assertThat(s.await(thread)).isEqualTo("event 128");
            s.send(g, Signals.SIGKILL);
            assertThat(s.await(thread)).isEqualTo("killed SIGKILL");
            assertThat(s.await(g)).isEqualTo("killed SIGKILL");
            finish(s);
        }
    }

    @Test
    void a_signal_meant_for_a_thread_that_blocks_it_now_wakes_another() {
        try (Session s = new Session()) {
            final Task g = twoThreads(s);
            final Task thread = g.signal.threads.get(1);
            g.sighand.action[Signals.SIGUSR1] = new SigAction(0x5000, 0, 0, SigSet.EMPTY);
            s.send(g, Signals.SIGUSR1);
            assertThat(g.testTif(ThreadFlags.TIF_SIGPENDING)).isTrue();
            assertThat(thread.testTif(ThreadFlags.TIF_SIGPENDING)).isFalse();
            s.k.signals.setCurrentBlocked(g, SigSet.of(Signals.SIGUSR1));
            assertThat(g.testTif(ThreadFlags.TIF_SIGPENDING)).isFalse();
            assertThat(thread.testTif(ThreadFlags.TIF_SIGPENDING)).isTrue();
            finish(s);
        }
    }

    @Test
    void a_traced_thread_is_shown_the_group_stop_while_the_others_just_stop() {
        try (Session s = new Session()) {
            final Task g = twoThreads(s);
            final Task thread = g.signal.threads.get(1);
            s.request(PTRACE_SEIZE, thread, 0);
            s.send(g, Signals.SIGSTOP);
            assertThat(s.await(thread)).isEqualTo("event 128 SIGSTOP");
            assertThat(g.state).isEqualTo(TaskState.STOPPED);
            assertThat(s.await(g, Wait.WUNTRACED)).isEqualTo("stopped SIGSTOP");
            s.send(g, Signals.SIGCONT);
            s.sleep(1000);
            assertThat(g.state).isEqualTo(TaskState.INTERRUPTIBLE);
            assertThat(thread.state).as("only its tracer lets it go").isEqualTo(TaskState.TRACED);
            assertThat(s.resume(PTRACE_CONT, thread)).as("told of the end").isEqualTo("event 128");
            finish(s);
        }
    }

    @Test
    void a_parent_that_ignores_sigchld_has_nobody_to_wait_for() {
        try (Session s = new Session()) {
            s.action(Signals.SIGCHLD, null, 0);
            s.p.syscall("fork").jumpIfZero(0, "child");
            s.p.syscall("wait4", -1, 0, 0, 0).note("wait4", 0).exit(0);
            s.p.label("child").exit(3);
            final Task g = s.spawn("g");
            assertThat(s.await(g)).isEqualTo("exited 0");
            assertThat(s.notes()).containsExactly("g/100 wait4 -10");
            finish(s);
        }
    }

    @Test
    void sigchld_says_how_the_child_ended_or_stopped() {
        try (Session s = new Session()) {
            s.action(Signals.SIGCHLD, "chld", SigAction.SA_RESTORER);
            s.k.trace.enable("signal:signal_generate");
            s.p.syscall("fork").jumpIfZero(0, "child");
            s.p.label("loop").syscall("pause").jump("loop");
            s.p.label("child").syscall("pause").forever();
            s.handler("chld");
            s.spawn("g");
            s.sleep(1_000_000);
            final Task child = s.k.processes.find(101);
            s.send(child, Signals.SIGSTOP);
            s.sleep(1000);
            s.send(child, Signals.SIGCONT);
            s.sleep(1000);
            s.send(child, Signals.SIGTERM);
            s.sleep(1000);
            final List<String> codes = s.k.trace.events().stream()
                    .filter(event ->
                            event.text().startsWith("sig=17") && event.text().contains("pid=100"))
                    .map(event -> event.text().replaceAll(".*(code=\\d+).*", "$1"))
                    .toList();
            assertThat(codes).containsExactly("code=5", "code=6", "code=2");
            assertThat(s.notes()).hasSize(3).containsOnly("g/100 chld 17");
            finish(s);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void a_signal_reaches_a_task_that_runs_user_code_on_any_cpu(final int cpus) {
        try (Session s = new Session(cpus)) {
            s.action(Signals.SIGUSR1, "usr1", SigAction.SA_RESTORER);
            s.p.note("spins").forever();
            s.p.label("usr1").exit(4);
            final Task g = s.spawn("g");
            s.sleep(1_000_000);
            s.send(g, Signals.SIGUSR1);
            assertThat(s.await(g)).isEqualTo("exited 4");
            finish(s);
        }
    }

    @Test
    void two_spinning_processes_signal_each_other_across_cpus() {
        try (Session s = new Session(2)) {
            s.action(Signals.SIGUSR1, "usr1", SigAction.SA_RESTORER);
            s.p.syscall("fork").jumpIfZero(0, "child").forever();
            s.p.label("child").spin(100_000).syscall("getppid").op(cpu -> {
                cpu.state().r[1] = Signals.SIGUSR1;
                return TestProgram.NEXT;
            });
            s.p.set(6, s.p.number("kill")).svc().forever();
            s.p.label("usr1").exit(6);
            final Task g = s.spawn("g");
            assertThat(s.await(g)).isEqualTo("exited 6");
            finish(s);
        }
    }
}
