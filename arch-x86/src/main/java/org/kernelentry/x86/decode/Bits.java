package org.kernelentry.x86.decode;

import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.x86.decode.Operand.Place;

/** Single bits and bit scans: BT and its family, BSF, BSR, TZCNT, LZCNT, POPCNT, BSWAP, and the carry and direction flags. */
final class Bits {
    private Bits() {}

    /** CF = slot, which is 0 or 1; all other flags stay. */
    static void setCarry(final BlockBuilder out, final int slot) {
        replaceFlag(out, slot, Flags.C, 0);
    }

    /** ZF = slot, which is 0 or 1; all other flags stay. */
    static void setZero(final BlockBuilder out, final int slot) {
        replaceFlag(out, slot, Flags.Z, 6);
    }

    private static void replaceFlag(final BlockBuilder out, final int slot, final int flag, final int position) {
        final int flags = out.temp();
        final int shifted = out.temp();
        out.getFlags(flags);
        out.alui(Op.ANDI, flags, flags, ~(long) flag);
        out.alui(Op.SHLI, shifted, slot, position);
        out.alu(Op.OR, flags, flags, shifted);
        out.putFlags(flags);
    }

    static void bt(final Insn i) {
        bit(i, Change.NONE);
    }

    static void bts(final Insn i) {
        bit(i, Change.SET);
    }

    static void btr(final Insn i) {
        bit(i, Change.RESET);
    }

    static void btc(final Insn i) {
        bit(i, Change.COMPLEMENT);
    }

    private enum Change {
        NONE,
        SET,
        RESET,
        COMPLEMENT
    }

    /**
     * A register bit offset into memory reaches beyond the operand, in both directions; an immediate one does not. CF is the bit, the
     * other flags stay.
     */
    private static void bit(final Insn i, final Change change) {
        final Operands o = i.operands;
        final BlockBuilder out = i.out;
        final int width = o.width(0);
        final boolean far = o.isMemory(0) && o.at(1).place == Place.REG;
        final int offset = far ? o.readSignExtended(1) : o.read(1);
        int address = -1;
        final int value;
        if (far) {
            final int words = out.temp();
            address = out.temp();
            out.alui(Op.SARI, words, offset, Integer.numberOfTrailingZeros(width));
            out.alui(Op.SHLI, words, words, Integer.numberOfTrailingZeros(width / 8));
            out.alu(Op.ADD, address, o.address(), words);
            if (i.addressSize == 32) {
                out.unary(Op.ZX32, address, address);
            }
            if (change != Change.NONE) {
                o.probeWrite(width / 8, address, o.displacement());
            }
            value = o.load(width, address, o.displacement());
        } else {
            value = change == Change.NONE ? o.read(0) : o.readToModify(0);
        }
        final int place = out.temp();
        final int carry = out.temp();
        out.alui(Op.ANDI, place, offset, width - 1);
        out.alu(Op.SHR, carry, value, place);
        out.alui(Op.ANDI, carry, carry, 1);
        if (change != Change.NONE) {
            final int mask = out.temp();
            final int result = out.temp();
            out.alu(Op.SHL, mask, out.constant(1), place);
            switch (change) {
                case SET -> out.alu(Op.OR, result, value, mask);
                case RESET -> {
                    out.unary(Op.NOT, mask, mask);
                    out.alu(Op.AND, result, value, mask);
                }
                default -> out.alu(Op.XOR, result, value, mask);
            }
            if (far) {
                o.store(width, result, address, o.displacement());
            } else {
                o.write(0, result);
            }
        }
        setCarry(out, carry);
    }

    /** ZF tells whether the source was 0, in which case the destination stays; the other flags stay. */
    static void bsf(final Insn i) {
        scan(i, true);
    }

    static void bsr(final Insn i) {
        scan(i, false);
    }

    private static void scan(final Insn i, final boolean forward) {
        final BlockBuilder out = i.out;
        final int source = i.operands.readZeroExtended(1);
        final int zero = out.temp();
        final int found = out.temp();
        out.alu(Op.EQ, zero, source, out.constant(0));
        if (forward) {
            out.unary(Op.CTZ, found, source);
        } else {
            out.unary(Op.CLZ, found, source);
            out.alui(Op.XORI, found, found, 63);
        }
        setZero(out, zero);
        final int none = out.skipIfNonZero(zero);
        i.operands.write(0, found);
        out.bind(none);
    }

    /** CF: the source was 0; ZF: the result is 0; the other flags stay. */
    static void tzcnt(final Insn i) {
        count(i, true);
    }

    static void lzcnt(final Insn i) {
        count(i, false);
    }

    private static void count(final Insn i, final boolean trailing) {
        final BlockBuilder out = i.out;
        final int width = i.operands.width(0);
        final int source = i.operands.readZeroExtended(1);
        final int result = out.temp();
        final int zero = out.temp();
        final int none = out.constant(0);
        if (trailing) {
            // A bit above the operand bounds the count at its width.
            if (width < 64) {
                out.alui(Op.ORI, result, source, 1L << width);
                out.unary(Op.CTZ, result, result);
            } else {
                out.unary(Op.CTZ, result, source);
            }
        } else {
            out.unary(Op.CLZ, result, source);
            out.alui(Op.ADDI, result, result, width - 64);
        }
        i.operands.write(0, result);
        out.alu(Op.EQ, zero, source, none);
        setCarry(out, zero);
        out.alu(Op.EQ, zero, result, none);
        setZero(out, zero);
    }

    /** ZF: the source was 0; all other flags are cleared. */
    static void popcnt(final Insn i) {
        final BlockBuilder out = i.out;
        final int source = i.operands.readZeroExtended(1);
        final int result = out.temp();
        final int flags = out.temp();
        out.unary(Op.POPCNT, result, source);
        out.alu(Op.EQ, flags, source, out.constant(0));
        out.alui(Op.SHLI, flags, flags, 6);
        i.operands.write(0, result);
        out.putFlags(flags);
    }

    /** With a 16-bit operand, which the manuals leave undefined, the register's low half becomes 0. */
    static void bswap(final Insn i) {
        final int value = i.operands.read(0);
        final int t = i.out.temp();
        switch (i.operandSize) {
            case 64 -> i.out.unary(Op.BSWAP, t, value);
            case 32 -> i.out.unary(Op.BSWAP32, t, value);
            default -> i.out.constant(t, 0);
        }
        i.operands.write(0, t);
    }

    static void movbe(final Insn i) {
        final int value = i.operands.read(1);
        final int t = i.out.temp();
        i.out.unary(Op.BSWAP, t, value);
        i.out.alui(Op.SHRI, t, t, 64 - i.operandSize);
        i.operands.write(0, t);
    }

    static void stc(final Insn i) {
        setCarry(i.out, i.out.constant(1));
    }

    static void clc(final Insn i) {
        setCarry(i.out, i.out.constant(0));
    }

    static void cmc(final Insn i) {
        final int flags = i.out.temp();
        i.out.getFlags(flags);
        i.out.alui(Op.XORI, flags, flags, Flags.C);
        i.out.putFlags(flags);
    }
}
