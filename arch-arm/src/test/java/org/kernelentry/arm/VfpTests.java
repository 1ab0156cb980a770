package org.kernelentry.arm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.ptrace.PtraceRequest;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;

/** The floating-point registers of a task: in signal frames, under ptrace, from parent to child. */
class VfpTests {
    private static final int TO_D8 = 0xec454b18;
    private static final int FROM_D8 = 0xec554b18;
    private static final int TO_FPSCR = 0xeee14a10;
    private static final int FROM_FPSCR = 0xeef14a10;
    private static final int ROUND_TO_ZERO = 0x00c0_0000;
    private static final int NT_ARM_VFP = 0x400;
    private static final int FPSCR_AT = 256;
    private static final int D8_AT = 64;
    /** UC_REGSPACE, the head of the record, eight registers. */
    private static final int D8_IN_FRAME = 232 + 8 + 64;

    static Stream<Arguments> everywhere() {
        return Stream.of(Flavour.GENERIC, Flavour.NATIVE)
                .flatMap(flavour -> List.of("arm", "thumb").stream().map(mode -> Arguments.of(flavour, mode)));
    }

    /** An instruction that is the same in both sets. */
    private static void insn(final ArmGuest p, final int word) {
        final int stored = p.mode.equals("thumb") ? word >>> 16 | word << 16 : word;
        p.a.raw(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(stored)
                .array());
    }

    private static void setD8(final ArmGuest p, final int low, final int high) {
        p.a.setRegister("r4", low);
        p.a.setRegister("r5", high);
        insn(p, TO_D8);
    }

    private static void setFpscr(final ArmGuest p, final int value) {
        p.a.setRegister("r4", value);
        insn(p, TO_FPSCR);
    }

    private static void saveD8AndFpscr(final ArmGuest p, final int first) {
        insn(p, FROM_D8);
        p.a.saveRegister("r4", ArmGuest.variableAddress(first));
        p.a.saveRegister("r5", ArmGuest.variableAddress(first + 1));
        insn(p, FROM_FPSCR);
        p.a.saveRegister("r4", ArmGuest.variableAddress(first + 2));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everywhere")
    void registersAndFpscrSurviveAHandlerThatChangesThem(final Flavour flavour, final String mode) {
        final Label handler = new Label("handler");
        try (ArmGuest g = new ArmGuest(flavour, mode, p -> {
            p.handle(Signals.SIGUSR1, handler, 0);
            setD8(p, 0x11, 0x22);
            setFpscr(p, ROUND_TO_ZERO);
            p.raise(Signals.SIGUSR1);
            saveD8AndFpscr(p, 10);
            p.exit(0);
            p.a.bind(handler);
            p.a.saveRegister("sp", ArmGuest.variableAddress(20));
            p.a.handlerEntry(ArmGuest.variableAddress(1), ArmGuest.variableAddress(2), ArmGuest.variableAddress(3));
            setD8(p, 0x33, 0x44);
            setFpscr(p, 0);
            p.a.handlerReturn();
        })) {
            g.runToExit();
            assertThat(List.of(g.variable(10), g.variable(11), g.variable(12)))
                    .containsExactly(0x11, 0x22, ROUND_TO_ZERO);
            final long frame = Integer.toUnsignedLong(g.variable(20));
            assertThat(g.mm.space.load64(frame + D8_IN_FRAME)).isEqualTo(0x22_0000_0011L);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everywhere")
    void aTracerReadsAndWritesThem(final Flavour flavour, final String mode) {
        try (ArmGuest g = new ArmGuest(flavour, mode, p -> {
            setD8(p, 0x11, 0x22);
            setFpscr(p, ROUND_TO_ZERO);
            p.call("getpid");
            saveD8AndFpscr(p, 10);
            p.exit(0);
        })) {
            g.attach();
            g.resume(PtraceRequest.PTRACE_SYSCALL);
            final byte[] set = g.k.arch.getRegset(g.main, NT_ARM_VFP);
            assertThat(set).isNotNull().hasSize(FPSCR_AT + 4);
            final ByteBuffer words = ByteBuffer.wrap(set).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(words.getLong(D8_AT)).isEqualTo(0x22_0000_0011L);
            assertThat(words.getInt(FPSCR_AT)).isEqualTo(ROUND_TO_ZERO);
            words.putLong(D8_AT, 0x66_0000_0055L).putInt(FPSCR_AT, 0);
            assertThat(g.k.arch.setRegset(g.main, NT_ARM_VFP, set)).isZero();
            assertThat(g.resume(PtraceRequest.PTRACE_CONT)).isEqualTo("exited 0");
            assertThat(List.of(g.variable(10), g.variable(11), g.variable(12))).containsExactly(0x55, 0x66, 0);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everywhere")
    void aChildHasItsOwnCopy(final Flavour flavour, final String mode) {
        final Label child = new Label("child");
        try (ArmGuest g = new ArmGuest(flavour, mode, p -> {
            setD8(p, 0x11, 0x22);
            p.call("vfork");
            p.a.result(0);
            p.a.loadConst(1, 0);
            p.a.branch(GuestAssembler.Rel.EQ, 0, 1, child);
            saveD8AndFpscr(p, 10);
            p.exit(0);
            p.a.bind(child);
            saveD8AndFpscr(p, 20);
            setD8(p, 0x33, 0x44);
            p.exit(0);
        })) {
            g.runToExit();
            assertThat(List.of(g.variable(20), g.variable(21))).containsExactly(0x11, 0x22);
            assertThat(List.of(g.variable(10), g.variable(11))).containsExactly(0x11, 0x22);
        }
    }
}
