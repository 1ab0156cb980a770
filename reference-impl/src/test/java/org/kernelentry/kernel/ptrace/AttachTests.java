package org.kernelentry.kernel.ptrace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.ptrace.PtraceRequest.*;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kernelentry.kernel.signal.JobControl;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;
import org.kernelentry.kernel.task.ThreadFlags;
import org.kernelentry.kernel.task.Wait;
import org.kernelentry.kernel.testing.Session;

/** Becoming and ceasing to be a tracer, group-stops under a tracer. */
final class AttachTests {
    private final Session s = new Session();

    @AfterEach
    void close() {
        assertThat(s.k.log.warnings()).isEmpty();
        s.close();
    }

    private Task running() {
        s.p.label("loop").syscall("getppid").jump("loop");
        return s.spawn("guest");
    }

    @Test
    void attach_stops_with_sigstop_and_seize_does_not_stop() {
        final Task guest = running();
        assertThat(s.request(PTRACE_ATTACH, guest, 0)).isZero();
        assertThat(s.await(guest)).isEqualTo("stopped SIGSTOP");
        assertThat(s.request(PTRACE_DETACH, guest, 0)).isZero();
        assertThat(s.request(PTRACE_SEIZE, guest, PTRACE_O_TRACESYSGOOD)).isZero();
        s.sleep(1000);
        assertThat(s.await(guest, Wait.WALL | Wait.WNOHANG)).isEqualTo("nothing");
        assertThat(s.request(PTRACE_INTERRUPT, guest, 0)).isZero();
        assertThat(s.await(guest)).isEqualTo("event 128");
        assertThat(s.sigInfo(guest).signo()).isEqualTo(Signals.SIGTRAP);
    }

    @Test
    void interrupt_takes_a_sleeper_out_of_its_call_and_the_call_goes_on_afterwards() {
        s.p.syscall("pause").note("woken").exit(0);
        final Task guest = s.spawn("guest");
        s.request(PTRACE_SEIZE, guest, 0);
        s.sleep(1000);
        s.request(PTRACE_INTERRUPT, guest, 0);
        assertThat(s.await(guest)).isEqualTo("event 128");
        s.request(PTRACE_CONT, guest, 0);
        s.sleep(1000);
        assertThat(guest.state).isEqualTo(TaskState.INTERRUPTIBLE);
        assertThat(s.notes()).isEmpty();
    }

    @Test
    void nobody_is_traced_twice_nor_by_its_own_process() {
        final Task guest = running();
        s.request(PTRACE_SEIZE, guest, 0);
        assertThat(s.request(PTRACE_ATTACH, guest, 0)).isEqualTo(-Errno.EPERM);
        assertThat(s.request(PTRACE_SEIZE, guest, 0)).isEqualTo(-Errno.EPERM);
        assertThat(s.request(PTRACE_ATTACH, s.harness, 0)).isEqualTo(-Errno.EPERM);
    }

    @Test
    void unknown_options_fail_in_two_ways() {
        final Task guest = running();
        assertThat(s.request(PTRACE_SEIZE, guest, 1 << 19)).isEqualTo(-Errno.EIO);
        assertThat(s.k.ptrace.ptrace(s.harness, PTRACE_SEIZE, guest.pid, 8, 0)).isEqualTo(-Errno.EIO);
        s.request(PTRACE_SEIZE, guest, 0);
        s.request(PTRACE_INTERRUPT, guest, 0);
        s.await(guest);
        assertThat(s.request(PTRACE_SETOPTIONS, guest, 1 << 19)).isEqualTo(-Errno.EINVAL);
        assertThat(s.request(PTRACE_SETOPTIONS, guest, PTRACE_O_MASK)).isZero();
    }

    @Test
    void traceme_makes_the_parent_the_tracer() {
        s.p.syscall("ptrace", PTRACE_TRACEME).note("traceme", 0);
        s.p.syscall("ptrace", PTRACE_TRACEME).note("again", 0);
        s.p.syscall("gettid").op(cpu -> {
            cpu.state().r[1] = Signals.SIGSTOP;
            return org.kernelentry.kernel.testing.TestProgram.NEXT;
        });
        s.p.set(6, s.p.number("tkill")).svc().exit(0);
        final Task guest = s.spawn("guest");
        assertThat(s.await(guest)).isEqualTo("stopped SIGSTOP");
        assertThat(s.notes()).containsExactly("guest/100 traceme 0", "guest/100 again -1");
        assertThat(s.resume(PTRACE_CONT, guest)).isEqualTo("exited 0");
    }

