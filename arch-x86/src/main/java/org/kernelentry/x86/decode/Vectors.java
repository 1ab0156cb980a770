package org.kernelentry.x86.decode;

import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.x86.X86Regs;

/**
 * Operands of vector instructions, and meanings for the kinds of them.
 *
 * <p>A 128-bit value is two slots in a row, the low half first.
 */
final class Vectors {
    /** Both operands' words to the result's word. */
    @FunctionalInterface
    interface Words {
        long apply(long a, long b);
    }

    /** A whole instruction: {@code d} is the slot of the destination, {@code a} that of the source, {@code imm} the immediate or 0. */
    @FunctionalInterface
    interface Whole {
        void run(CpuState s, int d, int a, int imm);
    }

    private Vectors() {}

    private static boolean isXmm(final Operand operand) {
        return operand.place == Operand.Place.XMM_REG || operand.place == Operand.Place.XMM_RM;
    }

    /** Slot of the register that operand {@code n} is. */
    static int register(final Insn i, final int n) {
        final int number = i.operands.register(n);
        final Operand operand = i.operands.at(n);
        if (isXmm(operand)) {
            return X86Regs.XMM + 2 * number;
        }
        return operand.isMmx() ? X86Regs.ST + 2 * number : number;
    }

    /** First slot of the value of operand {@code n}; memory of fewer than 128 bits has zeros above it. */
    static int read(final Insn i, final int n) {
        if (!i.operands.isMemory(n)) {
            return register(i, n);
        }
        final BlockBuilder out = i.out;
        final int width = i.operands.width(n);
        final int address = i.operands.address();
        final long displacement = i.operands.displacement();
        if (width < 128) {
            final int t = i.operands.load(width, address, displacement);
            out.constant(0);
            return t;
        }
        align(i, n);
        i.operands.checkAlignment(16, address, displacement);
        final int low = out.temp();
        out.load(Op.LD64, low, address, displacement);
        out.load(Op.LD64, out.temp(), address, displacement + Long.BYTES);
        return low;
    }

    /** Stores the slot, or for 128 bits the two slots, from {@code from} on into the memory that operand {@code n} is. */
    static void store(final Insn i, final int n, final int from, final int width) {
        final int address = i.operands.address();
        final long displacement = i.operands.displacement();
        if (width < 128) {
            i.operands.store(width, from, address, displacement);
            return;
        }
        if (i.operands.at(n).width == Operand.Width.XMM_UNALIGNED) {
            i.operands.probeWrite(16, address, displacement);
        } else {
            align(i, n);
        }
        i.out.store(Op.ST64, from, address, displacement);
        i.out.store(Op.ST64, from + 1, address, displacement + Long.BYTES);
    }

    /** #GP for 128 bits of memory that are not aligned (SDM vol. 1, 11.3.2). */
    private static void align(final Insn i, final int n) {
        if (i.operands.at(n).width != Operand.Width.XMM_UNALIGNED) {
            align(i, i.operands.address(), i.operands.displacement());
        }
    }

    static void align(final Insn i, final int address, final long displacement) {
        final BlockBuilder out = i.out;
        final int t = out.temp();
        out.alui(Op.ADDI, t, address, displacement);
        out.alui(Op.ANDI, t, t, 15);
        final int aligned = out.skipIfZero(t);
        out.helper(VectorHelpers.RAISE_PROTECTION, 0, 0, 0);
        out.bind(aligned);
    }

    // ---- meanings

    /** The first operand is a register, and becomes what {@code op} makes of it and the second. */
    static Row.Meaning whole(final Whole op) {
        final int number = VectorHelpers.add((s, d, a, b) -> op.run(s, d, a, b));
        return i -> {
            final int source = read(i, 1);
            i.out.helper(number, register(i, 0), source, (int) i.immediate & 0xff);
        };
    }

    /** As {@link #whole} where an MMX register is read or written: enters MMX first, also when an exception follows. */
    static Row.Meaning wholeMmx(final Whole op) {
        final int number = VectorHelpers.add((s, d, a, b) -> op.run(s, d, a, b));
        return i -> {
            final int source = read(i, 1);
            if (i.operands.at(0).isMmx() || !i.operands.isMemory(1)) {
                i.out.helper(VectorHelpers.ENTER_MMX, 0, 0, 0);
            }
            i.out.helper(number, register(i, 0), source, (int) i.immediate & 0xff);
        };
    }

    /** Word by word, on MMX registers. */
    static Row.Meaning wordsMmx(final Words op) {
        return whole((s, d, a, imm) -> VectorHelpers.writeMmx(s, d, op.apply(s.r[d], s.r[a])));
    }

    /** Word by word, on XMM registers. */
    static Row.Meaning words(final Words op) {
        return whole((s, d, a, imm) -> {
            s.r[d] = op.apply(s.r[d], s.r[a]);
            s.r[d + 1] = op.apply(s.r[d + 1], s.r[a + 1]);
        });
    }

    /** All words by one count, on XMM registers. */
    static Row.Meaning shift(final Words op) {
        return whole((s, d, a, imm) -> {
            final long count = s.r[a];
            s.r[d] = op.apply(s.r[d], count);
            s.r[d + 1] = op.apply(s.r[d + 1], count);
        });
    }
}
