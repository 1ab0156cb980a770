package org.kernelentry.machine.engine;

import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.ir.OpShape;
import org.kernelentry.machine.ir.Relation;

/** Operations that {@link Fusion} makes out of several of {@link Op}; only the interpreter knows them. */
final class FusedOp {
    /** d = a op b with flags; imm = kind and width as in {@link Op#FLAGS}. */
    static final int ADD_FLAGS = Op.LAST + 1;

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

    /** d = the {@link Field} imm of a. */
    static final int FIELD = ADD_FLAGS + 23;
    /**
     * d = a + the {@link Field} in imm of b + a constant, which is imm from {@link #SUM_OFFSET} on; with {@link #SUM_CUT} in imm the sum is cut to
     * 32 bits.
     */
    static final int ADD_FIELD = ADD_FLAGS + 24;

    static final int SUM_CUT = 1 << Field.BITS;
    static final int SUM_OFFSET = Field.BITS + 1;
    /**
     * {@link #SUB_FLAGS}, and the conditional jump that is the next operation: a comparison of all 32 or 64 bits. The jump's a is the width's
     * complement to 64, b a {@link Relation}, d the number of upper bits that the result is without (0 or 32).
     */
    static final int SUB_FLAGS_JMP = ADD_FLAGS + 25;

    static final int SUBI_FLAGS_JMP = ADD_FLAGS + 26;
    /** As {@link #ANDI_FLAGS} and the others, and the next operation, which is {@link #JMP_Z} or {@link #JMP_NZ}; d as above. */
    static final int AND_FLAGS_JMP = ADD_FLAGS + 27;

    static final int ANDI_FLAGS_JMP = ADD_FLAGS + 28;
    static final int ADDI_FLAGS_JMP = ADD_FLAGS + 29;

    /** Loads and stores of {@link Op} with the address a + imm cut to 32 bits, where {@link Op}'s are at this distance. */
    static final int CUT_ADDRESS = ADD_FLAGS + 30 - Op.LD8U;

    static final int LD8U_CUT = Op.LD8U + CUT_ADDRESS;
    static final int LD32U_CUT = Op.LD32U + CUT_ADDRESS;
    static final int LD32S_CUT = Op.LD32S + CUT_ADDRESS;
    static final int LD64_CUT = Op.LD64 + CUT_ADDRESS;
    static final int ST8_CUT = Op.ST8 + CUT_ADDRESS;
    static final int ST32_CUT = Op.ST32 + CUT_ADDRESS;
    static final int ST64_CUT = Op.ST64 + CUT_ADDRESS;

    /** Loads and stores of {@link Op} at an address that is computed as {@link #ADD_FIELD} does, where {@link Op}'s are at this distance. */
    static final int INDEXED = ADD_FLAGS + 41 - Op.LD8U;

    static final int LD8U_INDEXED = Op.LD8U + INDEXED;
    static final int LD32U_INDEXED = Op.LD32U + INDEXED;
    static final int LD64_INDEXED = Op.LD64 + INDEXED;
    static final int ST8_INDEXED = Op.ST8 + INDEXED;
    static final int ST32_INDEXED = Op.ST32 + INDEXED;
    static final int ST64_INDEXED = Op.ST64 + INDEXED;

    /** pc <- imm, mode <- d (a constant). */
    static final int JMP_MODE = ADD_FLAGS + 52;
    /** a without its d upper bits == b: pc <- imm, else the next instruction. */
    static final int JMP_EQUAL = ADD_FLAGS + 53;
    /** As {@link #ADD_FIELD} with a - b, a & b, a | b, a ^ b, without a constant. */
    static final int SUB_FIELD = ADD_FLAGS + 54;

    static final int AND_FIELD = ADD_FLAGS + 55;
    static final int OR_FIELD = ADD_FLAGS + 56;
    static final int XOR_FIELD = ADD_FLAGS + 57;
    /**
     * A shift with flags: d = a {@link Field} of a, cut to 32 bits or not; the flags are of kind and width b, with another field of a for both operands.
     * imm has the operands' field, the result's, and a bit for the cut.
     */
    static final int SHIFT_FLAGS = ADD_FLAGS + 58;
    /**
     * Loads and stores of {@link Op} that move their address a on, where {@link Op}'s are at this distance: the address is a + the low half of imm,
     * then a moves by the upper half. b says what is cut to 32 bits: {@link #MOVE_CUT} the moved a, {@link #MOVE_CUT_ADDRESS} the address.
     */
    static final int MOVING = ADD_FLAGS + 59 - Op.LD8U;

    static final int LD8U_MOVING = Op.LD8U + MOVING;
    static final int LD32U_MOVING = Op.LD32U + MOVING;
    static final int LD64_MOVING = Op.LD64 + MOVING;
    static final int ST8_MOVING = Op.ST8 + MOVING;
    static final int ST32_MOVING = Op.ST32 + MOVING;
    static final int ST64_MOVING = Op.ST64 + MOVING;
    /**
     * {@link Op#JMP_COND} and {@link Op#SKIP_COND} where the flags are known to come of a comparison of all 32 or 64 bits: a is the width's
     * complement to 64, b a {@link Relation} of the operands that the flags keep.
     */
    static final int JMP_RELATION = ADD_FLAGS + 70;

