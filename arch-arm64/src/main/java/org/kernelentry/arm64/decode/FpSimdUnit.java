package org.kernelentry.arm64.decode;

import org.kernelentry.arm64.A64Regs;
import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.isa.simd.Saturation;

/** What floating-point and vector instructions of one CPU compute with: FPCR as an environment, and what goes to FPSR. */
final class FpSimdUnit {
    private static final int FPCR_RMODE_SHIFT = 22;
    private static final long FPCR_FZ = 1L << 24;
    private static final long FPCR_DN = 1L << 25;
    private static final long FPCR_AHP = 1L << 26;

    final FpEnv env = new FpEnv(FpEnv.Rules.ARM);
    final Saturation q = new Saturation();
    /** FPCR.AHP: half precision is the alternative one. */
    boolean alternativeHalf;

    private long fpcr;

    /** Before an instruction: takes FPCR. */
    void begin(final long[] r) {
        final long now = r[A64Regs.FPCR];
        if (now != fpcr) {
            fpcr = now;
            env.rounding = (int) (now >>> FPCR_RMODE_SHIFT) & 3;
            env.flushInputs = (now & FPCR_FZ) != 0;
            env.flushResults = env.flushInputs;
            env.defaultNan = (now & FPCR_DN) != 0;
            alternativeHalf = (now & FPCR_AHP) != 0;
        }
    }

    /** Behind an instruction: adds its exceptions to FPSR. */
    void end(final long[] r) {
        if (env.flags != 0) {
            r[A64Regs.FPSR] |= env.flags;
            env.flags = 0;
        }
        if (q.happened) {
            r[A64Regs.FPSR] |= A64Regs.FPSR_QC;
            q.happened = false;
        }
    }
}
