package org.kernelentry.machine.translate;

import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.Op;

/** A block of four-byte instructions on few registers, for tests of what is planned before it is translated. */
abstract class PlannedBlock {
    static final int SP = 0;
    static final int A = 1;
    static final int B = 2;
    static final int C = 3;
    private static final int REGISTERS = 4;

    /** Where it begins, unless {@link #beginAt} says something else. */
    static final long PC = 0x1000;

    static final int SUB = FlagKind.pack(FlagKind.SUB, 64);
    static final int LOGIC = FlagKind.pack(FlagKind.LOGIC, 64);

    /** All accesses go through windows. */
    static final Accesses WINDOWS = (pc, mode) -> Accesses.WINDOW;

    final BlockBuilder out = new BlockBuilder(REGISTERS);

    private long pc = PC;

    /** Another block, at {@code newPc}. */
    final void beginAt(final long newPc) {
        out.reset();
        pc = newPc;
    }

    private long end() {
        return pc + 4L * out.instructionCount();
    }

    /** The next instruction. */
    final void next() {
        out.beginInstruction(end());
    }

    /** One instruction of two operations: the flags of {@link #A} less {@link #B}. */
    final void compare() {
        next();
        subtract();
    }

    /** Two operations. Returns where the difference is. */
    final int subtract() {
        final int t = out.temp();
        out.alu(Op.SUB, t, A, B);
        out.op(Op.FLAGS, SUB, A, B, t);
        return t;
    }

    /** What is known of the flags behind {@link #compare}. */
    static FlagState compared(final boolean stored) {
        return new FlagState(SUB, A, B, FlagState.DERIVED, 0, FlagState.NONE, stored);
    }

    /** One instruction: where Z is set, to {@code target}. */
    final void branch(final long target) {
        next();
        out.op(Op.JMP_COND, Cond.Z, 0, 0, target);
    }

    final Block block() {
        return Block.of(out, end(), 0, 0);
    }

    static AccessPlan accesses(final Block block, final Accesses accesses) {
        return new AccessPlan(block, accesses, SP, false);
    }

    static BlockUse use(final Block block, final Accesses accesses) {
        return new BlockUse(block, accesses(block, accesses));
    }
}
