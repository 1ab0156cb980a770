package org.kernelentry.arm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.BalanceChecker;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;

/** Numbers, arguments, results and private calls, from every instruction set and ABI. */
class SyscallTests {
    private static final int HARNESS_PID = 1;

    static Stream<Arguments> everywhere() {
        return Stream.of(Flavour.values())
                .flatMap(flavour -> ArmPort.MODES.stream().map(mode -> Arguments.of(flavour, mode)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everywhere")
    void getppidGoesInAndOutWithEverythingBalanced(final Flavour flavour, final String mode) {
        try (ArmGuest g = new ArmGuest(flavour, mode, p -> {
            for (int r = 4; r < 12; r++) {
                if (r != 7) {
                    p.a.setRegister("r" + r, 0x1000 + r);
                }
            }
            p.call("getppid").result(0);
            for (int r = 4; r < 12; r++) {
                if (r != 7) {
                    p.a.saveRegister("r" + r, ArmGuest.variableAddress(r));
                }
            }
            p.exit(0);
        })) {
            final BalanceChecker checker = new BalanceChecker(null);
            g.k.steps.observe(checker);
            g.runToExit();
            assertThat(g.variable(0)).isEqualTo(HARNESS_PID);
            for (int r = 4; r < 12; r++) {
                if (r != 7) {
                    assertThat(g.variable(r)).isEqualTo(0x1000 + r);
                }
            }
            assertThat(checker.findings()).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everywhere")
    void writeTakesItsThreeArguments(final Flavour flavour, final String mode) {
        try (ArmGuest g = new ArmGuest(flavour, mode, p -> {
            p.set(0, 'h' | 'i' << 8);
            p.call("write", 1, ArmGuest.variableAddress(0), 2).result(1).exit(0);
        })) {
            g.runToExit();
            assertThat(g.variable(1)).isEqualTo(2);
            assertThat(g.k.console.text()).isEqualTo("hi");
        }
    }

    @ParameterizedTest
    @EnumSource(Flavour.class)
    void anOldCallCarriesItsNumberInTheInstructionAndThumbNever(final Flavour flavour) {
        try (ArmGuest g = new ArmGuest(ArmGuest.config(flavour, "oabi"), "oabi", p -> {
            // r7 says exit; the SWI's immediate says getppid.
            p.a.setRegister("r7", 1);
            p.call("getppid").result(0);
            // syscall(getpid), the indirect call that only this ABI has.
            p.call("syscall", p.number("getpid")).result(1);
            p.call("syscall", p.number("syscall")).result(2).exit(0);
        })) {
            g.runToExit();
            assertThat(g.variable(0)).isEqualTo(HARNESS_PID);
            assertThat(g.variable(1)).isEqualTo(g.main.pid);
            assertThat(g.variable(2)).isEqualTo(-Errno.ENOSYS);
        }
    }

    @Test
    void anEabiKernelIgnoresTheImmediate() {
        try (ArmGuest g = new ArmGuest(Flavour.NATIVE, "arm", p -> {
            p.a.setRegister("r7", p.number("getppid"));
            // swi 0x900014
            p.a.raw(new byte[] {0x14, 0x00, (byte) 0x90, (byte) 0xef});
            p.result(0).exit(0);
        })) {
            g.runToExit();
            assertThat(g.variable(0)).isEqualTo(HARNESS_PID);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everywhere")
    void numbersOutsideOfTheTableAreEnosys(final Flavour flavour, final String mode) {
        try (ArmGuest g = new ArmGuest(flavour, mode, p -> {
            p.callNumber(9999, new Label("a")).result(0);
            p.callNumber(0xeffff, new Label("b")).result(1);
            // 0xf0007: a private number that programs may probe.
            p.callNumber(0xf0007, new Label("c")).result(2).exit(0);
        })) {
            g.runToExit();
            assertThat(g.variable(0)).isEqualTo(-Errno.ENOSYS);
            assertThat(g.variable(1)).isEqualTo(-Errno.ENOSYS);
            assertThat(g.variable(2)).isEqualTo(-Errno.ENOSYS);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everywhere")
    void theThreadPointerIsSetAndReadByPrivateCallsAndByTheRegister(final Flavour flavour, final String mode) {
        try (ArmGuest g = new ArmGuest(flavour, mode, p -> {
            p.callNumber(0xf0005, new Label("a"), new Arg.Const(0x12345678)).result(0);
            p.callNumber(0xf0006, new Label("b")).result(1);
            // mrc p15, 0, r2, c13, c0, 3
            p.a.raw(
                    mode.equals("thumb")
                            ? new byte[] {0x1d, (byte) 0xee, 0x70, 0x2f}
                            : new byte[] {0x70, 0x2f, 0x1d, (byte) 0xee});
            p.a.storeVariable(ArmGuest.variableAddress(2), GuestAssembler.T1);
            p.exit(0);
        })) {
            g.runToExit();
            assertThat(g.variable(0)).isZero();
            assertThat(g.variable(1)).isEqualTo(0x12345678);
            assertThat(g.variable(2)).isEqualTo(0x12345678);
        }
    }

    @ParameterizedTest
    @EnumSource(Flavour.class)
    void cacheflushChecksFlagsRangeAndMapping(final Flavour flavour) {
        final Label at = new Label("at");
        try (ArmGuest g = new ArmGuest(flavour, "arm", p -> {
            flush(p, ArmGuest.DATA, ArmGuest.DATA + 0x2000, 0).result(0);
            flush(p, ArmGuest.DATA, ArmGuest.DATA + 0x2000, 1).result(1);
            flush(p, ArmGuest.DATA + 1, ArmGuest.DATA, 0).result(2);
            flush(p, ArmGuest.DATA, 0xc000_0000L, 0).result(3);
            flush(p, ArmGuest.DATA, ArmGuest.DATA + 0x20000, 0).result(4);
            p.callNumber(0xf0002, at).exit(0);
        })) {
            g.runToExit();
            assertThat(g.variable(0)).isZero();
            assertThat(g.variable(1)).isEqualTo(-Errno.EINVAL);
            assertThat(g.variable(2)).isEqualTo(-Errno.EINVAL);
            assertThat(g.variable(3)).isEqualTo(-Errno.EFAULT);
            assertThat(g.variable(4)).isEqualTo(-Errno.EFAULT);
        }
    }

    private static ArmGuest flush(final ArmGuest p, final long start, final long end, final long flags) {
        return p.callNumber(
                0xf0002, new Label("flush"), new Arg.Const(start), new Arg.Const(end), new Arg.Const(flags));
    }

    @Test
    void anUnknownPrivateCallIsSigillAtTheSwiAndR0Stays() {
        for (final String mode : new String[] {"arm", "thumb"}) {
            final Label at = new Label("at");
            final Label handler = new Label("handler");
            try (ArmGuest g = new ArmGuest(Flavour.NATIVE, mode, p -> {
                p.handle(Signals.SIGILL, handler, SigAction.SA_SIGINFO);
                p.callNumber(-1, at, new Arg.Const(77)).result(0).exit(0);
                p.a.bind(handler);
                p.a.handlerEntry(ArmGuest.variableAddress(1), ArmGuest.variableAddress(2), ArmGuest.variableAddress(3));
                p.a.loadVariable(GuestAssembler.T0, ArmGuest.variableAddress(2));
                p.a.load(GuestAssembler.T1, GuestAssembler.T0, 8, 4);
                p.a.storeVariable(ArmGuest.variableAddress(4), GuestAssembler.T1);
                p.a.load(GuestAssembler.T1, GuestAssembler.T0, 12, 4);
                p.a.storeVariable(ArmGuest.variableAddress(5), GuestAssembler.T1);
                p.a.handlerReturn();
            })) {
                g.runToExit();
                assertThat(g.variable(0)).as(mode).isEqualTo(77);
                assertThat(g.variable(1)).isEqualTo(Signals.SIGILL);
                assertThat(g.variable(4)).isEqualTo(SigInfo.ILL_ILLTRP);
                assertThat(g.variable(5)).isEqualTo((int) at.address());
            }
        }
    }

    @Test
    void minusOneWithGenericEntryKeepsThePresetEnosys() {
        try (ArmGuest g = new ArmGuest(
                Flavour.GENERIC,
                "arm",
                p -> p.callNumber(-1, new Label("at"), new Arg.Const(77))
                        .result(0)
                        .exit(0))) {
            g.runToExit();
            assertThat(g.variable(0)).isEqualTo(-Errno.ENOSYS);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everywhere")
    void aForkedChildSeesZeroAndItsOwnPid(final Flavour flavour, final String mode) {
        final Label child = new Label("child");
        try (ArmGuest g = new ArmGuest(flavour, mode, p -> {
            p.call("fork").result(0);
            p.a.loadConst(GuestAssembler.T1, 0);
            p.a.branch(GuestAssembler.Rel.EQ, GuestAssembler.T0, GuestAssembler.T1, child);
            p.call("wait4", -1, ArmGuest.variableAddress(1), 0, 0).result(2).exit(0);
            p.a.bind(child);
            p.exit(5);
        })) {
            g.runToExit();
            assertThat(g.variable(0)).isPositive();
            assertThat(g.variable(1)).isEqualTo(5 << 8);
            assertThat(g.variable(2)).isEqualTo(g.variable(0));
        }
    }

    @Test
    void theFastReturnLeavesArgument0InTheFrame() {
        final Label spin = new Label("spin");
        try (ArmGuest g = new ArmGuest(
                ArmGuest.config(Flavour.NATIVE, "arm")
                        .without(Option.PROVE_LOCKING)
                        .without(Option.CONTEXT_TRACKING_USER),
                "arm",
                p -> {
                    p.call("getpid", 4711).result(0);
                    p.a.bind(spin);
                    p.exit(0);
                })) {
            g.runToExit();
            assertThat(g.variable(0)).isEqualTo(g.main.pid);
        }
    }
}
