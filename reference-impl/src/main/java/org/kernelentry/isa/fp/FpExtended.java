package org.kernelentry.isa.fp;

/**
 * The double extended-precision format of the x87 FPU and its arithmetic: 64 bits of significand whose first is explicit, and 16 of sign and
 * exponent. Source: Intel SDM volume 1, 4.2.2 and 8.2.
 *
 * <p>Operands are pairs of significand and sign with exponent; the result is left in {@link FpEnv#significand} and {@link
 * FpEnv#signExponent}, exceptions are added to {@link FpEnv#flags}.
 */
public final class FpExtended {
    public static final int SIGN = 1 << 15;
    /** The exponent of infinities and NaNs. */
    public static final int MAX = 0x7fff;

    public static final int BIAS = 16383;
    /** The explicit first bit of a significand. */
    public static final long INTEGER = 1L << 63;

    private static final long QUIET = 1L << 62;
    private static final int MINIMUM = 1 - BIAS;
    /** What is added to the exponent of a result whose underflow is not masked (SDM vol. 1, 8.5.5). */
    private static final int WRAP = 24576;

    private FpExtended() {}

    public static boolean isNan(final long sig, final int se) {
        return (se & MAX) == MAX && sig < 0 && sig << 1 != 0;
    }

    public static boolean isSignallingNan(final long sig, final int se) {
        return isNan(sig, se) && (sig & QUIET) == 0;
    }

    public static boolean isInfinite(final long sig, final int se) {
        return (se & MAX) == MAX && sig == INTEGER;
    }

    public static boolean isZero(final long sig, final int se) {
        return (se & MAX) == 0 && sig == 0;
    }

    /** Also a pseudo-denormal, whose first bit is set. */
    public static boolean isDenormal(final long sig, final int se) {
        return (se & MAX) == 0 && sig != 0;
    }

    /** Pseudo-NaNs, pseudo-infinities and unnormals, which no processor since the 80287 computes with (SDM vol. 1, 8.2.2). */
    public static boolean isUnsupported(final long sig, final int se) {
        return (se & MAX) != 0 && sig >= 0;
    }

    /** Unbiased exponent of a finite value that is not 0, as if it were normalized. */
    static int exponent(final long sig, final int se) {
        return Math.max(se & MAX, 1) - BIAS - Long.numberOfLeadingZeros(sig);
    }

    /** Significand of a value that is not 0, bit 63 set. */
    static long normalized(final long sig) {
        return sig << Long.numberOfLeadingZeros(sig);
    }

    private static int sign(final int se) {
        return se >> 15 & 1;
    }

    // ---- results

    public static void result(final FpEnv env, final long sig, final int se) {
        env.significand = sig;
        env.signExponent = se & 0xffff;
    }

    private static void zero(final FpEnv env, final int sign) {
        result(env, 0, sign << 15);
    }

    private static void infinity(final FpEnv env, final int sign) {
        result(env, INTEGER, sign << 15 | MAX);
    }

    /** The QNaN floating-point indefinite. */
    public static void indefinite(final FpEnv env) {
        result(env, INTEGER | QUIET, SIGN | MAX);
    }

    /** An invalid operation. */
    public static void invalid(final FpEnv env) {
        env.flags = env.flags & ~FpEnv.INPUT_DENORMAL | FpEnv.INVALID;
        indefinite(env);
    }

    private static void noteDenormal(final FpEnv env, final long sig, final int se) {
        if (isDenormal(sig, se)) {
            env.flags |= FpEnv.INPUT_DENORMAL;
        }
    }

    /** Whether an operand is no number; the result is set then. */
    static boolean special(final FpEnv env, final long sig, final int se) {
        if (isUnsupported(sig, se)) {
            invalid(env);
            return true;
        }
        if (isNan(sig, se)) {
            if (isSignallingNan(sig, se)) {
                env.flags |= FpEnv.INVALID;
            }
            result(env, sig | QUIET, se);
            return true;
        }
        return false;
    }

