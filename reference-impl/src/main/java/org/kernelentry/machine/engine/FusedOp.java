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

    /** d = a + (b << imm). */
    static final int ADD_SHIFTED = ADD_FLAGS + 13;
    /** d = a + (b << imm), cut to 32 bits. */
    static final int ADD_SHIFTED32 = ADD_FLAGS + 14;
    /**
     * {@link #SUB_FLAGS}, and the conditional jump that is the next operation: a comparison of all 32 or 64 bits. The jump's a is the width's
     * complement to 64, b a relation.
     */
    static final int SUB_FLAGS_JMP = ADD_FLAGS + 15;

    static final int SUBI_FLAGS_JMP = ADD_FLAGS + 16;
    /** As {@link #ANDI_FLAGS} and the others, and the next operation, which is {@link #JMP_Z} or {@link #JMP_NZ}. */
    static final int AND_FLAGS_JMP = ADD_FLAGS + 17;

    static final int ANDI_FLAGS_JMP = ADD_FLAGS + 18;
    static final int ADDI_FLAGS_JMP = ADD_FLAGS + 19;

    /** Relations of a jump behind a comparison; with {@link #NOT}, the opposite. */
    static final int EQUAL = 0;

    static final int BELOW = 2;
    static final int LESS = 4;
    static final int BELOW_OR_EQUAL = 6;
    static final int LESS_OR_EQUAL = 8;
    static final int NOT = 1;

    static final int ZERO_EXTEND = 1 << 15;
    /** As operand b of a load or store: the address a + imm is cut to 32 bits. */
    static final int CUT_ADDRESS = 32;

    private FusedOp() {}
}
