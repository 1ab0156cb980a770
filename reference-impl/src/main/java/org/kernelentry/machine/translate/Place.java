package org.kernelentry.machine.translate;

import org.kernelentry.machine.ir.Block;

/** What is being emitted: a block, and an instruction of it. */
final class Place {
    Block block;
    /** Number of the block in its region. */
    int index;

    int insn;
    /** Nothing of the block comes behind the operation. */
    boolean last;
    /** The mode that the instruction was decoded for. */
    int mode;
    /** Behind the instruction the code may have changed. */
    boolean cuts;
    /** Number of the instruction in its region. */
    int number;
    /** The instruction calls a helper. */
    boolean helped;

    Place(final Block block) {
        this.block = block;
    }

    /** The address of the instruction. */
    long pc() {
        return block.pcOf(insn);
    }
}
