package org.kernelentry.x86.decode;

import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.isa.fp.FpExtended;
import org.kernelentry.isa.fp.FpFormat;
import org.kernelentry.machine.CpuState;

/** The eight operations that D8, DA, DC and DE have in common. Source: Intel SDM volume 2, FADD to FDIVR, FCOM, FICOM. */
final class X87Arithmetic {
    static final int ADD = 0;
    static final int MUL = 1;
    private static final int COM = 2;
    static final int SUB = 4;
    static final int SUBR = 5;
    static final int DIV = 6;
    static final int DIVR = 7;
    private static final String[] NAMES = {"ADD", "MUL", "COM", "COMP", "SUB", "SUBR", "DIV", "DIVR"};

    /** Makes a value in memory the environment's result. */
    @FunctionalInterface
    interface Source {
        void convert(FpEnv env, long bits);
    }

    private X87Arithmetic() {}

    static String name(final int digit) {
        return NAMES[digit];
    }

    static Source single() {
        return (env, bits) -> FpExtended.widen(env, FpFormat.SINGLE, bits & 0xffff_ffffL);
    }

    static Source twice() {
        return (env, bits) -> FpExtended.widen(env, FpFormat.DOUBLE, bits);
    }

    static Source integer(final int width) {
        return (env, bits) -> FpExtended.fromInteger(env, bits << 64 - width >> 64 - width);
    }

    /** ST(0) = ST(0) op memory. */
    static Row.Meaning memory(final int digit, final Source source) {
        final int number = VectorHelpers.add((s, d, a, b) -> withMemory(s, digit, source, s.r[a]));
        return i -> {
            X87Unit.begin(i);
            i.out.helper(number, 0, i.operands.read(0), 0);
        };
    }

    private static void withMemory(final CpuState s, final int digit, final Source source, final long bits) {
        final FpEnv env = X87Unit.env(s);
        source.convert(env, bits);
        final long sig = env.significand;
        final int se = env.signExponent;
        if ((digit & 6) == COM) {
            X87Compare.compare(s, env, true, sig, se, digit & 1, X87Unit.full(s, 0));
        } else if (X87Unit.full(s, 0)) {
            compute(env, digit, X87Unit.sig(s, 0), X87Unit.se(s, 0), sig, se);
            if (X87Unit.end(s, env)) {
                X87Unit.set(s, 0, env);
            }
        } else if (X87Unit.stackFault(s, false)) {
            X87Unit.setIndefinite(s, 0);
        }
    }

    /** ST(0) = ST(0) op ST(i), or a comparison. */
    static Row.Meaning toTop(final int digit) {
        if ((digit & 6) == COM) {
            return X87Compare.compare(true, digit & 1);
        }
        final int number = VectorHelpers.add((s, d, a, b) -> registers(s, digit, a, 0, false));
        return i -> onRegister(i, number);
    }

    /** ST(i) = ST(0) op ST(i). */
    static Row.Meaning toRegister(final int digit, final boolean pop) {
        final int number = VectorHelpers.add((s, d, a, b) -> registers(s, digit, a, a, pop));
        return i -> onRegister(i, number);
    }

    static void onRegister(final Insn i, final int helper) {
        X87Unit.begin(i);
        i.out.helper(helper, 0, i.modRm & 7, 0);
    }

    private static void registers(final CpuState s, final int digit, final int n, final int to, final boolean pop) {
        final FpEnv env = X87Unit.env(s);
        final boolean write;
        if (X87Unit.full(s, 0) && X87Unit.full(s, n)) {
            compute(env, digit, X87Unit.sig(s, 0), X87Unit.se(s, 0), X87Unit.sig(s, n), X87Unit.se(s, n));
            write = X87Unit.end(s, env);
        } else {
            write = X87Unit.stackFault(s, false);
            FpExtended.indefinite(env);
        }
        if (write) {
            X87Unit.set(s, to, env);
            if (pop) {
                X87Unit.pop(s);
            }
        }
    }

    private static void compute(
            final FpEnv env, final int digit, final long a, final int ea, final long b, final int eb) {
        switch (digit) {
            case ADD -> FpExtended.add(env, a, ea, b, eb);
            case MUL -> FpExtended.mul(env, a, ea, b, eb);
            case SUB -> FpExtended.sub(env, a, ea, b, eb);
            case SUBR -> FpExtended.sub(env, b, eb, a, ea);
            case DIV -> FpExtended.div(env, a, ea, b, eb);
            default -> FpExtended.div(env, b, eb, a, ea);
        }
    }
}
