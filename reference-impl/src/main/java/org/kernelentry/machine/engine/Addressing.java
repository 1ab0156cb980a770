package org.kernelentry.machine.engine;

import static org.kernelentry.machine.ir.Block.a;
import static org.kernelentry.machine.ir.Block.b;
import static org.kernelentry.machine.ir.Block.d;
import static org.kernelentry.machine.ir.Block.opcode;

import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.Op;

/** The part of {@link Fusion} that lets operations take along how their operands are made: shifts, extensions and the parts of an address. */
abstract class Addressing extends Rewriting {
    private static final long LOW = 0xffff_ffffL;
    /** Offsets in {@link FusedOp#ADD_FIELD} fit with room to spare. */
    private static final int OFFSET_BITS = 40;

    Addressing(final Block block) {
        super(block);
    }

    /** Lets operation {@code i} compute right into the slot that its result is moved to. */
    abstract void retarget(int i);

    /**
     * Whether operation {@code i} and the next two access memory and move the register with the address, before or behind: the move is done right in
     * the register, behind the access.
     */
    boolean movedAddress(final int i) {
        final int plain = i + 2 < to && !label[i + 1] ? opcode(in[2 * i + 2]) : -1;
        if (plain < Op.LD8U || plain > Op.ST64 || !follows(i + 2, Op.MOV)) {
            return false;
        }
        retarget(i + 1);
        final int opcode = opcode(in[2 * i + 2]);
        final long sum = in[2 * i];
        final int register = a(sum);
        final int moved = d(sum);
        final long access = in[2 * i + 2];
        final boolean theirs = a(in[2 * i + 4]) == moved && d(in[2 * i + 4]) == register;
        if (!theirs || moved == register || d(access) == register || d(access) == moved || !dies(moved, i + 2)) {
            return false;
        }
        final boolean uncut = opcode(sum) == Op.ADDI;
        final boolean before = a(access) == moved;
        final long move = in[2 * i + 1];
        long offset = in[2 * i + 3];
        if (before && !uncut && (offset != 0 || !FusedOp.cuttable(opcode)) || !before && a(access) != register) {
            return false;
        }
        offset += before ? move : 0;
        if (FusedOp.indexable(opcode) && offset == (int) offset && move == (int) move) {
            final int cut = uncut ? 0 : FusedOp.MOVE_CUT | (before ? FusedOp.MOVE_CUT_ADDRESS : 0);
            final long both = offset & LOW | move << Integer.SIZE;
            emit(opcode + FusedOp.MOVING, d(access), register, cut, both);
            return true;
        }
        final boolean cutAddress = before && !uncut;
        emit(cutAddress ? opcode + FusedOp.CUT_ADDRESS : opcode, d(access), register, 0, offset);
        emit(opcode(sum), register, register, 0, move);
        return true;
    }

    /** Whether {@code i}, a move, is done by the operation before it, which computes what is moved. */
    boolean moved(final int i) {
        final int slot = a(in[2 * i]);
        if (d(in[2 * i]) == slot || !feeds(1, slot, i)) {
            return false;
        }
        final int opcode = opcode(out[2 * ops - 2]);
        if (!FusedOp.onlyWritesD(opcode)) {
            return false;
        }
        int moving = opcode;
        if (opcode(in[2 * i]) == Op.ZX32) {
            if (FusedOp.takesField(opcode)) {
                out[2 * ops - 1] |= FusedOp.SUM_CUT;
            } else {
                moving = FusedOp.cut(opcode);
            }
        }
        if (moving < 0) {
            return false;
        }
        final long op = out[2 * ops - 2];
        out[2 * ops - 2] = Block.pack(moving, d(in[2 * i]), a(op), b(op));
        return true;
    }

