package org.kernelentry.arm;

import org.kernelentry.kernel.arch.PtRegs;

/**
 * Slots of {@link PtRegs} on arm, in the order of {@code struct pt_regs}; all hold zero-extended 32-bit values.
 *
 * <p>Source: linux v7.3 arch/arm/include/uapi/asm/ptrace.h, arch/arm/include/asm/ptrace.h valid_user_regs().
 */
public final class ArmPtRegs {
    public static final int R0 = 0;
    public static final int R7 = 7;
    public static final int IP = 12;
    public static final int SP = 13;
    public static final int LR = 14;
    public static final int PC = 15;
    public static final int CPSR = 16;
    public static final int ORIG_R0 = 17;
    /** Number of slots. */
    public static final int SLOTS = 18;
    /** {@code sizeof(struct pt_regs)}. */
    public static final int SIZE = 4 * SLOTS;

    public static final int PSR_MODE_MASK = 0x1f;
    public static final int PSR_USR_MODE = 0x10;
    public static final int PSR_T_BIT = 1 << 5;
    public static final int PSR_F_BIT = 1 << 6;
    public static final int PSR_I_BIT = 1 << 7;
    public static final int PSR_A_BIT = 1 << 8;
    public static final int PSR_E_BIT = 1 << 9;
    public static final int PSR_IT_MASK = 0x0600fc00;
    /** {@code PSR_f}: the flag byte. */
    public static final int PSR_FLAGS = 0xff000000;

    private static final int PSR_STATUS_AND_EXTENSION = 0x00ffff00;

    private ArmPtRegs() {}

    /** A value as it is stored in a slot. */
    public static long u32(final long value) {
        return value & 0xffff_ffffL;
    }

    /** {@code thumb_mode()}. */
    public static boolean thumbMode(final PtRegs regs) {
        return (regs.slot[CPSR] & PSR_T_BIT) != 0;
    }

    /** Bytes of the SWI instruction that entered: 2 in Thumb state, else 4. */
    public static int swiSize(final PtRegs regs) {
        return thumbMode(regs) ? 2 : 4;
    }

    /**
     * {@code valid_user_regs()}: clears F and A in the saved status; false when it is not one of user mode, which is then made one.
     */
    public static boolean validUserRegs(final PtRegs regs) {
        regs.slot[CPSR] &= ~(PSR_F_BIT | PSR_A_BIT) & 0xffff_ffffL;
        final long cpsr = regs.slot[CPSR];
        if ((cpsr & PSR_I_BIT) == 0 && (cpsr & PSR_MODE_MASK) == PSR_USR_MODE) {
            return true;
        }
        regs.slot[CPSR] = u32(cpsr & (PSR_FLAGS | PSR_STATUS_AND_EXTENSION | PSR_T_BIT | PSR_USR_MODE) | PSR_USR_MODE);
        return false;
    }

    /**
     * r0 to r14 of a CPU to the frame, one by one as {@code stm} does it. A copy of all at once would read in wide pieces what user code has just
     * written one by one, and the processor would wait for each.
     */
    public static void stm(final long[] frame, final long[] live) {
        frame[0] = live[0];
        frame[1] = live[1];
        frame[2] = live[2];
        frame[3] = live[3];
        frame[4] = live[4];
        frame[5] = live[5];
        frame[6] = live[6];
        frame[7] = live[7];
        frame[8] = live[8];
        frame[9] = live[9];
        frame[10] = live[10];
        frame[11] = live[11];
        frame[12] = live[12];
        frame[13] = live[13];
        frame[14] = live[14];
    }

    /** The way back: {@code ldm}. */
    public static void ldm(final long[] frame, final long[] live) {
        live[0] = frame[0];
        live[1] = frame[1];
        live[2] = frame[2];
        live[3] = frame[3];
        live[4] = frame[4];
        live[5] = frame[5];
        live[6] = frame[6];
        live[7] = frame[7];
        live[8] = frame[8];
        live[9] = frame[9];
        live[10] = frame[10];
        live[11] = frame[11];
        live[12] = frame[12];
        live[13] = frame[13];
        live[14] = frame[14];
    }
}
