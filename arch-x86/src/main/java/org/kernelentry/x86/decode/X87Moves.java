package org.kernelentry.x86.decode;

import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.isa.fp.FpExtended;
import org.kernelentry.isa.fp.FpFormat;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.x86.X86Regs;

/** Loads, stores, exchanges and constants of the x87 FPU. Source: Intel SDM volume 1, 8.3.3 and 8.3.4. */
final class X87Moves {
    static final Row.Meaning LOAD_EXTENDED = loadExtended();
    static final Row.Meaning STORE_EXTENDED = storeExtended();
    static final Row.Meaning LOAD_REGISTER = register(X87Moves::loadRegister);
    static final Row.Meaning FXCH = register(X87Moves::exchange);
    static final Row.Meaning FFREE = register(X87Moves::free);

    @FunctionalInterface
    interface OnRegister {
        void run(CpuState s, int n);
    }

    private X87Moves() {}

    static Row.Meaning register(final OnRegister what) {
        final int number = VectorHelpers.add((s, d, a, b) -> what.run(s, a));
        return i -> X87Arithmetic.onRegister(i, number);
    }

    // ---- pushes

    /** Pushes the environment's result; what stands in the place already makes a stack overflow. */
    static void push(final CpuState s, final FpEnv env) {
        if (!X87Unit.isEmpty(s, 7)) {
            if (X87Unit.stackFault(s, true)) {
                FpExtended.indefinite(env);
                X87Unit.push(s, env.significand, env.signExponent);
            }
        } else if (X87Unit.endLoad(s, env)) {
            X87Unit.push(s, env.significand, env.signExponent);
        }
    }

    static Row.Meaning load(final FpFormat f) {
        final int number = VectorHelpers.add((s, d, a, b) -> {
            final FpEnv env = X87Unit.env(s);
            FpExtended.widen(env, f, f.cut(s.r[a]));
            FpExtended.quieten(env);
            push(s, env);
        });
        return i -> {
            X87Unit.begin(i);
            i.out.helper(number, 0, i.operands.read(0), 0);
        };
    }

    static Row.Meaning loadInteger(final int width) {
        final int number = VectorHelpers.add((s, d, a, b) -> {
            final FpEnv env = X87Unit.env(s);
            FpExtended.fromInteger(env, s.r[a] << 64 - width >> 64 - width);
            push(s, env);
        });
        return i -> {
            X87Unit.begin(i);
            i.out.helper(number, 0, i.operands.read(0), 0);
        };
    }

    private static Row.Meaning loadExtended() {
        final int number = VectorHelpers.add((s, d, a, b) -> {
            final FpEnv env = X87Unit.env(s);
            FpExtended.result(env, s.r[a], (int) s.r[b]);
            push(s, env);
        });
        return i -> {
            X87Unit.begin(i);
            final int address = i.operands.address();
            final int sig = i.operands.load(64, address, i.operands.displacement());
            final int se = i.out.temp();
            i.out.load(Op.LD16U, se, address, i.operands.displacement() + Long.BYTES);
            i.out.helper(number, 0, sig, se);
        };
    }

    private static void loadRegister(final CpuState s, final int n) {
        final FpEnv env = X87Unit.env(s);
        if (X87Unit.isEmpty(s, n)) {
            if (X87Unit.stackFault(s, false)) {
                FpExtended.indefinite(env);
                X87Unit.push(s, env.significand, env.signExponent);
            }
            return;
        }
        FpExtended.result(env, X87Unit.sig(s, n), X87Unit.se(s, n));
        push(s, env);
    }

    /**
     * A constant, by the rounding control.
     *
     * @param sig the significand rounded to nearest
     * @param roundings a bit for each rounding control that is not to nearest and gives another number
     * @param step what is added for those
     */
    static Row.Meaning constant(final long sig, final int se, final int roundings, final int step) {
        final int number = VectorHelpers.add((s, d, a, b) -> {
            final FpEnv env = X87Unit.env(s);
            final int control = (int) (s.r[X86Regs.FCW] >> 10) & 3;
            FpExtended.result(env, (roundings >> control & 1) != 0 ? sig + step : sig, se);
            push(s, env);
        });
        return i -> {
            X87Unit.begin(i);
            i.out.helper(number, 0, 0, 0);
        };
    }

    // ---- stores

    /** What is to be stored for ST(0), which is not empty. */
    @FunctionalInterface
    private interface Value {
        long of(FpEnv env, long sig, int se);
    }

    /** FST and FSTP to a narrower format. */
    static Row.Meaning store(final FpFormat f, final boolean pop) {
        final long indefinite = f.signBit | f.infinity | f.quietBit;
        return toMemory((env, sig, se) -> FpExtended.narrow(env, f, sig, se), indefinite, f.bits, pop);
    }

    static Row.Meaning storeInteger(final int width, final boolean pop) {
        return toMemory(
                (env, sig, se) -> FpExtended.toInteger(env, width, sig, se, env.rounding),
                -1L << width - 1,
                width,
                pop);
    }