    /**
     * Whether {@code i}, an {@link Op#INSERT}, puts back the low byte of a slot of which nothing but that byte was changed, by a byte that has nothing
     * above: then the change can be made in the slot. x86 does so with a byte register and a byte in memory.
     */
    boolean inserted(final int i) {
        final long op = in[2 * i];
        if (in[2 * i + 1] != Byte.SIZE || ops < first + 2 || !feeds(1, a(op), i)) {
            return false;
        }
        final long change = out[2 * ops - 2];
        final int opcode = opcode(change);
        if (opcode != Op.XOR && opcode != Op.OR
                || a(change) != d(op)
                || b(change) == d(op)
                || !feeds(2, b(change), i)) {
            return false;
        }
        final int from = opcode(out[2 * ops - 4]);
        final boolean isByte = from == Op.ZX8
                || from == Op.LD8U
                || from == FusedOp.LD8U_CUT
                || from == FusedOp.LD8U_INDEXED
                || from == FusedOp.LD8U_MOVING;
        if (isByte) {
            out[2 * ops - 2] = Block.pack(opcode, d(op), a(change), b(change));
        }
        return isByte;
    }

    /** Joins two shifts of one slot, the first for the carry, with a move and the flags; 0 when it is something else. */
    int shiftWithFlags(final int i) {
        final long carry = in[2 * i];
        final long shift = i + 1 < to ? in[2 * i + 2] : 0;
        if (!follows(i + 1, opcode(carry)) || a(carry) != a(shift) || d(carry) == a(carry) || d(carry) == d(shift)) {
            return 0;
        }
        final boolean low = follows(i + 2, Op.ZX32);
        final int n = i + 3;
        if (!low && !follows(i + 2, Op.MOV) || !follows(n, Op.FLAGS)) {
            return 0;
        }
        final long move = in[2 * i + 4];
        final long flags = in[2 * n];
        final boolean theirs = a(move) == d(shift)
                && d(move) != d(carry)
                && a(flags) == d(carry)
                && b(flags) == d(carry)
                && in[2 * n + 1] == d(shift);
        if (!theirs || !isTemp(d(carry)) || !isTemp(d(shift)) || !dies(d(carry), n) || !dies(d(shift), n)) {
            return 0;
        }
        final long before = Field.of(opcode(carry), in[2 * i + 1]);
        final long result = Field.of(opcode(shift), in[2 * i + 3]);
        final long cut = low ? 1L << 2 * Field.BITS : 0;
        emit(FusedOp.SHIFT_FLAGS, d(move), a(shift), d(flags), cut | result << Field.BITS | before);
        return n + 1 - i;
    }

    /** The operation {@code i} of two slots without flags; it takes along how one of them was made of another slot. */
    void sum(final boolean low, final int basic, final int target, final int i) {
        final int a = a(in[2 * i]);
        final int b = b(in[2 * i]);
        final int turned = basic + Op.ADD == Op.SUB ? b : a;
        for (final int part : new int[] {b, turned}) {
            final int field = a == b || !feeds(1, part, i) ? Field.NONE : lastField();
            if (field != Field.NONE) {
                ops--;
                final int other = part == b ? a : b;
                emit(FusedOp.withField(basic), target, other, a(out[2 * ops]), field | (low ? FusedOp.SUM_CUT : 0));
                return;
            }
        }
        emit((low ? Op.ADD32 : Op.ADD) + basic, target, a, b, 0);
    }

    /** The part of a slot that the operation emitted last takes, or {@link Field#NONE}. */
    private int lastField() {
        return Field.of(opcode(out[2 * ops - 2]), out[2 * ops - 1]);
    }

