package org.kernelentry.isa.fp;

/**
 * The operations of IEEE 754 on bit patterns: operands and result are the low bits of {@code long}s, everything else is in the {@link
 * FpEnv}, where exceptions are added to {@link FpEnv#flags}.
 */
public final class FpMath {
    /** Results of {@link #compare}. */
    public static final int LESS = -1;

    public static final int EQUAL = 0;
    public static final int GREATER = 1;
    public static final int UNORDERED = 2;

    private FpMath() {}

    public static long add(final FpEnv env, final FpFormat f, final long x, final long y) {
        if (FpFast.add(env, f, x, y)) {
            return env.hi;
        }
        final long a = env.operand(f, x);
        final long b = env.operand(f, y);
        if (f.isNan(a) || f.isNan(b)) {
            return env.propagate(f, a, b);
        }
        env.noteDenormal(f, a);
        env.noteDenormal(f, b);
        if (f.isInfinite(a)) {
            return f.isInfinite(b) && f.negative(a) != f.negative(b) ? env.invalid(f) : a;
        }
        if (f.isInfinite(b)) {
            return b;
        }
        if (f.isZero(a) && f.isZero(b)) {
            return a == b ? a : env.cancelled(f);
        }
        if (f.isZero(a)) {
            return exact(env, f, b);
        }
        if (f.isZero(b)) {
            return exact(env, f, a);
        }
        FpCore.set(env, f.sign(a), f.exponent(a), f.significand(a), 0);
        FpCore.add(env, f.sign(b), f.exponent(b), f.significand(b), 0);
        return env.hi == 0 ? env.cancelled(f) : FpCore.round(env, f);
    }

    /** A value of the format as a result: denormal ones are flushed if results are. */
    private static long exact(final FpEnv env, final FpFormat f, final long a) {
        if (!f.isDenormal(a)) {
            return a;
        }
        FpCore.set(env, f.sign(a), f.exponent(a), f.significand(a), 0);
        return FpCore.round(env, f);
    }

    public static long sub(final FpEnv env, final FpFormat f, final long a, final long b) {
        // A NaN keeps its sign.
        return add(env, f, a, f.isNan(b) ? b : b ^ f.signBit);
    }

    public static long mul(final FpEnv env, final FpFormat f, final long x, final long y) {
        return multiply(env, f, x, y, false);
    }

    /** As {@link #mul}, but 0 times infinity is 2 with the sign of the product: FMULX. */
    public static long mulExtended(final FpEnv env, final FpFormat f, final long x, final long y) {
        return multiply(env, f, x, y, true);
    }

    private static long multiply(
            final FpEnv env, final FpFormat f, final long x, final long y, final boolean extended) {
        if (FpFast.mul(env, f, x, y)) {
            return env.hi;
        }
        final long a = env.operand(f, x);
        final long b = env.operand(f, y);
        if (f.isNan(a) || f.isNan(b)) {
            return env.propagate(f, a, b);
        }
        final int sign = f.sign(a) ^ f.sign(b);
        if (f.isInfinite(a) && f.isZero(b) || f.isZero(a) && f.isInfinite(b)) {
            return extended ? f.signed(sign) | two(f) : env.invalid(f);
        }
        env.noteDenormal(f, a);
        env.noteDenormal(f, b);
        if (f.isInfinite(a) || f.isInfinite(b)) {
            return f.infinity(sign);
        }
        if (f.isZero(a) || f.isZero(b)) {
            return f.signed(sign);
        }
        FpCore.multiply(env, sign, f.exponent(a), f.significand(a), f.exponent(b), f.significand(b));
        return FpCore.round(env, f);
    }

    static long two(final FpFormat f) {
        return (long) (f.bias + 1) << f.fractionBits;
    }

