package org.kernelentry.kernel.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kernelentry.kernel.task.CloneArgs.*;
import static org.kernelentry.kernel.testing.TestPort.DATA;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.SigSet;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.Journal;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.testing.TestPort;
import org.kernelentry.kernel.testing.TestProgram;

final class ProcessTests {
    private static final long MS = 1_000_000;
    private static final long THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;

    private final int[] status = new int[1];

    /** {@code pid:status} of each child the harness waits for, until there is none. */
    private List<String> waitForAll(final Kernel k, final int options) {
        final List<String> seen = new ArrayList<>();
        while (true) {
            final long pid = k.processes.wait4(k.current(), -1, options, status);
            if (pid < 0) {
                assertThat(pid).isEqualTo(-Errno.ECHILD);
                return seen;
            }
            seen.add(pid + ":" + Integer.toHexString(status[0]));
        }
    }

    private List<String> run(final Kernel k) {
        final Task harness = k.processes.createHarness("harness");
        TestPort.spawn(k, harness, "guest");
        final List<String> seen = waitForAll(k, 0);
        assertThat(k.log.warnings()).isEmpty();
        assertThat(k.processes.all()).containsExactly(harness);
        return seen;
    }

    @Test
    void a_program_calls_the_kernel_and_its_parent_reaps_it() {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = TestPort.program(k);
            p.storeLong(DATA, 0x0a_6f6c_6c65_68L);
            p.syscall("getpid").note("pid", 0).syscall("getppid").note("ppid", 0);
            p.syscall("write", 1, DATA, 6)
                    .note("wrote", 0)
                    .syscall("write", 7, DATA, 6)
                    .note("bad", 0);
            p.syscall("no_such_call").note("nosys", 0).exit(3);

            assertThat(run(k)).containsExactly("100:300");
            assertThat(p.notes)
                    .containsExactly(
                            "guest/100 pid 100",
                            "guest/100 ppid 1",
                            "guest/100 wrote 6",
                            "guest/100 bad -9",
                            "guest/100 nosys -38");
            assertThat(k.console.text()).isEqualTo("hello\n");
        }
    }

    @Test
    void fork_copies_memory_and_returns_zero_in_the_child() {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = TestPort.program(k);
            p.storeLong(DATA, 1).syscall("fork").note("fork", 0).jumpIfZero(0, "child");
            p.syscall("wait4", -1, DATA + 8, 0, 0)
                    .note("waited", 0)
                    .load(8, DATA)
                    .note("memory", 8);
            p.load(8, DATA + 8).note("status", 8).exit(0);
            p.label("child")
                    .syscall("getppid")
                    .note("ppid", 0)
                    .storeLong(DATA, 2)
                    .exit(7);

            assertThat(run(k)).containsExactly("100:0");
            assertThat(p.notes)
                    .containsExactly(
                            "guest/100 fork 101",
                            "guest/101 fork 0",
                            "guest/101 ppid 100",
                            "guest/100 waited 101",
                            "guest/100 memory 1",
                            "guest/100 status " + 0x700);
        }
    }

    @Test
    void vfork_runs_the_child_first_in_the_parents_memory() {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = TestPort.program(k);
            p.storeLong(DATA, 1).syscall("vfork").note("vfork", 0).jumpIfZero(0, "child");
            p.load(8, DATA).note("memory", 8).exit(0);
            p.label("child").spin(20 * MS).storeLong(DATA, 2).exit(0);

            assertThat(run(k)).containsExactly("100:0", "101:0");
            assertThat(p.notes).containsExactly("guest/101 vfork 0", "guest/100 vfork 101", "guest/100 memory 2");
        }
    }

    @Test
    void a_fatal_signal_ends_a_parent_that_waits_in_vfork() {
        try (Kernel k = TestPort.kernel(1)) {
            TestPort.program(k)
                    .syscall("vfork")
                    .jumpIfZero(0, "child")
                    .exit(0)
                    .label("child")
                    .forever();
            final Task harness = k.processes.createHarness("harness");
            final Task guest = TestPort.spawn(k, harness, "guest");
            k.processes.sleep(harness, MS);

            k.signals.send(guest, SigInfo.kernel(Signals.SIGKILL), true);

            assertThat(k.processes.wait4(harness, -1, 0, status)).isEqualTo(100);
            assertThat(status[0]).isEqualTo(Signals.SIGKILL);
            assertThat(k.processes.all()).extracting(task -> task.pid).containsExactly(1, 101);
        }
    }

    @Test
    void orphans_go_to_init_and_are_reaped_there() {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = TestPort.program(k);
            p.syscall("fork").jumpIfZero(0, "child").exit(1);
            p.label("child").spin(MS).syscall("getppid").note("ppid", 0).exit(2);

            assertThat(run(k)).containsExactly("100:100", "101:200");
            assertThat(p.notes).containsExactly("guest/101 ppid 1");
        }
    }

    @Test
    void orphans_go_to_a_subreaper_before_they_go_to_init() {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = TestPort.program(k);
            p.syscall("prctl", 36, 1).syscall("fork").jumpIfZero(0, "child");
            p.syscall("wait4", -1, 0, 0, 0).note("first", 0);
            p.syscall("wait4", -1, 0, 0, 0).note("second", 0).exit(0);
            p.label("child").syscall("fork").jumpIfZero(0, "grandchild").exit(0);
            p.label("grandchild").spin(MS).syscall("getppid").note("ppid", 0).exit(0);

            assertThat(run(k)).containsExactly("100:0");
            assertThat(p.notes).containsExactly("guest/102 ppid 100", "guest/100 first 101", "guest/100 second 102");
        }
    }

    @Test
    void a_parent_that_ignores_sigchld_never_sees_a_zombie() {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = TestPort.program(k);
            p.storeLong(DATA, SigAction.SIG_IGN).syscall("rt_sigaction", Signals.SIGCHLD, DATA, 0, 8);
            p.syscall("fork")
                    .jumpIfZero(0, "child")
                    .syscall("wait4", -1, 0, 0, 0)
                    .note("wait4", 0)
                    .exit(0);
            p.label("child").spin(MS).exit(0);

            assertThat(run(k)).containsExactly("100:0");
            assertThat(p.notes).containsExactly("guest/100 wait4 -" + Errno.ECHILD);
        }
    }

    @Test
    void a_leader_that_exits_first_stays_a_zombie_until_its_last_thread_has_gone() {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = TestPort.program(k);
            p.syscall("clone", THREAD, TestPort.STACK_TOP - 0x1000)
                    .jumpIfZero(0, "thread")
                    .syscall("exit", 5);
            p.label("thread")
                    .spin(10 * MS)
                    .syscall("gettid")
                    .note("tid", 0)
                    .syscall("getpid")
                    .note("pid", 0);
            p.syscall("exit", 6);
            final Task harness = k.processes.createHarness("harness");
            TestPort.spawn(k, harness, "guest");

            k.processes.sleep(harness, 5 * MS);
            assertThat(k.processes.wait4(harness, -1, Wait.WNOHANG, status)).isZero();

            assertThat(waitForAll(k, 0)).containsExactly("100:600");
            assertThat(k.processes.all()).containsExactly(harness);
            assertThat(p.notes).containsExactly("guest/101 tid 101", "guest/101 pid 100");
        }
    }

    @Test
    void exit_group_takes_all_threads_along_with_its_code() {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = TestPort.program(k);
            p.syscall("clone", THREAD, TestPort.STACK_TOP - 0x1000)
                    .jumpIfZero(0, "thread")
                    .syscall("pause")
                    .note("no");
            p.label("thread").spin(MS).exit(9);

            assertThat(run(k)).containsExactly("100:900");
            assertThat(p.notes).isEmpty();
        }
    }

    @Test
    void a_thread_clears_its_tid_and_wakes_who_joins_it() {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = TestPort.program(k);
            final long flags = THREAD | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
            p.syscall("clone", flags, TestPort.STACK_TOP - 0x1000, DATA, 0, DATA)
                    .jumpIfZero(0, "thread");
            p.syscall("futex", DATA, 0, 101, 0)
                    .note("futex", 0)
                    .load(8, DATA)
                    .note("tid", 8)
                    .exit(0);
            p.label("thread").spin(10 * MS).syscall("exit", 0);

            assertThat(run(k)).containsExactly("100:0");
            assertThat(p.notes).containsExactly("guest/100 futex 0", "guest/100 tid 0");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0x10000, THREAD without SIGHAND",
        "0x10800, THREAD with SIGHAND but without VM",
        "0x800, SIGHAND without VM",
        "0x20000, a new mount namespace"
    })
    void clone_refuses_flags_that_do_not_go_together(final long flags, final String why) {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = TestPort.program(k);
            p.syscall("clone", flags, 0, 0, 0, 0).note("clone", 0).exit(0);
            run(k);
            assertThat(p.notes).as(why).containsExactly("guest/100 clone -" + Errno.EINVAL);
        }
    }

    @Test
    void fork_with_a_signal_pending_asks_to_be_run_again_after_it() {
        try (Kernel k = TestPort.kernel(1)) {
            final AtomicReference<Long> result = new AtomicReference<>();
            final TestProgram p = TestPort.program(k);
            p.op(cpu -> {
                // As if the signal had come between the call instruction and the body.
                final Task current = k.current();
                current.pending.set = current.pending.set.plus(Signals.SIGUSR1);
                result.set(k.processes.kernelClone(current, 0, 0, 0, 0, 0, Signals.SIGCHLD));
                current.pending.set = SigSet.EMPTY;
                return TestProgram.NEXT;
            });
            p.exit(0);

            run(k);
            assertThat(result.get()).isEqualTo(-Errno.ERESTARTNOINTR);
        }
    }

    @Test
    void a_fork_bomb_ends_in_eagain() {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = TestPort.program(k);
            p.label("top").syscall("fork").jumpIfZero(0, "top").op(cpu -> {
                if (cpu.state().r[0] < 0) {
                    p.notes.add("fork " + cpu.state().r[0]);
                }
                return TestProgram.NEXT;
            });
            p.syscall("pause");
            final Task harness = k.processes.createHarness("harness");
            TestPort.spawn(k, harness, "bomb");

            assertThatThrownBy(() -> k.processes.wait4(harness, -1, 0, status))
                    .isInstanceOf(GuestEvent.GuestStuck.class);
            assertThat(p.notes).containsExactly("fork -" + Errno.EAGAIN);
            assertThat(k.processes.all()).hasSize(Processes.MAX_THREADS);
        }
    }

    @Test
    void a_tracer_sees_fork_its_child_and_its_exit() {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = TestPort.program(k);
            p.syscall("fork")
                    .jumpIfZero(0, "child")
                    .syscall("wait4", -1, 0, 0, 0)
                    .exit(1);
            p.label("child").exit(2);
            final Task harness = k.processes.createHarness("harness");
            final Task guest = k.processes.create(
                    harness, "guest", "test", TestPort.memory(k), TestProgram.TEXT, TestPort.STACK_TOP);
            final int traceForkAndExit = 1 << 1 | 1 << 6;
            assertThat(k.ptrace.ptrace(harness, 0x4206, guest.pid, 0, traceForkAndExit))
                    .isZero();
            k.processes.startFirst(guest);

            final List<String> seen = new ArrayList<>();
            while (true) {
                final long pid = k.processes.wait4(harness, -1, Wait.WALL, status);
                if (pid < 0) {
                    break;
                }
                seen.add(pid + ":" + Integer.toHexString(status[0]));
                if ((status[0] & 0xff) == 0x7f) {
                    // PTRACE_CONT, with the signal unless it is the trap of an event.
                    final int signal = status[0] >> 8;
                    final long deliver = signal > 0xff || signal == Signals.SIGTRAP ? 0 : signal;
                    assertThat(k.ptrace.ptrace(harness, 7, (int) pid, 0, deliver))
                            .isZero();
                }
            }

            assertThat(seen)
                    .containsExactly(
                            "100:1057f", "101:80057f", "101:6057f", "101:200", "100:117f", "100:6057f", "100:100");
            assertThat(k.log.warnings()).isEmpty();
        }
    }

    @Test
    void group_stop_and_continuation_are_reported_on_request() {
        try (Kernel k = TestPort.kernel(1)) {
            TestPort.program(k).label("top").syscall("pause").jump("top");
            final Task harness = k.processes.createHarness("harness");
            final Task guest = TestPort.spawn(k, harness, "guest");
            k.processes.sleep(harness, MS);

            k.signals.send(guest, SigInfo.user(Signals.SIGSTOP, 1), true);
            assertThat(k.processes.wait4(harness, guest.pid, Wait.WUNTRACED, status))
                    .isEqualTo(guest.pid);
            assertThat(status[0]).isEqualTo(Signals.SIGSTOP << 8 | 0x7f);
            assertThat(k.processes.wait4(harness, guest.pid, Wait.WUNTRACED | Wait.WNOHANG, status))
                    .as("reported once")
                    .isZero();

            k.signals.send(guest, SigInfo.user(Signals.SIGCONT, 1), true);
            assertThat(k.processes.wait4(harness, guest.pid, Wait.WCONTINUED, status))
                    .isEqualTo(guest.pid);
            assertThat(status[0]).isEqualTo(0xffff);

            k.signals.send(guest, SigInfo.kernel(Signals.SIGKILL), true);
            assertThat(waitForAll(k, 0)).containsExactly("100:9");
        }
    }

    @Test
    void waitid_looks_without_taking_and_fills_the_siginfo() {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = TestPort.program(k);
            p.syscall("fork").jumpIfZero(0, "child");
            final int noWaitExited = Wait.WEXITED | Wait.WNOWAIT;
            p.syscall("waitid", Wait.P_ALL, 0, DATA, noWaitExited, 0).note("waitid", 0);
            p.load(8, DATA)
                    .note("signo", 8)
                    .load(8, DATA + 16)
                    .note("pid", 8)
                    .load(8, DATA + 24)
                    .note("status", 8);
            p.syscall("waitid", Wait.P_PID, 101, 0, Wait.WEXITED, 0).note("again", 0);
            p.syscall("waitid", Wait.P_ALL, 0, DATA, Wait.WEXITED, 0)
                    .note("none", 0)
                    .exit(0);
            p.label("child").exit(4);

            assertThat(run(k)).containsExactly("100:0");
            assertThat(p.notes)
                    .containsExactly(
                            "guest/100 waitid 0",
                            "guest/100 signo " + Signals.SIGCHLD,
                            "guest/100 pid 101",
                            "guest/100 status 4",
                            "guest/100 again 0",
                            "guest/100 none -" + Errno.ECHILD);
        }
    }

    @Test
    void a_pipe_carries_bytes_and_ends_with_its_last_writer() {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = TestPort.program(k);
            p.syscall("pipe2", DATA, 0).syscall("fork").jumpIfZero(0, "child").syscall("close", 4);
            p.syscall("read", 3, DATA + 8, 100)
                    .note("read", 0)
                    .load(8, DATA + 8)
                    .note("bytes", 8);
            p.syscall("read", 3, DATA + 8, 100).note("end", 0).exit(0);
            p.label("child")
                    .storeLong(DATA + 16, 42)
                    .spin(MS)
                    .syscall("write", 4, DATA + 16, 8)
                    .exit(0);

            assertThat(run(k)).containsExactly("100:0", "101:0");
            assertThat(p.notes).containsExactly("guest/100 read 8", "guest/100 bytes 42", "guest/100 end 0");
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "4"})
    void threads_processes_and_pipes_give_the_same_journal_twice(final int cpus) {
        final String first = mixedRun(cpus);
        assertThat(first).contains("guest/103");
        assertThat(mixedRun(cpus)).isEqualTo(first);
    }

    private String mixedRun(final int cpus) {
        try (Kernel k = TestPort.kernel(cpus)) {
            final TestProgram p = TestPort.program(k);
            p.syscall("pipe2", DATA, 0).syscall("fork").syscall("fork").jumpIfZero(0, "leaf");
            p.syscall("clone", THREAD, TestPort.STACK_TOP - 0x1000).jumpIfZero(0, "leaf");
            p.syscall("read", 3, DATA, 1)
                    .note("got", 0)
                    .spin(7 * MS)
                    .syscall("wait4", -1, 0, 0, 0)
                    .exit(0);
            p.label("leaf")
                    .spin(5 * MS)
                    .syscall("write", 4, DATA, 1)
                    .note("leaf")
                    .spin(MS)
                    .syscall("exit", 0);
            final Task harness = k.processes.createHarness("harness");
            final Journal journal = new Journal();
            k.steps.observe(journal);
            TestPort.spawn(k, harness, "guest");
            final List<String> seen = waitForAll(k, 0);
            assertThat(k.log.warnings()).isEmpty();
            return journal.render() + seen + p.notes;
        }
    }
}
