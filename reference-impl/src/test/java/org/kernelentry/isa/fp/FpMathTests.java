package org.kernelentry.isa.fp;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Results against exact decimal arithmetic: the definition of each rounding mode, not another implementation of it. */
@Execution(ExecutionMode.CONCURRENT)
final class FpMathTests {
    private static final int CASES = 20_000;

    private final FpEnv env = new FpEnv(FpEnv.Rules.ARM);
    private final Random random = new Random(7);

    private static FpFormat format(final int bits) {
        return bits == 64 ? FpFormat.DOUBLE : FpFormat.SINGLE;
    }

    private static double value(final FpFormat f, final long a) {
        return f == FpFormat.DOUBLE ? Double.longBitsToDouble(a) : Float.intBitsToFloat((int) a);
    }

    private static BigDecimal exact(final FpFormat f, final long a) {
        return new BigDecimal(value(f, a));
    }

    private static long neighbour(final FpFormat f, final long a, final boolean up) {
        if (f == FpFormat.DOUBLE) {
            final double x = Double.longBitsToDouble(a);
            return Double.doubleToRawLongBits(up ? Math.nextUp(x) : Math.nextDown(x));
        }
        final float x = Float.intBitsToFloat((int) a);
        return Float.floatToRawIntBits(up ? Math.nextUp(x) : Math.nextDown(x)) & 0xffff_ffffL;
    }

    /** A finite number, denormal ones and exponents next to each other more often than by chance. */
    private long operand(final FpFormat f) {
        final int exponent = switch (random.nextInt(4)) {
            case 0 -> random.nextInt(f.maxExponent);
            case 1 -> random.nextInt(3);
            default -> f.bias - 4 + random.nextInt(8);
        };
        long fraction = random.nextLong() & f.fractionMask;
        if (random.nextInt(3) == 0) {
            fraction &= -1L << random.nextInt(f.fractionBits);
        }
        return (random.nextBoolean() ? f.signBit : 0) | (long) exponent << f.fractionBits | fraction;
    }

    /** Holds what every mode says about a result, given how any finite candidate compares to the exact value. */
    private void check(
            final FpFormat f, final long result, final java.util.function.Function<BigDecimal, Integer> versus) {
        if (f.isInfinite(result)) {
            assertThat(env.flags & FpEnv.OVERFLOW).isNotZero();
            return;
        }
        final int order = versus.apply(exact(f, result));
        assertThat((env.flags & FpEnv.INEXACT) != 0).isEqualTo(order != 0);
        if (order == 0 || (env.flags & FpEnv.OVERFLOW) != 0) {
            return;
        }
        final boolean negative = f.negative(result);
        switch (env.rounding) {
            case FpEnv.UP -> assertThat(order).isPositive();
            case FpEnv.DOWN -> assertThat(order).isNegative();
            case FpEnv.TO_ZERO -> assertThat(order).isEqualTo(negative ? 1 : -1);
            case FpEnv.TO_ODD -> assertThat(result & 1).isEqualTo(1);
            default -> {
                // The middle between the result and its neighbour beyond the exact value is not nearer.
                final BigDecimal other = exact(f, neighbour(f, result, order < 0));
                final BigDecimal middle = exact(f, result).add(other).divide(BigDecimal.valueOf(2));
                final int middleOrder = versus.apply(middle);
                assertThat(middleOrder == -order || middleOrder == 0).isTrue();
                if (middleOrder == 0 && env.rounding == FpEnv.NEAREST_EVEN) {
                    assertThat(result & 1).isZero();
                }
                return;
            }
        }
        final long beyond = neighbour(f, result, order < 0);
        if (!f.isInfinite(beyond)) {
            final int other = versus.apply(exact(f, beyond));
            assertThat(other == -order || env.rounding == FpEnv.TO_ODD && other == 0)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void sums_are_rounded_as_each_mode_says(final int bits) {
        final FpFormat f = format(bits);
        for (int i = 0; i < CASES; i++) {
            final long a = operand(f);
            final long b = operand(f);
            prepare(i);
            final long result = FpMath.add(env, f, a, b);
            final BigDecimal sum = exact(f, a).add(exact(f, b));
            check(f, result, candidate -> candidate.compareTo(sum));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void products_are_rounded_as_each_mode_says(final int bits) {
        final FpFormat f = format(bits);
        for (int i = 0; i < CASES; i++) {
            final long a = operand(f);
            final long b = operand(f);
            prepare(i);
            final long result = FpMath.mul(env, f, a, b);
            final BigDecimal product = exact(f, a).multiply(exact(f, b));
            check(f, result, candidate -> candidate.compareTo(product));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void quotients_are_rounded_as_each_mode_says(final int bits) {
        final FpFormat f = format(bits);
        for (int i = 0; i < CASES; i++) {
            final long a = operand(f);
            final long b = operand(f);
            if (f.isZero(b)) {
                continue;
            }
            prepare(i);
            final long result = FpMath.div(env, f, a, b);
            final BigDecimal divisor = exact(f, b);
            check(f, result, q -> q.multiply(divisor).compareTo(exact(f, a)) * divisor.signum());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void square_roots_are_rounded_as_each_mode_says(final int bits) {
        final FpFormat f = format(bits);
        for (int i = 0; i < CASES; i++) {
            final long a = operand(f) & f.signBit - 1;
            prepare(i);
            final long result = FpMath.sqrt(env, f, a);
            check(f, result, r -> r.multiply(r).compareTo(exact(f, a)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void fused_products_are_rounded_once(final int bits) {
        final FpFormat f = format(bits);
        for (int i = 0; i < CASES; i++) {
            final long a = operand(f);
            final long b = operand(f);
            final long c = operand(f);
            prepare(i);
            final long result = FpMath.mulAdd(env, f, c, a, b);
            final BigDecimal sum = exact(f, a).multiply(exact(f, b)).add(exact(f, c));
            check(f, result, candidate -> candidate.compareTo(sum));
        }
    }

    private void prepare(final int i) {
        env.rounding = i % 6;
        env.flags = 0;
    }
}
