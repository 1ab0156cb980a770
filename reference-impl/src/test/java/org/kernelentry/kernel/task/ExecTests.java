package org.kernelentry.kernel.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.task.CloneArgs.*;
import static org.kernelentry.kernel.testing.TestPort.DATA;
import static org.kernelentry.kernel.testing.TestPort.STACK_TOP;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.ptrace.Ptrace;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.testing.TestPort;
import org.kernelentry.kernel.testing.TestProgram;

final class ExecTests {
    private static final long MS = 1_000_000;
    private static final long PATH = DATA + 0x800;
    private static final long THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;

    private final int[] status = new int[1];
    private final Kernel k = TestPort.kernel(1);
    private final TestProgram p = TestPort.program(k);
    private final Task harness = k.processes.createHarness("harness");

    /** The program {@code /bin/other} starts at the label {@code other}; a string of its path is at PATH. */
    @BeforeEach
    void register() {
        k.processes.exec.register(
                "/bin/other", () -> new Exec.Image("test", TestPort.memory(k), p.address("other"), STACK_TOP));
        p.string(PATH, "/bin/other");
    }

    @AfterEach
    void close() {
        k.close();
    }

    private long runToTheEnd() {
        final Task guest = TestPort.spawn(k, harness, "guest");
        assertThat(k.processes.wait4(harness, guest.pid, 0, status)).isEqualTo(100);
        assertThat(k.log.warnings()).isEmpty();
        assertThat(k.processes.all()).containsExactly(harness);
        return status[0];
    }

    @Test
    void a_new_program_starts_with_fresh_memory_registers_and_handlers() {
        p.sigaction(Signals.SIGUSR1, "handler", 0, DATA + 0x400);
        p.storeLong(DATA + 0x400, SigAction.SIG_IGN).syscall("rt_sigaction", Signals.SIGUSR2, DATA + 0x400, 0, 8);
        p.storeLong(DATA, 5).set(9, 77).syscall("pipe2", DATA + 8, 0x8_0000);
        p.syscall("execve", PATH, 0, 0).note("never");
        p.label("handler").note("never");
        p.label("other")
                .note("result", 0)
                .note("r9", 9)
                .load(8, DATA)
                .note("memory", 8)
                .syscall("close", 3);
        p.note("close", 0).syscall("getpid").note("pid", 0);
        p.syscall("rt_sigaction", Signals.SIGUSR1, 0, DATA, 8).load(8, DATA).note("usr1", 8);
        p.syscall("rt_sigaction", Signals.SIGUSR2, 0, DATA, 8)
                .load(8, DATA)
                .note("usr2", 8)
                .exit(4);

        assertThat(runToTheEnd()).isEqualTo(0x400);
        assertThat(p.notes)
                .containsExactly(
                        "other/100 result 0",
                        "other/100 r9 0",
                        "other/100 memory 0",
                        "other/100 close -" + Errno.EBADF,
                        "other/100 pid 100",
                        "other/100 usr1 " + SigAction.SIG_DFL,
                        "other/100 usr2 " + SigAction.SIG_IGN);
    }

    @Test
    void an_unknown_path_changes_nothing() {
        p.syscall("execve", PATH + 1, 0, 0)
                .note("execve", 0)
                .syscall("execve", 8, 0, 0)
                .note("execve", 0)
                .exit(0);
        p.label("other");

        assertThat(runToTheEnd()).isZero();
        assertThat(p.notes).containsExactly("guest/100 execve -" + Errno.ENOENT, "guest/100 execve -" + Errno.EFAULT);
    }

    @Test
    void a_thread_that_executes_takes_the_leaders_pid_and_the_others_die() {
        p.syscall("clone", THREAD, STACK_TOP - 0x1000).jumpIfZero(0, "spin");
        p.syscall("clone", THREAD, STACK_TOP - 0x2000)
                .jumpIfZero(0, "exec")
                .syscall("pause")
                .note("never");
        p.label("spin").forever();
        p.label("exec")
                .syscall("gettid")
                .note("tid", 0)
                .syscall("execve", PATH, 0, 0)
                .note("never");
        p.label("other").syscall("gettid").note("tid", 0).exit(6);

        assertThat(runToTheEnd()).isEqualTo(0x600);
        assertThat(p.notes).containsExactly("guest/102 tid 102", "other/100 tid 100");
    }

    @Test
    void vfork_ends_with_the_childs_exec() {
        p.syscall("vfork")
                .jumpIfZero(0, "child")
                .note("parent", 0)
                .syscall("wait4", -1, 0, 0, 0)
                .exit(0);
        p.label("child").syscall("execve", PATH, 0, 0).note("never");
        p.label("other").spin(9 * MS).note("other").exit(0);

        assertThat(runToTheEnd()).isZero();
        assertThat(p.notes).containsExactly("guest/100 parent 101", "other/101 other");
    }

    @Test
    void the_tracer_is_told_by_an_event_that_carries_the_former_pid() {
        p.syscall("execve", PATH, 0, 0).label("other").exit(0);
        final Task guest =
                k.processes.create(harness, "guest", "test", TestPort.memory(k), TestProgram.TEXT, STACK_TOP);
        k.ptrace.ptrace(harness, 0x4206, guest.pid, 0, 1 << Ptrace.PTRACE_EVENT_EXEC);
        k.processes.startFirst(guest);

        assertThat(k.processes.wait4(harness, -1, 0, status)).isEqualTo(100);
        assertThat(status[0]).isEqualTo(Ptrace.PTRACE_EVENT_EXEC << 16 | Signals.SIGTRAP << 8 | 0x7f);
        final long[] message = new long[1];
        k.ptrace.getEventMessage(harness, 100, message);
        assertThat(message[0]).isEqualTo(100);
        k.ptrace.ptrace(harness, 7, 100, 0, 0);
        assertThat(k.processes.wait4(harness, -1, 0, status)).isEqualTo(100);
        assertThat(status[0]).isZero();
    }
}