    /** Operation {@code i}; it takes along what was emitted last where that only makes its operand. */
    int operand(final int i) {
        final long op = in[2 * i];
        final int opcode = opcode(op);
        if (opcode >= Op.LD8U && opcode <= Op.ST64) {
            return access(i);
        }
        if ((opcode == Op.ADDI || opcode == Op.ADDI32) && feeds(1, a(op), i)) {
            final boolean cut = opcode == Op.ADDI32;
            final long sum = sumOfSlots(1, in[2 * i + 1], cut);
            if (sum != 0) {
                replaceSum(1, FusedOp.ADD_FIELD, d(op), sum);
                return 1;
            }
        }
        if (FusedOp.readsLowHalf(opcode, in[2 * i + 1]) && fedBy(Op.ZX32, a(op), i)) {
            ops--;
            emit(opcode, d(op), a(out[2 * ops]), 0, in[2 * i + 1]);
            return 1;
        }
        if (Field.of(opcode, in[2 * i + 1]) != Field.NONE && feeds(1, a(op), i) && lastField() != Field.NONE) {
            final int field = Field.after(lastField(), opcode, in[2 * i + 1]);
            if (field != Field.NONE) {
                ops--;
                emit(FusedOp.FIELD, d(op), a(out[2 * ops]), 0, field);
                return 1;
            }
        }
        return keep(i);
    }

    /** Operation {@code i}, a load or store, with the parts of its address. */
    private int access(final int i) {
        final long op = in[2 * i];
        final int opcode = opcode(op);
        // What is stored must not be the address itself, nor a part of it.
        final int stored = opcode >= Op.ST8 ? d(op) : -1;
        if (a(op) == stored || !feeds(1, a(op), i)) {
            return keep(i);
        }
        final long last = out[2 * ops - 2];
        long offset = in[2 * i + 1];
        int parts = 0;
        boolean cut = false;
        if (FusedOp.cuttable(opcode) && offset == 0 && (opcode(last) == Op.ADDI32 || opcode(last) == Op.ZX32)) {
            cut = true;
            offset = opcode(last) == Op.ADDI32 ? out[2 * ops - 1] : 0;
            parts = 1;
        } else if (opcode(last) == Op.ADDI) {
            offset += out[2 * ops - 1];
            parts = 1;
        }
        final int slot = parts == 0 ? a(op) : a(last);
        if (FusedOp.indexable(opcode) && slot != stored && feeds(parts + 1, slot, i)) {
            final long sum = sumOfSlots(parts + 1, offset, cut);
            if (sum != 0) {
                replaceSum(parts + 1, opcode + FusedOp.INDEXED, d(op), sum);
                return 1;
            }
        }
        if (parts == 0) {
            return keep(i);
        }
        ops--;
        emit(cut ? opcode + FusedOp.CUT_ADDRESS : opcode, d(op), slot, 0, offset);
        return 1;
    }

    /**
     * What {@link FusedOp#ADD_FIELD} has in imm to compute the sum of two slots that is the {@code back}th of the operations emitted last, and add
     * {@code offset}, cut to 32 bits or not; 0 where it is none or that cannot be said.
     */
    private long sumOfSlots(final int back, final long offset, final boolean cut) {
        final int n = ops - back;
        final int opcode = opcode(out[2 * n]);
        final boolean takes = opcode == FusedOp.ADD_FIELD;
        if (!takes && opcode != Op.ADD && opcode != Op.ADD32) {
            return 0;
        }
        final long sum = takes ? out[2 * n + 1] : Field.SIGNED | (opcode == Op.ADD32 ? FusedOp.SUM_CUT : 0);
        final boolean wasCut = (sum & FusedOp.SUM_CUT) != 0;
        final long all = (sum >> FusedOp.SUM_OFFSET) + offset;
        // An offset that is added to a sum already cut carries into the upper half.
        if (wasCut && !cut && offset != 0 || all != all << Long.SIZE - OFFSET_BITS >> Long.SIZE - OFFSET_BITS) {
            return 0;
        }
        final long field = sum & (1L << Field.BITS) - 1 | Field.SIGNED & (Field.right(sum) == 0 ? -1 : 0);
        return field | (cut || wasCut ? FusedOp.SUM_CUT : 0) | all << FusedOp.SUM_OFFSET;
    }

    /** The {@code back} operations emitted last, of which the first is a sum of two slots, become one. */
    private void replaceSum(final int back, final int opcode, final int d, final long sum) {
        ops -= back;
        emit(opcode, d, a(out[2 * ops]), b(out[2 * ops]), sum);
    }
}
