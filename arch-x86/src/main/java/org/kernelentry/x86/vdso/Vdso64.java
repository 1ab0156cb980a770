package org.kernelentry.x86.vdso;

import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.asm.X86Encoder;

/**
 * The vDSO of 64-bit programs: {@code __vdso_getcpu} and {@code __vdso_time}, each by its system call.
 *
 * <p>Nothing at entry needs it: 64-bit handlers return through their program's own restorer (FRM-02). Source: linux v7.3
 * arch/x86/entry/vdso/.
 */
public final class Vdso64 {
    private static final int GETCPU = 0x500;
    private static final int TIME = 0x510;
    private static final int NR_TIME = 201;
    private static final int NR_GETCPU = 309;

    private Vdso64() {}

    /** The image, less than a page. */
    public static byte[] image() {
        final X86Encoder code = new X86Encoder(0, true);
        call(code, GETCPU, NR_GETCPU);
        call(code, TIME, NR_TIME);
        return code.finish();
    }

    private static void call(final X86Encoder code, final int offset, final int number) {
        while (code.here() < offset) {
            code.u8(0x90);
        }
        code.moveConst(X86Regs.RAX, number);
        code.bytes(0x0f, 0x05, 0xc3);
    }
}