    public static long div(final FpEnv env, final FpFormat f, final long x, final long y) {
        if (FpFast.div(env, f, x, y)) {
            return env.hi;
        }
        final long a = env.operand(f, x);
        final long b = env.operand(f, y);
        if (f.isNan(a) || f.isNan(b)) {
            return env.propagate(f, a, b);
        }
        final int sign = f.sign(a) ^ f.sign(b);
        if (f.isInfinite(a) && f.isInfinite(b) || f.isZero(a) && f.isZero(b)) {
            return env.invalid(f);
        }
        if (f.isZero(b) && !f.isInfinite(a)) {
            env.flags |= FpEnv.DIVIDE_BY_ZERO;
            return f.infinity(sign);
        }
        env.noteDenormal(f, a);
        env.noteDenormal(f, b);
        if (f.isInfinite(a)) {
            return f.infinity(sign);
        }
        if (f.isZero(a) || f.isInfinite(b)) {
            return f.signed(sign);
        }
        FpCore.divide(env, sign, f.exponent(a), f.significand(a), f.exponent(b), f.significand(b));
        return FpCore.round(env, f);
    }

    public static long sqrt(final FpEnv env, final FpFormat f, final long x) {
        if (FpFast.sqrt(env, f, x)) {
            return env.hi;
        }
        final long a = env.operand(f, x);
        if (f.isNan(a)) {
            return env.quiet(f, a);
        }
        if (f.isZero(a)) {
            return a;
        }
        if (f.negative(a)) {
            return env.invalid(f);
        }
        env.noteDenormal(f, a);
        if (f.isInfinite(a)) {
            return a;
        }
        FpCore.squareRoot(env, f.exponent(a), f.significand(a));
        return FpCore.round(env, f);
    }

    /** {@code addend + x * y} with one rounding; NaNs are looked for in the order addend, x, y (DDI 0487 FPMulAdd). */
    public static long mulAdd(final FpEnv env, final FpFormat f, final long addend, final long x, final long y) {
        if (FpFast.mulAdd(env, f, addend, x, y)) {
            return env.hi;
        }
        final long c = env.operand(f, addend);
        final long a = env.operand(f, x);
        final long b = env.operand(f, y);
        final boolean infiniteTimesZero = f.isInfinite(a) && f.isZero(b) || f.isZero(a) && f.isInfinite(b);
        if (f.isNan(c) || f.isNan(a) || f.isNan(b)) {
            if (infiniteTimesZero && !f.isSignallingNan(c)) {
                return env.invalid(f);
            }
            return propagate3(env, f, c, a, b);
        }
        final int sign = f.sign(a) ^ f.sign(b);
        if (infiniteTimesZero) {
            return env.invalid(f);
        }
        env.noteDenormal(f, c);
        env.noteDenormal(f, a);
        env.noteDenormal(f, b);
        if (f.isInfinite(a) || f.isInfinite(b)) {
            return f.isInfinite(c) && f.sign(c) != sign ? env.invalid(f) : f.infinity(sign);
        }
        if (f.isInfinite(c)) {
            return c;
        }
        if (f.isZero(a) || f.isZero(b)) {
            if (f.isZero(c)) {
                return f.sign(c) == sign ? c : env.cancelled(f);
            }
            return exact(env, f, c);
        }
        FpCore.multiply(env, sign, f.exponent(a), f.significand(a), f.exponent(b), f.significand(b));
        if (!f.isZero(c)) {
            FpCore.add(env, f.sign(c), f.exponent(c), f.significand(c), 0);
        }
        return env.hi == 0 ? env.cancelled(f) : FpCore.round(env, f);
    }

    /** FPProcessNaNs3: the first signalling operand, else the first quiet one. */
    private static long propagate3(final FpEnv env, final FpFormat f, final long a, final long b, final long c) {
        if (f.isSignallingNan(a) || !f.isSignallingNan(b) && !f.isSignallingNan(c) && f.isNan(a)) {
            return env.quiet(f, a);
        }
        if (f.isNan(b) || f.isNan(c)) {
            return env.propagate(f, b, c);
        }
        return env.quiet(f, a);
    }

