package org.kernelentry.isa.fp;

import java.math.BigInteger;

/**
 * The transcendental instructions of the x87 FPU, computed with 256 bits behind the point and rounded once.
 *
 * <p>Processors differ in the last bit of these: SDM vol. 1, 8.3.10 allows an error of one.
 */
public final class FpTranscendental {
    private static final int POINT = 256;
    private static final BigInteger ONE = BigInteger.ONE.shiftLeft(POINT);
    private static final BigInteger HALF_PI = pi().shiftRight(1);
    /** The pi that circular functions are reduced with: 66 bits (SDM vol. 1, 8.3.8). */
    private static final BigInteger SHORT_HALF_PI = new BigInteger("c90fdaa22168c234c", 16).shiftLeft(POINT - 67);

    private static final BigInteger LN2 = logarithm(ONE.shiftLeft(1));
    /** Below this exponent the second term of a series is but a direction to round in. */
    private static final int TINY = -70;

    private FpTranscendental() {}

    // ---- constants

    private static BigInteger arctangentOfInverse(final int n) {
        BigInteger term = ONE.divide(BigInteger.valueOf(n));
        BigInteger sum = term;
        final BigInteger square = BigInteger.valueOf((long) n * n);
        for (int k = 3; term.signum() != 0; k += 2) {
            term = term.divide(square).negate();
            sum = sum.add(term.divide(BigInteger.valueOf(k)));
        }
        return sum;
    }

    /** Machin: pi = 16 atan(1/5) - 4 atan(1/239). */
    private static BigInteger pi() {
        return arctangentOfInverse(5)
                .shiftLeft(4)
                .subtract(arctangentOfInverse(239).shiftLeft(2));
    }

    // ---- series, on numbers with POINT bits behind the point

    private static BigInteger times(final BigInteger a, final BigInteger b) {
        return a.multiply(b).shiftRight(POINT);
    }

    private static BigInteger over(final BigInteger a, final BigInteger b) {
        return a.shiftLeft(POINT).divide(b);
    }

    /** ln of a number near 1: 2 atanh((x - 1) / (x + 1)). */
    private static BigInteger logarithm(final BigInteger x) {
        final BigInteger z = over(x.subtract(ONE), x.add(ONE));
        final BigInteger square = times(z, z);
        BigInteger power = z;
        BigInteger sum = z;
        for (int k = 3; power.signum() != 0 && !power.equals(BigInteger.ONE.negate()); k += 2) {
            power = times(power, square);
            sum = sum.add(power.divide(BigInteger.valueOf(k)));
        }
        return sum.shiftLeft(1);
    }

    /** The binary logarithm of any number, by one from 3/4 to 3/2. */
    private static BigInteger binaryLogarithm(final BigInteger x) {
        int exp = x.bitLength() - 1 - POINT;
        if (shifted(x, -exp).compareTo(ONE.add(ONE.shiftRight(1))) > 0) {
            exp++;
        }
        return ONE.multiply(BigInteger.valueOf(exp)).add(over(logarithm(shifted(x, -exp)), LN2));
    }

    /** e^x - 1. */
    private static BigInteger exponential(final BigInteger x) {
        BigInteger term = x;
        BigInteger sum = x;
        for (int k = 2; term.signum() != 0 && !term.equals(BigInteger.ONE.negate()); k++) {
            term = times(term, x).divide(BigInteger.valueOf(k));
            sum = sum.add(term);
        }
        return sum;
    }

    /** From the first term, each next by x^2 and the two following numbers: sine from x, cosine from 1. */
    private static BigInteger alternating(final BigInteger first, final BigInteger x, final int from) {
        final BigInteger square = times(x, x);
        BigInteger term = first;
        BigInteger sum = first;
        for (int k = from; term.signum() != 0; k += 2) {
            term = times(term, square).negate().divide(BigInteger.valueOf((long) k * (k + 1)));
            sum = sum.add(term);
        }
        return sum;
    }

