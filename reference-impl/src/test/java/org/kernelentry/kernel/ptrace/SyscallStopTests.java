package org.kernelentry.kernel.ptrace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.ptrace.PtraceRequest.*;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kernelentry.kernel.entry.TaskWork;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;
import org.kernelentry.kernel.testing.Session;

final class SyscallStopTests {
    private static final String STOP = "stopped SIGTRAP|0x80";
    private static final int GOOD = PTRACE_O_TRACESYSGOOD;

    private final Session s = new Session();

    @AfterEach
    void close() {
        assertThat(s.k.log.warnings()).isEmpty();
        s.close();
    }

    private Task getppidTwice(final int options) {
        s.p.syscall("getppid").note("ppid", 0).syscall("getppid").exit(3);
        return s.spawnSeized("guest", options);
    }

    @Test
    void entry_and_exit_are_told_apart_by_the_event_message() {
        final Task guest = getppidTwice(GOOD);
        assertThat(s.resume(PTRACE_SYSCALL, guest)).isEqualTo(STOP);
        assertThat(s.message(guest)).isEqualTo(1);
        assertThat(s.register(guest, "r0")).isEqualTo(-Errno.ENOSYS);
        assertThat(s.sigInfo(guest))
                .isEqualTo(new SigInfo(Signals.SIGTRAP, 0, Signals.SIGTRAP | 0x80, guest.pid, 0, 0, 0, 0));
        assertThat(s.resume(PTRACE_SYSCALL, guest)).isEqualTo(STOP);
        assertThat(s.message(guest)).isEqualTo(2);
        assertThat(s.register(guest, "r0")).isEqualTo(s.harness.pid);
        s.request(PTRACE_CONT, guest, 0);
        assertThat(guest.ptrace.flags).isNotZero();
        assertThat(s.await(guest)).isEqualTo("exited 3");
        assertThat(s.notes()).containsExactly("guest/100 ppid 1");
    }

    @Test
    void without_sysgood_a_syscall_stop_is_a_plain_trap() {
        final Task guest = getppidTwice(0);
        assertThat(s.resume(PTRACE_SYSCALL, guest)).isEqualTo("stopped SIGTRAP");
        assertThat(s.message(guest)).isEqualTo(1);
        assertThat(s.sigInfo(guest).code()).isEqualTo(Signals.SIGTRAP);
    }

    @Test
    void continuing_from_an_entry_stop_drops_its_exit_stop() {
        final Task guest = getppidTwice(GOOD);
        s.resume(PTRACE_SYSCALL, guest);
        assertThat(s.resume(PTRACE_CONT, guest)).isEqualTo("exited 3");
    }

    @Test
    void the_message_is_forgotten_when_the_stop_ends() {
        final Task guest = getppidTwice(GOOD);
        s.resume(PTRACE_SYSCALL, guest);
        s.request(PTRACE_CONT, guest, 0);
        s.await(guest);
        assertThat(guest.ptrace.message).isZero();
        assertThat(guest.ptrace.lastSigInfo).isNull();
    }

    @Test
    void a_signal_given_at_a_syscall_stop_is_sent_and_reported_again() {
        final Task guest = getppidTwice(GOOD);
        s.resume(PTRACE_SYSCALL, guest);
        assertThat(s.resume(PTRACE_SYSCALL, guest, Signals.SIGUSR1)).isEqualTo(STOP);
        assertThat(s.message(guest)).as("the exit-stop comes first").isEqualTo(2);
        assertThat(s.resume(PTRACE_SYSCALL, guest)).isEqualTo("stopped SIGUSR1");
        assertThat(s.sigInfo(guest)).isEqualTo(SigInfo.kernel(Signals.SIGUSR1));
        assertThat(s.resume(PTRACE_CONT, guest)).isEqualTo("exited 3");
    }

    @Test
    void a_signal_sent_in_the_entry_stop_is_reported_after_the_exit_stop() {
        final Task guest = getppidTwice(GOOD);
        s.resume(PTRACE_SYSCALL, guest);
        s.send(guest, Signals.SIGUSR2);
        assertThat(s.resume(PTRACE_SYSCALL, guest)).isEqualTo(STOP);
        assertThat(s.resume(PTRACE_SYSCALL, guest)).isEqualTo("stopped SIGUSR2");
        assertThat(s.resume(PTRACE_SYSCALL, guest)).isEqualTo(STOP);
        assertThat(s.message(guest)).isEqualTo(1);
    }

    @Test
    void an_exit_has_an_entry_stop_then_its_event_and_no_exit_stop() {
        s.p.exit(7);
        final Task guest = s.spawnSeized("guest", GOOD | PTRACE_O_TRACEEXIT);
        assertThat(s.resume(PTRACE_SYSCALL, guest)).isEqualTo(STOP);
        assertThat(s.resume(PTRACE_SYSCALL, guest)).isEqualTo("event 6");
        assertThat(s.message(guest)).isEqualTo(7 << 8);
        assertThat(s.resume(PTRACE_SYSCALL, guest)).isEqualTo("exited 7");
    }

