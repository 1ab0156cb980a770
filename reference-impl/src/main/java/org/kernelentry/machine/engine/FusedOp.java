package org.kernelentry.machine.engine;

import org.kernelentry.machine.ir.Op;

/** Operations that {@link Fusion} makes out of several of {@link Op}; only the interpreter knows them. */
final class FusedOp {
    /**
     * d = a op b with flags; imm = kind and width as in {@link Op#FLAGS}, and {@link #ZERO_EXTEND} where the result is cut to 32 bits (the
     * flags keep all of it).
     */
    static final int ADD_FLAGS = Op.HELPER_END + 1;

    static final int SUB_FLAGS = ADD_FLAGS + 1;
    static final int AND_FLAGS = ADD_FLAGS + 2;
    static final int OR_FLAGS = ADD_FLAGS + 3;
    static final int XOR_FLAGS = ADD_FLAGS + 4;
    /** d = a op imm with flags; b = kind and width, {@link #ZERO_EXTEND}. */
    static final int ADDI_FLAGS = ADD_FLAGS + 5;

    static final int SUBI_FLAGS = ADD_FLAGS + 6;
    static final int ANDI_FLAGS = ADD_FLAGS + 7;
    static final int ORI_FLAGS = ADD_FLAGS + 8;
    static final int XORI_FLAGS = ADD_FLAGS + 9;
    /** Continues at operation imm when a has none of the bits b. */
    static final int SKIP_IF_NO_BITS = ADD_FLAGS + 10;
    /** {@link Op#JMP_COND} for the flag Z. */
    static final int JMP_Z = ADD_FLAGS + 11;

    static final int JMP_NZ = ADD_FLAGS + 12;

    static final int ZERO_EXTEND = 1 << 15;

    private FusedOp() {}
}