    @Test
    void attach_to_a_stopped_task_shows_a_trap_at_once() {
        final Task guest = running();
        s.send(guest, Signals.SIGSTOP);
        assertThat(s.await(guest, Wait.WUNTRACED)).isEqualTo("stopped SIGSTOP");
        assertThat(s.request(PTRACE_ATTACH, guest, 0)).isZero();
        assertThat(guest.state).as("attach waited for it").isEqualTo(TaskState.TRACED);
        assertThat(JobControl.has(guest, JobControl.JOBCTL_TRAPPING)).isFalse();
        assertThat(s.await(guest, Wait.WALL | Wait.WNOHANG)).isEqualTo("stopped SIGSTOP");
        assertThat(s.k.ptrace.getSigInfo(s.harness, guest.pid, new SigInfo[1]))
                .as("a group-stop has no siginfo")
                .isEqualTo(-Errno.EINVAL);
    }

    @Test
    void a_stop_signal_let_through_leads_to_a_group_stop_without_siginfo() {
        running();
        final Task guest = s.k.processes.find(100);
        s.request(PTRACE_ATTACH, guest, 0);
        s.await(guest);
        assertThat(s.resume(PTRACE_CONT, guest, Signals.SIGSTOP)).isEqualTo("stopped SIGSTOP");
        assertThat(s.k.ptrace.getSigInfo(s.harness, guest.pid, new SigInfo[1])).isEqualTo(-Errno.EINVAL);
        s.request(PTRACE_CONT, guest, 0);
        s.sleep(1000);
        assertThat(guest.state).as("an attached task runs on in its group-stop").isEqualTo(TaskState.RUNNING);
    }

    @Test
    void a_seized_group_stop_is_an_event_that_can_be_listened_in() {
        final Task guest = running();
        s.request(PTRACE_SEIZE, guest, 0);
        s.send(guest, Signals.SIGSTOP);
        assertThat(s.await(guest)).isEqualTo("stopped SIGSTOP");
        assertThat(s.resume(PTRACE_CONT, guest, Signals.SIGSTOP)).isEqualTo("event 128 SIGSTOP");
        assertThat(s.request(PTRACE_LISTEN, guest, 0)).isZero();
        assertThat(s.await(guest, Wait.WALL | Wait.WNOHANG)).isEqualTo("nothing");
        assertThat(s.request(PTRACE_CONT, guest, 0))
                .as("listening is not stopped")
                .isEqualTo(-Errno.ESRCH);
        s.send(guest, Signals.SIGCONT);
        assertThat(s.await(guest)).as("the end of the stop is told").isEqualTo("event 128");
        assertThat(s.resume(PTRACE_CONT, guest)).isEqualTo("stopped SIGCONT");
    }

    @Test
    void interrupt_ends_listening() {
        final Task guest = running();
        s.request(PTRACE_SEIZE, guest, 0);
        s.send(guest, Signals.SIGSTOP);
        s.await(guest);
        s.resume(PTRACE_CONT, guest, Signals.SIGSTOP);
        s.request(PTRACE_LISTEN, guest, 0);
        s.request(PTRACE_INTERRUPT, guest, 0);
        assertThat(s.await(guest)).isEqualTo("event 128 SIGSTOP");
    }

    @Test
    void detach_takes_trace_emulation_and_stepping_away() {
        final Task guest = running();
        s.request(PTRACE_SEIZE, guest, PTRACE_O_TRACESYSGOOD);
        s.request(PTRACE_INTERRUPT, guest, 0);
        s.await(guest);
        s.resume(PTRACE_SYSEMU_SINGLESTEP, guest);
        assertThat(s.request(PTRACE_DETACH, guest, 65)).isEqualTo(-Errno.EIO);
        assertThat(s.request(PTRACE_DETACH, guest, 0)).isZero();
        assertThat(guest.syscallWork).isZero();
        assertThat(guest.ptrace.flags).isZero();
        assertThat(s.harness.ptraced).isEmpty();
        s.sleep(1000);
        assertThat(guest.state).isEqualTo(TaskState.RUNNING);
        assertThat(s.kill(guest)).isEqualTo("killed SIGKILL");
    }