    /** atan of a number from 0 to 1, its argument halved three times. */
    private static BigInteger arctangent(final BigInteger x) {
        BigInteger z = x;
        for (int i = 0; i < 3; i++) {
            // tan(t / 2) = tan t / (1 + sqrt(1 + tan^2 t))
            final BigInteger root = ONE.add(times(z, z)).shiftLeft(POINT).sqrt();
            z = over(z, ONE.add(root));
        }
        final BigInteger square = times(z, z);
        BigInteger power = z;
        BigInteger sum = z;
        for (int k = 3; power.signum() != 0; k += 2) {
            power = times(power, square);
            final BigInteger term = power.divide(BigInteger.valueOf(k));
            sum = (k & 2) == 0 ? sum.add(term) : sum.subtract(term);
        }
        return sum.shiftLeft(3);
    }

    // ---- numbers in and out

    private static BigInteger unsigned(final long sig) {
        return new BigInteger(Long.toUnsignedString(sig));
    }

    /** {@code 2^shift} times a number, cut. */
    private static BigInteger shifted(final BigInteger a, final int shift) {
        return shift >= 0 ? a.shiftLeft(shift) : a.shiftRight(-shift);
    }

    /** The magnitude of a value with POINT bits behind the point. */
    private static BigInteger fixed(final long sig, final int se) {
        return shifted(unsigned(FpExtended.normalized(sig)), FpExtended.exponent(sig, se) - 63 + POINT);
    }

    /** {@code value * 2^exp} into the accumulator, as a number that goes on. */
    private static void set(final FpEnv env, final int sign, final BigInteger value, final int exp) {
        final int length = value.bitLength();
        final BigInteger top = shifted(value, 128 - length);
        FpCore.set(env, sign, exp + length - 1, top.shiftRight(64).longValue(), top.longValue() | 1);
    }

    private static void round(final FpEnv env, final int sign, final BigInteger value, final int exp) {
        if (value.signum() < 0) {
            set(env, sign ^ 1, value.negate(), exp);
        } else {
            set(env, sign, value, exp);
        }
        FpExtended.round(env, 64);
    }

    /** The value itself, a little smaller or greater in magnitude. */
    private static void nearly(final FpEnv env, final long sig, final int se, final boolean smaller) {
        FpExtended.set(env, sig, se);
        final int sign = env.sign;
        FpCore.add(env, smaller ? sign ^ 1 : sign, env.exp - 120, 1L << 63, 1);
        FpExtended.round(env, 64);
    }

    private static void denormal(final FpEnv env, final long sig, final int se) {
        if (FpExtended.isDenormal(sig, se)) {
            env.flags |= FpEnv.INPUT_DENORMAL;
        }
    }

    private static int sign(final int se) {
        return se >> 15 & 1;
    }

    // ---- instructions

    /** FSIN, FCOS and FPTAN. */
    public enum Circular {
        SINE,
        COSINE,
        TANGENT
    }

    /**
     * A circular function.
     *
     * @return false when the operand is 2^63 or greater and nothing is computed
     */
    public static boolean circular(final FpEnv env, final Circular function, final long a, final int ea) {
        if (FpExtended.special(env, a, ea)) {
            return true;
        }
        if (FpExtended.isInfinite(a, ea)) {
            FpExtended.invalid(env);
            return true;
        }
        if (FpExtended.isZero(a, ea)) {
            if (function == Circular.COSINE) {
                FpExtended.fromInteger(env, 1);
            } else {
                FpExtended.result(env, a, ea);
            }
            return true;
        }
        final int exp = FpExtended.exponent(a, ea);
        if (exp >= 63) {
            return false;
        }
        denormal(env, a, ea);
        if (exp < TINY) {
            if (function == Circular.COSINE) {
                nearly(env, FpExtended.INTEGER, FpExtended.BIAS, true);
            } else {
                nearly(env, a, ea, function == Circular.SINE);
            }
            return true;
        }
        final BigInteger eighth = SHORT_HALF_PI.shiftRight(1);
        final BigInteger[] turns = fixed(a, ea).add(eighth).divideAndRemainder(SHORT_HALF_PI);
        final int quadrant = turns[0].intValue() & 3;
        final BigInteger x = turns[1].subtract(eighth);
        final BigInteger sine = alternating(x, x, 2);
        final BigInteger cosine = alternating(ONE, x, 1);
        final boolean odd = (quadrant & 1) != 0;
        final int sign = sign(ea);
        switch (function) {
            case SINE -> round(env, sign ^ quadrant >> 1, odd ? cosine : sine, -POINT);
            case COSINE -> round(env, (quadrant + 1 >> 1) & 1, odd ? sine : cosine, -POINT);
            default -> round(env, odd ? sign ^ 1 : sign, odd ? over(cosine, sine) : over(sine, cosine), -POINT);
        }
        return true;
    }

