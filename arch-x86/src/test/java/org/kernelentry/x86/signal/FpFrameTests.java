package org.kernelentry.x86.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.x86.X86Process.DATA;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;
import org.kernelentry.x86.Handlers;
import org.kernelentry.x86.X86Process;

/** What a handler changes in the floating-point area of its frame. */
class FpFrameTests {
    private static final int RESULT = 0x200;

    /** Raw code with one absolute address behind it. */
    private static void raw(final GuestAssembler a, final String opcode, final long address) {
        a.raw(HexFormat.of().parseHex(opcode));
        a.raw(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) address)
                .array());
    }

    /** ST0 is 1.0 when the signal comes; in the area, FSAVE's ST0 is at 28 and its tags are at 8, FXSAVE's ST0 is at 112 + 32. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "nothing, 90, 3ff00000",
        "the exponent in FSAVE's ST0, 66c740240040, 40000000",
        "FSAVE's tags: all empty, 66c74008ffff, fff80000",
        "the exponent in FXSAVE's ST0, 66c780980000000040, 3ff00000"
    })
    void in32BitFramesTheFsaveAreaCountsOnReturn(final String what, final String change, final String st0) {
        final Label handler = new Label("handler");
        final Label restorer = new Label("restorer");
        final Label go = new Label("go");
        try (X86Process p = new X86Process("ia32", a -> {
            a.jump(go);
            Handlers.prologue(a, handler);
            // EAX = uc_mcontext.fpstate
            raw(a, "a1", Handlers.CONTEXT);
            a.raw(HexFormat.of().parseHex("8b4060" + change));
            Handlers.epilogue(a, restorer, true);
            a.bind(go);
            Handlers.install(a, Signals.SIGTRAP, handler, restorer, SigAction.SA_SIGINFO);
            a.raw(HexFormat.of().parseHex("d9e8"));
            a.breakpoint();
            // FSTP of 64 bits; the upper half tells.
            raw(a, "dd1d", DATA + RESULT);
        })) {
            assertThat(p.run()).isZero();
            assertThat(Long.toHexString(p.word(DATA + RESULT + 4))).isEqualTo(st0);
        }
    }
}
