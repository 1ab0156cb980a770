package org.kernelentry.machine.engine;

import static org.kernelentry.machine.ir.Block.a;
import static org.kernelentry.machine.ir.Block.b;
import static org.kernelentry.machine.ir.Block.d;
import static org.kernelentry.machine.ir.Block.opcode;

import java.util.Arrays;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.ir.OpShape;
import org.kernelentry.machine.ir.Relation;

/**
 * Joins neighbouring operations of one instruction into one, because the interpreter's cost is per operation.
 *
 * <p>Decoders compute into a temporary, set the flags from it, then commit it to a register, with constants in temporaries of their own:
 * {@code CONST SUB FLAGS MOV} becomes one operation. A comparison and the jump behind it, two instructions, are done at once. Only temporaries that nothing but the joined operations reads
 * disappear, and only where no skip lands in between, so every register has the same value at every place where the block can be left.
 */
final class Fusion extends Addressing {
    private static final long LOW = 0xffff_ffffL;
    private static final int UNSEEN = -1;

    /** Kind and width of the flags where they surely come of a comparison, a - b without a borrow; 0 elsewhere. */
    private int known;
    /** The same at the skips of this instruction, where it is the same at all of them. */
    private int knownAtSkips = UNSEEN;

    private Fusion(final Block block) {
        super(block);
    }

    static CachedBlock fuse(final Block block) {
        return new Fusion(block).run();
    }

    private CachedBlock run() {
        for (int i = 0; i < block.ops(); i++) {
            if (OpShape.skips(opcode(in[2 * i]))) {
                label[(int) in[2 * i + 1]] = true;
            }
        }
        final int instructions = block.instructions();
        final int[] firstOp = new int[instructions + 1];
        for (int k = 0; k < instructions; k++) {
            firstOp[k] = ops;
            before = first;
            first = ops;
            final int from = block.firstOp(k);
            to = block.firstOp(k + 1);
            for (int i = from; i < to; ) {
                place[i] = ops;
                at = i;
                known = label[i] && known != knownAtSkips ? 0 : known;
                knownAtSkips = i == from ? UNSEEN : knownAtSkips;
                final int next = i + (done[i] ? 1 : join(i));
                noteFlags(i, next);
                i = next;
            }
        }
        firstOp[instructions] = ops;
        place[block.ops()] = ops;
        for (int i = 0; i < ops; i++) {
            final int opcode = opcode(out[2 * i]);
            final boolean fused = opcode == FusedOp.SKIP_IF_NO_BITS || opcode == FusedOp.SKIP_RELATION;
            if (fused || opcode <= Op.LAST && OpShape.skips(opcode)) {
                out[2 * i + 1] = place[(int) out[2 * i + 1]];
            }
        }
        return new CachedBlock(block, Arrays.copyOf(out, 2 * ops), firstOp);
    }

    /** Keeps {@link #known} up with the operations [from, to), of which the last was just emitted. */
    private void noteFlags(final int from, final int to) {
        boolean written = false;
        for (int n = from; n < to; n++) {
            final int opcode = opcode(in[2 * n]);
            written |= OpShape.writesFlags(opcode) || OpShape.opaque(opcode);
            if (OpShape.skips(opcode)) {
                knownAtSkips = knownAtSkips == UNSEEN || knownAtSkips == known ? known : 0;
            }
        }
        if (written) {
            known = switch (opcode(out[2 * ops - 2])) {
                case FusedOp.SUB_FLAGS, FusedOp.SUB_FLAGS32 -> (int) out[2 * ops - 1];
                case FusedOp.SUBI_FLAGS, FusedOp.SUBI_FLAGS32 -> b(out[2 * ops - 2]);
                default -> 0;
            };
        }
    }

    /** The {@link Relation} that {@code cond} is of the operands of the comparison of all 32 or 64 bits that is known, or {@link Relation#NONE}. */
    private int relation(final int cond) {
        final int width = known & 0xff;
        return width == 32 || width == 64 ? Relation.of(cond, known >> 8) : Relation.NONE;
    }

