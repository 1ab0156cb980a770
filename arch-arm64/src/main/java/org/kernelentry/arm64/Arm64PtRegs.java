package org.kernelentry.arm64;

import org.kernelentry.kernel.arch.PtRegs;

/**
 * Slots of {@code struct pt_regs}, in the kernel's order; x0 to x30 and sp have the numbers of {@link A64Regs}.
 *
 * <p>Source: linux v7.3 arch/arm64/include/asm/ptrace.h.
 */
public final class Arm64PtRegs {
    public static final int SP = 31;
    public static final int PC = 32;
    /** In SPSR_EL1 layout, with {@link A64Regs#PSR_SS}. */
    public static final int PSTATE = 33;
    /** Argument 0 as passed by the user: x0 becomes the result. */
    public static final int ORIG_X0 = 34;
    /** An {@code int}; {@link #NO_SYSCALL} outside of system calls. */
    public static final int SYSCALLNO = 35;

    public static final int SLOTS = 36;

    /** r13 and r14 of AArch32 ({@code compat_sp}, {@code compat_lr}). */
    public static final int COMPAT_SP = 13;

    public static final int COMPAT_LR = 14;

    public static final int NO_SYSCALL = -1;

    /** Slots of {@code struct user_pt_regs}, what NT_PRSTATUS shows. */
    public static final int USER_SLOTS = 34;

    private Arm64PtRegs() {}

    /** {@code compat_user_mode()}: the interrupted context was AArch32. */
    public static boolean compat(final PtRegs regs) {
        return (regs.slot[PSTATE] & A64Regs.PSR_MODE32) != 0;
    }

    /** {@code compat_thumb_mode()}. */
    public static boolean compatThumb(final PtRegs regs) {
        return compat(regs) && (regs.slot[PSTATE] & Psr.AA32_T) != 0;
    }

    public static int syscallno(final PtRegs regs) {
        return (int) regs.slot[SYSCALLNO];
    }

    /** {@code in_syscall()}. */
    public static boolean inSyscall(final PtRegs regs) {
        return syscallno(regs) != NO_SYSCALL;
    }

    /** {@code forget_syscall()}: no restart from here on. */
    public static void forgetSyscall(final PtRegs regs) {
        regs.slot[SYSCALLNO] = NO_SYSCALL;
    }

    /** Bytes of the system call instruction just executed. */
    public static int syscallInstructionSize(final PtRegs regs) {
        return compatThumb(regs) ? 2 : 4;
    }
}
