package org.kernelentry.arm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.ptrace.PtraceRequest;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.BalanceChecker;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;

/** What becomes of interrupted calls. */
class RestartTests {
    private static final int SYSCALL = PtraceRequest.PTRACE_SYSCALL;
    private static final long TIMESPEC = ArmGuest.DATA + 0x100;
    private static final long ITIMER = ArmGuest.DATA + 0x200;
    private static final long FUTEX = ArmGuest.DATA + 0x300;
    private static final int SCRATCH = 20;

    static Stream<Arguments> everywhere() {
        return SyscallTests.everywhere();
    }

    /** SIGALRM after {@code micros} of virtual time. */
    private static void alarm(final ArmGuest p, final long micros) {
        word(p, ITIMER + 8, 0);
        word(p, ITIMER + 12, micros);
        p.call("setitimer", 0, ITIMER, 0);
    }

    private static void word(final ArmGuest p, final long address, final long value) {
        p.a.loadConst(GuestAssembler.T0, value);
        p.a.storeVariable(address, GuestAssembler.T0);
    }

    private static void nanosleep(final ArmGuest p, final long nanos) {
        word(p, TIMESPEC, 0);
        word(p, TIMESPEC + 4, nanos);
        p.call("nanosleep", TIMESPEC, 0);
    }

