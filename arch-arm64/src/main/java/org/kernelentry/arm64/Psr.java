package org.kernelentry.arm64;

import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;

/** What of the saved status word user mode may have. Source: linux v7.3 arch/arm64/kernel/ptrace.c valid_user_regs(). */
public final class Psr {
    /** AArch32 state bits of SPSR_EL1, DDI 0487 C5.2.19. */
    public static final long AA32_T = 1L << 5;

    public static final long AA32_E = 1L << 9;
    public static final long AA32_IT = 0x0600fc00L;
    public static final long AA32_GE = 0x000f0000L;
    public static final long AA32_Q = 1L << 27;
    public static final long AA32_MODE_USR = 0x10;
    /** The condition flags {@code PSR_f} of a handler's status word. */
    public static final long PSR_F_FIELD = 0xff000000L;

    private static final long NZCV = A64Regs.PSR_N | A64Regs.PSR_Z | A64Regs.PSR_C | A64Regs.PSR_V;
    private static final long D = 1L << 9;
    private static final long A = 1L << 8;
    private static final long I = 1L << 7;
    private static final long F = 1L << 6;
    private static final long MODE_MASK = 0xf;

    /** Bits that are reserved in the saved state of AArch64, DDI 0487: 63:32, 27:26, 23:22, 20:13, 5. */
    private static final long AARCH64_RES0 = 0xffff_ffff_0cdf_e020L;
    /** Bits that are reserved in the saved state of AArch32: 63:32, 22, 20. */
    private static final long AARCH32_RES0 = 0xffff_ffff_0050_0000L;

    private Psr() {}

    /**
     * {@code valid_user_regs()}: makes the saved status word one that user mode of the task's kind can have (A64-17). PSTATE.SS follows the
     * stepping state of the task, whatever was there.
     *
     * @return false when it had to be forced
     */
    public static boolean validUserRegs(final Task task, final PtRegs regs) {
        long pstate = regs.slot[Arm64PtRegs.PSTATE];
        pstate = task.testTif(ThreadFlags.TIF_SINGLESTEP) ? pstate | A64Regs.PSR_SS : pstate & ~A64Regs.PSR_SS;
        final boolean valid;
        if (task.is32Bit()) {
            pstate &= ~(AARCH32_RES0 | AA32_E);
            valid = (pstate & MODE_MASK) == 0 && (pstate & A64Regs.PSR_MODE32) != 0 && (pstate & (A | I | F)) == 0;
            if (!valid) {
                pstate = pstate & (NZCV | AA32_Q | AA32_IT | AA32_GE | AA32_T) | A64Regs.PSR_MODE32;
            }
        } else {
            pstate &= ~AARCH64_RES0;
            valid = (pstate & MODE_MASK) == 0 && (pstate & A64Regs.PSR_MODE32) == 0 && (pstate & (D | A | I | F)) == 0;
            if (!valid) {
                pstate &= NZCV;
            }
        }
        regs.slot[Arm64PtRegs.PSTATE] = pstate;
        return valid;
    }

    /** {@code pstate_to_compat_psr()}: PSTATE.SS has the place of CPSR.DIT, which these CPUs do not have. */
    public static int toCompat(final long pstate) {
        return (int) (pstate & ~A64Regs.PSR_SS);
    }

    /** {@code compat_psr_to_pstate()}. */
    public static long fromCompat(final long psr) {
        return psr & 0xffff_ffffL & ~A64Regs.PSR_SS;
    }
}