    static final int SKIP_RELATION = ADD_FLAGS + 71;
    static final int MOVE_CUT = 1;
    static final int MOVE_CUT_ADDRESS = 2;

    private FusedOp() {}

    /** Whether an operation of {@link Op} is also there with {@link #INDEXED} and {@link #MOVING}. */
    static boolean indexable(final int opcode) {
        return opcode == Op.LD8U
                || opcode == Op.LD32U
                || opcode == Op.LD64
                || opcode == Op.ST8
                || opcode == Op.ST32
                || opcode == Op.ST64;
    }

    /** Whether a load or store of {@link Op} is also there with {@link #CUT_ADDRESS}. */
    static boolean cuttable(final int opcode) {
        return opcode != Op.LD8S && opcode != Op.LD16U && opcode != Op.LD16S && opcode != Op.ST16;
    }

    /** Whether an operation of {@link Op} without b does the same for a and for its low half. */
    static boolean readsLowHalf(final int opcode, final long imm) {
        return opcode == Op.ADDI32
                || opcode >= Op.SHLI32 && opcode <= Op.RORI32
                || opcode >= Op.ZX8 && opcode <= Op.SX32
                || opcode == Op.ANDI && imm >>> Integer.SIZE == 0;
    }

    /** Whether an operation made here stores. */
    static boolean stores(final int opcode) {
        return opcode >= ST8_CUT && opcode <= ST64_CUT
                || opcode >= ST8_INDEXED && opcode <= ST64_INDEXED
                || opcode >= ST8_MOVING && opcode <= ST64_MOVING;
    }

    /** Whether an operation does the jump along that is the next one. */
    static boolean jumps(final int opcode) {
        return opcode >= SUB_FLAGS_JMP && opcode <= ADDI_FLAGS_JMP;
    }

    /** A joined operation together with a jump, or -1. */
    static int withJump(final int opcode) {
        return switch (opcode) {
            case AND_FLAGS -> AND_FLAGS_JMP;
            case ANDI_FLAGS -> ANDI_FLAGS_JMP;
            case ADDI_FLAGS -> ADDI_FLAGS_JMP;
            default -> -1;
        };
    }

    /** Which of ADD SUB AND OR XOR, in this order, an operation is, or -1. */
    static int basic(final int opcode) {
        if (opcode >= Op.ADD && opcode <= Op.XOR) {
            return opcode - Op.ADD;
        }
        return opcode >= Op.ADD32 && opcode <= Op.XOR32 ? opcode - Op.ADD32 : -1;
    }

    /** {@link #ADD_FIELD} and its like for one of ADD SUB AND OR XOR. */
    static int withField(final int basic) {
        return basic == 0 ? ADD_FIELD : SUB_FIELD + basic - 1;
    }

    /** Whether an operation is {@link #ADD_FIELD} or one of its like. */
    static boolean takesField(final int opcode) {
        return opcode == ADD_FIELD || opcode >= SUB_FIELD && opcode <= XOR_FIELD;
    }

    /** Whether all that an operation does is to write d, behind whatever it may be refused for. */
    static boolean onlyWritesD(final int opcode) {
        if (opcode <= Op.LAST) {
            return OpShape.writesD(opcode) && !OpShape.readsD(opcode);
        }
        return opcode == FIELD
                || takesField(opcode)
                || opcode >= LD8U_CUT && opcode <= LD64_CUT
                || opcode >= LD8U_INDEXED && opcode <= LD64_INDEXED;
    }

    /** The operation that computes the low half of what {@code opcode} does and clears the upper half, or -1. */
    static int cut(final int opcode) {
        switch (opcode) {
            case Op.ADDI:
                return Op.ADDI32;
            case Op.MOV, Op.SX32:
                return Op.ZX32;
            case Op.LD32S:
                return Op.LD32U;
            case LD32S_CUT:
                return LD32U_CUT;
            case LD8U_CUT, LD32U_CUT, LD8U_INDEXED, LD32U_INDEXED:
                return opcode;
            case Op.LD8U, Op.LD16U, Op.LD32U, Op.ZX8, Op.ZX16, Op.ZX32, Op.ADDI32, Op.BSWAP32, Op.UDIV32, Op.SDIV32:
            case Op.EQ, Op.LTU, Op.LTS, Op.GETCOND, Op.GETFLAGS:
                return opcode;
            default:
                final boolean low =
                        opcode >= Op.ADD32 && opcode <= Op.MUL32 || opcode >= Op.SHLI32 && opcode <= Op.RORI32;
                return low ? opcode : -1;
        }
    }
}
