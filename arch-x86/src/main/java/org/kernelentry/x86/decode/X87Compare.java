package org.kernelentry.x86.decode;

import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.isa.fp.FpExtended;
import org.kernelentry.isa.fp.FpMath;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.Flags;

/** Comparisons, classification and conditional moves of the x87 FPU. Source: Intel SDM volume 1, 8.1.4 and 8.3.6. */
final class X87Compare {
    static final Row.Meaning FTST = onTop(X87Compare::test);
    static final Row.Meaning FXAM = onTop(X87Compare::examine);

    private static final int MOVE = VectorHelpers.add((s, d, a, b) -> move(s, a, s.r[b] != 0));

    private static final int UNORDERED = X87Unit.C3 | X87Unit.C2 | X87Unit.C0;

    private X87Compare() {}

    @FunctionalInterface
    interface OnState {
        void run(CpuState s);
    }

    /** An instruction without operand. */
    static Row.Meaning onTop(final OnState what) {
        final int number = VectorHelpers.add((s, d, a, b) -> what.run(s));
        return i -> {
            X87Unit.begin(i);
            i.out.helper(number, 0, 0, 0);
        };
    }

    /** FCOM and FUCOM with ST(i), and one or two pops. */
    static Row.Meaning compare(final boolean signalling, final int pops) {
        final int number = VectorHelpers.add((s, d, a, b) -> compare(
                s,
                X87Unit.env(s),
                signalling,
                X87Unit.sig(s, a),
                X87Unit.se(s, a),
                pops,
                X87Unit.full(s, 0) && X87Unit.full(s, a)));
        return i -> X87Arithmetic.onRegister(i, number);
    }

    /** ST(0) with a value; exceptions of its conversion are in the environment. */
    static void compare(
            final CpuState s,
            final FpEnv env,
            final boolean signalling,
            final long sig,
            final int se,
            final int pops,
            final boolean full) {
        final boolean done;
        int order = FpMath.UNORDERED;
        if (full) {
            order = FpExtended.compare(env, X87Unit.sig(s, 0), X87Unit.se(s, 0), sig, se, signalling);
            done = X87Unit.end(s, env);
        } else {
            done = X87Unit.stackFault(s, false);
        }
        if (done) {
            X87Unit.conditions(
                    s,
                    UNORDERED,
                    switch (order) {
                        case FpMath.GREATER -> 0;
                        case FpMath.LESS -> X87Unit.C0;
                        case FpMath.EQUAL -> X87Unit.C3;
                        default -> UNORDERED;
                    });
            X87Unit.pop(s, pops);
        }
    }

    private static void test(final CpuState s) {
        compare(s, X87Unit.env(s), true, 0, 0, 0, X87Unit.full(s, 0));
    }

    /** FCOMI and FUCOMI: the order in ZF, PF and CF; OF, SF and AF are cleared. */
    static Row.Meaning compareToFlags(final boolean signalling, final boolean pop) {
        final int number = VectorHelpers.add((s, d, a, b) -> compareToFlags(s, signalling, pop, a, d));
        return i -> {
            X87Unit.begin(i);
            final int flags = i.out.temp();
            i.out.getFlags(flags);
            i.out.helper(number, flags, i.modRm & 7, 0);
            i.out.putFlags(flags);
        };
    }

    private static void compareToFlags(
            final CpuState s, final boolean signalling, final boolean pop, final int n, final int flags) {
        final boolean done;
        int order = FpMath.UNORDERED;
        if (X87Unit.full(s, 0) && X87Unit.full(s, n)) {
            final FpEnv env = X87Unit.env(s);
            order = FpExtended.compare(
                    env, X87Unit.sig(s, 0), X87Unit.se(s, 0), X87Unit.sig(s, n), X87Unit.se(s, n), signalling);
            done = X87Unit.end(s, env);
        } else {
            done = X87Unit.stackFault(s, false);
        }
        if (done) {
            s.r[flags] = switch (order) {
                case FpMath.GREATER -> 0;
                case FpMath.LESS -> Flags.C;
                case FpMath.EQUAL -> Flags.Z;
                default -> Flags.Z | Flags.P | Flags.C;
            };
            X87Unit.pop(s, pop ? 1 : 0);
        }
    }

    /** FXAM: class and sign of ST(0), also when it is empty (SDM vol. 2, FXAM, table 3-32). */
    private static void examine(final CpuState s) {
        final long sig = X87Unit.sig(s, 0);
        final int se = X87Unit.se(s, 0);
        final int kind;
        if (!X87Unit.full(s, 0)) {
            kind = X87Unit.C3 | X87Unit.C0;
        } else if (FpExtended.isUnsupported(sig, se)) {
            kind = 0;
        } else if (FpExtended.isNan(sig, se)) {
            kind = X87Unit.C0;
        } else if (FpExtended.isInfinite(sig, se)) {
            kind = X87Unit.C2 | X87Unit.C0;
        } else if (FpExtended.isZero(sig, se)) {
            kind = X87Unit.C3;
        } else if (FpExtended.isDenormal(sig, se)) {
            kind = X87Unit.C3 | X87Unit.C2;
        } else {
            kind = X87Unit.C2;
        }
        X87Unit.conditions(s, X87Unit.CONDITIONS, kind | ((se & FpExtended.SIGN) != 0 ? X87Unit.C1 : 0));
    }

    /** FCMOVcc: DA has the conditions, DB their opposites. */
    static void cmov(final Insn i) {
        final int[] conditions = {Cond.C, Cond.Z, Cond.C_OR_Z, Cond.P};
        X87Unit.begin(i);
        final int t = i.out.temp();
        i.out.getCond(t, conditions[i.reg()] ^ i.opcode & 1);
        i.out.helper(MOVE, 0, i.modRm & 7, t);
    }

    private static void move(final CpuState s, final int n, final boolean holds) {
        if (!X87Unit.full(s, 0) || !X87Unit.full(s, n)) {
            if (X87Unit.stackFault(s, false)) {
                X87Unit.setIndefinite(s, 0);
            }
            return;
        }
        if (holds) {
            X87Unit.set(s, 0, X87Unit.sig(s, n), X87Unit.se(s, n));
        }
    }
}
