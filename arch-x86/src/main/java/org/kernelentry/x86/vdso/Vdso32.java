package org.kernelentry.x86.vdso;

import org.kernelentry.machine.asm.Label;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.asm.X86Encoder;

/**
 * The vDSO of 32-bit programs: {@code __kernel_vsyscall} and the two return stubs of signal handlers.
 *
 * <p>Source: linux v7.3 arch/x86/entry/vdso/vdso32/system_call.S, sigreturn.S. The stubs' bytes are what unwinders look for (FRM-25).
 */
public final class Vdso32 {
    private static final int VSYSCALL = 0x500;
    private static final int SIGRETURN = 0x540;
    private static final int RT_SIGRETURN = 0x550;

    /** Bytes of the stubs up to and including INT. */
    private static final int SIGRETURN_BYTES = 8;

    private static final int RT_SIGRETURN_BYTES = 7;

    private static final int NR_SIGRETURN = 119;
    private static final int NR_RT_SIGRETURN = 173;

    private static final Label LANDING_PAD = new Label("int80_landing_pad");
    private static final byte[] IMAGE = assemble();

    private Vdso32() {}

    private static byte[] assemble() {
        final X86Encoder code = new X86Encoder(0, false);
        pad(code, VSYSCALL);
        code.plusReg(false, 0x50, X86Regs.RCX);
        code.plusReg(false, 0x50, X86Regs.RDX);
        code.plusReg(false, 0x50, X86Regs.RBP);
        code.regReg(false, 0x89, X86Regs.RSP, X86Regs.RBP);
        // sysenter never comes back here: a restart finds the int $0x80 two bytes before the landing pad (X86-15)
        code.bytes(0x0f, 0x34);
        code.bytes(0xcd, 0x80);
        code.bind(LANDING_PAD);
        code.plusReg(false, 0x58, X86Regs.RBP);
        code.plusReg(false, 0x58, X86Regs.RDX);
        code.plusReg(false, 0x58, X86Regs.RCX);
        code.u8(0xc3);
        pad(code, SIGRETURN);
        code.plusReg(false, 0x58, X86Regs.RAX);
        code.moveConst(X86Regs.RAX, NR_SIGRETURN);
        code.bytes(0xcd, 0x80, 0x90);
        pad(code, RT_SIGRETURN);
        code.moveConst(X86Regs.RAX, NR_RT_SIGRETURN);
        code.bytes(0xcd, 0x80, 0x90);
        return code.finish();
    }

    private static void pad(final X86Encoder code, final int offset) {
        while (code.here() < offset) {
            code.u8(0x90);
        }
    }

    /** The image, less than a page. */
    public static byte[] image() {
        return IMAGE.clone();
    }

    /** {@code __kernel_vsyscall} of the image mapped at {@code vdso}: AT_SYSINFO. */
    public static long vsyscall(final long vdso) {
        return vdso + VSYSCALL;
    }

    /** Where SYSENTER returns to. */
    public static long landingPad(final long vdso) {
        return vdso + LANDING_PAD.address();
    }

    /** {@code vdso32_sigreturn_landing_pad}, {@code vdso32_rt_sigreturn_landing_pad}: behind the INT of either stub. */
    public static boolean isSigreturnLandingPad(final long vdso, final long pc) {
        return pc == vdso + SIGRETURN + SIGRETURN_BYTES || pc == vdso + RT_SIGRETURN + RT_SIGRETURN_BYTES;
    }

    /** {@code __kernel_sigreturn}. */
    public static long sigreturn(final long vdso) {
        return vdso + SIGRETURN;
    }

    /** {@code __kernel_rt_sigreturn}. */
    public static long rtSigreturn(final long vdso) {
        return vdso + RT_SIGRETURN;
    }
}
