package org.kernelentry.machine.engine;

import org.kernelentry.machine.ir.Op;

/**
 * A part of a slot as an operand: the slot shifted left, then right, with or without its sign, and perhaps cut to 32 bits. Shifts and extensions by
 * constants are all of this form, so that one operation of the interpreter takes any of them along.
 *
 * <p>Packed: the left shift in bits 0 to 5, the right one in 6 to 11, {@link #SIGNED}, {@link #LOW}.
 */
final class Field {
    /** No operation of this kind. */
    static final int NONE = -1;
    /** The right shift keeps the sign. */
    static final int SIGNED = 1 << 12;
    /** Only the low half is kept. */
    static final int LOW = 1 << 13;
    /** Bits that a field takes. */
    static final int BITS = 14;

    private static final int RIGHT = 6;
    private static final int COUNT = 63;
    private static final int HALF = Integer.SIZE;
    private static final long LOW_MASK = 0xffff_ffffL;

    private Field() {}

    private static int of(final long left, final long right, final int how) {
        return (int) (left & COUNT) | (int) (right & COUNT) << RIGHT | how;
    }

    static int left(final long field) {
        return (int) field & COUNT;
    }

    static int right(final long field) {
        return (int) field >> RIGHT & COUNT;
    }

    /** What is kept of the shifted slot: the shifts themselves keep the sign. */
    static long mask(final long field) {
        final long unsigned = (field & SIGNED) != 0 ? -1 : -1L >>> right(field);
        return (field & LOW) != 0 ? unsigned & LOW_MASK : unsigned;
    }

    /** The part of its slot a that an operation of {@link Op} or {@link FusedOp#FIELD} takes, or {@link #NONE}. */
    static int of(final int opcode, final long imm) {
        return switch (opcode) {
            case FusedOp.FIELD -> (int) imm;
            case Op.SHLI -> of(imm, 0, SIGNED);
            case Op.SHRI -> of(0, imm, 0);
            case Op.SARI -> of(0, imm, SIGNED);
            case Op.SHLI32 -> of(HALF + (imm & HALF - 1), HALF, 0);
            case Op.SHRI32 -> of(HALF, HALF + (imm & HALF - 1), 0);
            case Op.SARI32 -> of(HALF, HALF + (imm & HALF - 1), SIGNED | LOW);
            case Op.ZX8 -> of(Long.SIZE - Byte.SIZE, Long.SIZE - Byte.SIZE, 0);
            case Op.ZX16 -> of(Long.SIZE - Short.SIZE, Long.SIZE - Short.SIZE, 0);
            case Op.ZX32 -> of(HALF, HALF, 0);
            case Op.ADDI32 -> imm == 0 ? of(HALF, HALF, 0) : NONE;
            case Op.SX8 -> of(Long.SIZE - Byte.SIZE, Long.SIZE - Byte.SIZE, SIGNED);
            case Op.SX16 -> of(Long.SIZE - Short.SIZE, Long.SIZE - Short.SIZE, SIGNED);
            case Op.SX32 -> of(HALF, HALF, SIGNED);
            default -> NONE;
        };
    }

    /** The part that an operation takes of the part {@code first} of a slot, or {@link #NONE} where that is none of one piece. */
    static int after(final int first, final int opcode, final long imm) {
        final int count = (int) imm & COUNT;
        final int left = left(first);
        final int right = right(first);
        if ((first & LOW) != 0) {
            return NONE;
        }
        if (opcode == Op.SHLI && left >= right && right >= count) {
            // Shifting right by less does the same: below are the zeros of the left shift, above fewer copies of the
            // sign, or zeros.
            return of(left, right - count, first & SIGNED);
        }
        if ((opcode == Op.SHRI || opcode == Op.SARI) && right == 0) {
            return of(left, count, opcode == Op.SARI ? SIGNED : 0);
        }
        if ((opcode == Op.ZX32 || opcode == Op.ADDI32) && right == 0 && left < HALF) {
            return of(left + HALF, HALF, 0);
        }
        return NONE;
    }

    /** The part as a number. */
    static long take(final long value, final int left, final int right, final long mask) {
        return value << left >> right & mask;
    }
}
