package org.kernelentry.isa.aarch32;

import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Flags;

/**
 * Where AArch32 state lives in a {@link CpuState}.
 *
 * <p>r0 to r14 are slots 0 to 14, zero-extended to 64 bits, so that they are also x0 to x14 of an arm64 register file. The pc is
 * {@link CpuState#pc}. The remaining slots start at a base that the owner of the register file chooses.
 *
 * <p>The instruction set state is the mode: {@link #MODE_A32} or {@link #MODE_T32}. Inside an IT block the mode also carries
 * CPSR.IT in bits 15:8, so that a block decoded for one IT state is never run for another and CPSR is exact between any two
 * instructions of the block; outside, those bits are 0. Source: Arm ARM (DDI 0406C) A2.5, B1.3.3.
 */
public final class A32Regs {
    public static final int SP = 13;
    public static final int LR = 14;
    public static final int PC = 15;

    /** {@link CpuState#mode} for the A32 instruction set; 0 is left to A64. */
    public static final int MODE_A32 = 1;
    /** {@link CpuState#mode} for the T32 instruction set outside of an IT block. */
    public static final int MODE_T32 = 2;

    static final int MODE_SET_MASK = 0xff;
    static final int MODE_IT_SHIFT = 8;

    /** Bits of CPSR, DDI 0406C B1.3.3. */
    /** From the places of {@link Flags} to those of the program status register. */
    private static final int NZ_SHIFT = 24;

    private static final int C_SHIFT = 29;
    private static final int V_SHIFT = 17;

    public static final int CPSR_N = 1 << 31;

    public static final int CPSR_Z = 1 << 30;
    public static final int CPSR_C = 1 << 29;
    public static final int CPSR_V = 1 << 28;
    public static final int CPSR_Q = 1 << 27;
    public static final int CPSR_GE = 0xf << 16;
    public static final int CPSR_T = 1 << 5;
    /** IT[1:0] at 26:25 and IT[7:2] at 15:10. */
    public static final int CPSR_IT = 0x0600fc00;
    /** The mode field in user mode. */
    public static final int CPSR_MODE_USR = 0x10;

    /** FPSCR: AHP, DN, FZ, RMode, Stride and Len. Traps of VFPv3 and later are not implemented, so their enables are 0. */
    public static final int FPSCR_CONTROL = 0x07f7_0000;
    /** FPSCR: N, Z, C, V, QC and the cumulative exceptions. */
    public static final int FPSCR_STATUS = 0xf800_009f;

    private static final int OWN_SLOTS = 6;
    private static final int VFP_SLOTS = 32;

    /** Value of {@link #exclusive} that no exclusive store matches. */
    static final long NOT_EXCLUSIVE = -1;

    /** CP15 c13 TPIDRURO: the thread pointer that user mode can only read. */
    public final int tpidruro;
    /** CP15 c13 TPIDRURW: the thread register that user mode can write. */
    public final int tpidrurw;
    /** CPSR.Q and CPSR.GE, in their places of CPSR. */
    public final int qge;
    /** Local exclusive monitor: bytes &lt;&lt; 32 | address, or {@link #NOT_EXCLUSIVE}. */
    public final int exclusive;
    /** What the exclusive load saw; two slots, the second for the doubleword form. */
    public final int exclusiveValue;

    /**
     * D0, the first of 32 consecutive slots: Qn is the two slots of D(2n) and D(2n+1), low word first, and S(2n) and S(2n+1) are the
     * halves of Dn for n below 16.
     */
    public final int vfp;
    /** The control bits of FPSCR, in their places (DDI 0406C B4.1.58): {@link #FPSCR_CONTROL}. */
    public final int fpcr;
    /** The status bits of FPSCR, in their places: {@link #FPSCR_STATUS}. */
    public final int fpsr;

    private final int end;

