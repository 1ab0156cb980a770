package org.kernelentry.arm64;

import org.kernelentry.isa.aarch32.A32Regs;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Flags;

/**
 * Where the state of an arm64 CPU at EL0 lives in a {@link CpuState}.
 *
 * <p>x0 to x30 are slots 0 to 30; AArch32's r0 to r14 are the low halves of x0 to x14 (Arm ARM DDI 0487 D1.9.1), so both views agree.
 * The pc is {@link CpuState#pc}, NZCV are the lazy flags. The decoding modes are {@link #MODE_A64} and those of {@link A32Regs}.
 */
public final class A64Regs {
    /** Frame pointer. */
    public static final int FP = 29;
    /** Link register. */
    public static final int LR = 30;
    /** SP_EL0: the slot number is the register number that names it where an encoding means the stack pointer. */
    public static final int SP = 31;
    /** Always 0 and never written: register number 31 where an encoding means the zero register. */
    public static final int XZR = 32;

    public static final int TPIDR_EL0 = 33;
    /** Read-only at EL0; the kernel clears it, or keeps the compat thread pointer in it (KPTI apart). */
    public static final int TPIDRRO_EL0 = 34;

    public static final int FPCR = 35;
    public static final int FPSR = 36;
    /** What CNTVCT_EL0 reads as, in ticks of {@link #CNTFRQ_HZ}: virtual time of the last return to user mode. */
    public static final int CNTVCT_EL0 = 37;
    /** Local exclusive monitor: the complement of the address, 0 when it is open. */
    public static final int EXCLUSIVE = 38;
    /** What the exclusive load saw; two slots, the second for pairs. */
    public static final int EXCLUSIVE_VALUE = 39;

    /**
     * V0 to V31, two slots each, the low half first: D registers are the first ones, and AArch32's D0 to D31 are the slots of V0 to V15
     * in order (DDI 0487 D1.9.1).
     */
    public static final int V = 41;
    /** Slots of the vector registers. */
    public static final int V_SLOTS = 64;

    /** PSTATE.BTYPE in its place in SPSR_EL1; always 0 on a CPU without FEAT_BTI. */
    public static final int BTYPE = V + V_SLOTS;
    /** PSTATE.TCO in its place in SPSR_EL1; always 0 on a CPU without FEAT_MTE2. */
    public static final int TCO = BTYPE + 1;

    private static final int AARCH32_BASE = TCO + 1;

    /** AArch32's own slots, and its view of V0 to V15. */
    public static final A32Regs AARCH32 = new A32Regs(AARCH32_BASE, V, FPCR, FPSR);

    /** First slot behind all of them. */
    public static final int SLOTS = AARCH32.end();

    /** {@link CpuState#mode} for the A64 instruction set. */
    public static final int MODE_A64 = 0;

    /** What CNTFRQ_EL0 reads as: 62.5 MHz, the rate of QEMU's virt board. */
    public static final int CNTFRQ_HZ = 62_500_000;
    /** What CTR_EL0 reads as: 64-byte lines, PIPT instruction cache (that of a Cortex-A57). */
    public static final int CTR = 0x8444c004;
    /** log2 of the words that DC ZVA clears: 64 bytes. */
    public static final int DCZID = 4;
    /** Bytes that DC ZVA clears. */
    public static final int ZVA_BYTES = 4 << DCZID;

    /** Bits of PSTATE in the layout of SPSR_EL1, DDI 0487 C5.2.19. */
    public static final long PSR_N = 1L << 31;

    public static final long PSR_Z = 1L << 30;
    public static final long PSR_C = 1L << 29;
    public static final long PSR_V = 1L << 28;
    /** Software step. */
    public static final long PSR_SS = 1L << 21;
    /** Tag check override. */
    public static final long PSR_TCO = 1L << 25;
    /** What kind of branch came last: 1 a BR, 2 a BLR, 3 a BR from a guarded page, 0 anything else. */
    public static final long PSR_BTYPE_MASK = 3L << 10;

    public static final long PSR_BTYPE_BR = 1L << 10;
    public static final long PSR_BTYPE_CALL = 2L << 10;
    /** The saved state is AArch32. */
    public static final long PSR_MODE32 = 1L << 4;

    /** FPSR.QC: an operation saturated. */
    public static final long FPSR_QC = 1L << 27;

    /** Bits of FPCR and FPSR that are state: DDI 0487 C5.2.8, C5.2.9, without trapped exceptions and FEAT_FP16. */
    public static final long FPCR_MASK = 0x07c0_0000L;

    public static final long FPSR_MASK = 0xf800_009fL;

    private A64Regs() {}

    /** First slot of vector register {@code n}. */
    public static int v(final int n) {
        return V + 2 * n;
    }

    /** Whether the CPU executes AArch32. */
    public static boolean isAarch32(final CpuState s) {
        return s.mode != MODE_A64;
    }

    /**
     * PSTATE as an exception to EL1 saves it in SPSR_EL1: NZCV, TCO and BTYPE with mode EL0t, or the CPSR of AArch32. PSTATE.SS is not part of it, see
     * {@link CpuState#singleStep}.
     */
    public static long pstate(final CpuState s) {
        return isAarch32(s) ? AARCH32.cpsr(s) & 0xffff_ffffL : nzcv(Flags.nzcv(s)) | s.r[BTYPE] | s.r[TCO];
    }

    /** The way back (ERET): NZCV and the instruction set; {@link #BTYPE} and {@link #TCO} are for who knows what the CPU has. */
    public static void setPstate(final CpuState s, final long pstate) {
        if ((pstate & PSR_MODE32) != 0) {
            AARCH32.setCpsr(s, (int) pstate);
        } else {
            s.mode = MODE_A64;
            Flags.set(s, packed(pstate));
        }
    }

    /** Opens the exclusive monitor, as every exception return does (DDI 0487 B2.12.3). */
    public static void clearExclusive(final CpuState s) {
        s.r[EXCLUSIVE] = 0;
        AARCH32.clearExclusive(s);
    }

    /** NZCV of the packed {@link Flags}. */
    public static long nzcv(final int packed) {
        return A32Regs.nzcv(packed) & 0xffff_ffffL;
    }

    /** The packed {@link Flags} of NZCV in bits 31:28. */
    public static int packed(final long nzcv) {
        return A32Regs.packed((int) nzcv);
    }
}