    /** FPATAN: the angle of the point (x, y), from -pi to pi. */
    public static void arctangent(final FpEnv env, final long y, final int ey, final long x, final int ex) {
        if (FpExtended.special(env, y, ey, x, ex)) {
            return;
        }
        denormal(env, y, ey);
        denormal(env, x, ex);
        final int sign = sign(ey);
        final boolean left = sign(ex) != 0;
        final boolean infiniteX = FpExtended.isInfinite(x, ex);
        final boolean infiniteY = FpExtended.isInfinite(y, ey);
        if (infiniteX && infiniteY) {
            final BigInteger eighth = HALF_PI.shiftRight(1);
            round(env, sign, left ? eighth.multiply(BigInteger.valueOf(3)) : eighth, -POINT);
        } else if (FpExtended.isZero(y, ey) || infiniteX) {
            if (left) {
                round(env, sign, HALF_PI.shiftLeft(1), -POINT);
            } else {
                FpExtended.result(env, 0, ey & FpExtended.SIGN);
            }
        } else if (infiniteY || FpExtended.isZero(x, ex)) {
            round(env, sign, HALF_PI, -POINT);
        } else {
            finiteArctangent(env, y, ey, x, ex);
        }
    }

    private static void finiteArctangent(final FpEnv env, final long y, final int ey, final long x, final int ex) {
        final int sign = sign(ey);
        final boolean left = sign(ex) != 0;
        final int distance = FpExtended.exponent(y, ey) - FpExtended.exponent(x, ex);
        final BigInteger sigY = unsigned(FpExtended.normalized(y));
        final BigInteger sigX = unsigned(FpExtended.normalized(x));
        if (distance < TINY && !left) {
            FpCore.divide(
                    env,
                    sign,
                    FpExtended.exponent(y, ey),
                    FpExtended.normalized(y),
                    FpExtended.exponent(x, ex),
                    FpExtended.normalized(x));
            FpCore.add(env, sign ^ 1, env.exp - 120, 1L << 63, 1);
            FpExtended.round(env, 64);
            return;
        }
        final boolean steep = distance > 0 || distance == 0 && sigY.compareTo(sigX) > 0;
        final BigInteger ratio = steep
                ? shifted(sigX.shiftLeft(POINT).divide(sigY), -distance)
                : shifted(sigY.shiftLeft(POINT).divide(sigX), distance);
        BigInteger angle = arctangent(ratio);
        if (steep) {
            angle = HALF_PI.subtract(angle);
        }
        round(env, sign, left ? HALF_PI.shiftLeft(1).subtract(angle) : angle, -POINT);
    }

    /** F2XM1: 2^a - 1; an operand outside of -1 to 1 is undefined and stays. */
    public static void powerLessOne(final FpEnv env, final long a, final int ea) {
        if (FpExtended.special(env, a, ea)) {
            return;
        }
        if (FpExtended.isZero(a, ea)) {
            FpExtended.result(env, a, ea);
            return;
        }
        if (FpExtended.isInfinite(a, ea)) {
            FpExtended.result(env, a, ea);
            if (sign(ea) != 0) {
                FpExtended.result(env, FpExtended.INTEGER, FpExtended.SIGN | FpExtended.BIAS);
            }
            return;
        }
        denormal(env, a, ea);
        final int exp = FpExtended.exponent(a, ea);
        if (exp > 0 || exp == 0 && FpExtended.normalized(a) != FpExtended.INTEGER) {
            FpExtended.result(env, a, ea);
        } else if (exp == 0) {
            // 1 and -1/2, exactly.
            FpExtended.result(env, FpExtended.INTEGER, sign(ea) == 0 ? ea : ea - 1);
        } else if (exp < TINY) {
            round(env, sign(ea), unsigned(FpExtended.normalized(a)).multiply(LN2), exp - 63 - POINT);
        } else {
            final BigInteger x = times(fixed(a, ea), LN2);
            round(env, 0, exponential(sign(ea) == 0 ? x : x.negate()), -POINT);
        }
    }