    /** @param base first slot behind the general registers that belongs to AArch32 */
    public A32Regs(final int base) {
        this(base, base + OWN_SLOTS + 2, base + OWN_SLOTS, base + OWN_SLOTS + 1, base + OWN_SLOTS + 2 + VFP_SLOTS);
    }

    /**
     * Registers that share floating point with another view, as AArch64 maps them (DDI 0487 E1.2.1, D1.9.1).
     *
     * @param base first slot behind the general registers that belongs to AArch32
     * @param vfp slot of D0, which is the low half of V0
     * @param fpcr slot of FPCR
     * @param fpsr slot of FPSR
     */
    public A32Regs(final int base, final int vfp, final int fpcr, final int fpsr) {
        this(base, vfp, fpcr, fpsr, base + OWN_SLOTS);
    }

    private A32Regs(final int base, final int vfp, final int fpcr, final int fpsr, final int end) {
        this.tpidruro = base;
        this.tpidrurw = base + 1;
        this.qge = base + 2;
        this.exclusive = base + 3;
        this.exclusiveValue = base + 4;
        this.vfp = vfp;
        this.fpcr = fpcr;
        this.fpsr = fpsr;
        this.end = end;
    }

    /** FPSCR as VMRS reads it. */
    public int fpscr(final CpuState s) {
        return (int) s.r[fpcr] & FPSCR_CONTROL | (int) s.r[fpsr] & FPSCR_STATUS;
    }

    /** FPSCR as VMSR writes it: bits that are not implemented stay 0. */
    public void setFpscr(final CpuState s, final int fpscr) {
        s.r[fpcr] = Bits.u32(fpscr & FPSCR_CONTROL);
        s.r[fpsr] = Bits.u32(fpscr & FPSCR_STATUS);
    }

    /** First slot behind the AArch32 ones. */
    public int end() {
        return end;
    }

    /** Forgets an exclusive reservation, as the kernel does on every way back to user mode. */
    public void clearExclusive(final CpuState s) {
        s.r[exclusive] = NOT_EXCLUSIVE;
    }

    /** CPSR as the kernel sees it after an exception from user mode: NZCV, Q, GE, IT, T and the user mode number. */
    public int cpsr(final CpuState s) {
        int cpsr = CPSR_MODE_USR | (int) s.r[qge] | nzcv(Flags.nzcv(s));
        if ((s.mode & MODE_SET_MASK) == MODE_T32) {
            final int it = s.mode >> MODE_IT_SHIFT;
            cpsr |= CPSR_T | (it & 3) << 25 | (it & 0xfc) << 8;
        }
        return cpsr;
    }

    /** Takes NZCV, Q, GE, T and (with T set) IT from {@code cpsr}; other bits are not state of user mode. */
    public void setCpsr(final CpuState s, final int cpsr) {
        Flags.set(s, packed(cpsr));
        s.r[qge] = cpsr & (CPSR_Q | CPSR_GE);
        if ((cpsr & CPSR_T) != 0) {
            final int it = cpsr >>> 25 & 3 | cpsr >>> 8 & 0xfc;
            // A state whose mask is 0 is outside of a block whatever its condition says.
            s.mode = MODE_T32 | ((it & 0xf) == 0 ? 0 : it << MODE_IT_SHIFT);
        } else {
            s.mode = MODE_A32;
        }
    }

    /** NZCV in bits 31:28 of the packed {@link Flags}: N and Z are neighbours in both. */
    public static int nzcv(final int packed) {
        return (packed & (Flags.N | Flags.Z)) << NZ_SHIFT
                | (packed & Flags.C) << C_SHIFT
                | (packed & Flags.V) << V_SHIFT;
    }

    /** The packed {@link Flags} of NZCV in bits 31:28. */
    public static int packed(final int nzcv) {
        return nzcv >>> NZ_SHIFT & (Flags.N | Flags.Z) | nzcv >>> C_SHIFT & Flags.C | nzcv >>> V_SHIFT & Flags.V;
    }
}