    /** Emits what operation {@code i} begins; returns how many operations that took. */
    private int join(final int i) {
        final long op = in[2 * i];
        final long imm = in[2 * i + 1];
        switch (opcode(op)) {
            case Op.CONST:
                if (constantJump(i)) {
                    return 3;
                }
                if (i + 1 < to && !label[i + 1] && b(in[2 * i + 2]) == d(op) && a(in[2 * i + 2]) != d(op)) {
                    final int taken = arithmetic(i + 1, true, d(op), imm);
                    if (taken != 0) {
                        return 1 + taken;
                    }
                }
                return retargeted(i);
            case Op.ANDI:
                if (imm > 0
                        && imm <= 0xffff
                        && follows(i + 1, Op.SKIP_IFZ)
                        && a(in[2 * i + 2]) == d(op)
                        && dies(d(op), i + 1)) {
                    emit(FusedOp.SKIP_IF_NO_BITS, 0, a(op), (int) imm, in[2 * i + 3]);
                    return 2;
                }
                return retargeted(i);
            case Op.JMP_COND:
                return conditionalJump(i, d(op), imm);
            case Op.SKIP_COND:
                final int relation = relation(d(op));
                if (relation == Relation.NONE) {
                    return keep(i);
                }
                emit(FusedOp.SKIP_RELATION, 0, 64 - (known & 0xff), relation, imm);
                return 1;
            case Op.EQ:
                if (follows(i + 1, Op.JMP_IF) && a(in[2 * i + 2]) == d(op) && isTemp(d(op))) {
                    jumpIfEqual(i, in[2 * i + 3]);
                    return 2;
                }
                return retargeted(i);
            case Op.ADDI, Op.ADDI32:
                return movedAddress(i) ? 3 : retargeted(i);
            case Op.MOV, Op.ZX32:
                return moved(i) ? 1 : retargeted(i);
            case Op.INSERT:
                return inserted(i) ? 1 : keep(i);
            case Op.SHLI, Op.SHRI, Op.SARI, Op.SHLI32, Op.SHRI32, Op.SARI32:
                final int shifted = shiftWithFlags(i);
                return shifted != 0 ? shifted : retargeted(i);
            default:
                final int taken = arithmetic(i, false, 0, 0);
                return taken != 0 ? taken : retargeted(i);
        }
    }

    /** Whether operation {@code i} and the next two are a jump to a constant address in a constant mode, which becomes one. */
    private boolean constantJump(final int i) {
        if (!follows(i + 1, Op.CONST) || !follows(i + 2, Op.JMPR_MODE)) {
            return false;
        }
        final int address = d(in[2 * i]);
        final int mode = d(in[2 * i + 2]);
        final long jump = in[2 * i + 4];
        final boolean theirs = a(jump) == address && b(jump) == mode && address != mode;
        if (!theirs || !isTemp(address) || !isTemp(mode) || in[2 * i + 3] >>> Short.SIZE != 0) {
            return false;
        }
        emit(FusedOp.JMP_MODE, (int) in[2 * i + 3], 0, 0, in[2 * i + 1]);
        return true;
    }

    /** Operation {@code i} compares for the jump behind it; the first operand may be the low half of another slot. */
    private void jumpIfEqual(final int i, final long target) {
        final long op = in[2 * i];
        int a = a(op);
        int lost = 0;
        if (a != b(op) && fedBy(Op.ZX32, a, i)) {
            ops--;
            a = a(out[2 * ops]);
            lost = Integer.SIZE;
        }
        emit(FusedOp.JMP_EQUAL, lost, a, b(op), target);
    }

    /** A jump that is an instruction of its own is done with the one before it, where that sets the flags. */
    private int conditionalJump(final int i, final int cond, final long target) {
        final boolean zero = cond == Cond.Z || cond == Cond.NZ;
        int lost = 0;
        if (ops == first && ops > before && !label[i] && !cuts(before)) {
            final long op = out[2 * ops - 2];
            final boolean cut = opcode(op) >= FusedOp.ADD_FLAGS32 && opcode(op) <= FusedOp.XORI_FLAGS32;
            final int opcode = opcode(op) - (cut ? FusedOp.CUT_RESULT : 0);
            final boolean immediate = opcode == FusedOp.SUBI_FLAGS;
            final int how = immediate ? b(op) : (int) out[2 * ops - 1];
            final int width = how & 0xff;
            final int relation = Relation.of(cond, how >> 8);
            final int upper = cut ? 32 : 0;
            if ((opcode == FusedOp.SUB_FLAGS || immediate)
                    && relation != Relation.NONE
                    && (width == 32 || width == 64)) {
                change(immediate ? FusedOp.SUBI_FLAGS_JMP : FusedOp.SUB_FLAGS_JMP);
                emit(Op.JMP_COND, upper, 64 - width, relation, target);
                return 1;
            }
            if (zero && FusedOp.withJump(opcode) >= 0) {
                change(FusedOp.withJump(opcode));
                lost = upper;
            }
        }
        if (relation(cond) != Relation.NONE) {
            emit(FusedOp.JMP_RELATION, 0, 64 - (known & 0xff), relation(cond), target);
            return 1;
        }
        if (zero) {
            emit(cond == Cond.Z ? FusedOp.JMP_Z : FusedOp.JMP_NZ, lost, 0, 0, target);
            return 1;
        }
        return keep(i);
    }

