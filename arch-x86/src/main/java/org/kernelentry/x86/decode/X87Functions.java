package org.kernelentry.x86.decode;

import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.isa.fp.FpExtended;
import org.kernelentry.isa.fp.FpPartial;
import org.kernelentry.isa.fp.FpTranscendental;
import org.kernelentry.isa.fp.FpTranscendental.Circular;
import org.kernelentry.machine.CpuState;

/** Functions of ST(0) and ST(1). Source: Intel SDM volume 1, 8.3.5 and 8.3.7 to 8.3.10. */
final class X87Functions {
    static final Row.Meaning FSQRT = one(FpExtended::sqrt);
    static final Row.Meaning FRNDINT = one(FpExtended::roundToIntegral);
    static final Row.Meaning F2XM1 = one(FpTranscendental::powerLessOne);
    static final Row.Meaning FSCALE = two(FpPartial::scale, false);
    static final Row.Meaning FPATAN = two((env, a, ea, b, eb) -> FpTranscendental.arctangent(env, b, eb, a, ea), true);
    static final Row.Meaning FYL2X = two((env, a, ea, b, eb) -> FpTranscendental.logarithm(env, b, eb, a, ea), true);
    static final Row.Meaning FYL2XP1 =
            two((env, a, ea, b, eb) -> FpTranscendental.logarithmPlusOne(env, b, eb, a, ea), true);
    static final Row.Meaning FSIN = X87Compare.onTop(s -> circular(s, Circular.SINE));
    static final Row.Meaning FCOS = X87Compare.onTop(s -> circular(s, Circular.COSINE));
    static final Row.Meaning FPTAN = X87Compare.onTop(s -> circularAndPush(s, Circular.TANGENT));
    static final Row.Meaning FSINCOS = X87Compare.onTop(s -> circularAndPush(s, Circular.SINE));
    static final Row.Meaning FXTRACT = X87Compare.onTop(X87Functions::extract);

    private static final long ONE = FpExtended.INTEGER;

    private X87Functions() {}

    @FunctionalInterface
    private interface One {
        void apply(FpEnv env, long sig, int se);
    }

    @FunctionalInterface
    private interface Two {
        void apply(FpEnv env, long a, int ea, long b, int eb);
    }

    private static Row.Meaning one(final One function) {
        return X87Compare.onTop(s -> {
            if (X87Unit.full(s, 0)) {
                final FpEnv env = X87Unit.env(s);
                function.apply(env, X87Unit.sig(s, 0), X87Unit.se(s, 0));
                if (X87Unit.end(s, env)) {
                    X87Unit.set(s, 0, env);
                }
            } else if (X87Unit.stackFault(s, false)) {
                X87Unit.setIndefinite(s, 0);
            }
        });
    }

    /** Of ST(0) and ST(1): the result replaces the first, or with a pop both. */
    private static Row.Meaning two(final Two function, final boolean pop) {
        return X87Compare.onTop(s -> {
            final FpEnv env = X87Unit.env(s);
            final boolean write;
            if (X87Unit.full(s, 0) && X87Unit.full(s, 1)) {
                function.apply(env, X87Unit.sig(s, 0), X87Unit.se(s, 0), X87Unit.sig(s, 1), X87Unit.se(s, 1));
                write = X87Unit.end(s, env);
            } else {
                write = X87Unit.stackFault(s, false);
                FpExtended.indefinite(env);
            }
            if (write) {
                X87Unit.pop(s, pop ? 1 : 0);
                X87Unit.set(s, 0, env);
            }
        });
    }

    /** FPREM and FPREM1: the low bits of the quotient are in C0, C3 and C1; C2 is set when there is more to do. */
    static Row.Meaning remainder(final boolean nearest) {
        return X87Compare.onTop(s -> {
            if (!X87Unit.full(s, 0) || !X87Unit.full(s, 1)) {
                X87Unit.conditions(s, X87Unit.C2, 0);
                if (X87Unit.stackFault(s, false)) {
                    X87Unit.setIndefinite(s, 0);
                }
                return;
            }
            final FpEnv env = X87Unit.env(s);
            final int quotient = FpPartial.remainder(
                    env, X87Unit.sig(s, 0), X87Unit.se(s, 0), X87Unit.sig(s, 1), X87Unit.se(s, 1), nearest);
            final boolean write = X87Unit.end(s, env);
            if (!write || quotient == FpPartial.NONE) {
                X87Unit.conditions(s, X87Unit.C2, 0);
            } else {
                X87Unit.conditions(s, X87Unit.CONDITIONS, quotientBits(quotient));
            }
            if (write) {
                X87Unit.set(s, 0, env);
            }
        });
    }

