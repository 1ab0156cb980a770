package org.kernelentry.x86.decode;

import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.x86.X86Regs;

/**
 * String instructions. With a repeat prefix each iteration counts as an instruction that jumps to itself, so a fault, an interrupt
 * and a single step find the registers at an iteration boundary with the pc at the instruction, as the hardware leaves them.
 */
final class Strings {
    private Strings() {}

    private static int width(final Insn i) {
        return (i.opcode & 1) == 0 ? 8 : i.operandSize;
    }

    static void movs(final Insn i) {
        final int skip = begin(i);
        final int value = i.operands.load(width(i), source(i), 0);
        i.operands.store(width(i), value, destination(i), 0);
        final int step = step(i);
        i.operands.addToAddressRegister(X86Regs.RSI, step);
        i.operands.addToAddressRegister(X86Regs.RDI, step);
        end(i, skip, false);
    }

    static void stos(final Insn i) {
        final int skip = begin(i);
        i.operands.store(width(i), X86Regs.RAX, destination(i), 0);
        i.operands.addToAddressRegister(X86Regs.RDI, step(i));
        end(i, skip, false);
    }

    static void lods(final Insn i) {
        final int skip = begin(i);
        final int value = i.operands.load(width(i), source(i), 0);
        if (width(i) == 8) {
            i.out.insert(X86Regs.RAX, value, 0, 8);
        } else {
            i.operands.writeRegister(X86Regs.RAX, width(i), value);
        }
        i.operands.addToAddressRegister(X86Regs.RSI, step(i));
        end(i, skip, false);
    }

    static void scas(final Insn i) {
        final int skip = begin(i);
        final int value = i.operands.load(width(i), destination(i), 0);
        compare(i, X86Regs.RAX, value);
        i.operands.addToAddressRegister(X86Regs.RDI, step(i));
        end(i, skip, true);
    }

    static void cmps(final Insn i) {
        final int skip = begin(i);
        // Processors read ES:rDI first, as the faults show; the manual does not say.
        final int second = i.operands.load(width(i), destination(i), 0);
        final int first = i.operands.load(width(i), source(i), 0);
        compare(i, first, second);
        final int step = step(i);
        i.operands.addToAddressRegister(X86Regs.RSI, step);
        i.operands.addToAddressRegister(X86Regs.RDI, step);
        end(i, skip, true);
    }

    private static void compare(final Insn i, final int a, final int b) {
        final int t = i.out.temp();
        i.out.alu(Op.SUB, t, a, b);
        i.out.flags(FlagKind.SUB, width(i), a, b, t);
    }

    /** DS:rSI, the segment can be overridden. */
    private static int source(final Insn i) {
        return i.operands.addSegment(i.operands.addressRegister(X86Regs.RSI), i.segment);
    }

    /** ES:rDI, always. */
    private static int destination(final Insn i) {
        return i.operands.addressRegister(X86Regs.RDI);
    }

    /** A temporary with the bytes to move on, negative when DF is set. */
    private static int step(final Insn i) {
        final int bytes = width(i) / 8;
        final int back = i.out.temp();
        final int step = i.out.constant(bytes);
        i.out.alui(Op.ANDI, back, X86Regs.EFLAGS, X86Regs.DF);
        i.out.alui(Op.SHRI, back, back, 9 - Integer.numberOfTrailingZeros(bytes));
        i.out.alu(Op.SUB, step, step, back);
        return step;
    }

    private static boolean repeated(final Insn i) {
        return i.rep || i.repne;
    }

    /** With a repeat prefix and a count of 0 nothing happens at all: the branch to bind behind the instruction, else -1. */
    private static int begin(final Insn i) {
        return repeated(i) ? i.out.skipIfZero(i.operands.addressRegister(X86Regs.RCX)) : -1;
    }

    private static void end(final Insn i, final int skip, final boolean compares) {
        if (!repeated(i)) {
            return;
        }
        final BlockBuilder out = i.out;
        i.operands.addToAddressRegister(X86Regs.RCX, out.constant(-1));
        final int count = i.operands.addressRegister(X86Regs.RCX);
        if (compares) {
            final int same = out.temp();
            final int go = out.temp();
            out.getCond(same, i.rep ? Cond.Z : Cond.NZ);
            out.select(go, same, count, same);
            out.jumpIfNonZero(go, i.pc());
        } else {
            out.jumpIfNonZero(count, i.pc());
        }
        out.bind(skip);
    }
}