    /**
     * Joins [constant,] operation [, flags] [, move]. 0 when there is nothing to join.
     *
     * @param withConstant slot {@code constant} was just to be set to {@code value} and is operand b
     */
    private int arithmetic(final int i, final boolean withConstant, final int constant, final long value) {
        final long op = in[2 * i];
        final int basic = FusedOp.basic(opcode(op));
        if (basic < 0) {
            return 0;
        }
        int next = i + 1;
        final int result = d(op);
        boolean flags = false;
        int kind = 0;
        if (follows(next, Op.FLAGS) && result != a(op) && result != b(op)) {
            final long f = in[2 * next];
            // The joined operation keeps the sum uncut for the flags, which flags of 64 bits would notice.
            final boolean uncut = opcode(op) < Op.ADD32 || (d(f) & 0xff) <= 32;
            if (uncut && a(f) == a(op) && b(f) == b(op) && in[2 * next + 1] == result) {
                flags = true;
                kind = d(f);
                next++;
            }
        }
        if (withConstant && !(isTemp(constant) && dies(constant, next - 1))) {
            return 0;
        }
        boolean low = opcode(op) >= Op.ADD32;
        int target = result;
        if ((follows(next, Op.MOV) || follows(next, Op.ZX32)) && a(in[2 * next]) == result && dies(result, next)) {
            low |= opcode(in[2 * next]) == Op.ZX32;
            target = d(in[2 * next]);
            next++;
        }
        if (flags) {
            final int cut = low ? FusedOp.CUT_RESULT : 0;
            if (withConstant) {
                emit(FusedOp.ADDI_FLAGS + basic + cut, target, a(op), kind, value);
            } else {
                emit(FusedOp.ADD_FLAGS + basic + cut, target, a(op), b(op), kind);
            }
        } else if (!withConstant) {
            sum(low, basic, target, i);
        } else if (!immediate(basic + Op.ADD, low, target, a(op), value)) {
            return 0;
        }
        return next - i;
    }

    private boolean immediate(final int opcode, final boolean low, final int d, final int a, final long value) {
        switch (opcode) {
            case Op.ADD:
                emit(low ? Op.ADDI32 : Op.ADDI, d, a, 0, value);
                return true;
            case Op.SUB:
                emit(low ? Op.ADDI32 : Op.ADDI, d, a, 0, -value);
                return true;
            case Op.AND:
                emit(Op.ANDI, d, a, 0, low ? value & LOW : value);
                return true;
            case Op.OR:
            case Op.XOR:
                if (low) {
                    return false;
                }
                emit(opcode == Op.OR ? Op.ORI : Op.XORI, d, a, 0, value);
                return true;
            default:
                throw new IllegalArgumentException("operation " + opcode);
        }
    }

    /** Operation {@code i}; computed right into the register where a move to it follows. */
    private int retargeted(final int i) {
        retarget(i);
        return operand(i);
    }

    @Override
    void retarget(final int i) {
        final long op = in[2 * i];
        final int opcode = opcode(op);
        if (!OpShape.writesD(opcode) || OpShape.readsD(opcode)) {
            return;
        }
        final int move = moveOf(i);
        if (move < 0) {
            return;
        }
        final int joined = opcode(in[2 * move]) == Op.ZX32 ? FusedOp.cut(opcode) : opcode;
        if (joined >= 0) {
            done[move] = true;
            in[2 * i] = Block.pack(joined, d(in[2 * move]), a(op), b(op));
        }
    }

    /**
     * Where the result of operation {@code i} is moved to another slot and not used otherwise, or -1. In between nothing may touch that slot, and
     * nothing may leave the block: a register is not written before the last access that can fault.
     */
    private int moveOf(final int i) {
        final int slot = d(in[2 * i]);
        for (int n = i + 1; n < to; n++) {
            final int opcode = opcode(in[2 * n]);
            if (label[n]) {
                return -1;
            }
            if ((opcode == Op.MOV || opcode == Op.ZX32) && a(in[2 * n]) == slot && !done[n]) {
                return dies(slot, n) && !touched(d(in[2 * n]), i + 1, n) ? n : -1;
            }
            if (reads(n, slot)
                    || OpShape.writesD(opcode) && d(in[2 * n]) == slot
                    || OpShape.leaves(opcode)
                    || OpShape.skips(opcode)) {
                return -1;
            }
        }
        return -1;
    }
}