    @Test
    void detach_with_a_signal_delivers_it() {
        final Task guest = running();
        s.request(PTRACE_SEIZE, guest, 0);
        s.send(guest, Signals.SIGUSR1);
        assertThat(s.await(guest)).isEqualTo("stopped SIGUSR1");
        s.request(PTRACE_DETACH, guest, Signals.SIGTERM);
        assertThat(s.await(guest, 0)).isEqualTo("killed SIGTERM");
    }

    @Test
    void a_tracee_let_go_inside_a_group_stop_stays_stopped() {
        final Task guest = running();
        s.request(PTRACE_SEIZE, guest, 0);
        s.send(guest, Signals.SIGSTOP);
        s.await(guest);
        s.resume(PTRACE_CONT, guest, Signals.SIGSTOP);
        s.request(PTRACE_DETACH, guest, 0);
        s.sleep(1000);
        assertThat(guest.state).isEqualTo(TaskState.STOPPED);
        s.send(guest, Signals.SIGCONT);
        s.sleep(1000);
        assertThat(guest.state).isEqualTo(TaskState.RUNNING);
    }

    @Test
    void a_dying_tracer_lets_its_tracees_go() {
        final Task guest = running();
        s.request(PTRACE_SEIZE, guest, PTRACE_O_TRACESYSGOOD);
        s.request(PTRACE_INTERRUPT, guest, 0);
        s.await(guest);
        s.resume(PTRACE_SYSCALL, guest);
        assertThat(guest.syscallWork & ThreadFlags.SYSCALL_WORK_SYSCALL_TRACE).isNotZero();
        assertThat(s.k.ptrace.exitPtrace(s.harness)).isEmpty();
        assertThat(guest.syscallWork).isZero();
        s.sleep(1000);
        assertThat(guest.state).isEqualTo(TaskState.RUNNING);
    }

    @Test
    void a_dying_tracer_that_asked_for_it_takes_its_tracees_along() {
        final Task guest = running();
        s.request(PTRACE_SEIZE, guest, PTRACE_O_EXITKILL);
        s.request(PTRACE_INTERRUPT, guest, 0);
        s.await(guest);
        s.k.ptrace.exitPtrace(s.harness);
        assertThat(s.await(guest, 0)).isEqualTo("killed SIGKILL");
    }

    @Test
    void a_forked_child_starts_stopped_when_the_tracer_asked_for_it() {
        s.p.syscall("fork").jumpIfZero(0, "child").exit(1);
        s.p.label("child").exit(2);
        final Task guest = s.spawnSeized("guest", PTRACE_O_TRACEFORK);
        assertThat(s.resume(PTRACE_CONT, guest)).isEqualTo("event 1");
        final Task child = s.k.processes.find((int) s.message(guest));
        assertThat(child.parent).isSameAs(s.harness);
        assertThat(s.await(child)).isEqualTo("event 128");
        assertThat(s.resume(PTRACE_CONT, child)).isEqualTo("exited 2");
        s.request(PTRACE_CONT, guest, 0);
        assertThat(s.await(guest)).isEqualTo("stopped SIGCHLD");
    }

    @Test
    void the_child_of_an_attached_task_starts_with_sigstop() {
        s.p.syscall("fork").jumpIfZero(0, "child").forever();
        s.p.label("child").exit(2);
        final Task guest = s.spawnAttached("guest", PTRACE_O_TRACEFORK);
        assertThat(s.resume(PTRACE_CONT, guest)).isEqualTo("event 1");
        final Task child = s.k.processes.find((int) s.message(guest));
        assertThat(s.await(child)).isEqualTo("stopped SIGSTOP");
        assertThat(s.sigInfo(child)).isEqualTo(SigInfo.user(Signals.SIGSTOP, 0));
    }

    @Test
    void a_kill_during_a_request_takes_effect_when_the_request_is_done() {
        final Task guest = running();
        s.request(PTRACE_SEIZE, guest, 0);
        s.request(PTRACE_INTERRUPT, guest, 0);
        s.await(guest);
        final PtraceRequests requests = new PtraceRequests(s.k, new PtraceAttach(s.k), new TraceeAccess(s.k));
        final long result = requests.attached(s.harness, guest.pid, child -> {
            s.send(child, Signals.SIGKILL);
            assertThat(child.state).isEqualTo(TaskState.TRACED);
            return 7;
        });
        assertThat(result).isEqualTo(7);
        assertThat(guest.state).isEqualTo(TaskState.RUNNING);
        assertThat(s.await(guest)).isEqualTo("killed SIGKILL");
    }
}