    /** The greater operand; a NaN wins, and +0 is greater than -0: FMAX. */
    public static long max(final FpEnv env, final FpFormat f, final long x, final long y) {
        return extremum(env, f, x, y, true);
    }

    /** The smaller operand; a NaN wins, and -0 is smaller than +0: FMIN. */
    public static long min(final FpEnv env, final FpFormat f, final long x, final long y) {
        return extremum(env, f, x, y, false);
    }

    private static long extremum(final FpEnv env, final FpFormat f, final long x, final long y, final boolean greater) {
        final long a = env.operand(f, x);
        final long b = env.operand(f, y);
        if (f.isNan(a) || f.isNan(b)) {
            return env.propagate(f, a, b);
        }
        if (f.isZero(a) && f.isZero(b)) {
            return greater ? a & b : a | b;
        }
        final int order = order(f, a, b);
        return (greater ? order > 0 : order < 0) ? a : b;
    }

    /** maxNum of IEEE 754-2008: a number wins over a quiet NaN; FMAXNM. */
    public static long maxNum(final FpEnv env, final FpFormat f, final long x, final long y) {
        return extremumNumber(env, f, x, y, true);
    }

    /** minNum of IEEE 754-2008: a number wins over a quiet NaN; FMINNM. */
    public static long minNum(final FpEnv env, final FpFormat f, final long x, final long y) {
        return extremumNumber(env, f, x, y, false);
    }

    private static long extremumNumber(
            final FpEnv env, final FpFormat f, final long x, final long y, final boolean greater) {
        final boolean quietX = f.isNan(x) && !f.isSignallingNan(x);
        final boolean quietY = f.isNan(y) && !f.isSignallingNan(y);
        final long none = f.infinity(greater ? 1 : 0);
        if (quietX && !f.isNan(y)) {
            return extremum(env, f, none, y, greater);
        }
        if (quietY && !f.isNan(x)) {
            return extremum(env, f, x, none, greater);
        }
        return extremum(env, f, x, y, greater);
    }

    /** MINPS and its like: the second operand unless the first is smaller; any NaN is invalid (SDM vol. 2, MINPS). */
    public static long minSse(final FpEnv env, final FpFormat f, final long x, final long y) {
        return compare(env, f, x, y, true) == LESS ? env.operand(f, x) : env.operand(f, y);
    }

    /** MAXPS and its like: the second operand unless the first is greater; any NaN is invalid (SDM vol. 2, MAXPS). */
    public static long maxSse(final FpEnv env, final FpFormat f, final long x, final long y) {
        return compare(env, f, x, y, true) == GREATER ? env.operand(f, x) : env.operand(f, y);
    }

    /** The order of two operands that are no NaNs; zeros are equal. */
    private static int order(final FpFormat f, final long a, final long b) {
        return Long.compare(ordered(f, a), ordered(f, b));
    }

    private static long ordered(final FpFormat f, final long a) {
        final long magnitude = a & f.signBit - 1;
        return f.negative(a) ? -magnitude : magnitude;
    }

    /**
     * Compares two operands.
     *
     * @param signalling a quiet NaN is an invalid operand as well
     * @return {@link #LESS}, {@link #EQUAL}, {@link #GREATER} or {@link #UNORDERED}
     */
    public static int compare(final FpEnv env, final FpFormat f, final long x, final long y, final boolean signalling) {
        final long a = env.operand(f, x);
        final long b = env.operand(f, y);
        if (f.isNan(a) || f.isNan(b)) {
            if (signalling || f.isSignallingNan(a) || f.isSignallingNan(b)) {
                env.flags |= FpEnv.INVALID;
            }
            return UNORDERED;
        }
        env.noteDenormal(f, a);
        env.noteDenormal(f, b);
        return order(f, a, b);
    }
}