    /** FYL2X: y times the binary logarithm of x. */
    public static void logarithm(final FpEnv env, final long y, final int ey, final long x, final int ex) {
        if (FpExtended.special(env, y, ey, x, ex)) {
            return;
        }
        final boolean zeroX = FpExtended.isZero(x, ex);
        if (sign(ex) != 0 && !zeroX) {
            FpExtended.invalid(env);
            return;
        }
        final boolean zeroY = FpExtended.isZero(y, ey);
        final boolean infiniteY = FpExtended.isInfinite(y, ey);
        final boolean one = x == FpExtended.INTEGER && ex == FpExtended.BIAS;
        if (zeroX && zeroY || one && infiniteY || FpExtended.isInfinite(x, ex) && zeroY) {
            FpExtended.invalid(env);
            return;
        }
        denormal(env, x, ex);
        denormal(env, y, ey);
        final int exp = zeroX ? 0 : FpExtended.exponent(x, ex);
        // The sign of the logarithm.
        final int sign = sign(ey) ^ (zeroX || !one && exp < 0 ? 1 : 0);
        if (zeroX) {
            if (!infiniteY) {
                env.flags = env.flags & ~FpEnv.INPUT_DENORMAL | FpEnv.DIVIDE_BY_ZERO;
            }
            FpExtended.result(env, FpExtended.INTEGER, sign << 15 | FpExtended.MAX);
        } else if (infiniteY || FpExtended.isInfinite(x, ex)) {
            FpExtended.result(env, FpExtended.INTEGER, sign << 15 | FpExtended.MAX);
        } else if (one || zeroY) {
            FpExtended.result(env, 0, sign << 15);
        } else {
            final BigInteger m = unsigned(FpExtended.normalized(x)).shiftLeft(POINT - 63);
            final BigInteger whole = ONE.multiply(BigInteger.valueOf(exp));
            product(env, whole.add(binaryLogarithm(m)), y, ey, m.equals(ONE));
        }
    }

    /** FYL2XP1: y times the binary logarithm of 1 + x. */
    public static void logarithmPlusOne(final FpEnv env, final long y, final int ey, final long x, final int ex) {
        if (FpExtended.special(env, y, ey, x, ex)) {
            return;
        }
        final boolean zeroX = FpExtended.isZero(x, ex);
        final boolean infiniteX = FpExtended.isInfinite(x, ex);
        final boolean zeroY = FpExtended.isZero(y, ey);
        final boolean infiniteY = FpExtended.isInfinite(y, ey);
        if (zeroX && infiniteY || infiniteX && (zeroY || sign(ex) != 0)) {
            FpExtended.invalid(env);
            return;
        }
        denormal(env, x, ex);
        denormal(env, y, ey);
        final int sign = sign(ey) ^ sign(ex);
        if (infiniteX || infiniteY) {
            FpExtended.result(env, FpExtended.INTEGER, sign << 15 | FpExtended.MAX);
        } else if (zeroX || zeroY) {
            FpExtended.result(env, 0, sign << 15);
        } else if (FpExtended.exponent(x, ex) < TINY) {
            final BigInteger x64 = unsigned(FpExtended.normalized(x)).shiftLeft(POINT);
            final BigInteger log = over(x64, LN2).multiply(unsigned(FpExtended.normalized(y)));
            final int exp = FpExtended.exponent(x, ex) + FpExtended.exponent(y, ey) - 126 - POINT;
            round(env, sign, log, exp);
        } else {
            final BigInteger f = fixed(x, ex);
            final BigInteger m = sign(ex) == 0 ? ONE.add(f) : ONE.subtract(f);
            if (m.signum() <= 0) {
                // Outside of the range, where nothing is defined.
                FpExtended.result(env, y, ey);
                return;
            }
            product(env, binaryLogarithm(m), y, ey, false);
        }
    }

    private static void product(
            final FpEnv env, final BigInteger logarithm, final long y, final int ey, final boolean exact) {
        final BigInteger value = logarithm.multiply(unsigned(FpExtended.normalized(y)));
        final int exp = FpExtended.exponent(y, ey) - 63 - POINT;
        final int sign = sign(ey) ^ (value.signum() < 0 ? 1 : 0);
        set(env, sign, value.abs(), exp);
        if (exact) {
            env.lo &= ~1L;
        }
        FpExtended.round(env, 64);
    }
}
