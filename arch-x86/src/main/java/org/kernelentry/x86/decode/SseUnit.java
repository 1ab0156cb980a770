package org.kernelentry.x86.decode;

import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.GuestTrap;
import org.kernelentry.x86.X86Exit;
import org.kernelentry.x86.X86Regs;

/** MXCSR as the environment of an operation, and back. Source: Intel SDM volume 1, 10.2.3 (MXCSR) and 11.5 (SIMD exceptions). */
final class SseUnit {
    private static final int DAZ = 1 << 6;
    private static final int MASKS = 7;
    private static final int OVERFLOW_MASK = 1 << 10;
    private static final int UNDERFLOW_MASK = 1 << 11;
    private static final int FTZ = 1 << 15;
    /** RC: to nearest, down, up, to zero. */
    static final int[] ROUNDING = {FpEnv.NEAREST_EVEN, FpEnv.DOWN, FpEnv.UP, FpEnv.TO_ZERO};

    /** Flags of MXCSR and of the x87 status word. */
    private static final int IE = 1;

    private static final int DE = 1 << 1;
    private static final int ZE = 1 << 2;
    private static final int OE = 1 << 3;
    private static final int UE = 1 << 4;
    private static final int PE = 1 << 5;

    @SuppressWarnings("StaticAssignmentOfThrowable") // carries no stack trace; raising it must not allocate
    private static final GuestTrap SIMD_EXCEPTION = new GuestTrap(CpuExit.TRAP, X86Exit.VECTOR_XM);

    private static final ThreadLocal<FpEnv> ENV = ThreadLocal.withInitial(() -> new FpEnv(FpEnv.Rules.SSE));

    private SseUnit() {}

    static FpEnv begin(final CpuState s) {
        final FpEnv env = ENV.get();
        final int mxcsr = (int) s.r[X86Regs.MXCSR];
        env.rounding = ROUNDING[mxcsr >> 13 & 3];
        env.flushInputs = (mxcsr & DAZ) != 0;
        env.trapUnderflow = (mxcsr & UNDERFLOW_MASK) == 0;
        env.trapOverflow = (mxcsr & OVERFLOW_MASK) == 0;
        env.flushResults = (mxcsr & FTZ) != 0 && (mxcsr & UNDERFLOW_MASK) != 0;
        env.flags = 0;
        return env;
    }

    /** The exceptions of an environment in the places of MXCSR. */
    static int exceptions(final int flags) {
        return ((flags & FpEnv.INVALID) != 0 ? IE : 0)
                | ((flags & FpEnv.INPUT_DENORMAL) != 0 ? DE : 0)
                | ((flags & FpEnv.DIVIDE_BY_ZERO) != 0 ? ZE : 0)
                | ((flags & FpEnv.OVERFLOW) != 0 ? OE : 0)
                | ((flags & FpEnv.UNDERFLOW) != 0 ? UE : 0)
                | ((flags & FpEnv.INEXACT) != 0 ? PE : 0);
    }

    /**
     * Adds the exceptions of all lanes to MXCSR; one that is not masked raises #XM before anything is written. Where one of those found
     * before computing is not masked, nothing is computed, and the others are not found.
     */
    static void end(final CpuState s, final FpEnv env) {
        if (env.flags == 0) {
            return;
        }
        final long mxcsr = s.r[X86Regs.MXCSR];
        final int unmasked = ~(int) (mxcsr >> MASKS);
        int raised = exceptions(env.flags);
        if ((raised & unmasked & (IE | DE | ZE)) != 0) {
            raised &= IE | DE | ZE;
        }
        s.r[X86Regs.MXCSR] = mxcsr | raised;
        if ((raised & unmasked) != 0) {
            throw SIMD_EXCEPTION;
        }
    }
}
