package org.kernelentry.arm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.ptrace.PtraceRequest;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.BalanceChecker;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;

/** Frames, the way back from them, and the signals of faults. */
class SignalTests {
    private static final int SIGNAL = 1;
    private static final int INFO = 2;
    private static final int CONTEXT = 3;

    static Stream<Arguments> everywhere() {
        return SyscallTests.everywhere();
    }

    static Stream<Arguments> frames() {
        return everywhere()
                .flatMap(where -> Stream.of(0L, SigAction.SA_SIGINFO)
                        .map(flags -> Arguments.of(where.get()[0], where.get()[1], flags)));
    }

    private static void handlerEntry(final ArmGuest p) {
        p.a.handlerEntry(
                ArmGuest.variableAddress(SIGNAL), ArmGuest.variableAddress(INFO), ArmGuest.variableAddress(CONTEXT));
    }

    @ParameterizedTest(name = "{0} {1} flags {2}")
    @MethodSource("frames")
    void everyRegisterSurvivesAHandler(final Flavour flavour, final String mode, final long flags) {
        final Label handler = new Label("handler");
        try (ArmGuest g = new ArmGuest(flavour, mode, p -> {
            p.handle(Signals.SIGUSR1, handler, flags);
            p.call("gettid");
            p.a.result(GuestAssembler.T0);
            p.a.storeVariable(ArmGuest.variableAddress(63), GuestAssembler.T0);
            for (int r = 4; r < 12; r++) {
                p.a.setRegister("r" + r, 0x5000 + r);
            }
            p.raise(Signals.SIGUSR1);
            for (int r = 4; r < 12; r++) {
                p.a.saveRegister("r" + r, ArmGuest.variableAddress(16 + r));
            }
            p.a.saveRegister("sp", ArmGuest.variableAddress(29));
            p.exit(0);
            p.a.bind(handler);
            handlerEntry(p);
            p.a.saveRegister("sp", ArmGuest.variableAddress(28));
            for (int r = 0; r < 12; r++) {
                p.a.setRegister("r" + r, 0xdead);
            }
            p.a.handlerReturn();
        })) {
            final BalanceChecker checker = new BalanceChecker(null);
            g.k.steps.observe(checker);
            g.runToExit();
            assertThat(g.variable(SIGNAL)).isEqualTo(Signals.SIGUSR1);
            for (int r = 4; r < 12; r++) {
                // r7 has become the number of tkill, except where numbers are in the instruction.
                final int expected = r == 7 && !mode.equals("oabi") ? g.number("tkill") : 0x5000 + r;
                assertThat(g.variable(16 + r)).as("r%d", r).isEqualTo(expected);
            }
            final int sp = (int) ArmGuest.STACK_TOP - 64;
            assertThat(g.variable(29)).isEqualTo(sp);
            final int size = flags == 0 ? 760 : 888;
            // The handler has pushed ten words.
            assertThat(g.variable(28)).isEqualTo((sp - size & ~7) - 40);
            if (flags != 0) {
                assertThat(g.variable(CONTEXT)).isEqualTo(g.variable(INFO) + 128);
                assertThat(g.variable(INFO)).isEqualTo(g.variable(28) + 40);
            }
            assertThat(checker.findings()).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everywhere")
    void theFrameNamesTheCodeToReturnByAndTheMagic(final Flavour flavour, final String mode) {
        final Label handler = new Label("handler");
        try (ArmGuest g = new ArmGuest(flavour, mode, p -> {
            p.handle(Signals.SIGUSR1, handler, 0);
            p.raise(Signals.SIGUSR1);
            p.exit(0);
            p.a.bind(handler);
            // lr on entry, then the frame at sp.
            p.a.saveRegister("lr", ArmGuest.variableAddress(4));
            p.a.saveRegister("sp", ArmGuest.variableAddress(5));
            p.exit(0);
        })) {
            g.runToExit();
            final boolean thumb = mode.equals("thumb");
            final long frame = Integer.toUnsignedLong(g.variable(5));
            assertThat(g.mm.space.load32(frame)).isEqualTo(0x5ac3c35a);
            assertThat(g.mm.space.load32(frame + 744)).isEqualTo(thumb ? 0xdf002777 : 0xe3a07077);
            final long returnTo = Integer.toUnsignedLong(g.variable(4));
            assertThat(returnTo & 1).isEqualTo(thumb ? 1 : 0);
            assertThat(g.mm.space.load32(returnTo & ~3L)).isEqualTo(g.mm.space.load32(frame + 744));
            // The VFP record, and a zero behind it.
            assertThat(g.mm.space.load32(frame + 232)).isEqualTo(0x56465001);
            assertThat(g.mm.space.load32(frame + 236)).isEqualTo(288);
            assertThat(g.mm.space.load32(frame + 232 + 288)).isZero();
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everywhere")
    void sigreturnWithACrookedStackOrAKernelModeIsSigsegv(final Flavour flavour, final String mode) {
        try (ArmGuest g = new ArmGuest(flavour, mode, p -> {
            p.a.setRegister("sp", ArmGuest.STACK_TOP - 1020);
            p.a.restorer(false);
        })) {
            assertThat(g.run() & 0x7f).isEqualTo(Signals.SIGSEGV);
        }
        final Label handler = new Label("handler");
        try (ArmGuest g = new ArmGuest(flavour, mode, p -> {
            p.handle(Signals.SIGUSR1, handler, SigAction.SA_SIGINFO);
            p.raise(Signals.SIGUSR1);
            p.exit(0);
            p.a.bind(handler);
            handlerEntry(p);
            p.a.loadVariable(GuestAssembler.T0, ArmGuest.variableAddress(CONTEXT));
            p.a.loadConst(GuestAssembler.T1, 0x13);
            // uc_mcontext.arm_cpsr = supervisor mode
            p.a.store(GuestAssembler.T1, GuestAssembler.T0, 96, 4);
            p.a.handlerReturn();
        })) {
            assertThat(g.run() & 0x7f).isEqualTo(Signals.SIGSEGV);
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "NATIVE, arm, SIGSEGV, 1, 0x123400",
        "NATIVE, thumb, SIGSEGV, 1, 0x123400",
        "GENERIC, arm, SIGSEGV, 1, 0x123400",
        "GENERIC, thumb, SIGSEGV, 1, 0x123400"
    })
    void aLoadFromNowhereIsSigsegvMaperr(
            final Flavour flavour, final String mode, final String signal, final int code, final long address) {
        try (ArmGuest g = new ArmGuest(flavour, mode, p -> {
            p.a.loadConst(GuestAssembler.T0, address);
            p.a.load(GuestAssembler.T1, GuestAssembler.T0, 0, 4);
        })) {
            g.attach();
            assertThat(g.resume(PtraceRequest.PTRACE_CONT)).isEqualTo("signal " + signal);
            final SigInfo info = g.sigInfo();
            assertThat(info.code()).isEqualTo(code);
            assertThat(info.addr()).isEqualTo(address);
            assertThat(ArmThread.of(g.main).trapNo).isEqualTo(14);
            assertThat(ArmThread.of(g.main).errorCode).isEqualTo(0x5);
            assertThat(ArmThread.of(g.main).address).isEqualTo(address);
        }
    }

    @ParameterizedTest(name = "{0}: SWP at {1}")
    @CsvSource({
        "NATIVE, 0x123400, 2",
        "NATIVE, 0xfffffff0, 1",
        "GENERIC, 0x123400, 2",
        "GENERIC, 0x123402, 2",
    })
    void aSwpThatFailsIsSigsegvWithItsOwnAddress(final Flavour flavour, final long address, final int code) {
        final Label at = new Label("at");
        try (ArmGuest g = new ArmGuest(flavour, "arm", p -> {
            p.a.raw(word(0xe300_1000, (int) address & 0xffff)); // MOVW R1
            p.a.raw(word(0xe340_1000, (int) (address >> 16))); // MOVT R1
            p.a.bind(at);
            p.a.raw(word(0xe101_0092, 0)); // SWP R0, R2, [R1]
        })) {
            g.attach();
            assertThat(g.resume(PtraceRequest.PTRACE_CONT)).isEqualTo("signal SIGSEGV");
            final SigInfo info = g.sigInfo();
            assertThat(info.code()).isEqualTo(code);
            assertThat(info.addr()).isEqualTo(at.address());
            assertThat(ArmThread.of(g.main).trapNo).isZero();
            assertThat(ArmThread.of(g.main).errorCode).isZero();
        }
    }

    /** An instruction with a 16-bit immediate as MOVW and MOVT have it. */
    private static byte[] word(final int instruction, final int immediate) {
        final int whole = instruction | immediate >> 12 << 16 | immediate & 0xfff;
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(whole)
                .array();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everywhere")
    void faultsNameTheirSignalCodeAndAddress(final Flavour flavour, final String mode) {
        final Label at = new Label("at");
        // A store to code: permission.
        expect(
                flavour,
                mode,
                at,
                p -> {
                    p.a.loadConst(GuestAssembler.T0, ArmGuest.CODE);
                    p.a.bind(at);
                    p.a.store(GuestAssembler.T0, GuestAssembler.T0, 0, 4);
                },
                Signals.SIGSEGV,
                SigInfo.SEGV_ACCERR,
                ArmGuest.CODE,
                0x80f);
        // A jump into data: fetch permission.
        expect(
                flavour,
                mode,
                new Label("b"),
                p -> {
                    p.a.loadConst(GuestAssembler.T0, ArmGuest.DATA);
                    p.a.jumpTo(GuestAssembler.T0);
                },
                Signals.SIGSEGV,
                SigInfo.SEGV_ACCERR,
                ArmGuest.DATA,
                0x8000_000f);
        // An address of the kernel is never present.
        expect(
                flavour,
                mode,
                new Label("c"),
                p -> {
                    p.a.loadConst(GuestAssembler.T0, 0xc000_0000L);
                    p.a.load(GuestAssembler.T0, GuestAssembler.T0, 0, 4);
                },
                Signals.SIGSEGV,
                SigInfo.SEGV_MAPERR,
                0xc000_0000L,
                0x5);
        final Label undefined = new Label("undefined");
        expect(
                flavour,
                mode,
                undefined,
                p -> {
                    p.a.bind(undefined);
                    p.a.undefined();
                },
                Signals.SIGILL,
                SigInfo.ILL_ILLOPC,
                -1,
                0);
        final Label breakpoint = new Label("breakpoint");
        expect(
                flavour,
                mode,
                breakpoint,
                p -> {
                    p.a.bind(breakpoint);
                    p.a.breakpoint();
                },
                Signals.SIGTRAP,
                SigInfo.TRAP_BRKPT,
                -1,
                0);
    }

    private static void expect(
            final Flavour flavour,
            final String mode,
            final Label at,
            final java.util.function.Consumer<ArmGuest> program,
            final int signal,
            final int code,
            final long address,
            final int errorCode) {
        try (ArmGuest g = new ArmGuest(flavour, mode, program)) {
            final BalanceChecker checker = new BalanceChecker(null);
            g.k.steps.observe(checker);
            g.attach();
            assertThat(g.resume(PtraceRequest.PTRACE_CONT)).isEqualTo("signal " + Signals.name(signal));
            assertThat(g.sigInfo().code()).isEqualTo(code);
            assertThat(g.sigInfo().addr()).isEqualTo(address == -1 ? at.address() : address);
            assertThat(g.reg(ArmPtRegs.ORIG_R0)).isEqualTo(0xffff_ffffL);
            assertThat(ArmThread.of(g.main).errorCode).isEqualTo(errorCode);
            if (at.bound()) {
                assertThat(g.reg(ArmPtRegs.PC)).isEqualTo(at.address());
            }
            assertThat(checker.findings()).isEmpty();
            assertThat(g.k.log.warnings()).isEmpty();
        }
    }
}
