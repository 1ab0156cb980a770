package org.kernelentry.kernel.ptrace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.ptrace.PtraceRequest.*;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.Exec;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.testing.Session;
import org.kernelentry.kernel.testing.TestPort;

/** What a tracer sees of a successful execve (PTR-13). */
final class ExecStopTests {
    private static final String STOP = "stopped SIGTRAP|0x80";
    private static final long PATH = TestPort.DATA + 0x800;

    private final Session s = new Session();

    @BeforeEach
    void program() {
        s.k.processes.exec.register(
                "/bin/other",
                () -> new Exec.Image("test", TestPort.memory(s.k), s.p.address("other"), TestPort.STACK_TOP));
        s.p.string(PATH, "/bin/other").syscall("execve", PATH, 0, 0).note("never");
        s.p.label("other").exit(5);
    }

    @AfterEach
    void close() {
        assertThat(s.k.log.warnings()).isEmpty();
        s.close();
    }

    @Test
    void the_event_comes_between_entry_and_exit_and_carries_the_old_pid() {
        final Task guest = s.spawnSeized("guest", PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC);
        assertThat(s.resume(PTRACE_SYSCALL, guest)).isEqualTo(STOP);
        assertThat(s.resume(PTRACE_SYSCALL, guest)).isEqualTo("event 4");
        assertThat(s.message(guest)).isEqualTo(guest.pid);
        assertThat(s.resume(PTRACE_SYSCALL, guest)).isEqualTo(STOP);
        assertThat(s.message(guest)).isEqualTo(2);
        assertThat(s.register(guest, "r0")).isZero();
        assertThat(s.resume(PTRACE_CONT, guest)).isEqualTo("exited 5");
    }

    @Test
    void an_attached_task_without_the_event_gets_a_trap_signal_after_the_exit_stop() {
        final Task guest = s.spawnAttached("guest", PTRACE_O_TRACESYSGOOD);
        s.resume(PTRACE_SYSCALL, guest);
        assertThat(s.resume(PTRACE_SYSCALL, guest)).isEqualTo(STOP);
        assertThat(s.message(guest)).isEqualTo(2);
        assertThat(s.resume(PTRACE_SYSCALL, guest)).isEqualTo("stopped SIGTRAP");
        assertThat(s.sigInfo(guest)).isEqualTo(SigInfo.user(Signals.SIGTRAP, guest.pid));
        assertThat(s.register(guest, "pc")).isEqualTo(s.p.address("other"));
        assertThat(s.resume(PTRACE_CONT, guest)).isEqualTo("exited 5");
    }

    @Test
    void a_seized_task_without_the_event_gets_nothing() {
        final Task guest = s.spawnSeized("guest", PTRACE_O_TRACESYSGOOD);
        s.resume(PTRACE_SYSCALL, guest);
        assertThat(s.resume(PTRACE_SYSCALL, guest)).isEqualTo(STOP);
        assertThat(s.resume(PTRACE_CONT, guest)).isEqualTo("exited 5");
    }
}
