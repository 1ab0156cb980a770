package org.kernelentry.x86.decode;

import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.isa.fp.FpExtended;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.x86.X86Regs;

/**
 * The x87 stack, its tags, and its exceptions. Source: Intel SDM volume 1, 8.1 (execution environment), 8.4 and 8.5 (exceptions).
 *
 * <p>An instruction that computes begins with {@link #env}, and writes its results only when {@link #end} says so.
 */
final class X87Unit {
    static final int IE = 1;
    static final int DE = 1 << 1;
    static final int ZE = 1 << 2;
    private static final int OE = 1 << 3;
    private static final int UE = 1 << 4;
    private static final int PE = 1 << 5;
    private static final int MASKS = 0x3f;
    static final int SF = 1 << 6;
    private static final int ES = 1 << 7;
    static final int C0 = 1 << 8;
    static final int C1 = 1 << 9;
    static final int C2 = 1 << 10;
    static final int C3 = 1 << 14;
    static final int CONDITIONS = C0 | C1 | C2 | C3;
    private static final int TOP = 11;
    private static final int FOP_BITS = 0x7ff;

    /** PC: single, reserved, double, extended. */
    private static final int[] PRECISION = {24, 64, 53, 64};

    private static final ThreadLocal<FpEnv> ENV = ThreadLocal.withInitial(() -> new FpEnv(FpEnv.Rules.X87));

    private X87Unit() {}

    // ---- decoding

    /** An exception that is pending and not masked is raised by the next instruction that waits (SDM vol. 1, 8.6). */
    static void await(final Insn i) {
        final BlockBuilder out = i.out;
        final int t = out.temp();
        out.alui(Op.ANDI, t, X86Regs.FSW, ES);
        final int none = out.skipIfZero(t);
        out.helper(VectorHelpers.RAISE_X87, 0, 0, 0);
        out.bind(none);
    }

    /** What every instruction but those of control does first: wait, and note opcode, instruction and operand (SDM vol. 1, 8.1.8). */
    static void begin(final Insn i) {
        await(i);
        i.out.constant(X86Regs.FIP, i.pc());
        i.out.constant(X86Regs.FOP, ((i.opcode & 7) << 8 | i.modRm) & FOP_BITS);
        if (i.memory) {
            i.out.alui(Op.ADDI, X86Regs.FDP, i.operands.address(), i.operands.displacement());
        }
    }

    /** Slot with the address of the memory operand. */
    static int address(final Insn i) {
        final int t = i.out.temp();
        i.out.alui(Op.ADDI, t, i.operands.address(), i.operands.displacement());
        return t;
    }

    // ---- the stack

    /** Slot of the significand of ST(n); sign and exponent are in the next one. */
    static int st(final CpuState s, final int n) {
        return X86Regs.ST + 2 * physical(s, n);
    }

    private static int physical(final CpuState s, final int n) {
        return (int) (s.r[X86Regs.FSW] >> TOP) + n & 7;
    }

    static boolean isEmpty(final CpuState s, final int n) {
        return (s.r[X86Regs.FTW] >> physical(s, n) & 1) == 0;
    }

    static void free(final CpuState s, final int n) {
        s.r[X86Regs.FTW] &= ~(1L << physical(s, n));
    }

    /** Moves TOP; tags stay with their registers. */
    static void turn(final CpuState s, final int by) {
        final long fsw = s.r[X86Regs.FSW];
        s.r[X86Regs.FSW] = fsw & ~(7L << TOP) | (fsw + ((long) by << TOP) & 7L << TOP);
    }

    static void pop(final CpuState s) {
        free(s, 0);
        turn(s, 1);
    }

    static void pop(final CpuState s, final int times) {
        for (int n = 0; n < times; n++) {
            pop(s);
        }
    }

    static void set(final CpuState s, final int n, final long sig, final int se) {
        final int slot = st(s, n);
        s.r[slot] = sig;
        s.r[slot + 1] = se;
        s.r[X86Regs.FTW] |= 1L << physical(s, n);
    }

    /** The environment's result into ST(n). */
    static void set(final CpuState s, final int n, final FpEnv env) {
        set(s, n, env.significand, env.signExponent);
    }

    static void push(final CpuState s, final long sig, final int se) {
        turn(s, -1);
        set(s, 0, sig, se);
    }

    // ---- exceptions

    static FpEnv env(final CpuState s) {
        final FpEnv env = ENV.get();
        final int fcw = (int) s.r[X86Regs.FCW];
        env.rounding = SseUnit.ROUNDING[fcw >> 10 & 3];
        env.precision = PRECISION[fcw >> 8 & 3];
        env.trapUnderflow = (fcw & UE) == 0;
        env.trapOverflow = (fcw & OE) == 0;
        env.flags = 0;
        env.roundedUp = false;
        return env;
    }

    static boolean masked(final CpuState s, final int exceptions) {
        return (~s.r[X86Regs.FCW] & exceptions) == 0;
    }

    /** Sets condition bits. */
    static void conditions(final CpuState s, final int mask, final int bits) {
        s.r[X86Regs.FSW] = s.r[X86Regs.FSW] & ~(long) mask | bits;
    }

    private static void raise(final CpuState s, final int exceptions) {
        s.r[X86Regs.FSW] |= exceptions;
        summarize(s);
    }

    static void summarize(final CpuState s) {
        s.r[X86Regs.FSW] = X86Regs.summarized(s.r[X86Regs.FSW], s.r[X86Regs.FCW]);
    }

    /**
     * A register that should be full is empty, or the other way round.
     *
     * @param overflow the register is full
     * @return whether the response to a masked exception is to be made
     */
    static boolean stackFault(final CpuState s, final boolean overflow) {
        conditions(s, C1, overflow ? C1 : 0);
        raise(s, IE | SF);
        return masked(s, IE);
    }

    static boolean full(final CpuState s, final int n) {
        return !isEmpty(s, n);
    }

    /** Reports the exceptions of an operation; whether its results are to be written (SDM vol. 1, 8.5). C1 tells of rounding up. */
    static boolean end(final CpuState s, final FpEnv env) {
        return end(s, env, IE | DE | ZE);
    }

    /** As {@link #end} for a value that is loaded: a denormal one is, masked or not. */
    static boolean endLoad(final CpuState s, final FpEnv env) {
        return end(s, env, IE);
    }

    /** As {@link #end} for a result that goes to memory: with an overflow or underflow that is not masked it does not. */
    static boolean endStore(final CpuState s, final FpEnv env) {
        return end(s, env, IE | DE | ZE | OE | UE);
    }

    private static boolean end(final CpuState s, final FpEnv env, final int preventing) {
        final int unmasked = ~(int) s.r[X86Regs.FCW] & MASKS;
        int raised = SseUnit.exceptions(env.flags);
        if ((raised & unmasked & (IE | DE | ZE)) != 0) {
            raised &= IE | DE | ZE;
        }
        final boolean prevented = (raised & unmasked & preventing) != 0;
        if (prevented) {
            raised &= ~PE;
        }
        conditions(s, C1, !prevented && env.roundedUp ? C1 : 0);
        if (raised != 0) {
            raise(s, raised);
        }
        return !prevented;
    }

    /** The result of a masked stack fault. */
    static void setIndefinite(final CpuState s, final int n) {
        final FpEnv env = env(s);
        FpExtended.indefinite(env);
        set(s, n, env);
    }

    static long sig(final CpuState s, final int n) {
        return s.r[st(s, n)];
    }

    static int se(final CpuState s, final int n) {
        return (int) s.r[st(s, n) + 1];
    }
}
