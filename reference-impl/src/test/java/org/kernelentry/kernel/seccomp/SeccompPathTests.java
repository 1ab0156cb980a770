package org.kernelentry.kernel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.seccomp.SeccompFixture.*;
import static org.kernelentry.kernel.syscall.Errno.*;
import static org.kernelentry.kernel.testing.TestPort.DATA;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.CloneArgs;
import org.kernelentry.kernel.testing.Observed;
import org.kernelentry.kernel.testing.TestArch;
import org.kernelentry.kernel.testing.TestProgram;

/** Verdicts met by running programs, with and without a tracer. */
final class SeccompPathTests {
    private static final long THREAD = CloneArgs.CLONE_VM
            | CloneArgs.CLONE_FS
            | CloneArgs.CLONE_FILES
            | CloneArgs.CLONE_SIGHAND
            | CloneArgs.CLONE_THREAD;
    private static final int TRACESECCOMP = 1 << 7;
    private static final int EVENT_SECCOMP = 7;
    /** No core file is written, as RLIMIT_CORE is 0, so the status says nothing of one. */
    private static final int SIGSYS_DEATH = Signals.SIGSYS;

    private static final int SIGTRAP_STOP = Signals.SIGTRAP << 8 | 0x7f;
    private static final long SCRATCH = DATA + 0x1000;

    private final Observed o = new Observed();

    @AfterEach
    void shutDown() {
        o.close();
    }

    /** The guest begins by putting on a filter with this verdict about getppid. */
    private TestProgram filtered(final int verdict) {
        store(o.guest, forNumber(o.nr("getppid"), verdict));
        return o.p.syscall("seccomp", SeccompInstall.SECCOMP_SET_MODE_FILTER, 0, FPROG)
                .note("installed", 0);
    }

    private void noWarnings() {
        assertThat(o.k.log.warnings()).isEmpty();
    }

    @Test
    void anErrorSkipsTheBodyAndTheProgramGoesOn() {
        filtered(SeccompAction.ERRNO.with(7))
                .syscall("getppid")
                .note("getppid", 0)
                .exit(3);
        assertThat(o.run()).isEqualTo(3 << 8);
        assertThat(o.p.notes).containsExactly("guest/100 installed 0", "guest/100 getppid -7");
        noWarnings();
    }

    @Test
    void aTrappedCallRunsTheHandlerAndReturnsWhatItWasCalledWith() {
        o.p.sigaction(Signals.SIGSYS, "handler", 0, SCRATCH);
        filtered(SeccompAction.TRAP.with(1))
                .syscall("getppid", 0x44)
                .note("getppid", 0)
                .exit(0);
        o.p.label("handler").note("signal", 0).syscall("rt_sigreturn");
        assertThat(o.run()).isZero();
        assertThat(o.p.notes).containsExactly("guest/100 installed 0", "guest/100 signal 31", "guest/100 getppid 68");
        noWarnings();
    }

    @Test
    void aTrapWhileSigsysIsBlockedKills() {
        o.p.storeLong(SCRATCH, 1L << Signals.SIGSYS - 1).syscall("rt_sigprocmask", 0, SCRATCH, 0, 8);
        filtered(SeccompAction.TRAP.with(1)).syscall("getppid").exit(0);
        assertThat(o.run()).isEqualTo(SIGSYS_DEATH);
    }

    @ParameterizedTest
    @CsvSource({"KILL_PROCESS", "KILL_THREAD"})
    void aKilledSingleThreadIsAKilledProcess(final SeccompAction action) {
        o.p.sigaction(Signals.SIGSYS, "handler", 0, SCRATCH);
        filtered(action.value())
                .syscall("getppid")
                .label("handler")
                .note("survived")
                .exit(0);
        assertThat(o.run()).isEqualTo(SIGSYS_DEATH);
        assertThat(o.p.notes).containsExactly("guest/100 installed 0");
        noWarnings();
    }

    @ParameterizedTest
    @CsvSource({"KILL_PROCESS, 31", "KILL_THREAD, 1280"})
    void killThreadSparesTheOtherThreads(final SeccompAction action, final int status) {
        filtered(action.value())
                .syscall("clone", THREAD, SCRATCH)
                .jumpIfZero(0, "thread")
                .syscall("nanosleep", DATA + 0x200, 0)
                .note("leader goes on")
                .exit(5);
        o.p.label("thread").syscall("getppid").note("survived").exit(6);
        o.guest.requireMm().space.store64(DATA + 0x208, 10_000_000);
        assertThat(o.run()).isEqualTo(status);
        assertThat(o.p.notes).doesNotContain("guest/101 survived");
        assertThat(o.p.notes.contains("guest/100 leader goes on")).isEqualTo(action == SeccompAction.KILL_THREAD);
        noWarnings();
    }

    @Test
    void strictModeAllowsFourCallsAndKillsOnAnyOther() {
        o.p.syscall("prctl", 22, SeccompState.SECCOMP_MODE_STRICT)
                .syscall("write", 1, SCRATCH, 0)
                .note("write", 0)
                .syscall("getppid")
                .note("survived")
                .exit(0);
        assertThat(o.run()).isEqualTo(Signals.SIGKILL);
        assertThat(o.p.notes).containsExactly("guest/100 write 0");
        assertThat(o.k.audit.recordLines())
                .containsExactly("seccomp sig=9 arch=7e570008 syscall=" + o.nr("getppid") + " code=0x0");
        noWarnings();
    }

