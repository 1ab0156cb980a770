package org.kernelentry.isa.fp;

/**
 * Java's own arithmetic where it provably gives the same: single and double precision, round to nearest, operands and results well
 * inside the normal range. The result is left in {@link FpEnv#hi}. Inexact results are found by computing the error exactly.
 */
final class FpFast {
    /** Magnitudes for which products, quotients and their errors neither overflow nor get denormal. */
    private static final double SMALL = 0x1p-400;

    private static final double LARGE = 0x1p400;
    private static final float SMALL_SINGLE = 0x1p-60f;
    private static final float LARGE_SINGLE = 0x1p60f;

    private FpFast() {}

    private static double asDouble(final long a) {
        return Double.longBitsToDouble(a);
    }

    private static float asFloat(final long a) {
        return Float.intBitsToFloat((int) a);
    }

    private static boolean fits(final double x) {
        final double magnitude = Math.abs(x);
        return magnitude > SMALL && magnitude < LARGE;
    }

    private static boolean fits(final float x) {
        final float magnitude = Math.abs(x);
        return magnitude > SMALL_SINGLE && magnitude < LARGE_SINGLE;
    }

    private static boolean done(final FpEnv env, final double result, final boolean exact) {
        env.hi = Double.doubleToRawLongBits(result);
        if (!exact) {
            env.flags |= FpEnv.INEXACT;
        }
        return true;
    }

    private static boolean done(final FpEnv env, final float result, final boolean exact) {
        env.hi = Float.floatToRawIntBits(result) & 0xffff_ffffL;
        if (!exact) {
            env.flags |= FpEnv.INEXACT;
        }
        return true;
    }

    static boolean add(final FpEnv env, final FpFormat f, final long a, final long b) {
        if (env.rounding != FpEnv.NEAREST_EVEN) {
            return false;
        }
        if (f == FpFormat.DOUBLE) {
            final double x = asDouble(a);
            final double y = asDouble(b);
            final double sum = x + y;
            if (!fits(x) || !fits(y) || !fits(sum)) {
                return false;
            }
            // Knuth's TwoSum.
            final double part = sum - x;
            return done(env, sum, (x - (sum - part)) + (y - part) == 0);
        }
        if (f == FpFormat.SINGLE) {
            final float x = asFloat(a);
            final float y = asFloat(b);
            final float sum = x + y;
            if (!fits(x) || !fits(y) || !fits(sum)) {
                return false;
            }
            final float part = sum - x;
            return done(env, sum, (x - (sum - part)) + (y - part) == 0);
        }
        return false;
    }

    static boolean mul(final FpEnv env, final FpFormat f, final long a, final long b) {
        if (env.rounding != FpEnv.NEAREST_EVEN) {
            return false;
        }
        if (f == FpFormat.DOUBLE) {
            final double x = asDouble(a);
            final double y = asDouble(b);
            if (!fits(x) || !fits(y)) {
                return false;
            }
            final double product = x * y;
            return done(env, product, Math.fma(x, y, -product) == 0);
        }
        if (f == FpFormat.SINGLE) {
            final float x = asFloat(a);
            final float y = asFloat(b);
            if (!fits(x) || !fits(y)) {
                return false;
            }
            final float product = x * y;
            return done(env, product, (double) x * y == product);
        }
        return false;
    }

    static boolean div(final FpEnv env, final FpFormat f, final long a, final long b) {
        if (env.rounding != FpEnv.NEAREST_EVEN) {
            return false;
        }
        if (f == FpFormat.DOUBLE) {
            final double x = asDouble(a);
            final double y = asDouble(b);
            if (!fits(x) || !fits(y)) {
                return false;
            }
            final double quotient = x / y;
            return done(env, quotient, Math.fma(quotient, y, -x) == 0);
        }
        if (f == FpFormat.SINGLE) {
            final float x = asFloat(a);
            final float y = asFloat(b);
            if (!fits(x) || !fits(y)) {
                return false;
            }
            final float quotient = x / y;
            return done(env, quotient, (double) quotient * y == x);
        }
        return false;
    }

    static boolean sqrt(final FpEnv env, final FpFormat f, final long a) {
        if (env.rounding != FpEnv.NEAREST_EVEN) {
            return false;
        }
        if (f == FpFormat.DOUBLE) {
            final double x = asDouble(a);
            if (!fits(x) || x < 0) {
                return false;
            }
            final double root = Math.sqrt(x);
            return done(env, root, Math.fma(root, root, -x) == 0);
        }
        if (f == FpFormat.SINGLE) {
            final float x = asFloat(a);
            if (!fits(x) || x < 0) {
                return false;
            }
            // The root of a single in double precision, rounded again, is the rounded root: 53 >= 2 * 24 + 2.
            final float root = (float) Math.sqrt(x);
            return done(env, root, (double) root * root == x);
        }
        return false;
    }

    static boolean mulAdd(final FpEnv env, final FpFormat f, final long addend, final long a, final long b) {
        if (env.rounding != FpEnv.NEAREST_EVEN || f != FpFormat.SINGLE) {
            return false;
        }
        final float z = asFloat(addend);
        final float x = asFloat(a);
        final float y = asFloat(b);
        if (!fits(x) || !fits(y) || !fits(z)) {
            return false;
        }
        // The product is exact in double precision.
        final double product = (double) x * y;
        final double sum = product + z;
        final double part = sum - product;
        final boolean exactSum = (product - (sum - part)) + (z - part) == 0;
        if (!exactSum) {
            return false;
        }
        final float result = (float) sum;
        return fits(result) && done(env, result, result == sum);
    }
}
