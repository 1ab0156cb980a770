package org.kernelentry.isa.fp;

/** x87 operations that take numbers apart or put them together: FPREM, FPREM1, FSCALE, FXTRACT. Source: Intel SDM volume 2, chapter 3. */
public final class FpPartial {
    /** {@link #remainder} is not done: the result is smaller, but not yet below the divisor. */
    public static final int INCOMPLETE = -1;

    /** {@link #remainder} has no quotient: its result is a NaN. */
    public static final int NONE = -2;

    /** An exponent beyond all results. */
    private static final int FAR = 0x10000;

    private FpPartial() {}

    /**
     * FPREM, or FPREM1 with {@code nearest}.
     *
     * @return the low three bits of the quotient, or {@link #INCOMPLETE} or {@link #NONE}
     */
    public static int remainder(
            final FpEnv env, final long a, final int ea, final long b, final int eb, final boolean nearest) {
        if (FpExtended.special(env, a, ea, b, eb)) {
            return NONE;
        }
        if (FpExtended.isInfinite(a, ea) || FpExtended.isZero(b, eb)) {
            FpExtended.invalid(env);
            return NONE;
        }
        noteDenormal(env, a, ea);
        noteDenormal(env, b, eb);
        if (FpExtended.isZero(a, ea)) {
            FpExtended.result(env, a, ea);
            return 0;
        }
        if (FpExtended.isInfinite(b, eb)) {
            FpExtended.set(env, a, ea);
            FpExtended.round(env, 64);
            return 0;
        }
        final int expA = FpExtended.exponent(a, ea);
        final int expB = FpExtended.exponent(b, eb);
        final int distance = expA - expB;
        if (distance >= 64) {
            // As many steps as leave a multiple of 32 to do, 32 to 63.
            final int steps = distance & 31 | 32;
            divide(env, FpExtended.normalized(a), FpExtended.normalized(b), steps);
            finish(env, ea >> 15 & 1, expA - steps);
            return INCOMPLETE;
        }
        if (distance < -1 || distance < 0 && !nearest) {
            FpExtended.set(env, a, ea);
            FpExtended.round(env, 64);
            return 0;
        }
        final long divisor = FpExtended.normalized(b);
        int sign = ea >> 15 & 1;
        long quotient = 0;
        if (distance >= 0) {
            quotient = divide(env, FpExtended.normalized(a), divisor, distance);
        } else {
            env.hi = FpExtended.normalized(a) >>> 1;
            env.lo = FpExtended.normalized(a) << 63;
        }
        if (nearest) {
            // Twice the rest against the divisor.
            final long twice = env.hi << 1 | env.lo >>> 63;
            final boolean carry = env.hi < 0;
            final int order = carry ? 1 : Long.compareUnsigned(twice, divisor);
            if (order > 0 || order == 0 && (quotient & 1) != 0) {
                final long low = env.lo;
                env.lo = -low;
                env.hi = divisor - env.hi - (low != 0 ? 1 : 0);
                sign ^= 1;
                quotient++;
            }
        }
        finish(env, sign, expB);
        return (int) quotient & 7;
    }

    private static void noteDenormal(final FpEnv env, final long sig, final int se) {
        if (FpExtended.isDenormal(sig, se)) {
            env.flags |= FpEnv.INPUT_DENORMAL;
        }
    }

    /** Leaves the rest in hi: the quotient of {@code a << steps} and {@code b}, as many of its low bits as fit. */
    private static long divide(final FpEnv env, final long a, final long b, final int steps) {
        long rest = a;
        long quotient = 0;
        boolean carry = false;
        for (int i = 0; ; i++) {
            quotient <<= 1;
            if (carry || Long.compareUnsigned(rest, b) >= 0) {
                rest -= b;
                quotient |= 1;
            }
            if (i == steps) {
                env.hi = rest;
                env.lo = 0;
                return quotient;
            }
            carry = rest < 0;
            rest <<= 1;
        }
    }

    /** hi and lo as a fraction of {@code 2^exp}: the exact result. */
    private static void finish(final FpEnv env, final int sign, final int exp) {
        long hi = env.hi;
        long lo = env.lo;
        if ((hi | lo) == 0) {
            FpExtended.result(env, 0, sign << 15);
            return;
        }
        int e = exp;
        if (hi == 0) {
            hi = lo;
            lo = 0;
            e -= 64;
        }
        final int zeros = Long.numberOfLeadingZeros(hi);
        if (zeros > 0) {
            hi = hi << zeros | lo >>> 64 - zeros;
            lo <<= zeros;
        }
        FpCore.set(env, sign, e - zeros, hi, lo);
        FpExtended.round(env, 64);
    }

    /** FSCALE: a times 2 to the power of b, cut to an integer. */
    public static void scale(final FpEnv env, final long a, final int ea, final long b, final int eb) {
        if (FpExtended.special(env, a, ea, b, eb)) {
            return;
        }
        final boolean zero = FpExtended.isZero(a, ea);
        if (FpExtended.isInfinite(b, eb)) {
            final boolean up = (eb & FpExtended.SIGN) == 0;
            if (up ? zero : FpExtended.isInfinite(a, ea)) {
                FpExtended.invalid(env);
                return;
            }
            noteDenormal(env, a, ea);
            FpExtended.result(env, up ? FpExtended.INTEGER : 0, ea & FpExtended.SIGN | (up ? FpExtended.MAX : 0));
            return;
        }
        noteDenormal(env, a, ea);
        noteDenormal(env, b, eb);
        if (zero || FpExtended.isInfinite(a, ea)) {
            FpExtended.result(env, a, ea);
            return;
        }
        int n = 0;
        if (!FpExtended.isZero(b, eb)) {
            final int exp = FpExtended.exponent(b, eb);
            n = exp < 0 ? 0 : exp > 15 ? FAR : (int) (FpExtended.normalized(b) >>> 63 - exp);
        }
        FpExtended.set(env, a, ea);
        env.exp += (eb & FpExtended.SIGN) == 0 ? n : -n;
        FpExtended.round(env, 64);
    }

    /**
     * FXTRACT: the exponent becomes the result; the significand, a number from 1 to 2, is left in {@link FpEnv#hi} and {@link FpEnv#exp}
     * as its sign and exponent.
     *
     * @return false when there is but one result, a NaN
     */
    public static boolean extract(final FpEnv env, final long a, final int ea) {
        if (FpExtended.special(env, a, ea)) {
            return false;
        }
        env.hi = a;
        env.exp = ea;
        if (FpExtended.isInfinite(a, ea)) {
            FpExtended.result(env, FpExtended.INTEGER, FpExtended.MAX);
        } else if (FpExtended.isZero(a, ea)) {
            env.flags |= FpEnv.DIVIDE_BY_ZERO;
            FpExtended.result(env, FpExtended.INTEGER, FpExtended.SIGN | FpExtended.MAX);
        } else {
            noteDenormal(env, a, ea);
            FpExtended.fromInteger(env, FpExtended.exponent(a, ea));
            env.hi = FpExtended.normalized(a);
            env.exp = ea & FpExtended.SIGN | FpExtended.BIAS;
        }
        return true;
    }

    /** The significand that {@link #extract} left. */
    public static long extracted(final FpEnv env) {
        return env.hi;
    }

    /** Sign and exponent of it. */
    public static int extractedSignExponent(final FpEnv env) {
        return env.exp;
    }
}
