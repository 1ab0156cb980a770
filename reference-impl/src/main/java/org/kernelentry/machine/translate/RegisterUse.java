package org.kernelentry.machine.translate;

import static org.kernelentry.machine.ir.Block.a;
import static org.kernelentry.machine.ir.Block.b;
import static org.kernelentry.machine.ir.Block.d;

import java.util.BitSet;
import java.util.List;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.OpShape;

/** Which registers of the architecture a region reads or writes; none where it calls a helper, which may look at any. */
final class RegisterUse {
    private final BitSet used = new BitSet();
    private final BitSet changed = new BitSet();

    private RegisterUse() {}

    static RegisterUse of(final List<Block> blocks) {
        final RegisterUse use = new RegisterUse();
        for (final Block block : blocks) {
            final long[] program = block.program();
            for (int i = 0; i < program.length; i += 2) {
                if (OpShape.opaque(Block.opcode(program[i]))) {
                    return new RegisterUse();
                }
                use.add(program[i], program[i + 1], block.firstTemp());
            }
        }
        return use;
    }

    private void add(final long op, final long imm, final int firstTemp) {
        final int opcode = Block.opcode(op);
        if (OpShape.writesD(opcode) && d(op) < firstTemp) {
            used.set(d(op));
            changed.set(d(op));
        }
        read(OpShape.readsD(opcode), d(op), firstTemp);
        read(OpShape.readsA(opcode), a(op), firstTemp);
        read(OpShape.readsB(opcode), b(op), firstTemp);
        read(OpShape.readsImm(opcode), (int) imm, firstTemp);
    }

    private void read(final boolean reads, final int slot, final int firstTemp) {
        if (reads && slot < firstTemp) {
            used.set(slot);
        }
    }

    int[] used() {
        return used.stream().toArray();
    }

    int[] changed() {
        return changed.stream().toArray();
    }
}
