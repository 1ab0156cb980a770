package org.kernelentry.x86.decode;

import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.isa.fp.FpFormat;
import org.kernelentry.isa.fp.FpMath;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Flags;

/** SSE and SSE2 arithmetic and comparison. Source: Intel SDM volume 1, 10.4.1 and 11.4.1. */
final class SseFloat {
    /** One lane: both operands' bits to the result's. */
    @FunctionalInterface
    interface Lane {
        long apply(FpEnv env, FpFormat f, long a, long b);
    }

    static final FpFormat S = FpFormat.SINGLE;
    static final FpFormat D = FpFormat.DOUBLE;

    static final Lane ADD = FpMath::add;
    static final Lane SUB = FpMath::sub;
    static final Lane MUL = FpMath::mul;
    static final Lane DIV = FpMath::div;
    static final Lane MIN = FpMath::minSse;
    static final Lane MAX = FpMath::maxSse;
    static final Lane SQRT = (env, f, a, b) -> FpMath.sqrt(env, f, b);

    private static final long LOW = 0xffff_ffffL;
    private static final int SIGN = 1 << 31;
    private static final int DEFAULT_NAN = 0xffc0_0000;

    private SseFloat() {}

    /** Both singles or the one double of a word. */
    static long word(final FpEnv env, final FpFormat f, final Lane op, final long a, final long b) {
        if (f == D) {
            return op.apply(env, f, a, b);
        }
        return op.apply(env, f, a & LOW, b & LOW) & LOW | op.apply(env, f, a >>> 32, b >>> 32) << 32;
    }

    static Row.Meaning packed(final FpFormat f, final Lane op) {
        return Vectors.whole((s, d, a, imm) -> packed(s, f, op, d, a));
    }

    private static void packed(final CpuState s, final FpFormat f, final Lane op, final int d, final int a) {
        final FpEnv env = SseUnit.begin(s);
        final long low = word(env, f, op, s.r[d], s.r[a]);
        final long high = word(env, f, op, s.r[d + 1], s.r[a + 1]);
        SseUnit.end(s, env);
        s.r[d] = low;
        s.r[d + 1] = high;
    }

    static Row.Meaning scalar(final FpFormat f, final Lane op) {
        return Vectors.whole((s, d, a, imm) -> scalar(s, f, op, d, a));
    }

    /** The lowest lane; the others stay. */
    private static void scalar(final CpuState s, final FpFormat f, final Lane op, final int d, final int a) {
        final FpEnv env = SseUnit.begin(s);
        final long old = s.r[d];
        final long result = op.apply(env, f, f.cut(old), f.cut(s.r[a]));
        SseUnit.end(s, env);
        s.r[d] = f == D ? result : old & ~LOW | result & LOW;
    }

    // ---- comparisons

    static Row.Meaning cmp(final FpFormat f, final boolean scalar) {
        final int[] numbers = new int[8];
        for (int n = 0; n < numbers.length; n++) {
            final int predicate = n;
            final Lane op = (env, format, a, b) -> holds(env, format, a, b, predicate) ? -1 : 0;
            numbers[n] = VectorHelpers.add((s, d, a, b) -> {
                if (scalar) {
                    scalar(s, f, op, d, a);
                } else {
                    packed(s, f, op, d, a);
                }
            });
        }
        return i -> {
            final int source = Vectors.read(i, 1);
            i.out.helper(numbers[(int) i.immediate & 7], Vectors.register(i, 0), source, 0);
        };
    }

    /** EQ, LT, LE, UNORD and their opposites; LT, LE, NLT and NLE signal quiet NaNs (SDM vol. 2, CMPPD table 3-1). */
    private static boolean holds(final FpEnv env, final FpFormat f, final long a, final long b, final int predicate) {
        final int order = FpMath.compare(env, f, a, b, (predicate & 3) == 1 || (predicate & 3) == 2);
        final boolean plain = switch (predicate & 3) {
            case 0 -> order == FpMath.EQUAL;
            case 1 -> order == FpMath.LESS;
            case 2 -> order == FpMath.LESS || order == FpMath.EQUAL;
            default -> order == FpMath.UNORDERED;
        };
        return plain != (predicate >= 4);
    }

    /** COMISS and the like: ZF, PF and CF tell the order, the other arithmetic flags are cleared. */
    static Row.Meaning comi(final FpFormat f, final boolean signalling) {
        final int number = VectorHelpers.add((s, d, a, b) -> {
            final FpEnv env = SseUnit.begin(s);
            final int order = FpMath.compare(env, f, f.cut(s.r[a]), f.cut(s.r[b]), signalling);
            SseUnit.end(s, env);
            s.r[d] = switch (order) {
                case FpMath.LESS -> Flags.C;
                case FpMath.EQUAL -> Flags.Z;
                case FpMath.GREATER -> 0;
                default -> Flags.Z | Flags.P | Flags.C;
            };
        });
        return i -> {
            final int source = Vectors.read(i, 1);
            final int flags = i.out.temp();
            i.out.helper(number, flags, Vectors.register(i, 0), source);
            i.out.putFlags(flags);
        };
    }

    // ---- approximations: 12 bits, no exceptions, denormals count as 0 (SDM vol. 2, RCPPS, RSQRTPS)

    @FunctionalInterface
    interface Approximation {
        int apply(int a);
    }

    static Row.Meaning approximate(final Approximation op, final boolean scalar) {
        return Vectors.whole((s, d, a, imm) -> {
            final long low = s.r[a];
            if (scalar) {
                s.r[d] = s.r[d] & ~LOW | op.apply((int) low) & LOW;
                return;
            }
            final long high = s.r[a + 1];
            s.r[d] = op.apply((int) low) & LOW | (long) op.apply((int) (low >>> 32)) << 32;
            s.r[d + 1] = op.apply((int) high) & LOW | (long) op.apply((int) (high >>> 32)) << 32;
        });
    }

    static int reciprocal(final int a) {
        return approximation(a, 1 / (double) Float.intBitsToFloat(a));
    }

    static int reciprocalRoot(final int a) {
        if (a < 0 && !S.isNan(a & LOW) && !tiny(a)) {
            return DEFAULT_NAN;
        }
        return approximation(a, 1 / Math.sqrt(Float.intBitsToFloat(a)));
    }

    private static boolean tiny(final int a) {
        return (a & S.infinity) == 0;
    }

    private static int approximation(final int a, final double exact) {
        if (S.isNan(a & LOW)) {
            return a | (int) S.quietBit;
        }
        if (tiny(a)) {
            return a & SIGN | (int) S.infinity;
        }
        final int result = Float.floatToRawIntBits((float) exact);
        if (tiny(result)) {
            return result & SIGN;
        }
        // Rounded to 12 bits behind the point; a carry goes into the exponent as it should.
        return (result & (int) S.infinity) == (int) S.infinity ? result : result + (1 << 10) & -1 << 11;
    }
}