    private static Row.Meaning toMemory(final Value value, final long indefinite, final int width, final boolean pop) {
        final int number = VectorHelpers.add((s, d, a, b) -> store(s, value, indefinite, width, s.r[d], pop));
        return i -> {
            X87Unit.begin(i);
            i.operands.checkAlignment(width / 8, i.operands.address(), i.operands.displacement());
            i.out.helper(number, X87Unit.address(i), 0, 0);
        };
    }

    /** Memory that cannot be written faults before anything else changes. */
    private static void store(
            final CpuState s,
            final Value value,
            final long indefinite,
            final int width,
            final long address,
            final boolean pop) {
        s.memory.probeWrite(address, width / 8);
        long bits = indefinite;
        final boolean done;
        if (X87Unit.full(s, 0)) {
            final FpEnv env = X87Unit.env(s);
            bits = value.of(env, X87Unit.sig(s, 0), X87Unit.se(s, 0));
            done = X87Unit.endStore(s, env);
        } else {
            done = X87Unit.stackFault(s, false);
        }
        if (!done) {
            return;
        }
        switch (width) {
            case 16 -> s.memory.store16(address, (int) bits);
            case 32 -> s.memory.store32(address, (int) bits);
            default -> s.memory.store64(address, bits);
        }
        X87Unit.pop(s, pop ? 1 : 0);
    }

    /** What a store of all 80 bits finds in ST(0): the indefinite value when it is empty; false when that is not masked and nothing is stored. */
    private static boolean top(final CpuState s, final FpEnv env) {
        if (X87Unit.full(s, 0)) {
            FpExtended.result(env, X87Unit.sig(s, 0), X87Unit.se(s, 0));
            X87Unit.conditions(s, X87Unit.C1, 0);
            return true;
        }
        if (X87Unit.stackFault(s, false)) {
            FpExtended.indefinite(env);
            return true;
        }
        return false;
    }

    private static Row.Meaning storeExtended() {
        final int number = VectorHelpers.add((s, d, a, b) -> {
            final long address = s.r[d];
            s.memory.probeWrite(address, 10);
            final FpEnv env = X87Unit.env(s);
            if (!top(s, env)) {
                return;
            }
            s.memory.store64(address, env.significand);
            s.memory.store16(address + Long.BYTES, env.signExponent);
            X87Unit.pop(s);
        });
        return i -> {
            X87Unit.begin(i);
            i.operands.checkAlignment(Long.BYTES, i.operands.address(), i.operands.displacement());
            i.out.helper(number, X87Unit.address(i), 0, 0);
        };
    }

    static Row.Meaning storeRegister(final boolean pop) {
        return register((s, n) -> {
            final FpEnv env = X87Unit.env(s);
            if (!top(s, env)) {
                return;
            }
            X87Unit.set(s, n, env);
            X87Unit.pop(s, pop ? 1 : 0);
        });
    }

    // ---- within the stack

    /** An empty register takes part as the indefinite when its exception is masked. */
    private static void exchange(final CpuState s, final int n) {
        final boolean faulty = !X87Unit.full(s, 0) || !X87Unit.full(s, n);
        if (faulty) {
            if (!X87Unit.stackFault(s, false)) {
                return;
            }
            for (final int each : new int[] {0, n}) {
                if (X87Unit.isEmpty(s, each)) {
                    X87Unit.setIndefinite(s, each);
                }
            }
        } else {
            X87Unit.conditions(s, X87Unit.C1, 0);
        }
        final long sig = X87Unit.sig(s, 0);
        final int se = X87Unit.se(s, 0);
        X87Unit.set(s, 0, X87Unit.sig(s, n), X87Unit.se(s, n));
        X87Unit.set(s, n, sig, se);
    }

    /** The condition bits are undefined; C1 is cleared. */
    private static void free(final CpuState s, final int n) {
        X87Unit.free(s, n);
        X87Unit.conditions(s, X87Unit.C1, 0);
    }

    /** FCHS and FABS, whatever the value is. */
    static Row.Meaning sign(final boolean change) {
        return X87Compare.onTop(s -> {
            if (X87Unit.full(s, 0)) {
                final int se = X87Unit.se(s, 0);
                X87Unit.conditions(s, X87Unit.C1, 0);
                X87Unit.set(s, 0, X87Unit.sig(s, 0), change ? se ^ FpExtended.SIGN : se & ~FpExtended.SIGN);
            } else if (X87Unit.stackFault(s, false)) {
                X87Unit.setIndefinite(s, 0);
            }
        });
    }

    /** FINCSTP and FDECSTP. */
    static Row.Meaning turn(final int by) {
        return X87Compare.onTop(s -> {
            X87Unit.turn(s, by);
            X87Unit.conditions(s, X87Unit.C1, 0);
        });
    }
}