    @Test
    void a_kill_in_the_entry_stop_skips_the_body_and_every_further_stop_but_the_exit_event() {
        s.p.syscall("getppid").note("alive").forever();
        final Task guest = s.spawnSeized("guest", GOOD | PTRACE_O_TRACEEXIT);
        s.resume(PTRACE_SYSCALL, guest);
        s.send(guest, Signals.SIGKILL);
        assertThat(s.await(guest)).isEqualTo("event 6");
        assertThat(s.register(guest, "r0")).as("the body did not run").isEqualTo(-Errno.ENOSYS);
        assertThat(s.resume(PTRACE_CONT, guest)).isEqualTo("killed SIGKILL");
        assertThat(s.notes()).isEmpty();
    }

    @Test
    void work_queued_for_the_tracee_is_done_before_it_stops() {
        final Task guest = getppidTwice(GOOD);
        s.resume(PTRACE_SYSCALL, guest);
        final boolean[] done = new boolean[1];
        s.k.taskWork.add(guest, () -> done[0] = guest.ptrace.lastSigInfo == null, TaskWork.Notify.NONE);
        assertThat(s.resume(PTRACE_SYSCALL, guest)).isEqualTo(STOP);
        assertThat(done[0]).isTrue();
    }

    @Test
    void a_bad_signal_number_changes_nothing() {
        final Task guest = getppidTwice(GOOD);
        s.resume(PTRACE_SYSCALL, guest);
        assertThat(s.request(PTRACE_CONT, guest, 65)).isEqualTo(-Errno.EIO);
        assertThat(s.request(PTRACE_CONT, guest, -1)).isEqualTo(-Errno.EIO);
        assertThat(guest.syscallWork & ThreadFlags.SYSCALL_WORK_SYSCALL_TRACE).isNotZero();
        assertThat(s.message(guest)).isEqualTo(1);
        assertThat(s.request(PTRACE_CONT, guest, 64)).isZero();
    }

    @Test
    void stepping_the_port_lacks_fails_with_the_work_bits_changed_already() {
        final Task guest = getppidTwice(GOOD);
        s.resume(PTRACE_SYSCALL, guest);
        assertThat(s.request(PTRACE_SINGLEBLOCK, guest, 0)).isEqualTo(-Errno.EIO);
        assertThat(guest.syscallWork & ThreadFlags.SYSCALL_WORK_SYSCALL_TRACE).isZero();
        assertThat(s.message(guest)).as("still stopped").isEqualTo(1);
        assertThat(s.resume(PTRACE_CONT, guest)).isEqualTo("exited 3");
    }

    @Test
    void an_emulated_call_never_runs_whatever_it_is_resumed_with() {
        for (final int resume : new int[] {PTRACE_SYSEMU, PTRACE_CONT, PTRACE_SYSCALL}) {
            try (Session session = new Session()) {
                session.p.syscall("getppid").note("result", 0).syscall("gettid").exit(3);
                final Task guest = session.spawnSeized("guest", GOOD);
                assertThat(session.resume(PTRACE_SYSEMU, guest)).isEqualTo(STOP);
                assertThat(session.message(guest)).isEqualTo(1);
                final String next = session.resume(resume, guest);
                assertThat(next).isEqualTo(resume == PTRACE_CONT ? "exited 3" : STOP);
                if (resume != PTRACE_CONT) {
                    assertThat(session.message(guest)).isEqualTo(resume == PTRACE_SYSCALL ? 2 : 1);
                    session.request(PTRACE_CONT, guest, 0);
                }
                assertThat(session.k.log.warnings()).isEmpty();
            }
        }
    }

    @Test
    void emulation_asked_for_in_an_entry_stop_is_for_the_next_call() {
        final Task guest = getppidTwice(GOOD);
        s.resume(PTRACE_SYSCALL, guest);
        assertThat(s.resume(PTRACE_SYSEMU, guest)).isEqualTo(STOP);
        assertThat(s.message(guest)).isEqualTo(1);
        assertThat(s.notes()).containsExactly("guest/100 ppid 1");
        assertThat(s.register(guest, "r0")).isEqualTo(-Errno.ENOSYS);
    }

    @Test
    void stepping_out_of_an_entry_stop_reports_the_step_and_no_exit_stop() {
        final Task guest = getppidTwice(GOOD);
        s.resume(PTRACE_SYSCALL, guest);
        final long after = s.register(guest, "pc");
        assertThat(s.resume(PTRACE_SINGLESTEP, guest)).isEqualTo("stopped SIGTRAP");
        assertThat(s.register(guest, "pc")).isEqualTo(after);
        assertThat(s.register(guest, "r0")).isEqualTo(s.harness.pid);
    }
}
