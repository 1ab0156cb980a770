package org.kernelentry.x86.decode;

import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.x86.X86Regs;

/** ADD, SUB and their relatives, the logical instructions, INC, DEC, NEG, NOT, CMPXCHG, XADD. */
final class Arithmetic {
    private Arithmetic() {}

    static void add(final Insn i) {
        final Operands o = i.operands;
        final int a = o.readToModify(0);
        final int b = o.read(1);
        final int t = i.out.temp();
        i.out.alu(Op.ADD, t, a, b);
        commit(i, FlagKind.ADD, a, b, t);
    }

    static void adc(final Insn i) {
        final Operands o = i.operands;
        final int a = o.readToModify(0);
        final int b = o.read(1);
        final int t = i.out.temp();
        i.out.getCond(t, Cond.C);
        i.out.alu(Op.ADD, t, t, a);
        i.out.alu(Op.ADD, t, t, b);
        commit(i, FlagKind.ADD, a, b, t);
    }

    static void sub(final Insn i) {
        final Operands o = i.operands;
        final int a = o.readToModify(0);
        final int b = o.read(1);
        final int t = i.out.temp();
        i.out.alu(Op.SUB, t, a, b);
        commit(i, FlagKind.SUB, a, b, t);
    }

    static void sbb(final Insn i) {
        final Operands o = i.operands;
        final int a = o.readToModify(0);
        final int b = o.read(1);
        final int carry = i.out.temp();
        final int t = i.out.temp();
        i.out.getCond(carry, Cond.C);
        i.out.alu(Op.SUB, t, a, b);
        i.out.alu(Op.SUB, t, t, carry);
        commit(i, FlagKind.SUB, a, b, t);
    }

    static void and(final Insn i) {
        logic(i, Op.AND);
    }

    static void or(final Insn i) {
        logic(i, Op.OR);
    }

    static void xor(final Insn i) {
        logic(i, Op.XOR);
    }

    private static void logic(final Insn i, final int op) {
        final Operands o = i.operands;
        final int a = o.readToModify(0);
        final int b = o.read(1);
        final int t = i.out.temp();
        i.out.alu(op, t, a, b);
        commit(i, FlagKind.LOGIC, a, b, t);
    }

    static void cmp(final Insn i) {
        final int a = i.operands.read(0);
        final int b = i.operands.read(1);
        final int t = i.out.temp();
        i.out.alu(Op.SUB, t, a, b);
        i.out.flags(FlagKind.SUB, i.operands.width(0), a, b, t);
    }

    static void test(final Insn i) {
        final int a = i.operands.read(0);
        final int b = i.operands.read(1);
        final int t = i.out.temp();
        i.out.alu(Op.AND, t, a, b);
        i.out.flags(FlagKind.LOGIC, i.operands.width(0), a, b, t);
    }

    static void inc(final Insn i) {
        step(i, 1, FlagKind.INC);
    }

    static void dec(final Insn i) {
        step(i, -1, FlagKind.DEC);
    }

    /** INC and DEC keep the carry. */
    private static void step(final Insn i, final int by, final int kind) {
        final int a = i.operands.readToModify(0);
        final int t = i.out.temp();
        final int carry = i.out.temp();
        i.out.alui(Op.ADDI, t, a, by);
        i.out.getCond(carry, Cond.C);
        commit(i, kind, carry, carry, t);
    }

    static void neg(final Insn i) {
        final int a = i.operands.readToModify(0);
        final int zero = i.out.constant(0);
        final int t = i.out.temp();
        i.out.unary(Op.NEG, t, a);
        commit(i, FlagKind.SUB, zero, a, t);
    }

    /** Changes no flag. */
    static void not(final Insn i) {
        final int a = i.operands.readToModify(0);
        final int t = i.out.temp();
        i.out.unary(Op.NOT, t, a);
        i.operands.write(0, t);
    }

    /**
     * Memory is written in either case: with what it held where the comparison fails. Of two registers only the one that takes a new
     * value is written, so that a 32-bit comparison leaves the upper half of the other.
     */
    static void cmpxchg(final Insn i) {
        final Operands o = i.operands;
        final BlockBuilder out = i.out;
        final int width = o.width(0);
        final int old = o.zeroExtend(o.readToModify(0), width);
        final int with = o.read(1);
        final int accumulator = o.zeroExtend(X86Regs.RAX, width);
        final int difference = out.temp();
        final int same = out.temp();
        out.alu(Op.SUB, difference, accumulator, old);
        out.alu(Op.EQ, same, accumulator, old);
        if (o.isMemory(0)) {
            final int value = out.temp();
            out.select(value, same, with, old);
            o.write(0, value);
        }
        out.flags(FlagKind.SUB, width, accumulator, old, difference);
        final int different = out.skipIfZero(same);
        if (!o.isMemory(0)) {
            o.write(0, with);
        }
        final int done = out.skip();
        out.bind(different);
        o.writeRegister(X86Regs.RAX, width, old);
        out.bind(done);
    }

    /** CMPXCHG8B and CMPXCHG16B: only ZF changes. */
    static void cmpxchgPair(final Insn i) {
        final Operands o = i.operands;
        final BlockBuilder out = i.out;
        final int half = i.rexW() ? 64 : 32;
        final int address = o.address();
        final long at = o.displacement();
        if (half == 64) {
            final int low = out.temp();
            out.alui(Op.ADDI, low, address, at);
            out.alui(Op.ANDI, low, low, 15);
            final int aligned = out.skipIfZero(low);
            i.protection(0);
            out.bind(aligned);
        }
        o.probeWrite(half / 4, address, at);
        final int lo = o.load(half, address, at);
        final int hi = o.load(half, address, at + half / 8);
        final int same = out.temp();
        final int sameHi = out.temp();
        out.alu(Op.EQ, same, lo, o.zeroExtend(X86Regs.RAX, half));
        out.alu(Op.EQ, sameHi, hi, o.zeroExtend(X86Regs.RDX, half));
        out.alu(Op.AND, same, same, sameHi);
        final int newLo = out.temp();
        final int newHi = out.temp();
        out.select(newLo, same, X86Regs.RBX, lo);
        out.select(newHi, same, X86Regs.RCX, hi);
        o.store(half, newLo, address, at);
        o.store(half, newHi, address, at + half / 8);
        Bits.setZero(out, same);
        final int done = out.skipIfNonZero(same);
        o.writeRegister(X86Regs.RAX, half, lo);
        o.writeRegister(X86Regs.RDX, half, hi);
        out.bind(done);
    }

    /** The source gets the old destination first, so {@code xadd %eax,%eax} leaves the sum. */
    static void xadd(final Insn i) {
        final Operands o = i.operands;
        final BlockBuilder out = i.out;
        final int a = o.zeroExtend(o.readToModify(0), o.width(0));
        final int b = o.zeroExtend(o.read(1), o.width(1));
        final int t = out.temp();
        out.alu(Op.ADD, t, a, b);
        if (o.isMemory(0)) {
            o.write(0, t);
            o.write(1, a);
        } else {
            o.write(1, a);
            o.write(0, t);
        }
        out.flags(FlagKind.ADD, o.width(0), a, b, t);
    }

    /** Flags are set before the register, which may be one of the operands; a store comes before both. */
    private static void commit(final Insn i, final int kind, final int a, final int b, final int result) {
        if (i.operands.isMemory(0)) {
            i.operands.write(0, result);
            i.out.flags(kind, i.operands.width(0), a, b, result);
        } else {
            i.out.flags(kind, i.operands.width(0), a, b, result);
            i.operands.write(0, result);
        }
    }
}
