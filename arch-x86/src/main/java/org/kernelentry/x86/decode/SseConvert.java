package org.kernelentry.x86.decode;

import org.kernelentry.isa.fp.FpConvert;
import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.isa.fp.FpFormat;
import org.kernelentry.machine.CpuState;
import org.kernelentry.x86.decode.SseFloat.Lane;

/** SSE and SSE2 conversions. Source: Intel SDM volume 1, 11.4.1.6, figure 11-8. */
final class SseConvert {
    private static final FpFormat S = SseFloat.S;
    private static final FpFormat D = SseFloat.D;
    private static final long LOW = 0xffff_ffffL;

    private static final Lane WIDEN = (env, f, a, b) -> FpConvert.convert(env, S, D, b);
    private static final Lane NARROW = (env, f, a, b) -> FpConvert.convert(env, D, S, b) & LOW;
    private static final Lane FROM_INT = (env, f, a, b) -> FpConvert.fromInteger(env, f, b << 32 >> 32, true, 0);

    static final Row.Meaning CVTPS2PD = widening(WIDEN);
    static final Row.Meaning CVTDQ2PD = widening(FROM_INT);
    static final Row.Meaning CVTPD2PS = narrowing(NARROW);
    static final Row.Meaning CVTDQ2PS = SseFloat.packed(S, FROM_INT);

    static final Row.Meaning CVTSS2SD = Vectors.whole((s, d, a, imm) -> {
        final FpEnv env = SseUnit.begin(s);
        final long result = WIDEN.apply(env, D, 0, s.r[a] & LOW);
        SseUnit.end(s, env);
        s.r[d] = result;
    });

    static final Row.Meaning CVTSD2SS = Vectors.whole((s, d, a, imm) -> {
        final FpEnv env = SseUnit.begin(s);
        final long result = NARROW.apply(env, S, 0, s.r[a]);
        SseUnit.end(s, env);
        s.r[d] = s.r[d] & ~LOW | result;
    });

    /** The two integers of an MMX register to the low half; the upper one stays. */
    static final Row.Meaning CVTPI2PS = Vectors.wholeMmx((s, d, a, imm) -> {
        final FpEnv env = SseUnit.begin(s);
        final long result = SseFloat.word(env, S, FROM_INT, 0, s.r[a]);
        SseUnit.end(s, env);
        s.r[d] = result;
    });

    static final Row.Meaning CVTPI2PD = Vectors.wholeMmx((s, d, a, imm) -> widen(s, FROM_INT, d, a));

    private SseConvert() {}

    private static Row.Meaning widening(final Lane op) {
        return Vectors.whole((s, d, a, imm) -> widen(s, op, d, a));
    }

    /** The low half's two lanes of 32 bits to two of 64. */
    private static void widen(final CpuState s, final Lane op, final int d, final int a) {
        final FpEnv env = SseUnit.begin(s);
        final long low = op.apply(env, D, 0, s.r[a] & LOW);
        final long high = op.apply(env, D, 0, s.r[a] >>> 32);
        SseUnit.end(s, env);
        s.r[d] = low;
        s.r[d + 1] = high;
    }

    private static long narrow(final CpuState s, final Lane op, final int a) {
        final FpEnv env = SseUnit.begin(s);
        final long result = op.apply(env, D, 0, s.r[a]) | op.apply(env, D, 0, s.r[a + 1]) << 32;
        SseUnit.end(s, env);
        return result;
    }

    /** Two lanes of 64 bits to two of 32 in the low half; the upper one is cleared. */
    private static Row.Meaning narrowing(final Lane op) {
        return Vectors.whole((s, d, a, imm) -> {
            s.r[d] = narrow(s, op, a);
            s.r[d + 1] = 0;
        });
    }

    private static Lane toInt(final boolean truncate) {
        return (env, f, a, b) ->
                FpConvert.toIntegerIndefinite(env, f, b, 32, truncate ? FpEnv.TO_ZERO : env.rounding) & LOW;
    }

    static Row.Meaning ps2dq(final boolean truncate) {
        return SseFloat.packed(S, toInt(truncate));
    }

    static Row.Meaning pd2dq(final boolean truncate) {
        return narrowing(toInt(truncate));
    }

    static Row.Meaning toMmx(final FpFormat f, final boolean truncate) {
        final Lane op = toInt(truncate);
        return Vectors.wholeMmx((s, d, a, imm) -> {
            final long result;
            if (f == D) {
                result = narrow(s, op, a);
            } else {
                final FpEnv env = SseUnit.begin(s);
                result = SseFloat.word(env, S, op, 0, s.r[a]);
                SseUnit.end(s, env);
            }
            VectorHelpers.writeMmx(s, d, result);
        });
    }

    static Row.Meaning fromGeneral(final FpFormat f) {
        final int number = VectorHelpers.add((s, d, a, b) -> {
            final FpEnv env = SseUnit.begin(s);
            final long result = FpConvert.fromInteger(env, f, s.r[a], true, 0);
            SseUnit.end(s, env);
            s.r[d] = f == D ? result : s.r[d] & ~LOW | result & LOW;
        });
        return i -> i.out.helper(number, Vectors.register(i, 0), i.operands.readSignExtended(1), 0);
    }

    static Row.Meaning toGeneral(final FpFormat f, final boolean truncate) {
        final int number = VectorHelpers.add((s, d, a, b) -> {
            final FpEnv env = SseUnit.begin(s);
            final int rounding = truncate ? FpEnv.TO_ZERO : env.rounding;
            final long result = FpConvert.toIntegerIndefinite(env, f, f.cut(s.r[a]), b, rounding);
            SseUnit.end(s, env);
            s.r[d] = result;
        });
        return i -> {
            final int source = Vectors.read(i, 1);
            i.out.helper(number, Vectors.register(i, 0), source, i.operands.width(0));
        };
    }
}
