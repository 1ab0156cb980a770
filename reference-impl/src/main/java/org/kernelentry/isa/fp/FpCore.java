package org.kernelentry.isa.fp;

/**
 * The arithmetic below all formats: exact results of 128 bits in the accumulator of {@link FpEnv}, and one rounding.
 *
 * <p>Significands of operands have 64 bits with bit 63 set, so that a format of 64 bits of precision (x87) fits as well.
 */
final class FpCore {
    private FpCore() {}

    /** Puts a number into the accumulator. */
    static void set(final FpEnv env, final int sign, final int exp, final long hi, final long lo) {
        env.sign = sign;
        env.exp = exp;
        env.hi = hi;
        env.lo = lo;
    }

    /** accumulator &gt;&gt;= n; what is lost stays visible in bit 0. */
    static void shiftRightJam(final FpEnv env, final int n) {
        final long hi = env.hi;
        final long lo = env.lo;
        if (n <= 0) {
            return;
        }
        if (n < 64) {
            final long lost = lo << 64 - n;
            env.hi = hi >>> n;
            env.lo = hi << 64 - n | lo >>> n | (lost != 0 ? 1 : 0);
        } else if (n < 128) {
            final long lost = n == 64 ? lo : hi << 128 - n | lo;
            env.lo = (n == 64 ? hi : hi >>> n - 64) | (lost != 0 ? 1 : 0);
            env.hi = 0;
        } else {
            env.lo = (hi | lo) != 0 ? 1 : 0;
            env.hi = 0;
        }
    }

    private static void normalize(final FpEnv env) {
        if (env.hi == 0) {
            env.hi = env.lo;
            env.lo = 0;
            env.exp -= 64;
        }
        final int n = Long.numberOfLeadingZeros(env.hi);
        if (n != 0 && env.hi != 0) {
            env.hi = env.hi << n | env.lo >>> 64 - n;
            env.lo <<= n;
            env.exp -= n;
        }
    }

    /** accumulator += the number; neither is 0. The accumulator's hi is 0 when they cancel. */
    static void add(final FpEnv env, final int sign, final int exp, final long hi, final long lo) {
        int s = sign;
        int e = exp;
        long h = hi;
        long l = lo;
        if (smaller(env, exp, hi, lo)) {
            s = env.sign;
            e = env.exp;
            h = env.hi;
            l = env.lo;
            set(env, sign, exp, hi, lo);
        }
        // The accumulator is the greater one; the other is aligned to it.
        final int bigSign = env.sign;
        final int bigExp = env.exp;
        final long bigHi = env.hi;
        final long bigLo = env.lo;
        set(env, s, e, h, l);
        shiftRightJam(env, bigExp - e);
        h = env.hi;
        l = env.lo;
        env.sign = bigSign;
        env.exp = bigExp;
        if (bigSign == s) {
            env.lo = bigLo + l;
            final long carryLo = Long.compareUnsigned(env.lo, l) < 0 ? 1 : 0;
            env.hi = bigHi + h + carryLo;
            if (Long.compareUnsigned(env.hi, bigHi) < 0 || env.hi == bigHi && h != 0) {
                final long jam = env.lo & 1;
                env.lo = env.hi << 63 | env.lo >>> 1 | jam;
                env.hi = env.hi >>> 1 | 1L << 63;
                env.exp++;
            }
        } else {
            env.lo = bigLo - l;
            final long borrow = Long.compareUnsigned(bigLo, l) < 0 ? 1 : 0;
            env.hi = bigHi - h - borrow;
            normalize(env);
        }
    }

    private static boolean smaller(final FpEnv env, final int exp, final long hi, final long lo) {
        if (env.exp != exp) {
            return env.exp < exp;
        }
        final int order = Long.compareUnsigned(env.hi, hi);
        return order < 0 || order == 0 && Long.compareUnsigned(env.lo, lo) < 0;
    }