    @Test
    void strictModeEndsByTheExitOfAThreadAlone() {
        o.p.syscall("prctl", 22, SeccompState.SECCOMP_MODE_STRICT).syscall("exit", 4);
        assertThat(o.run()).isEqualTo(4 << 8);
    }

    @Test
    void aTracedVerdictStopsWithItsDataAndTheCallRunsAsTheTracerLeftIt() {
        filtered(SeccompAction.TRACE.with(0x1234))
                .syscall("getppid")
                .note("result", 0)
                .exit(0);
        o.seize(TRACESECCOMP);
        o.start();
        o.awaitEvent(EVENT_SECCOMP);
        final long[] message = new long[1];
        assertThat(o.k.ptrace.getEventMessage(o.harness, o.guest.pid, message)).isZero();
        assertThat(message[0]).isEqualTo(0x1234);
        // The call becomes getpid: the filters judge it again, and allow it.
        o.k.arch.syscallSetNr(o.guest, o.guest.regs, o.nr("getpid"));
        o.resume(Observed.PTRACE_CONT);
        assertThat(o.await()).isZero();
        assertThat(o.p.notes).contains("guest/100 result 100");
        noWarnings();
    }

    @Test
    void aTracerSkipsTheCallByANegativeNumber() {
        filtered(SeccompAction.TRACE.value())
                .syscall("getppid")
                .note("result", 0)
                .exit(0);
        o.seize(TRACESECCOMP);
        o.start();
        o.awaitEvent(EVENT_SECCOMP);
        o.k.arch.syscallSetNr(o.guest, o.guest.regs, -1);
        o.guest.regs.slot[0] = 4711;
        o.resume(Observed.PTRACE_CONT);
        assertThat(o.await()).isZero();
        assertThat(o.p.notes).contains("guest/100 result 4711");
    }

    @Test
    void aSecondTraceVerdictIsAnAllowAndAnyOtherVerdictActs() {
        final int getppid = o.nr("getppid");
        final int getpid = o.nr("getpid");
        final long[] program = {
            Bpf.stmt(0x20, SeccompData.NR),
            Bpf.jump(0x15, getppid, 0, 1),
            Bpf.stmt(0x06, SeccompAction.TRACE.value()),
            Bpf.jump(0x15, getpid, 0, 1),
            Bpf.stmt(0x06, SeccompAction.ERRNO.with(9)),
            Bpf.stmt(0x06, SeccompAction.ALLOW.value())
        };
        store(o.guest, program);
        o.p.syscall("seccomp", 1, 0, FPROG)
                .syscall("getppid")
                .note("first", 0)
                .syscall("getppid")
                .note("second", 0)
                .exit(0);
        o.seize(TRACESECCOMP);
        o.start();
        o.awaitEvent(EVENT_SECCOMP);
        o.resume(Observed.PTRACE_CONT);
        o.awaitEvent(EVENT_SECCOMP);
        o.k.arch.syscallSetNr(o.guest, o.guest.regs, getpid);
        o.resume(Observed.PTRACE_CONT);
        assertThat(o.await()).isZero();
        assertThat(o.p.notes).containsExactly("guest/100 first " + o.harness.pid, "guest/100 second -9");
    }

    @Test
    void anExitStopFollowsTheEventWhenTheTracerAsksForIt() {
        filtered(SeccompAction.TRACE.value()).syscall("getppid").exit(0);
        o.seize(TRACESECCOMP);
        o.start();
        o.awaitEvent(EVENT_SECCOMP);
        o.resume(Observed.PTRACE_SYSCALL);
        assertThat(o.await()).as("no second entry-stop").isEqualTo(SIGTRAP_STOP);
        assertThat(o.guest.ptrace.message).isEqualTo(2);
        assertThat(o.guest.regs.slot[0]).isEqualTo(o.harness.pid);
        o.resume(Observed.PTRACE_CONT);
        assertThat(o.await()).isZero();
    }

    @Test
    void aTaskKilledInTheEventStopDoesNotRunTheCall() {
        filtered(SeccompAction.TRACE.value()).syscall("exit_group", 0).exit(1);
        store(o.guest, forNumber(o.nr("exit_group"), SeccompAction.TRACE.value()));
        o.seize(TRACESECCOMP);
        o.start();
        o.awaitEvent(EVENT_SECCOMP);
        o.k.signals.send(o.guest, SigInfo.user(Signals.SIGKILL, o.harness.pid), true);
        assertThat(o.await()).isEqualTo(Signals.SIGKILL);
    }

    @Test
    void theFilterJudgesWhatTheTracerLeftAtTheEntryStop() {
        filtered(SeccompAction.ERRNO.with(7))
                .syscall("getpid")
                .note("result", 0)
                .exit(0);
        o.seize(0);
        o.p.notes.clear();
        o.start();
        o.sleep(0);
        // Interrupted before its first call: from here every call stops twice.
        assertThat(o.k.ptrace.ptrace(o.harness, 0x4207, o.guest.pid, 0, 0)).isEqualTo(0);
        o.await();
        for (boolean done = false; !done; ) {
            o.resume(Observed.PTRACE_SYSCALL);
            final int status = o.await();
            done = (status & 0x7f) != 0x7f;
            if (!done && o.guest.ptrace.message == 1 && o.guest.regs.slot[TestArch.ORIG_NR] == o.nr("getpid")) {
                o.k.arch.syscallSetNr(o.guest, o.guest.regs, o.nr("getppid"));
            }
        }
        assertThat(o.p.notes).contains("guest/100 result -7");
    }
}