    private static void handler(final ArmGuest p, final Label handler) {
        p.a.bind(handler);
        p.a.handlerEntry(
                ArmGuest.variableAddress(SCRATCH),
                ArmGuest.variableAddress(SCRATCH),
                ArmGuest.variableAddress(SCRATCH));
        word(p, FUTEX, 1);
        p.a.handlerReturn();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everywhere")
    void aHandlerEndsNanosleepAndPauseWithEintrWhateverItsFlags(final Flavour flavour, final String mode) {
        final Label handler = new Label("handler");
        try (ArmGuest g = new ArmGuest(flavour, mode, p -> {
            p.handle(Signals.SIGALRM, handler, SigAction.SA_RESTART);
            alarm(p, 100);
            nanosleep(p, 500_000_000);
            p.result(0);
            alarm(p, 100);
            p.call("pause").result(1).exit(0);
            handler(p, handler);
        })) {
            final BalanceChecker checker = new BalanceChecker(null);
            g.k.steps.observe(checker);
            g.runToExit();
            assertThat(g.variable(0)).isEqualTo(-Errno.EINTR);
            assertThat(g.variable(1)).isEqualTo(-Errno.EINTR);
            assertThat(checker.findings()).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everywhere")
    void futexWaitIsExecutedAgainWithSaRestartAndFailsWithout(final Flavour flavour, final String mode) {
        for (final long flags : new long[] {SigAction.SA_RESTART, 0}) {
            final Label handler = new Label("handler");
            try (ArmGuest g = new ArmGuest(flavour, mode, p -> {
                p.handle(Signals.SIGALRM, handler, flags);
                alarm(p, 100);
                p.call("futex", FUTEX, 0, 0, 0).result(0).exit(0);
                handler(p, handler);
            })) {
                g.runToExit();
                // Executed again, it finds the word changed.
                assertThat(g.variable(0)).isEqualTo(flags != 0 ? -Errno.EAGAIN : -Errno.EINTR);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Flavour.class)
    void anIgnoredSignalIsNotSeenByASleeper(final Flavour flavour) {
        for (final String mode : new String[] {"arm", "thumb"}) {
            try (ArmGuest g = new ArmGuest(flavour, mode, p -> {
                // SIGURG by SIGALRM is not possible, so the ignored one is SIGALRM itself.
                word(p, ArmGuest.DATA + 0x800, SigAction.SIG_IGN);
                p.call("rt_sigaction", Signals.SIGALRM, ArmGuest.DATA + 0x800, 0, 8);
                alarm(p, 100);
                nanosleep(p, 2_000_000);
                p.result(0).exit(0);
            })) {
                g.runToExit();
                assertThat(g.variable(0)).isZero();
            }
        }
    }

    /** Runs to the exit-stop of a nanosleep that SIGALRM interrupts, and on to the stop before delivery. */
    private static ArmGuest interrupted(final KernelConfig config, final String mode, final Label at) {
        final ArmGuest g = new ArmGuest(config, mode, p -> {
            alarm(p, 100);
            word(p, TIMESPEC, 0);
            word(p, TIMESPEC + 4, 2_000_000);
            p.call(
                            "nanosleep",
                            at,
                            new org.kernelentry.machine.asm.Arg.Const(TIMESPEC),
                            new org.kernelentry.machine.asm.Arg.Const(0))
                    .result(0)
                    .exit(0);
        });
        g.attach();
        assertThat(g.resumes(SYSCALL, 4))
                .containsExactly("entry 104", "exit 0", "entry 162", "exit -ERESTART_RESTARTBLOCK");
        assertThat(g.resume(SYSCALL)).isEqualTo("signal SIGALRM");
        return g;
    }

    @ParameterizedTest
    @EnumSource(Flavour.class)
    void theDeliveryStopShowsTheRewoundPcAndArgument0(final Flavour flavour) {
        for (final String mode : new String[] {"arm", "thumb"}) {
            final Label at = new Label("at");
            try (ArmGuest g = interrupted(ArmGuest.config(flavour, mode), mode, at)) {
                assertThat(g.reg(ArmPtRegs.PC)).isEqualTo(at.address());
                assertThat(g.reg(ArmPtRegs.R0)).isEqualTo(TIMESPEC);
            }
        }
    }

    @Test
    void nativelyTheKernelStartsOverWithoutAUserInstructionAndR7Stays() {
        for (final String mode : new String[] {"arm", "thumb"}) {
            final Label at = new Label("at");
            try (ArmGuest g = interrupted(ArmGuest.config(Flavour.NATIVE, mode), mode, at)) {
                final long retired = g.k.cpus[0].machine.retired();
                // The tracer suppresses the signal; BLOCK goes on as restart_syscall.
                assertThat(g.resume(SYSCALL)).isEqualTo("entry 0");
                assertThat(g.k.cpus[0].machine.retired()).isEqualTo(retired);
                assertThat(g.reg(ArmPtRegs.R7)).isEqualTo(162);
                assertThat(g.reg(ArmPtRegs.PC)).isEqualTo(at.address() + (mode.equals("thumb") ? 2 : 4));
                assertThat(g.resumes(SYSCALL, 2)).containsExactly("exit 0", "entry 248");
                assertThat(g.variable(0)).isZero();
            }
        }
    }

    @Test
    void withGenericEntryTheUserExecutesTheSwiAgainAndSeesR7Changed() {
        for (final String mode : new String[] {"arm", "thumb"}) {
            final Label at = new Label("at");
            try (ArmGuest g = interrupted(ArmGuest.config(Flavour.GENERIC, mode), mode, at)) {
                final long retired = g.k.cpus[0].machine.retired();
                assertThat(g.resume(SYSCALL)).isEqualTo("entry 0");
                assertThat(g.k.cpus[0].machine.retired()).isEqualTo(retired + 1);
                assertThat(g.reg(ArmPtRegs.R7)).isZero();
                assertThat(g.resumes(SYSCALL, 2)).containsExactly("exit 0", "entry 248");
            }
        }
    }

    @Test
    void theProposedFastRestartKeepsTheUsersRegistersInTheGenericLoopToo() {
        final KernelConfig config = ArmGuest.config(Flavour.GENERIC, "arm").with(Option.PROPOSED_GENERIC_FAST_RESTART);
        final Label at = new Label("at");
        try (ArmGuest g = interrupted(config, "arm", at)) {
            final long retired = g.k.cpus[0].machine.retired();
            assertThat(g.resume(SYSCALL)).isEqualTo("entry 0");
            assertThat(g.k.cpus[0].machine.retired()).isEqualTo(retired);
            assertThat(g.reg(ArmPtRegs.R7)).isEqualTo(162);
            assertThat(g.reg(ArmPtRegs.PC)).isEqualTo(at.address() + 4);
            assertThat(g.resumes(SYSCALL, 2)).containsExactly("exit 0", "entry 248");
            assertThat(g.variable(0)).isZero();
            assertThat(g.k.log.warnings()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Flavour.class)
    void aTracerThatMovesThePcCancelsTheEintr(final Flavour flavour) {
        final Label at = new Label("at");
        try (ArmGuest g = interrupted(ArmGuest.config(flavour, "arm"), "arm", at)) {
            // Behind the call, with the signal suppressed: neither restart nor EINTR, r0 is argument 0.
            assertThat(g.k.arch.pokeUser(g.main, 4L * ArmPtRegs.PC, at.address() + 4))
                    .isZero();
            assertThat(g.resume(SYSCALL)).isEqualTo("entry 248");
            assertThat(g.variable(0)).isEqualTo((int) TIMESPEC);
        }
    }

    @ParameterizedTest
    @EnumSource(Flavour.class)
    void aTracerCanMakeAndCancelARestartInTheExitStop(final Flavour flavour) {
        final Label at = new Label("at");
        final ArmGuest g = new ArmGuest(flavour, "arm", p -> {
            alarm(p, 100);
            nanosleep(p, 2_000_000);
            p.result(0).exit(0);
        });
        try (g) {
            g.attach();
            g.resumes(SYSCALL, 4);
            assertThat(at.bound()).isFalse();
            assertThat(g.k.arch.pokeUser(g.main, 0, -7)).isZero();
            assertThat(g.resume(SYSCALL)).isEqualTo("signal SIGALRM");
            assertThat(g.resume(SYSCALL)).isEqualTo("entry 248");
            assertThat(g.variable(0)).isEqualTo(-7);
        }
    }

    @Test
    void aNumberAboveTheTableIsNeverRestartedNatively() {
        final Label at = new Label("at");
        try (ArmGuest g = new ArmGuest(
                Flavour.NATIVE, "arm", p -> p.callNumber(9999, at).result(0).exit(0))) {
            g.attach();
            assertThat(g.resumes(SYSCALL, 2)).containsExactly("entry 9999", "exit -ENOSYS");
            assertThat(g.k.arch.pokeUser(g.main, 0, -Errno.ERESTARTSYS)).isZero();
            g.k.signals.send(g.main, org.kernelentry.kernel.signal.SigInfo.kernel(Signals.SIGUSR1), false);
            assertThat(g.resume(SYSCALL)).isEqualTo("signal SIGUSR1");
            assertThat(g.reg(ArmPtRegs.PC)).isEqualTo(at.address() + 4);
            assertThat(g.resume(SYSCALL)).isEqualTo("entry 248");
            assertThat(g.variable(0)).isEqualTo(-Errno.ERESTARTSYS);
        }
    }
}
