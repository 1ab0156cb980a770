package org.kernelentry.machine.translate;

import static org.kernelentry.machine.ir.Block.a;
import static org.kernelentry.machine.ir.Block.b;
import static org.kernelentry.machine.ir.Block.d;

import java.util.BitSet;
import java.util.List;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.OpShape;

/**
 * Which registers of the architecture a region reads or writes by itself, and so keeps in local variables. A helper may look at any and change any:
 * they are stored before it is called and fetched behind it. Where that would cost more than it spares, none is kept.
 */
final class RegisterUse {
    private final BitSet used = new BitSet();
    private final BitSet changed = new BitSet();
    private int accesses;
    private int calls;

    private RegisterUse() {}

    static RegisterUse of(final List<Block> blocks) {
        final RegisterUse use = new RegisterUse();
        for (final Block block : blocks) {
            final long[] program = block.program();
            for (int i = 0; i < program.length; i += 2) {
                if (OpShape.opaque(Block.opcode(program[i]))) {
                    use.calls++;
                } else {
                    use.add(program[i], program[i + 1], block.firstTemp());
                }
            }
        }
        return use.pays() ? use : new RegisterUse();
    }

    private boolean pays() {
        return (long) calls * (used.cardinality() + changed.cardinality()) < accesses;
    }

    private void add(final long op, final long imm, final int firstTemp) {
        final int opcode = Block.opcode(op);
        if (OpShape.writesD(opcode) && d(op) < firstTemp) {
            used.set(d(op));
            changed.set(d(op));
            accesses++;
        }
        read(OpShape.readsD(opcode), d(op), firstTemp);
        read(OpShape.readsA(opcode), a(op), firstTemp);
        read(OpShape.readsB(opcode), b(op), firstTemp);
        read(OpShape.readsImm(opcode), (int) imm, firstTemp);
    }

    private void read(final boolean reads, final int slot, final int firstTemp) {
        if (reads && slot < firstTemp) {
            used.set(slot);
            accesses++;
        }
    }

    int[] used() {
        return used.stream().toArray();
    }

    int[] changed() {
        return changed.stream().toArray();
    }
}
