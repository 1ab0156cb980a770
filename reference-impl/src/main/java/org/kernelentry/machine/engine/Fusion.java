package org.kernelentry.machine.engine;

import static org.kernelentry.machine.ir.Block.a;
import static org.kernelentry.machine.ir.Block.b;
import static org.kernelentry.machine.ir.Block.d;
import static org.kernelentry.machine.ir.Block.opcode;

import java.util.Arrays;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.ir.OpShape;

/**
 * Joins neighbouring operations of one instruction into one, because the interpreter's cost is per operation.
 *
 * <p>Decoders compute into a temporary, set the flags from it, then commit it to a register, with constants in temporaries of their own:
 * {@code CONST SUB FLAGS MOV} becomes one operation. Only temporaries that are written once and read by nothing but the joined operations
 * disappear, and only where no skip lands in between, so every register has the same value at every place where the block can be left.
 */
final class Fusion {
    private static final long LOW = 0xffff_ffffL;
    private static final int MANY = 100;

    private final Block block;
    private final long[] in;
    private final boolean[] label;
    private final int[] reads = new int[BlockBuilder.TEMPS];
    private final int[] writes = new int[BlockBuilder.TEMPS];
    private final long[] out;
    private final int[] place;
    private int ops;
    /** End of the instruction being looked at. */
    private int to;

