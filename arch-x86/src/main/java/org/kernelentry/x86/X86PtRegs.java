package org.kernelentry.x86;

import org.kernelentry.kernel.arch.PtRegs;

/**
 * Slots of {@link PtRegs} in the order of {@code struct pt_regs}, which is also that of the 64-bit {@code struct user_regs_struct}.
 *
 * <p>Source: linux v7.3 arch/x86/include/asm/ptrace.h.
 */
public final class X86PtRegs {
    public static final int R15 = 0;
    public static final int R14 = 1;
    public static final int R13 = 2;
    public static final int R12 = 3;
    public static final int BP = 4;
    public static final int BX = 5;
    public static final int R11 = 6;
    public static final int R10 = 7;
    public static final int R9 = 8;
    public static final int R8 = 9;
    public static final int AX = 10;
    public static final int CX = 11;
    public static final int DX = 12;
    public static final int SI = 13;
    public static final int DI = 14;
    /** System call number, or -1 when the frame is not one of a system call. */
    public static final int ORIG_AX = 15;

    public static final int IP = 16;
    public static final int CS = 17;
    public static final int FLAGS = 18;
    public static final int SP = 19;
    public static final int SS = 20;
    public static final int SLOTS = 21;

    private X86PtRegs() {}

    /**
     * Copies the fifteen general registers (all but the stack pointer) of a CPU into the frame. In one piece: of two, the JVM's compiler may inline
     * neither.
     */
    public static void pushGeneral(final long[] frame, final long[] live) {
        frame[DI] = live[X86Regs.RDI];
        frame[SI] = live[X86Regs.RSI];
        frame[DX] = live[X86Regs.RDX];
        frame[CX] = live[X86Regs.RCX];
        frame[AX] = live[X86Regs.RAX];
        frame[R8] = live[X86Regs.R8];
        frame[R9] = live[X86Regs.R9];
        frame[R10] = live[X86Regs.R10];
        frame[R11] = live[X86Regs.R11];
        frame[BX] = live[X86Regs.RBX];
        frame[BP] = live[X86Regs.RBP];
        frame[R12] = live[X86Regs.R12];
        frame[R13] = live[X86Regs.R13];
        frame[R14] = live[X86Regs.R14];
        frame[R15] = live[X86Regs.R15];
    }

    /** The nine that C code may destroy ({@code SAVE_C_REGS} of Linux 4.2). */
    public static void pushCallerSaved(final long[] frame, final long[] live) {
        frame[DI] = live[X86Regs.RDI];
        frame[SI] = live[X86Regs.RSI];
        frame[DX] = live[X86Regs.RDX];
        frame[CX] = live[X86Regs.RCX];
        frame[AX] = live[X86Regs.RAX];
        frame[R8] = live[X86Regs.R8];
        frame[R9] = live[X86Regs.R9];
        frame[R10] = live[X86Regs.R10];
        frame[R11] = live[X86Regs.R11];
    }

    /** The six that C code preserves ({@code SAVE_EXTRA_REGS} of Linux 4.2). */
    public static void pushCalleeSaved(final long[] frame, final long[] live) {
        frame[BX] = live[X86Regs.RBX];
        frame[BP] = live[X86Regs.RBP];
        frame[R12] = live[X86Regs.R12];
        frame[R13] = live[X86Regs.R13];
        frame[R14] = live[X86Regs.R14];
        frame[R15] = live[X86Regs.R15];
    }

    /** The reverse of {@link #pushGeneral}. */
    public static void popGeneral(final long[] frame, final long[] live) {
        live[X86Regs.R15] = frame[R15];
        live[X86Regs.R14] = frame[R14];
        live[X86Regs.R13] = frame[R13];
        live[X86Regs.R12] = frame[R12];
        live[X86Regs.RBP] = frame[BP];
        live[X86Regs.RBX] = frame[BX];
        live[X86Regs.R11] = frame[R11];
        live[X86Regs.R10] = frame[R10];
        live[X86Regs.R9] = frame[R9];
        live[X86Regs.R8] = frame[R8];
        live[X86Regs.RAX] = frame[AX];
        live[X86Regs.RCX] = frame[CX];
        live[X86Regs.RDX] = frame[DX];
        live[X86Regs.RSI] = frame[SI];
        live[X86Regs.RDI] = frame[DI];
    }

    /** The reverse of {@link #pushCalleeSaved}. */
    public static void popCalleeSaved(final long[] frame, final long[] live) {
        live[X86Regs.R15] = frame[R15];
        live[X86Regs.R14] = frame[R14];
        live[X86Regs.R13] = frame[R13];
        live[X86Regs.R12] = frame[R12];
        live[X86Regs.RBP] = frame[BP];
        live[X86Regs.RBX] = frame[BX];
    }

    /** The reverse of {@link #pushCallerSaved}. */
    public static void popCallerSaved(final long[] frame, final long[] live) {
        live[X86Regs.R11] = frame[R11];
        live[X86Regs.R10] = frame[R10];
        live[X86Regs.R9] = frame[R9];
        live[X86Regs.R8] = frame[R8];
        live[X86Regs.RAX] = frame[AX];
        live[X86Regs.RCX] = frame[CX];
        live[X86Regs.RDX] = frame[DX];
        live[X86Regs.RSI] = frame[SI];
        live[X86Regs.RDI] = frame[DI];
    }

    /** {@code user_64bit_mode()}. */
    public static boolean user64BitMode(final PtRegs regs) {
        return regs.slot[CS] == X86Regs.USER_CS;
    }
}
