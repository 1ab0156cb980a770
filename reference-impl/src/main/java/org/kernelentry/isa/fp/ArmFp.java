package org.kernelentry.isa.fp;

/** Operations that only Arm has: estimates and their Newton steps (DDI 0487 shared/functions/float). A64, VFP and NEON use them. */
public final class ArmFp {
    private static final int DOUBLE_FRACTION = 52;
    private static final long TOP_FRACTION_BIT = 1L << 51;
    private static final long FRACTION = (1L << DOUBLE_FRACTION) - 1;

    private ArmFp() {}

    /** FRECPE: FPRecipEstimate. */
    public static long recipEstimate(final FpEnv env, final FpFormat f, final long x) {
        final long a = env.operand(f, x);
        final int sign = f.sign(a);
        if (f.isNan(a)) {
            return env.quiet(f, a);
        }
        if (f.isInfinite(a)) {
            return f.signed(sign);
        }
        if (f.isZero(a)) {
            env.flags |= FpEnv.DIVIDE_BY_ZERO;
            return f.infinity(sign);
        }
        if (f.exponent(a) < -1 - f.bias) {
            env.flags |= FpEnv.OVERFLOW | FpEnv.INEXACT;
            return f.signed(sign) | (FpCore.overflowsToInfinity(env.rounding, sign) ? f.infinity : f.largest);
        }
        if (env.flushResults && f.bits != 16 && f.exponent(a) >= f.bias - 1) {
            env.flags |= FpEnv.UNDERFLOW;
            return f.signed(sign);
        }
        long fraction = wideFraction(f, a);
        int exp = f.biasedExponent(a);
        if (exp == 0) {
            if ((fraction & TOP_FRACTION_BIT) == 0) {
                exp = -1;
                fraction = fraction << 2 & FRACTION;
            } else {
                fraction = fraction << 1 & FRACTION;
            }
        }
        int resultExp = 2 * f.bias - 1 - exp;
        long result = (long) (recipEstimate(0x100 | (int) (fraction >>> 44)) & 0xff) << 44;
        if (resultExp == 0) {
            result = TOP_FRACTION_BIT | result >>> 1;
        } else if (resultExp == -1) {
            result = TOP_FRACTION_BIT >>> 1 | result >>> 2;
            resultExp = 0;
        }
        return pack(f, sign, resultExp, result);
    }

    private static long wideFraction(final FpFormat f, final long a) {
        return (a & f.fractionMask) << DOUBLE_FRACTION - f.fractionBits;
    }

    private static long pack(final FpFormat f, final int sign, final int exp, final long fraction) {
        return f.signed(sign) | (long) exp << f.fractionBits | fraction >>> DOUBLE_FRACTION - f.fractionBits;
    }

    /** FRSQRTE: FPRSqrtEstimate. */
    public static long rsqrtEstimate(final FpEnv env, final FpFormat f, final long x) {
        final long a = env.operand(f, x);
        if (f.isNan(a)) {
            return env.quiet(f, a);
        }
        if (f.isZero(a)) {
            env.flags |= FpEnv.DIVIDE_BY_ZERO;
            return f.infinity(f.sign(a));
        }
        if (f.negative(a)) {
            return env.invalid(f);
        }
        if (f.isInfinite(a)) {
            return 0;
        }
        long fraction = wideFraction(f, a);
        int exp = f.biasedExponent(a);
        if (exp == 0) {
            while ((fraction & TOP_FRACTION_BIT) == 0) {
                fraction <<= 1;
                exp--;
            }
            fraction = fraction << 1 & FRACTION;
        }
        final int scaled = (exp & 1) == 0 ? 0x100 | (int) (fraction >>> 44) : 0x80 | (int) (fraction >>> 45);
        final int resultExp = 3 * f.bias - 1 - exp >> 1;
        return pack(f, 0, resultExp, (long) (rsqrtEstimate(scaled) & 0xff) << 44);
    }

    /** RecipEstimate: of 256 to 511, in units of 1/512, to 256 to 511 in units of 1/256. */
    static int recipEstimate(final int a) {
        return (1 << 19) / (2 * a + 1) + 1 >> 1;
    }

    /** RecipSqrtEstimate: of 128 to 511, in units of 1/512, to 256 to 511 in units of 1/256. */
    static int rsqrtEstimate(final int a) {
        final int scaled = a < 256 ? 2 * a + 1 : (a >> 1 << 1) + 1 << 1;
        int b = 512;
        while ((long) scaled * (b + 1) * (b + 1) < 1 << 28) {
            b++;
        }
        return b + 1 >> 1;
    }

    /** URECPE, of 32 bits. */
    public static long unsignedRecipEstimate(final long a) {
        return (a & 0x8000_0000L) == 0 ? 0xffff_ffffL : (long) recipEstimate((int) (a >>> 23) & 0x1ff) << 23;
    }

    /** URSQRTE, of 32 bits. */
    public static long unsignedRsqrtEstimate(final long a) {
        return (a & 0xc000_0000L) == 0 ? 0xffff_ffffL : (long) rsqrtEstimate((int) (a >>> 23) & 0x1ff) << 23;
    }

    /** FRECPX: FPRecpX. */
    public static long recipExponent(final FpEnv env, final FpFormat f, final long x) {
        final long a = env.operand(f, x);
        if (f.isNan(a)) {
            return env.quiet(f, a);
        }
        final int exp = f.biasedExponent(a);
        return a & f.signBit | (long) (exp == 0 ? f.maxExponent - 1 : ~exp & f.maxExponent) << f.fractionBits;
    }

    /** FRECPS: 2 - x * y, fused (FPRecipStepFused). */
    public static long recipStep(final FpEnv env, final FpFormat f, final long x, final long y) {
        return step(env, f, x, y, FpMath.two(f), 0);
    }

    /** FRSQRTS: (3 - x * y) / 2, fused (FPRSqrtStepFused). */
    public static long rsqrtStep(final FpEnv env, final FpFormat f, final long x, final long y) {
        return step(env, f, x, y, FpMath.two(f) | f.quietBit, 1);
    }

    /** (minuend - x * y) / 2^halvings. */
    private static long step(
            final FpEnv env, final FpFormat f, final long x, final long y, final long minuend, final int halvings) {
        final long a = env.operand(f, x ^ f.signBit);
        final long b = env.operand(f, y);
        if (f.isNan(a) || f.isNan(b)) {
            return env.propagate(f, a, b);
        }
        if (f.isInfinite(a) && f.isZero(b) || f.isZero(a) && f.isInfinite(b) || f.isZero(a) || f.isZero(b)) {
            // 2 or 1.5
            return halvings == 0 ? minuend : minuend - (1L << f.fractionBits);
        }
        final int sign = f.sign(a) ^ f.sign(b);
        if (f.isInfinite(a) || f.isInfinite(b)) {
            return f.infinity(sign);
        }
        FpCore.multiply(env, sign, f.exponent(a), f.significand(a), f.exponent(b), f.significand(b));
        FpCore.add(env, 0, f.exponent(minuend), f.significand(minuend), 0);
        env.exp -= halvings;
        return env.hi == 0 ? env.cancelled(f) : FpCore.round(env, f);
    }
}
