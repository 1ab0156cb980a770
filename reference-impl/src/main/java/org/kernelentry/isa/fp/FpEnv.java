package org.kernelentry.isa.fp;

/**
 * The floating-point environment of one CPU: how operations round, flush and propagate NaNs, and the exceptions they raised.
 *
 * <p>It also is the accumulator of {@link FpCore}: the exact result of an operation before it is rounded. Operations allocate nothing;
 * one environment serves one thread.
 */
public final class FpEnv {
    /** Rounding modes; the first four are Arm's FPCR.RMode (DDI 0487 C5.2.8). */
    public static final int NEAREST_EVEN = 0;

    public static final int UP = 1;
    public static final int DOWN = 2;
    public static final int TO_ZERO = 3;
    public static final int NEAREST_AWAY = 4;
    /** An inexact result gets its lowest bit set, so that it can be rounded again: FCVTXN. */
    public static final int TO_ODD = 5;

    /** Exceptions, in the places of Arm's FPSR (DDI 0487 C5.2.9). */
    public static final int INVALID = 1;

    public static final int DIVIDE_BY_ZERO = 1 << 1;
    public static final int OVERFLOW = 1 << 2;
    public static final int UNDERFLOW = 1 << 3;
    public static final int INEXACT = 1 << 4;
    /** Arm: a denormal operand was flushed. x86: a denormal operand was used (#D). */
    public static final int INPUT_DENORMAL = 1 << 7;

    /** Who decides what the architectures leave to themselves. */
    public enum Rules {
        /**
         * Arm: the default NaN is positive; the first signalling operand is propagated, else the first quiet one; a result is tiny
         * before rounding (DDI 0487 A1.5, FPProcessNaNs).
         */
        ARM,
        /** SSE: the default NaN is negative; the first NaN operand is propagated; a result is tiny after rounding (SDM vol. 1, 4.8.3.5, table 4-7). */
        SSE,
        /** x87: as SSE, but of two NaNs a quiet one beats a signalling one, then the larger significand wins (SDM vol. 1, table 4-7). */
        X87
    }

    public final Rules rules;
    public int rounding;
    /** Denormal operands count as 0: FPCR.FZ, MXCSR.DAZ. */
    public boolean flushInputs;
    /** Tiny results become 0: FPCR.FZ, MXCSR.FTZ. */
    public boolean flushResults;
    /** Every NaN result is the default one: FPCR.DN. */
    public boolean defaultNan;
    /** Bits of significand that results of {@link FpExtended} are rounded to: 24, 53 or 64, the x87 precision control. */
    public int precision = 64;
    /** x86: the exception is not masked: a tiny result raises UNDERFLOW also when it is exact, and has its exponent wrapped in x87. */
    public boolean trapUnderflow;
    /** x86: the exception is not masked: an overflow is inexact only if bits are lost, and has its exponent wrapped in x87. */
    public boolean trapOverflow;
    /** Exceptions raised since somebody cleared this. */
    public int flags;
    /** Whether the last rounding increased the magnitude. */
    public boolean roundedUp;
    /** The last result of {@link FpExtended}. */
    public long significand;
    /** Sign (bit 15) and biased exponent of the last result of {@link FpExtended}. */
    public int signExponent;

    // What FpCore computed: (-1)^sign * 1.xxx * 2^exp; the 1 is bit 63 of hi, lost bits are jammed into bit 0 of lo.
    // hi = 0 is an exact zero.
    int sign;
    int exp;
    long hi;
    long lo;

    public FpEnv(final Rules rules) {
        this.rules = rules;
    }

    boolean x86() {
        return rules != Rules.ARM;
    }

    /** The NaN that an invalid operation gives. */
    public long defaultNan(final FpFormat f) {
        return (x86() ? f.signBit : 0) | f.infinity | f.quietBit;
    }

    /** An invalid operation: the default NaN. */
    public long invalid(final FpFormat f) {
        flags |= INVALID;
        return defaultNan(f);
    }

    /** The operand, as 0 where it is to be flushed. */
    long operand(final FpFormat f, final long a) {
        if (!f.isDenormal(a) || f.bits == 16) {
            return a;
        }
        if (flushInputs) {
            if (!x86()) {
                flags |= INPUT_DENORMAL;
            }
            return a & f.signBit;
        }
        return a;
    }

    /** x86 tells of denormal operands that it computes with; no operand is a NaN. */
    void noteDenormal(final FpFormat f, final long a) {
        if (x86() && f.isDenormal(a)) {
            flags |= INPUT_DENORMAL;
        }
    }

    /** The one NaN operand as a result: made quiet. */
    long quiet(final FpFormat f, final long nan) {
        if (f.isSignallingNan(nan)) {
            flags |= INVALID;
        }
        return defaultNan ? defaultNan(f) : nan | f.quietBit;
    }

    /** The result of an operation of which at least one operand is a NaN. */
    long propagate(final FpFormat f, final long a, final long b) {
        final boolean signalA = f.isSignallingNan(a);
        final boolean signalB = f.isSignallingNan(b);
        if (signalA || signalB) {
            flags |= INVALID;
        }
        if (defaultNan) {
            return defaultNan(f);
        }
        return chosen(f, a, b, signalA, signalB) | f.quietBit;
    }

    private long chosen(final FpFormat f, final long a, final long b, final boolean signalA, final boolean signalB) {
        switch (rules) {
            case ARM:
                if (signalA || signalB) {
                    return signalA ? a : b;
                }
                return f.isNan(a) ? a : b;
            case X87:
                if (f.isNan(a) && f.isNan(b)) {
                    if (signalA != signalB) {
                        return signalA ? b : a;
                    }
                    final int order = Long.compare(a & f.fractionMask, b & f.fractionMask);
                    // Equal significands: the positive one.
                    return order > 0 || order == 0 && !f.negative(a) ? a : b;
                }
                return f.isNan(a) ? a : b;
            default:
                return f.isNan(a) ? a : b;
        }
    }

    /** A zero as an exact sum of numbers with different signs: negative only when rounding down. */
    long cancelled(final FpFormat f) {
        return rounding == DOWN ? f.signBit : 0;
    }
}