    /** As {@link #special} for two: a quiet NaN beats a signalling one, then the larger significand wins (SDM vol. 1, table 4-7). */
    static boolean special(final FpEnv env, final long a, final int ea, final long b, final int eb) {
        if (isUnsupported(a, ea) || isUnsupported(b, eb)) {
            invalid(env);
            return true;
        }
        final boolean nanA = isNan(a, ea);
        final boolean nanB = isNan(b, eb);
        if (!nanA && !nanB) {
            return false;
        }
        env.flags &= ~FpEnv.INPUT_DENORMAL;
        final boolean signalA = isSignallingNan(a, ea);
        final boolean signalB = isSignallingNan(b, eb);
        if (signalA || signalB) {
            env.flags |= FpEnv.INVALID;
        }
        final boolean first;
        if (nanA && nanB) {
            final int order = Long.compareUnsigned(a, b);
            // Equal significands: the positive one.
            first = signalA != signalB ? signalB : order > 0 || order == 0 && sign(ea) == 0;
        } else {
            first = nanA;
        }
        result(env, (first ? a : b) | QUIET, first ? ea : eb);
        return true;
    }

    static void set(final FpEnv env, final long sig, final int se) {
        FpCore.set(env, sign(se), exponent(sig, se), normalized(sig), 0);
    }

    /** The accumulator, which is not 0, rounded by the precision control. */
    static void round(final FpEnv env, final int precision) {
        boolean tiny = env.exp < MINIMUM;
        if (tiny && env.exp == MINIMUM - 1) {
            final long all = -1L << 64 - precision;
            tiny = !((env.hi & all) == all && FpCore.roundsUp(env.rounding, env.sign, true, rest(env, precision)));
        }
        if (tiny && env.trapUnderflow) {
            env.flags |= FpEnv.UNDERFLOW;
            env.exp += WRAP;
            if (env.exp < MINIMUM) {
                // Too small even so, which only FSCALE can do.
                env.flags |= FpEnv.INEXACT;
                env.roundedUp = false;
                zero(env, env.sign);
                return;
            }
        }
        final boolean denormal = env.exp < MINIMUM;
        if (denormal) {
            FpCore.shiftRightJam(env, MINIMUM - env.exp);
        }
        final long rest = rest(env, precision);
        final long step = 1L << 64 - precision;
        long sig = env.hi & -step;
        int exp = env.exp;
        if (rest != 0) {
            env.flags |= tiny ? FpEnv.INEXACT | FpEnv.UNDERFLOW : FpEnv.INEXACT;
        }
        env.roundedUp = FpCore.roundsUp(env.rounding, env.sign, (sig & step) != 0, rest);
        if (env.roundedUp) {
            sig += step;
            if (sig == 0) {
                sig = INTEGER;
                exp++;
            }
        }
        if (denormal) {
            // Rounded up into the lowest normal number its first bit is set.
            result(env, sig, env.sign << 15 | (sig < 0 ? 1 : 0));
        } else if (exp > BIAS) {
            overflow(env, sig, exp, precision);
        } else {
            result(env, sig, env.sign << 15 | exp + BIAS);
        }
    }

    private static void overflow(final FpEnv env, final long sig, final int exp, final int precision) {
        env.flags |= FpEnv.OVERFLOW;
        if (env.trapOverflow) {
            if (exp - WRAP > BIAS) {
                // Too large even so, which only FSCALE can do.
                env.flags |= FpEnv.INEXACT;
                env.roundedUp = true;
                infinity(env, env.sign);
            } else {
                result(env, sig, env.sign << 15 | exp - WRAP + BIAS);
            }
            return;
        }
        env.flags |= FpEnv.INEXACT;
        env.roundedUp = FpCore.overflowsToInfinity(env.rounding, env.sign);
        if (env.roundedUp) {
            infinity(env, env.sign);
        } else {
            result(env, -1L << 64 - precision, env.sign << 15 | MAX - 1);
        }
    }

    private static long rest(final FpEnv env, final int precision) {
        return precision == 64 ? env.lo : env.hi << precision | (env.lo != 0 ? 1 : 0);
    }

    // ---- arithmetic

    public static void add(final FpEnv env, final long a, final int ea, final long b, final int eb) {
        if (special(env, a, ea, b, eb)) {
            return;
        }
        final boolean infiniteB = isInfinite(b, eb);
        if (isInfinite(a, ea)) {
            if (infiniteB && ea != eb) {
                invalid(env);
                return;
            }
            noteDenormal(env, b, eb);
            result(env, a, ea);
            return;
        }
        noteDenormal(env, a, ea);
        if (infiniteB) {
            result(env, b, eb);
            return;
        }
        noteDenormal(env, b, eb);
        final boolean zeroA = isZero(a, ea);
        final boolean zeroB = isZero(b, eb);
        if (zeroA && zeroB) {
            zero(env, ea == eb ? sign(ea) : env.rounding == FpEnv.DOWN ? 1 : 0);
            return;
        }
        if (zeroA) {
            set(env, b, eb);
        } else {
            set(env, a, ea);
            if (!zeroB) {
                FpCore.add(env, sign(eb), exponent(b, eb), normalized(b), 0);
            }
        }
        if (env.hi == 0) {
            zero(env, env.rounding == FpEnv.DOWN ? 1 : 0);
        } else {
            round(env, env.precision);
        }
    }