    private static int quotientBits(final int quotient) {
        if (quotient == FpPartial.INCOMPLETE) {
            return X87Unit.C2;
        }
        return ((quotient & 4) != 0 ? X87Unit.C0 : 0)
                | ((quotient & 2) != 0 ? X87Unit.C3 : 0)
                | ((quotient & 1) != 0 ? X87Unit.C1 : 0);
    }

    // ---- circular functions; C2 tells of an operand out of range

    private static void circular(final CpuState s, final Circular function) {
        if (!X87Unit.full(s, 0)) {
            X87Unit.conditions(s, X87Unit.C2, 0);
            if (X87Unit.stackFault(s, false)) {
                X87Unit.setIndefinite(s, 0);
            }
            return;
        }
        final FpEnv env = X87Unit.env(s);
        final boolean inRange = FpTranscendental.circular(env, function, X87Unit.sig(s, 0), X87Unit.se(s, 0));
        final boolean write = X87Unit.end(s, env);
        X87Unit.conditions(s, X87Unit.C2, inRange ? 0 : X87Unit.C2);
        if (inRange && write) {
            X87Unit.set(s, 0, env);
        }
    }

    /** FPTAN pushes 1 behind the tangent, FSINCOS the cosine behind the sine. */
    private static void circularAndPush(final CpuState s, final Circular function) {
        if (!X87Unit.full(s, 0) || !X87Unit.isEmpty(s, 7)) {
            X87Unit.conditions(s, X87Unit.C2, 0);
            if (X87Unit.stackFault(s, X87Unit.full(s, 0))) {
                X87Unit.setIndefinite(s, 0);
                X87Unit.turn(s, -1);
                X87Unit.setIndefinite(s, 0);
            }
            return;
        }
        final long sig = X87Unit.sig(s, 0);
        final int se = X87Unit.se(s, 0);
        final FpEnv env = X87Unit.env(s);
        final boolean inRange = FpTranscendental.circular(env, function, sig, se);
        final long first = env.significand;
        final int firstSe = env.signExponent;
        if (inRange) {
            if (function == Circular.TANGENT) {
                final boolean nan = FpExtended.isNan(first, firstSe);
                FpExtended.result(env, nan ? first : ONE, nan ? firstSe : FpExtended.BIAS);
            } else {
                FpTranscendental.circular(env, Circular.COSINE, sig, se);
            }
        }
        final boolean write = X87Unit.end(s, env);
        X87Unit.conditions(s, X87Unit.C2, inRange ? 0 : X87Unit.C2);
        if (inRange && write) {
            X87Unit.set(s, 0, first, firstSe);
            X87Unit.push(s, env.significand, env.signExponent);
        }
    }

    /** FXTRACT: the exponent replaces ST(0), the significand is pushed. */
    private static void extract(final CpuState s) {
        if (!X87Unit.full(s, 0) || !X87Unit.isEmpty(s, 7)) {
            if (X87Unit.stackFault(s, X87Unit.full(s, 0))) {
                X87Unit.setIndefinite(s, 0);
                X87Unit.turn(s, -1);
                X87Unit.setIndefinite(s, 0);
            }
            return;
        }
        final FpEnv env = X87Unit.env(s);
        final boolean both = FpPartial.extract(env, X87Unit.sig(s, 0), X87Unit.se(s, 0));
        final long sig = both ? FpPartial.extracted(env) : env.significand;
        final int se = both ? FpPartial.extractedSignExponent(env) : env.signExponent;
        if (X87Unit.end(s, env)) {
            X87Unit.set(s, 0, env);
            X87Unit.push(s, sig, se);
        }
    }
}