    private Fusion(final Block block) {
        this.block = block;
        this.in = block.program();
        this.label = new boolean[block.ops() + 1];
        this.out = new long[in.length];
        this.place = new int[block.ops() + 1];
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
            final int from = block.firstOp(k);
            to = block.firstOp(k + 1);
            count(from);
            for (int i = from; i < to; ) {
                Arrays.fill(place, i, i + 1, ops);
                i += join(i);
            }
        }
        firstOp[instructions] = ops;
        place[block.ops()] = ops;
        for (int i = 0; i < ops; i++) {
            final int opcode = opcode(out[2 * i]);
            if (opcode == FusedOp.SKIP_IF_NO_BITS || opcode <= Op.HELPER_END && OpShape.skips(opcode)) {
                out[2 * i + 1] = place[(int) out[2 * i + 1]];
            }
        }
        return new CachedBlock(block, Arrays.copyOf(out, 2 * ops), firstOp);
    }

    private void count(final int from) {
        Arrays.fill(reads, 0);
        Arrays.fill(writes, 0);
        for (int i = from; i < to; i++) {
            final long op = in[2 * i];
            final int opcode = opcode(op);
            if (OpShape.opaque(opcode)) {
                Arrays.fill(reads, MANY);
            }
            add(writes, d(op), OpShape.writesD(opcode));
            add(reads, d(op), OpShape.readsD(opcode));
            add(reads, a(op), OpShape.readsA(opcode));
            add(reads, b(op), OpShape.readsB(opcode));
            add(reads, (int) in[2 * i + 1], OpShape.readsImm(opcode));
        }
    }

    private void add(final int[] counts, final int slot, final boolean counted) {
        if (counted && isTemp(slot)) {
            counts[slot - block.firstTemp()]++;
        }
    }

    private boolean isTemp(final int slot) {
        return slot >= block.firstTemp() && slot < block.firstTemp() + BlockBuilder.TEMPS;
    }

    /** {@code slot} is a temporary written once and read {@code times} times. */
    private boolean only(final int slot, final int times) {
        return isTemp(slot) && writes[slot - block.firstTemp()] == 1 && reads[slot - block.firstTemp()] == times;
    }

    /** Operation {@code i} always follows its predecessor and is {@code opcode}. */
    private boolean follows(final int i, final int opcode) {
        return i < to && !label[i] && opcode(in[2 * i]) == opcode;
    }

    private void emit(final int opcode, final int d, final int a, final int b, final long imm) {
        out[2 * ops] = Block.pack(opcode, d, a, b);
        out[2 * ops + 1] = imm;
        ops++;
    }

    private int keep(final int i) {
        out[2 * ops] = in[2 * i];
        out[2 * ops + 1] = in[2 * i + 1];
        ops++;
        return 1;
    }

    /** Emits what operation {@code i} begins; returns how many operations that took. */
    private int join(final int i) {
        final long op = in[2 * i];
        final long imm = in[2 * i + 1];
        switch (opcode(op)) {
            case Op.CONST:
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
                        && only(d(op), 1)) {
                    emit(FusedOp.SKIP_IF_NO_BITS, 0, a(op), (int) imm, in[2 * i + 3]);
                    return 2;
                }
                return retargeted(i);
            case Op.JMP_COND:
                if (d(op) == Cond.Z || d(op) == Cond.NZ) {
                    emit(d(op) == Cond.Z ? FusedOp.JMP_Z : FusedOp.JMP_NZ, 0, 0, 0, imm);
                    return 1;
                }
                return keep(i);
            default:
                final int taken = arithmetic(i, false, 0, 0);
                return taken != 0 ? taken : retargeted(i);
        }
    }

    /** Which of ADD SUB AND OR XOR, in this order, an operation is, or -1. */
    private static int basic(final int opcode) {
        if (opcode >= Op.ADD && opcode <= Op.XOR) {
            return opcode - Op.ADD;
        }
        return opcode >= Op.ADD32 && opcode <= Op.XOR32 ? opcode - Op.ADD32 : -1;
    }

    /**
     * Joins [constant,] operation [, flags] [, move]. 0 when there is nothing to join.
     *
     * @param withConstant slot {@code constant} was just to be set to {@code value} and is operand b
     */
    private int arithmetic(final int i, final boolean withConstant, final int constant, final long value) {
        final long op = in[2 * i];
        final int basic = basic(opcode(op));
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
        if (withConstant && !only(constant, flags ? 2 : 1)) {
            return 0;
        }
        boolean low = opcode(op) >= Op.ADD32;
        int target = result;
        if (only(result, flags ? 2 : 1)
                && (follows(next, Op.MOV) || follows(next, Op.ZX32))
                && a(in[2 * next]) == result) {
            low |= opcode(in[2 * next]) == Op.ZX32;
            target = d(in[2 * next]);
            next++;
        }
        if (flags) {
            final int how = kind | (low ? FusedOp.ZERO_EXTEND : 0);
            if (withConstant) {
                emit(FusedOp.ADDI_FLAGS + basic, target, a(op), how, value);
            } else {
                emit(FusedOp.ADD_FLAGS + basic, target, a(op), b(op), how);
            }
        } else if (!withConstant) {
            emit((low ? Op.ADD32 : Op.ADD) + basic, target, a(op), b(op), 0);
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
        final long op = in[2 * i];
        final int opcode = opcode(op);
        if (!OpShape.writesD(opcode)
                || OpShape.readsD(opcode)
                || !only(d(op), 1)
                || i + 1 >= to
                || a(in[2 * i + 2]) != d(op)) {
            return keep(i);
        }
        final boolean cut = follows(i + 1, Op.ZX32);
        final int joined = cut ? cut(opcode) : opcode;
        if (!cut && !follows(i + 1, Op.MOV) || joined < 0) {
            return keep(i);
        }
        emit(joined, d(in[2 * i + 2]), a(op), b(op), in[2 * i + 1]);
        return 2;
    }

    /** The operation that computes the low half of what {@code opcode} does and clears the upper half, or -1. */
    private static int cut(final int opcode) {
        switch (opcode) {
            case Op.ADDI:
                return Op.ADDI32;
            case Op.MOV, Op.SX32:
                return Op.ZX32;
            case Op.LD32S:
                return Op.LD32U;
            case Op.LD8U, Op.LD16U, Op.LD32U, Op.ZX8, Op.ZX16, Op.ZX32, Op.ADDI32, Op.BSWAP32, Op.UDIV32, Op.SDIV32:
            case Op.EQ, Op.LTU, Op.LTS, Op.GETCOND, Op.GETFLAGS:
                return opcode;
            default:
                final boolean low =
                        opcode >= Op.ADD32 && opcode <= Op.MUL32 || opcode >= Op.SHLI32 && opcode <= Op.RORI32;
                return low ? opcode : -1;
        }
    }
}