    public static void sub(final FpEnv env, final long a, final int ea, final long b, final int eb) {
        // A NaN keeps its sign.
        add(env, a, ea, b, isNan(b, eb) ? eb : eb ^ SIGN);
    }

    public static void mul(final FpEnv env, final long a, final int ea, final long b, final int eb) {
        if (special(env, a, ea, b, eb)) {
            return;
        }
        final int sign = sign(ea) ^ sign(eb);
        final boolean zero = isZero(a, ea) || isZero(b, eb);
        final boolean infinite = isInfinite(a, ea) || isInfinite(b, eb);
        if (zero && infinite) {
            invalid(env);
            return;
        }
        noteDenormal(env, a, ea);
        noteDenormal(env, b, eb);
        if (infinite) {
            infinity(env, sign);
        } else if (zero) {
            zero(env, sign);
        } else {
            FpCore.multiply(env, sign, exponent(a, ea), normalized(a), exponent(b, eb), normalized(b));
            round(env, env.precision);
        }
    }

    public static void div(final FpEnv env, final long a, final int ea, final long b, final int eb) {
        if (special(env, a, ea, b, eb)) {
            return;
        }
        final int sign = sign(ea) ^ sign(eb);
        final boolean infiniteA = isInfinite(a, ea);
        final boolean zeroA = isZero(a, ea);
        if (infiniteA && isInfinite(b, eb) || zeroA && isZero(b, eb)) {
            invalid(env);
            return;
        }
        noteDenormal(env, a, ea);
        noteDenormal(env, b, eb);
        if (infiniteA) {
            infinity(env, sign);
        } else if (isZero(b, eb)) {
            env.flags = env.flags & ~FpEnv.INPUT_DENORMAL | FpEnv.DIVIDE_BY_ZERO;
            infinity(env, sign);
        } else if (zeroA || isInfinite(b, eb)) {
            zero(env, sign);
        } else {
            FpCore.divide(env, sign, exponent(a, ea), normalized(a), exponent(b, eb), normalized(b));
            round(env, env.precision);
        }
    }

    public static void sqrt(final FpEnv env, final long a, final int ea) {
        if (special(env, a, ea)) {
            return;
        }
        if (isZero(a, ea)) {
            result(env, a, ea);
        } else if (sign(ea) != 0) {
            invalid(env);
        } else if (isInfinite(a, ea)) {
            result(env, a, ea);
        } else {
            noteDenormal(env, a, ea);
            FpCore.squareRoot(env, exponent(a, ea), normalized(a));
            round(env, env.precision);
        }
    }

    /**
     * Compares.
     *
     * @param signalling a quiet NaN is an invalid operand as well
     * @return as {@link FpMath#compare}
     */
    public static int compare(
            final FpEnv env, final long a, final int ea, final long b, final int eb, final boolean signalling) {
        final boolean unsupported = isUnsupported(a, ea) || isUnsupported(b, eb);
        if (unsupported || isNan(a, ea) || isNan(b, eb)) {
            env.flags &= ~FpEnv.INPUT_DENORMAL;
            if (unsupported || signalling || isSignallingNan(a, ea) || isSignallingNan(b, eb)) {
                env.flags |= FpEnv.INVALID;
            }
            return FpMath.UNORDERED;
        }
        noteDenormal(env, a, ea);
        noteDenormal(env, b, eb);
        final boolean zeroA = isZero(a, ea);
        final boolean zeroB = isZero(b, eb);
        if (zeroA || zeroB) {
            return zeroA ? zeroB ? FpMath.EQUAL : sign(eb) * 2 - 1 : 1 - sign(ea) * 2;
        }
        if (sign(ea) != sign(eb)) {
            return 1 - sign(ea) * 2;
        }
        int order = Integer.compare(exponent(a, ea), exponent(b, eb));
        if (order == 0) {
            order = Integer.signum(Long.compareUnsigned(normalized(a), normalized(b)));
        }
        return sign(ea) == 0 ? order : -order;
    }

