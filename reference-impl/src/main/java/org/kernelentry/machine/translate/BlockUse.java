package org.kernelentry.machine.translate;

import static org.kernelentry.machine.ir.Block.a;
import static org.kernelentry.machine.ir.Block.b;
import static org.kernelentry.machine.ir.Block.d;

import java.util.BitSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.ir.OpShape;

/** What is needed of what a block computes: its temporaries and its flags. */
final class BlockUse {
    private final Block block;
    private final AccessPlan accesses;
    /** Operations that nobody needs: most computed the address of an access that knows its place, or a difference for its flags only. */
    private final BitSet needless = new BitSet();
    /** Where skips go. */
    private final BitSet landings = new BitSet();

    BlockUse(final Block block, final AccessPlan accesses) {
        this.block = block;
        this.accesses = accesses;
        for (int i = 0; i < block.ops(); i++) {
            if (OpShape.skips(Block.opcode(op(i)))) {
                landings.set((int) imm(i));
            }
        }
        findNeedless();
    }

    AccessPlan accesses() {
        return accesses;
    }

    private long op(final int i) {
        return block.program()[2 * i];
    }

    private long imm(final int i) {
        return block.program()[2 * i + 1];
    }

    /** Looks from the end of each instruction, where no temporary is alive. */
    private void findNeedless() {
        for (int k = 0; k < block.instructions(); k++) {
            final BitSet needed = new BitSet();
            for (int i = block.firstOp(k + 1) - 1; i >= block.firstOp(k); i--) {
                final long op = op(i);
                final int opcode = Block.opcode(op);
                if (OpShape.opaque(opcode)) {
                    needed.set(block.firstTemp(), block.firstTemp() + BlockBuilder.TEMPS);
                }
                if (OpShape.pure(opcode) && d(op) >= block.firstTemp() && !needed.get(d(op))) {
                    needless.set(i);
                    continue;
                }
                if (OpShape.writesD(opcode) && !OpShape.readsD(opcode) && !accesses.isConditional(i)) {
                    needed.clear(d(op));
                }
                if (OpShape.readsA(opcode)) {
                    final Span span = accesses.span(i);
                    if (span == null) {
                        needed.set(a(op));
                    } else if (span.first == i) {
                        needed.set(span.base);
                    }
                }
                if (OpShape.readsB(opcode) && constantB(i) == null) {
                    needed.set(b(op));
                }
                if (OpShape.readsD(opcode)) {
                    needed.set(d(op));
                }
                if (OpShape.readsImm(opcode) && !isPlain(i)) {
                    needed.set((int) imm(i));
                }
            }
        }
    }

    /** Whether operation {@code i} can be left out. */
    boolean isNeedless(final int i) {
        return needless.get(i);
    }

    /** The constant that operand b of operation {@code i} is, which sets flags; null if it is none or takes more than 32 bits. */
    @Nullable
    Long constantB(final int i) {
        if (Block.opcode(op(i)) != Op.FLAGS || b(op(i)) < block.firstTemp()) {
            return null;
        }
        for (int k = i - 1; k >= block.firstOp(block.instructionOf(i)) && !landings.get(k + 1); k--) {
            if (OpShape.writesD(Block.opcode(op(k))) && d(op(k)) == b(op(i))) {
                return Block.opcode(op(k)) == Op.CONST && imm(k) == (int) imm(k) ? imm(k) : null;
            }
        }
        return null;
    }

    /** Whether operation {@code i} sets the flags of a + b or a - b without carry: the result's operation stands right before, with the same operands. */
    boolean isPlain(final int i) {
        final long op = op(i);
        final int kind = d(op) >> 8;
        if (Block.opcode(op) != Op.FLAGS
                || kind < FlagKind.ADD
                || kind > FlagKind.SUBC
                || i == block.firstOp(block.instructionOf(i))
                || landings.get(i)) {
            return false;
        }
        final long before = op(i - 1);
        final int opcode = Block.opcode(before);
        final boolean sum = kind == FlagKind.ADD;
        // Flags of 64 bits notice that a result was cut.
        return (opcode == (sum ? Op.ADD : Op.SUB)
                        || opcode == (sum ? Op.ADD32 : Op.SUB32) && (d(op) & 0xff) <= Integer.SIZE)
                && d(before) == (int) imm(i)
                && a(before) == a(op)
                && b(before) == b(op)
                && imm(i) != a(op)
                && imm(i) != b(op);
    }

    /** Whether the block asks for the flags as they are behind operation {@code i}. */
    boolean flagsAreAsked(final int i) {
        for (int k = i + 1; k < block.ops(); k++) {
            final int opcode = Block.opcode(op(k));
            if (OpShape.readsFlags(opcode)) {
                return true;
            }
            if (OpShape.writesFlags(opcode) || OpShape.opaque(opcode)) {
                return false;
            }
        }
        return false;
    }

    /** Whether the block sets all flags before it looks at any, and before it can be left. */
    boolean replacesFlags() {
        for (int i = 0; i < block.ops(); i++) {
            final int opcode = Block.opcode(op(i));
            if (OpShape.writesFlags(opcode)) {
                return true;
            }
            if (OpShape.leaves(opcode) || OpShape.readsFlags(opcode) || OpShape.skips(opcode)) {
                return false;
            }
        }
        return false;
    }

    /** Whether instruction {@code k} calls a helper. */
    boolean callsHelper(final int k) {
        return IntStream.range(block.firstOp(k), block.firstOp(k + 1))
                .anyMatch(i -> OpShape.opaque(Block.opcode(op(i))));
    }
}
