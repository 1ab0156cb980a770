package org.kernelentry.machine.ir;

/**
 * Finds operations of a block whose effect nobody can see: flags that are replaced before they are read, modes that are replaced before
 * the block can be left, and temporaries that are not read.
 *
 * <p>It stays exact because of when a block can be left. It is entered only where the budget covers all of it and no step is due (see
 * {@code engine.EngineCpu}: otherwise blocks of one instruction run), so it is left only by a fault, a helper's trap, an exit, its end, or
 * behind an instruction that stores or calls a helper (the code may have changed). At each of these the flags and the mode count as read. What remains
 * removable are flags set by instructions between which nothing can happen. Registers of the architecture are never touched: only
 * temporaries, which live inside one instruction.
 */
final class DeadOps {
    private static final int ALL_TEMPS = (1 << BlockBuilder.TEMPS) - 1;
    private static final int FLAGS = 1 << BlockBuilder.TEMPS;
    private static final int MODE = FLAGS << 1;
    private static final int OUTSIDE = FLAGS | MODE;

    private final BlockBuilder block;
    private final int firstTemp;
    /** Live temporaries, one bit each, the flags and the mode, before each operation. */
    private final int[] live;

    private final boolean[] dead;

    private DeadOps(final BlockBuilder block, final boolean[] gone) {
        this.block = block;
        this.firstTemp = block.firstTemp();
        this.live = new int[block.opCount() + 1];
        this.dead = gone;
    }

    /** One element per operation of {@code block}: it can be left out; those that {@code gone} names already are among them. */
    static boolean[] find(final BlockBuilder block, final boolean[] gone) {
        final DeadOps pass = new DeadOps(block, gone.clone());
        pass.live[block.opCount()] = OUTSIDE;
        for (int k = block.instructionCount() - 1; k >= 0; k--) {
            final int end = k + 1 < block.instructionCount() ? block.instructionOp(k + 1) : block.opCount();
            pass.instruction(block.instructionOp(k), end);
        }
        return pass.dead;
    }

    private void instruction(final int from, final int to) {
        // Temporaries do not outlive the instruction, flags and mode do.
        int after = live[to] & OUTSIDE;
        for (int i = from; i < to; i++) {
            if (OpShape.cuts(block.code()[4 * i])) {
                after |= OUTSIDE;
            }
        }
        live[to] = after;
        for (int i = to - 1; i >= from; i--) {
            live[i] = before(i, live[i + 1]);
        }
    }

    private int before(final int i, final int next) {
        if (dead[i]) {
            return next;
        }
        final int opcode = block.code()[4 * i];
        final int d = block.code()[4 * i + 1];
        final int a = block.code()[4 * i + 2];
        final int b = block.code()[4 * i + 3];
        final int imm = (int) block.imms()[i];
        int set = OpShape.ends(opcode) ? 0 : next;
        if (OpShape.skips(opcode)) {
            set |= live[imm];
        }
        if (OpShape.opaque(opcode)) {
            return set | ALL_TEMPS | OUTSIDE;
        }
        final boolean unseen = OpShape.pure(opcode) && d >= firstTemp && (set & bit(d)) == 0
                || OpShape.writesFlags(opcode) && (set & FLAGS) == 0
                || opcode == Op.MODE && (set & MODE) == 0;
        if (unseen) {
            dead[i] = true;
            return set;
        }
        if (OpShape.writesD(opcode)) {
            set &= ~bit(d);
        }
        if (OpShape.writesFlags(opcode)) {
            set &= ~FLAGS;
        }
        if (opcode == Op.MODE) {
            set &= ~MODE;
        }
        if (OpShape.readsFlags(opcode)) {
            set |= FLAGS;
        }
        if (OpShape.leaves(opcode)) {
            set |= OUTSIDE;
        }
        set |= OpShape.readsD(opcode) ? bit(d) : 0;
        set |= OpShape.readsA(opcode) ? bit(a) : 0;
        set |= OpShape.readsB(opcode) ? bit(b) : 0;
        set |= OpShape.readsImm(opcode) ? bit(imm) : 0;
        return set;
    }

    private int bit(final int slot) {
        return slot >= firstTemp ? 1 << slot - firstTemp : 0;
    }
}
