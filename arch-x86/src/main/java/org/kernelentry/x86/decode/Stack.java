package org.kernelentry.x86.decode;

import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.x86.X86Regs;

/** PUSH, POP and what else uses the stack; the store or load comes before the stack pointer moves. */
final class Stack {
    private Stack() {}

    /** Pushes the low {@code width} bits of a slot. */
    static void push(final Insn i, final int width, final int slot) {
        final BlockBuilder out = i.out;
        final int bytes = width / 8;
        if (i.longMode) {
            i.operands.store(width, slot, X86Regs.RSP, -bytes);
            out.alui(Op.ADDI, X86Regs.RSP, X86Regs.RSP, -bytes);
        } else {
            final int top = out.temp();
            out.alui(Op.ADDI32, top, X86Regs.RSP, -bytes);
            i.operands.store(width, slot, top, 0);
            out.mov(X86Regs.RSP, top);
        }
    }

    /** A temporary with the word {@code offset} bytes above the top, zero-extended. */
    static int peek(final Insn i, final int width, final int offset) {
        if (i.longMode) {
            return i.operands.load(width, X86Regs.RSP, offset);
        }
        final int top = i.out.temp();
        i.out.alui(Op.ADDI32, top, X86Regs.RSP, offset);
        return i.operands.load(width, top, 0);
    }

    /** Moves the stack pointer up. */
    static void drop(final Insn i, final int bytes) {
        i.out.alui(i.longMode ? Op.ADDI : Op.ADDI32, X86Regs.RSP, X86Regs.RSP, bytes);
    }

    static int pop(final Insn i, final int width) {
        final int value = peek(i, width, 0);
        drop(i, width / 8);
        return value;
    }

    /** {@code push %rsp} stores the value from before. */
    static void push(final Insn i) {
        push(i, i.operandSize, i.operands.read(0));
    }

    /** {@code pop %rsp} ends with the value that was popped. */
    static void popRegister(final Insn i) {
        i.operands.write(0, pop(i, i.operandSize));
    }

    /** An address based on the stack pointer is computed after the pointer moved, but the pointer only moves if the store succeeds. */
    static void popMemory(final Insn i) {
        if (!i.memory) {
            popRegister(i);
            return;
        }
        final int bytes = i.operandSize / 8;
        final int value = peek(i, i.operandSize, 0);
        if (i.base == X86Regs.RSP) {
            i.displacement += bytes;
        }
        i.operands.write(0, value);
        drop(i, bytes);
    }

    static void pushSegment(final Insn i) {
        push(i, i.operandSize, X86Regs.ES + (i.opcode >> 3 & 7));
    }

    static void popSegment(final Insn i) {
        final int selector = i.operands.zeroExtend(peek(i, i.operandSize, 0), 16);
        i.out.helper(X86Helpers.LOAD_SEGMENT, X86Regs.ES + (i.opcode >> 3 & 7), selector, 0);
        drop(i, i.operandSize / 8);
    }

    /** RF and VM are pushed as 0. */
    static void pushf(final Insn i) {
        push(i, i.operandSize, rflags(i, ~X86Regs.RF));
    }

    /** A temporary with RFLAGS, masked. */
    static int rflags(final Insn i, final long mask) {
        final int flags = i.out.temp();
        final int others = i.out.temp();
        i.out.getFlags(flags);
        i.out.alui(Op.ANDI, others, X86Regs.EFLAGS, mask);
        i.out.alu(Op.OR, flags, flags, others);
        return flags;
    }

    /** Ends the block: TF decides how the next instruction runs. */
    static void popf(final Insn i) {
        final BlockBuilder out = i.out;
        final int value = peek(i, i.operandSize, 0);
        if (i.operandSize == 16) {
            // The upper half stays as it is.
            final int high = out.temp();
            out.alui(Op.ANDI, high, X86Regs.EFLAGS, ~0xffffL);
            out.alui(Op.ANDI, value, value, 0xffff);
            out.alu(Op.OR, value, value, high);
        }
        final int sp = out.temp();
        out.alui(i.longMode ? Op.ADDI : Op.ADDI32, sp, X86Regs.RSP, i.operandSize / 8);
        out.helperEnd(X86Helpers.POPF, value, out.constant(i.next()), sp);
    }

    static void pusha(final Insn i) {
        final BlockBuilder out = i.out;
        final int bytes = i.operandSize / 8;
        final int bottom = out.temp();
        out.alui(Op.ADDI32, bottom, X86Regs.RSP, -8L * bytes);
        // The first register is pushed first, and faults first.
        i.operands.checkAlignment(bytes, bottom, 7L * bytes);
        for (int n = 7; n >= 0; n--) {
            out.probeWrite(bottom, (long) n * bytes, bytes);
        }
        for (int n = 0; n < 8; n++) {
            i.operands.store(i.operandSize, X86Regs.RDI - n, bottom, (long) n * bytes);
        }
        out.mov(X86Regs.RSP, bottom);
    }

    /** The stored stack pointer is skipped. */
    static void popa(final Insn i) {
        final int bytes = i.operandSize / 8;
        final int[] values = new int[8];
        for (int n = 0; n < 8; n++) {
            values[n] = peek(i, i.operandSize, n * bytes);
        }
        for (int n = 0; n < 8; n++) {
            if (X86Regs.RDI - n != X86Regs.RSP) {
                i.operands.writeRegister(X86Regs.RDI - n, i.operandSize, values[n]);
            }
        }
        drop(i, 8 * bytes);
    }

    static void leave(final Insn i) {
        final BlockBuilder out = i.out;
        final int top = i.longMode ? X86Regs.RBP : i.operands.zeroExtend(X86Regs.RBP, 32);
        final int frame = i.operands.load(i.operandSize, top, 0);
        out.alui(i.longMode ? Op.ADDI : Op.ADDI32, X86Regs.RSP, top, i.operandSize / 8);
        i.operands.writeRegister(X86Regs.RBP, i.operandSize, frame);
    }

    static void enter(final Insn i) {
        final int level = i.immediate2 & 31;
        final long size = i.immediate & 0xffff;
        final int packed = i.out.constant(size | (long) level << 16);
        i.out.helper(X86Helpers.ENTER, packed, i.out.constant(i.operandSize / 8), i.longMode ? 1 : 0);
    }
}