    /** FRNDINT. */
    public static void roundToIntegral(final FpEnv env, final long a, final int ea) {
        if (special(env, a, ea)) {
            return;
        }
        if (isInfinite(a, ea) || isZero(a, ea)) {
            result(env, a, ea);
            return;
        }
        noteDenormal(env, a, ea);
        final int exp = exponent(a, ea);
        if (exp >= 63) {
            result(env, a, ea);
            return;
        }
        final long whole = integral(env, a, ea, env.rounding);
        if (whole == 0) {
            zero(env, sign(ea));
        } else {
            final int zeros = Long.numberOfLeadingZeros(whole);
            result(env, whole << zeros, ea & SIGN | 63 - zeros + BIAS);
        }
    }

    /** Magnitude of a value below 2^64 as an integer; INEXACT when it is none. */
    private static long integral(final FpEnv env, final long a, final int ea, final int rounding) {
        FpCore.set(env, sign(ea), 0, normalized(a), 0);
        FpCore.shiftRightJam(env, 63 - exponent(a, ea));
        env.roundedUp = FpCore.roundsUp(rounding, sign(ea), (env.hi & 1) != 0, env.lo);
        if (env.lo != 0) {
            env.flags |= FpEnv.INEXACT;
        }
        return env.hi + (env.roundedUp ? 1 : 0);
    }

    // ---- conversions

    /** A value of a narrower format, exactly; a denormal one is told, a signalling NaN stays one. */
    public static void widen(final FpEnv env, final FpFormat f, final long a) {
        final int sign = f.sign(a) << 15;
        if (f.isZero(a)) {
            result(env, 0, sign);
        } else if (f.isNan(a) || f.isInfinite(a)) {
            result(env, INTEGER | (a & f.fractionMask) << 63 - f.fractionBits, sign | MAX);
        } else {
            env.noteDenormal(f, a);
            result(env, f.significand(a), sign | f.exponent(a) + BIAS);
        }
    }

    /** A loaded value: signalling NaNs become quiet. */
    public static void quieten(final FpEnv env) {
        if (isSignallingNan(env.significand, env.signExponent)) {
            env.flags |= FpEnv.INVALID;
            env.significand |= QUIET;
        }
    }

    /** The value in a narrower format. */
    public static long narrow(final FpEnv env, final FpFormat f, final long a, final int ea) {
        if (isUnsupported(a, ea)) {
            return env.invalid(f);
        }
        if (isNan(a, ea)) {
            if (isSignallingNan(a, ea)) {
                env.flags |= FpEnv.INVALID;
            }
            return f.signed(sign(ea)) | f.infinity | f.quietBit | (a & ~INTEGER) >>> 63 - f.fractionBits;
        }
        if (isInfinite(a, ea)) {
            return f.infinity(sign(ea));
        }
        if (isZero(a, ea)) {
            return f.signed(sign(ea));
        }
        set(env, a, ea);
        return FpCore.round(env, f);
    }

    public static void fromInteger(final FpEnv env, final long value) {
        if (value == 0) {
            zero(env, 0);
            return;
        }
        final long magnitude = Math.abs(value);
        final int zeros = Long.numberOfLeadingZeros(magnitude);
        result(env, magnitude << zeros, (value < 0 ? SIGN : 0) | 63 - zeros + BIAS);
    }

    /** The value as an integer of {@code bits} bits; what does not fit is invalid and gives the integer indefinite, the smallest one. */
    public static long toInteger(final FpEnv env, final int bits, final long a, final int ea, final int rounding) {
        final long indefinite = -1L << bits - 1;
        if (isZero(a, ea)) {
            return 0;
        }
        if (isUnsupported(a, ea) || (ea & MAX) == MAX || exponent(a, ea) > 63) {
            env.flags |= FpEnv.INVALID;
            return indefinite;
        }
        final int before = env.flags;
        final long magnitude = integral(env, a, ea, rounding);
        final long value = sign(ea) == 0 ? magnitude : -magnitude;
        final boolean fits = sign(ea) == 0
                ? magnitude >= 0 && magnitude <= ~indefinite
                : Long.compareUnsigned(magnitude, -indefinite) <= 0;
        if (!fits) {
            env.roundedUp = false;
            env.flags = before | FpEnv.INVALID;
            return indefinite;
        }
        return value;
    }
}
