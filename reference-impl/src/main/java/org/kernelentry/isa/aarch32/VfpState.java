package org.kernelentry.isa.aarch32;

import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.isa.fp.FpFormat;
import org.kernelentry.isa.simd.Saturation;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.GuestTrap;

/** The floating-point registers of one CPU as helpers see them, and the environment they compute in. DDI 0406C A2.6, A2.7. */
final class VfpState {
    private static final int RMODE_SHIFT = 22;
    private static final int FZ = 1 << 24;
    private static final int DN = 1 << 25;
    private static final int AHP = 1 << 26;
    /** Stride and Len: an implementation without short vectors refuses to compute while they are not 0 (A2.6.4). */
    private static final int VECTOR = 0x0037_0000;

    private static final int QC = 1 << 27;

    /** Results that did not fit; {@link #done} adds it to FPSCR.QC. */
    final Saturation saturation = new Saturation();

    private final GuestTrap shortVector = new GuestTrap(CpuExit.UNDEFINED, 0);
    private final A32Regs regs;
    private final FpEnv env = new FpEnv(FpEnv.Rules.ARM);

    VfpState(final A32Regs regs) {
        this.regs = regs;
    }

    long d(final CpuState s, final int n) {
        return s.r[regs.vfp + n];
    }

    void setD(final CpuState s, final int n, final long value) {
        s.r[regs.vfp + n] = value;
    }

    /** S register {@code n}, zero-extended. */
    long s(final CpuState s, final int n) {
        return s.r[regs.vfp + (n >> 1)] >>> 32 * (n & 1) & 0xffff_ffffL;
    }

    void setS(final CpuState s, final int n, final long value) {
        final int slot = regs.vfp + (n >> 1);
        final long bits = value & 0xffff_ffffL;
        s.r[slot] = (n & 1) == 0 ? s.r[slot] & 0xffff_ffff_0000_0000L | bits : s.r[slot] & 0xffff_ffffL | bits << 32;
    }

    /** Slot of D0, for table look-ups. */
    int base() {
        return regs.vfp;
    }

    /** The environment as FPSCR controls it; {@link #done} must follow. */
    FpEnv fpscr(final CpuState s) {
        final int fpscr = (int) s.r[regs.fpcr];
        if ((fpscr & VECTOR) != 0) {
            throw shortVector;
        }
        env.rounding = fpscr >>> RMODE_SHIFT & 3;
        env.flushInputs = (fpscr & FZ) != 0;
        env.flushResults = env.flushInputs;
        env.defaultNan = (fpscr & DN) != 0;
        return env;
    }

    /** The half precision format that FPSCR.AHP chooses. */
    FpFormat half(final CpuState s) {
        return (s.r[regs.fpcr] & AHP) != 0 ? FpFormat.HALF_ALTERNATIVE : FpFormat.HALF;
    }

    /**
     * StandardFPSCRValue, in which Advanced SIMD computes: round to nearest, flush to zero, default NaN (DDI 0406C A2.7.7). {@link #done}
     * must follow.
     */
    FpEnv standard() {
        env.rounding = FpEnv.NEAREST_EVEN;
        env.flushInputs = true;
        env.flushResults = true;
        env.defaultNan = true;
        return env;
    }

    /** Adds the exceptions raised, and QC, to the cumulative bits. */
    void done(final CpuState s) {
        s.r[regs.fpsr] |= env.flags | (saturation.happened ? QC : 0);
        env.flags = 0;
        saturation.happened = false;
    }

    /** Sets FPSCR.NZCV. */
    void setNzcv(final CpuState s, final int nzcv) {
        s.r[regs.fpsr] = s.r[regs.fpsr] & 0x0fff_ffffL | (long) nzcv << 28;
    }
}
