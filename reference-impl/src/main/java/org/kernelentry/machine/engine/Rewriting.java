package org.kernelentry.machine.engine;

import static org.kernelentry.machine.ir.Block.a;
import static org.kernelentry.machine.ir.Block.b;
import static org.kernelentry.machine.ir.Block.d;
import static org.kernelentry.machine.ir.Block.opcode;

import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.ir.OpShape;

/** A block while its operations are rewritten, one instruction after the other: what is there, what was emitted, and who reads what. */
abstract class Rewriting {
    final Block block;
    final long[] in;
    final boolean[] label;
    /** Moves that an earlier operation does along. */
    final boolean[] done;

    final long[] out;
    final int[] place;
    /** The operation that each emitted one begins with. */
    private final int[] origin;

    int ops;
    /** The operation being looked at. */
    int at;
    /** First operation emitted of the instruction being looked at, and of the one before it. */
    int first;

    int before;
    /** End of the instruction being looked at. */
    int to;

    Rewriting(final Block block) {
        this.block = block;
        this.in = block.program().clone();
        this.label = new boolean[block.ops() + 1];
        this.done = new boolean[block.ops() + 1];
        this.out = new long[in.length];
        this.place = new int[block.ops() + 1];
        this.origin = new int[block.ops() + 1];
    }

    boolean isTemp(final int slot) {
        return slot >= block.firstTemp() && slot < block.firstTemp() + BlockBuilder.TEMPS;
    }

    /** What {@code slot} holds at operation {@code j} is read by none that follows: that one replaces it, or it is a temporary and unused. */
    boolean dies(final int slot, final int j) {
        if (OpShape.writesD(opcode(in[2 * j])) && d(in[2 * j]) == slot) {
            return true;
        }
        if (!isTemp(slot)) {
            return false;
        }
        boolean straight = true;
        for (int n = j + 1; n < to; n++) {
            if (reads(n, slot)) {
                return false;
            }
            final int opcode = opcode(in[2 * n]);
            straight &= !OpShape.skips(opcode);
            if (straight && OpShape.writesD(opcode) && d(in[2 * n]) == slot) {
                return true;
            }
        }
        return true;
    }

    boolean reads(final int i, final int slot) {
        if (done[i]) {
            return false;
        }
        final long op = in[2 * i];
        final int opcode = opcode(op);
        return OpShape.opaque(opcode)
                || OpShape.readsD(opcode) && d(op) == slot
                || OpShape.readsA(opcode) && a(op) == slot
                || OpShape.readsB(opcode) && b(op) == slot
                || OpShape.readsImm(opcode) && in[2 * i + 1] == slot;
    }

    /** An operation in [from, to) reads or writes {@code slot}, or sets flags from it. */
    boolean touched(final int slot, final int from, final int to) {
        for (int n = from; n < to; n++) {
            if (reads(n, slot) || OpShape.writesD(opcode(in[2 * n])) && d(in[2 * n]) == slot) {
                return true;
            }
        }
        return false;
    }

    /** Operation {@code i} always follows its predecessor and is {@code opcode}. */
    boolean follows(final int i, final int opcode) {
        return i < to && !label[i] && opcode(in[2 * i]) == opcode;
    }

    /** The operation emitted last, of the same instruction and always followed by {@code i}, is {@code opcode} and feeds only {@code slot} of it. */
    boolean fedBy(final int opcode, final int slot, final int i) {
        return feeds(1, slot, i) && opcode(out[2 * ops - 2]) == opcode;
    }

    /**
     * Whether the {@code back}th of the operations emitted last, of the same instruction and always followed by the others and by {@code i}, writes
     * {@code slot}, which nobody reads behind {@code i}.
     */
    boolean feeds(final int back, final int slot, final int i) {
        final int n = ops - back;
        if (n < first || d(out[2 * n]) != slot || !isTemp(slot) || !dies(slot, i)) {
            return false;
        }
        int next = i;
        for (int k = ops - 1; k >= n; k--) {
            if (label[next]) {
                return false;
            }
            next = origin[k];
        }
        return true;
    }

    /** Whether one of the operations emitted from {@code from} on may let the block end behind its instruction. */
    boolean cuts(final int from) {
        for (int n = from; n < ops; n++) {
            final int opcode = opcode(out[2 * n]);
            if (FusedOp.stores(opcode) || opcode <= Op.LAST && OpShape.cuts(opcode)) {
                return true;
            }
        }
        return false;
    }

    void emit(final int opcode, final int d, final int a, final int b, final long imm) {
        out[2 * ops] = Block.pack(opcode, d, a, b);
        out[2 * ops + 1] = imm;
        origin[ops] = at;
        ops++;
    }

    /** The operation emitted last becomes another one with the same operands. */
    void change(final int opcode) {
        final long op = out[2 * ops - 2];
        out[2 * ops - 2] = Block.pack(opcode, d(op), a(op), b(op));
    }

    int keep(final int i) {
        out[2 * ops] = in[2 * i];
        out[2 * ops + 1] = in[2 * i + 1];
        origin[ops] = at;
        ops++;
        return 1;
    }
}
