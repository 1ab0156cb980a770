package org.kernelentry.isa.fp;

/** Conversions between formats and to and from integers and fixed-point numbers. */
public final class FpConvert {
    private static final int QUIET_SIGNIFICAND_BITS = 64;

    private FpConvert() {}

    /** A value of {@code from} in format {@code to}, rounded as the environment says. */
    public static long convert(final FpEnv env, final FpFormat from, final FpFormat to, final long x) {
        return convert(env, from, to, x, env.rounding);
    }

    public static long convert(
            final FpEnv env, final FpFormat from, final FpFormat to, final long x, final int rounding) {
        final long a = env.operand(from, x);
        final int sign = from.sign(a);
        if (from.isNan(a)) {
            if (!to.hasSpecials()) {
                env.flags |= FpEnv.INVALID;
                return to.signed(sign);
            }
            return convertNan(env, from, to, a);
        }
        env.noteDenormal(from, a);
        if (from.isInfinite(a)) {
            if (!to.hasSpecials()) {
                env.flags |= FpEnv.INVALID;
                return to.signed(sign) | to.largest;
            }
            return to.infinity(sign);
        }
        if (from.isZero(a)) {
            return to.signed(sign);
        }
        FpCore.set(env, sign, from.exponent(a), from.significand(a), 0);
        return FpCore.round(env, to, rounding);
    }

    /** The leading fraction bits are kept, the NaN gets quiet. */
    private static long convertNan(final FpEnv env, final FpFormat from, final FpFormat to, final long nan) {
        if (from.isSignallingNan(nan)) {
            env.flags |= FpEnv.INVALID;
        }
        if (env.defaultNan) {
            return env.defaultNan(to);
        }
        final long fraction = nan << QUIET_SIGNIFICAND_BITS - from.fractionBits;
        return to.infinity(from.sign(nan)) | to.quietBit | fraction >>> QUIET_SIGNIFICAND_BITS - to.fractionBits;
    }

    /**
     * An integer or fixed-point number as a value of the format.
     *
     * @param value the number, extended to 64 bits
     * @param fractionBits how many of its low bits are behind the point
     */
    public static long fromInteger(
            final FpEnv env, final FpFormat f, final long value, final boolean signed, final int fractionBits) {
        if (value == 0) {
            return 0;
        }
        final int sign = signed && value < 0 ? 1 : 0;
        final long magnitude = sign != 0 ? -value : value;
        final int zeros = Long.numberOfLeadingZeros(magnitude);
        FpCore.set(env, sign, 63 - zeros - fractionBits, magnitude << zeros, 0);
        return FpCore.round(env, f);
    }

    /**
     * A value as an integer or fixed-point number; what does not fit becomes the nearest limit, a NaN 0, both invalid (DDI 0487
     * FPToFixed).
     *
     * @param width bits of the result, at most 64
     * @return the result in the low {@code width} bits, zero-extended
     */
    public static long toIntegerSaturating(
            final FpEnv env,
            final FpFormat f,
            final long x,
            final int width,
            final boolean signed,
            final int fractionBits,
            final int rounding) {
        final long a = env.operand(f, x);
        if (f.isNan(a)) {
            env.flags |= FpEnv.INVALID;
            return 0;
        }
        env.noteDenormal(f, a);
        if (toInteger(env, f, a, width, signed, fractionBits, rounding)) {
            return env.hi;
        }
        env.flags |= FpEnv.INVALID;
        final long all = -1L >>> 64 - width;
        final boolean negative = f.negative(a);
        if (signed) {
            return negative ? 1L << width - 1 : all >>> 1;
        }
        return negative ? 0 : all;
    }

    /**
     * A value as a signed integer; a NaN and what does not fit become the integer indefinite, only the top bit set, and are invalid
     * (SDM vol. 1, 4.8.3.7 and table 4-12).
     *
     * @return the result in the low {@code width} bits, zero-extended
     */
    public static long toIntegerIndefinite(
            final FpEnv env, final FpFormat f, final long x, final int width, final int rounding) {
        final long a = env.operand(f, x);
        if (!f.isNan(a) && toInteger(env, f, a, width, true, 0, rounding)) {
            return env.hi;
        }
        env.flags |= FpEnv.INVALID;
        return 1L << width - 1;
    }

    /** Leaves the result in {@code env.hi}; false when it does not fit. */
    private static boolean toInteger(
            final FpEnv env,
            final FpFormat f,
            final long a,
            final int width,
            final boolean signed,
            final int fractionBits,
            final int rounding) {
        if (f.isInfinite(a)) {
            return false;
        }
        if (f.isZero(a)) {
            env.hi = 0;
            return true;
        }
        final int exp = f.exponent(a) + fractionBits;
        if (exp > 63) {
            return false;
        }
        final int sign = f.sign(a);
        FpCore.set(env, sign, exp, f.significand(a), 0);
        FpCore.shiftRightJam(env, 63 - exp);
        final long rest = env.lo;
        long magnitude = env.hi;
        if (FpCore.roundsUp(rounding, sign, (magnitude & 1) != 0, rest)) {
            magnitude++;
        }
        if (magnitude != 0) {
            final long most = signed ? (-1L >>> 65 - width) + sign : sign != 0 ? 0 : -1L >>> 64 - width;
            if (Long.compareUnsigned(magnitude, most) > 0) {
                return false;
            }
        }
        if (rest != 0) {
            env.flags |= FpEnv.INEXACT;
        }
        env.hi = (sign != 0 ? -magnitude : magnitude) & -1L >>> 64 - width;
        return true;
    }

    /**
     * The integral value next to {@code x}, in the same format.
     *
     * @param inexact whether a changed value raises {@link FpEnv#INEXACT}
     */
    public static long roundToIntegral(
            final FpEnv env, final FpFormat f, final long x, final int rounding, final boolean inexact) {
        final long a = env.operand(f, x);
        if (f.isNan(a)) {
            return env.quiet(f, a);
        }
        env.noteDenormal(f, a);
        if (f.isInfinite(a) || f.isZero(a) || f.exponent(a) >= f.fractionBits) {
            return a;
        }
        final int sign = f.sign(a);
        FpCore.set(env, sign, 0, f.significand(a), 0);
        FpCore.shiftRightJam(env, 63 - f.exponent(a));
        final long rest = env.lo;
        long magnitude = env.hi;
        if (FpCore.roundsUp(rounding, sign, (magnitude & 1) != 0, rest)) {
            magnitude++;
        }
        if (rest != 0 && inexact) {
            env.flags |= FpEnv.INEXACT;
        }
        if (magnitude == 0) {
            return f.signed(sign);
        }
        final int zeros = Long.numberOfLeadingZeros(magnitude);
        return f.signed(sign)
                | (long) (63 - zeros + f.bias) << f.fractionBits
                | magnitude << zeros << 1 >>> 64 - f.fractionBits;
    }
}
