package org.kernelentry.machine.engine;

import org.kernelentry.machine.ir.Op;

/** Operations that {@link Fusion} makes out of several of {@link Op}; only the interpreter knows them. */
final class FusedOp {
    /** d = a op b with flags; imm = kind and width as in {@link Op#FLAGS}. */
    static final int ADD_FLAGS = Op.HELPER_END + 1;

    static final int SUB_FLAGS = ADD_FLAGS + 1;
    static final int AND_FLAGS = ADD_FLAGS + 2;
    static final int OR_FLAGS = ADD_FLAGS + 3;
    static final int XOR_FLAGS = ADD_FLAGS + 4;
    /** d = a op imm with flags; b = kind and width. */
    static final int ADDI_FLAGS = ADD_FLAGS + 5;

    static final int SUBI_FLAGS = ADD_FLAGS + 6;
    static final int ANDI_FLAGS = ADD_FLAGS + 7;
    static final int ORI_FLAGS = ADD_FLAGS + 8;
    static final int XORI_FLAGS = ADD_FLAGS + 9;
    /** Those ten with the result cut to 32 bits; the flags keep all of it. */
    static final int CUT_RESULT = 10;

    static final int ADD_FLAGS32 = ADD_FLAGS + CUT_RESULT;
    static final int SUB_FLAGS32 = SUB_FLAGS + CUT_RESULT;
    static final int AND_FLAGS32 = AND_FLAGS + CUT_RESULT;
    static final int OR_FLAGS32 = OR_FLAGS + CUT_RESULT;
    static final int XOR_FLAGS32 = XOR_FLAGS + CUT_RESULT;
    static final int ADDI_FLAGS32 = ADDI_FLAGS + CUT_RESULT;
    static final int SUBI_FLAGS32 = SUBI_FLAGS + CUT_RESULT;
    static final int ANDI_FLAGS32 = ANDI_FLAGS + CUT_RESULT;
    static final int ORI_FLAGS32 = ORI_FLAGS + CUT_RESULT;
    static final int XORI_FLAGS32 = XORI_FLAGS + CUT_RESULT;
    /** Continues at operation imm when a has none of the bits b. */
    static final int SKIP_IF_NO_BITS = ADD_FLAGS + 20;
    /** {@link Op#JMP_COND} for the flag Z. */
    static final int JMP_Z = ADD_FLAGS + 21;

    static final int JMP_NZ = ADD_FLAGS + 22;

    /** d = a + (b << imm). */
    static final int ADD_SHIFTED = ADD_FLAGS + 23;
    /** d = a + (b << imm), cut to 32 bits. */
    static final int ADD_SHIFTED32 = ADD_FLAGS + 24;
    /**
     * {@link #SUB_FLAGS}, and the conditional jump that is the next operation: a comparison of all 32 or 64 bits. The jump's a is the width's
     * complement to 64, b a relation, d the number of upper bits that the result is without (0 or 32).
     */
    static final int SUB_FLAGS_JMP = ADD_FLAGS + 25;

    static final int SUBI_FLAGS_JMP = ADD_FLAGS + 26;
    /** As {@link #ANDI_FLAGS} and the others, and the next operation, which is {@link #JMP_Z} or {@link #JMP_NZ}; d as above. */
    static final int AND_FLAGS_JMP = ADD_FLAGS + 27;

    static final int ANDI_FLAGS_JMP = ADD_FLAGS + 28;
    static final int ADDI_FLAGS_JMP = ADD_FLAGS + 29;

    /** Relations of a jump behind a comparison; with {@link #NOT}, the opposite. */
    static final int EQUAL = 0;

    static final int BELOW = 2;
    static final int LESS = 4;
    static final int BELOW_OR_EQUAL = 6;
    static final int LESS_OR_EQUAL = 8;
    static final int NOT = 1;

    /** Loads and stores of {@link Op} with the address a + imm cut to 32 bits, where {@link Op}'s are at this distance. */
    static final int CUT_ADDRESS = ADD_FLAGS + 30 - Op.LD8U;

    static final int LD8U_CUT = Op.LD8U + CUT_ADDRESS;
    static final int LD32U_CUT = Op.LD32U + CUT_ADDRESS;
    static final int LD32S_CUT = Op.LD32S + CUT_ADDRESS;
    static final int LD64_CUT = Op.LD64 + CUT_ADDRESS;
    static final int ST8_CUT = Op.ST8 + CUT_ADDRESS;
    static final int ST32_CUT = Op.ST32 + CUT_ADDRESS;
    static final int ST64_CUT = Op.ST64 + CUT_ADDRESS;

    private FusedOp() {}
}