    static long multiplyHigh(final long a, final long b) {
        return Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a);
    }

    /** accumulator = a * b. */
    static void multiply(final FpEnv env, final int sign, final int expA, final long a, final int expB, final long b) {
        set(env, sign, expA + expB + 1, multiplyHigh(a, b), a * b);
        normalize(env);
    }

    /** accumulator = a / b. */
    static void divide(final FpEnv env, final int sign, final int expA, final long a, final int expB, final long b) {
        final boolean less = Long.compareUnsigned(a, b) < 0;
        // The first bit of the quotient is 1: a >= b, or a was doubled.
        long rest = less ? (a << 1) - b : a - b;
        long quotient = 1;
        for (int i = 0; i < 63; i++) {
            final boolean carry = rest < 0;
            rest <<= 1;
            quotient <<= 1;
            if (carry || Long.compareUnsigned(rest, b) >= 0) {
                rest -= b;
                quotient |= 1;
            }
        }
        final boolean half = rest < 0 || Long.compareUnsigned(rest << 1, b) >= 0;
        final boolean more = half ? (rest << 1) != b : rest != 0;
        set(env, sign, less ? expA - expB - 1 : expA - expB, quotient, (half ? 1L << 63 : 0) | (more ? 1 : 0));
    }

    /** accumulator = square root of a positive number. */
    static void squareRoot(final FpEnv env, final int expA, final long a) {
        // 128 bits whose root has 64: the significand in front, one place to the right when the exponent is even.
        final boolean even = (expA & 1) == 0;
        long high = even ? a >>> 1 : a;
        long low = even ? a << 63 : 0;
        long root = 0;
        long restHigh = 0;
        long rest = 0;
        for (int i = 0; i < 64; i++) {
            restHigh = restHigh << 2 | rest >>> 62;
            rest = rest << 2 | high >>> 62;
            high = high << 2 | low >>> 62;
            low <<= 2;
            final long trialHigh = root >>> 62;
            final long trial = root << 2 | 1;
            final boolean fits = restHigh != trialHigh
                    ? Long.compareUnsigned(restHigh, trialHigh) > 0
                    : Long.compareUnsigned(rest, trial) >= 0;
            root <<= 1;
            if (fits) {
                restHigh -= trialHigh + (Long.compareUnsigned(rest, trial) < 0 ? 1 : 0);
                rest -= trial;
                root |= 1;
            }
        }
        final boolean half = restHigh != 0 || Long.compareUnsigned(rest, root) > 0;
        final boolean more = restHigh != 0 || rest != 0;
        set(env, 0, expA >> 1, root, (half ? 1L << 63 : 0) | (more ? 1 : 0));
    }

    /**
     * Whether a magnitude is to be rounded up.
     *
     * @param odd the lowest bit kept
     * @param rest what is cut off, the first bit of it in bit 63, everything below jammed
     */
    static boolean roundsUp(final int rounding, final int sign, final boolean odd, final long rest) {
        switch (rounding) {
            case FpEnv.NEAREST_EVEN:
                return rest < 0 && (odd || rest << 1 != 0);
            case FpEnv.NEAREST_AWAY:
                return rest < 0;
            case FpEnv.UP:
                return sign == 0 && rest != 0;
            case FpEnv.DOWN:
                return sign != 0 && rest != 0;
            default:
                return false;
        }
    }

    /** The bits behind the first {@code precision} ones, as {@link #roundsUp} wants them. */
    private static long rest(final FpEnv env, final int precision) {
        return precision == 64 ? env.lo : env.hi << precision | (env.lo != 0 ? 1 : 0);
    }

    /** The accumulator, which is not 0, rounded to the format. */
    static long round(final FpEnv env, final FpFormat f) {
        return round(env, f, env.rounding);
    }

    static long round(final FpEnv env, final FpFormat f, final int rounding) {
        final int before = env.flags;
        final int precision = f.fractionBits + 1;
        final int minimum = 1 - f.bias;
        final long sign = f.signed(env.sign);
        boolean tiny = env.exp < minimum;
        if (tiny && env.x86() && env.exp == minimum - 1) {
            // Tiny after rounding, as if the exponent had no limit: not if that carries into the lowest normal number.
            final long rest = rest(env, precision);
            final long kept = env.hi >>> 64 - precision;
            tiny = !(kept == (1L << precision) - 1 && roundsUp(rounding, env.sign, true, rest));
        }
        if (tiny && env.flushResults && f.bits != 16) {
            env.flags |= env.x86() ? FpEnv.UNDERFLOW | FpEnv.INEXACT : FpEnv.UNDERFLOW;
            return sign;
        }
        if (tiny && env.trapUnderflow) {
            // The result goes nowhere; inexact is what it would be with an exponent without limit.
            env.flags |= rest(env, precision) != 0 ? FpEnv.UNDERFLOW | FpEnv.INEXACT : FpEnv.UNDERFLOW;
            return sign;
        }
        int biased = env.exp + f.bias;
        if (biased < 1) {
            shiftRightJam(env, 1 - biased);
            biased = 0;
        }
        final long rest = rest(env, precision);
        long kept = env.hi >>> 64 - precision;
        if (rest != 0) {
            env.flags |= tiny ? FpEnv.INEXACT | FpEnv.UNDERFLOW : FpEnv.INEXACT;
            if (rounding == FpEnv.TO_ODD) {
                kept |= 1;
            }
        }
        env.roundedUp = roundsUp(rounding, env.sign, (kept & 1) != 0, rest);
        if (env.roundedUp) {
            kept++;
        }
        // The significand's leading 1 adds 1 to the exponent, and a carry out of the fraction one more.
        final long result = biased == 0 ? kept : ((long) (biased - 1) << f.fractionBits) + kept;
        if (biased > f.maxExponent || result > f.largest) {
            return overflow(env, f, rounding, before);
        }
        return sign | result;
    }

    private static long overflow(final FpEnv env, final FpFormat f, final int rounding, final int before) {
        if (!f.hasSpecials()) {
            env.flags = before | FpEnv.INVALID;
            return f.signed(env.sign) | f.largest;
        }
        env.flags |= env.trapOverflow ? FpEnv.OVERFLOW : FpEnv.OVERFLOW | FpEnv.INEXACT;
        env.roundedUp = overflowsToInfinity(rounding, env.sign);
        return f.signed(env.sign) | (env.roundedUp ? f.infinity : f.largest);
    }

    static boolean overflowsToInfinity(final int rounding, final int sign) {
        switch (rounding) {
            case FpEnv.UP:
                return sign == 0;
            case FpEnv.DOWN:
                return sign != 0;
            case FpEnv.TO_ZERO:
            case FpEnv.TO_ODD:
                return false;
            default:
                return true;
        }
    }
}
