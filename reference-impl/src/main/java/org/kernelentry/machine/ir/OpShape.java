package org.kernelentry.machine.ir;

/** Which slots an operation reads and writes, and what else it does; for passes over blocks. */
public final class OpShape {
    private static final int WRITES_D = 1;
    private static final int READS_A = 2;
    private static final int READS_B = 4;
    private static final int READS_D = 8;
    private static final int READS_IMM = 16;
    private static final int READS_FLAGS = 32;
    /** Only computes d: may be left out when nobody reads d. */
    private static final int PURE = 64;
    /** May leave the block at the start of its instruction, or let it end behind the instruction. */
    private static final int LEAVES = 128;
    /** May let the block end behind its instruction. */
    private static final int CUTS = 256;
    /** Continues at its label, perhaps. */
    private static final int SKIPS = 512;
    /** Never continues with the next operation. */
    private static final int ENDS = 1024;
    /** Slots are not known. */
    private static final int OPAQUE = 2048;

    private static final int[] SHAPE = new int[Op.LAST + 1];

    static {
        fill(Op.CONST, Op.CONST, PURE | WRITES_D);
        fill(Op.MOV, Op.MOV, PURE | WRITES_D | READS_A);
        fill(Op.ADD, Op.MUL32, PURE | WRITES_D | READS_A | READS_B);
        fill(Op.ADDI, Op.POPCNT, PURE | WRITES_D | READS_A);
        fill(Op.INSERT, Op.INSERT, PURE | WRITES_D | READS_A | READS_D);
        fill(Op.UDIV, Op.LTS, PURE | WRITES_D | READS_A | READS_B);
        fill(Op.SELECT, Op.SELECT, PURE | WRITES_D | READS_A | READS_B | READS_IMM);
        fill(Op.LD8U, Op.LD64, WRITES_D | READS_A | LEAVES);
        fill(Op.ST8, Op.ST64, READS_D | READS_A | LEAVES | CUTS);
        fill(Op.PROBE_WRITE, Op.PROBE_WRITE, READS_A | LEAVES);
        fill(Op.FLAGS, Op.FLAGS, READS_A | READS_B | READS_IMM);
        fill(Op.GETCOND, Op.GETFLAGS, PURE | WRITES_D | READS_FLAGS);
        fill(Op.PUTFLAGS, Op.PUTFLAGS, READS_A);
        fill(Op.SKIP, Op.SKIP, SKIPS | ENDS);
        fill(Op.SKIP_IF, Op.SKIP_IFZ, SKIPS | READS_A);
        fill(Op.SKIP_COND, Op.SKIP_COND, SKIPS | READS_FLAGS);
        fill(Op.JMP, Op.JMP, LEAVES | ENDS);
        fill(Op.JMP_COND, Op.JMP_COND, LEAVES | ENDS | READS_FLAGS);
        fill(Op.JMP_IF, Op.JMPR, LEAVES | ENDS | READS_A);
        fill(Op.JMPR_MODE, Op.JMPR_MODE, LEAVES | ENDS | READS_A | READS_B);
        fill(Op.EXIT, Op.EXIT, LEAVES | ENDS | READS_A);
        fill(Op.EXITI, Op.EXITI, LEAVES | ENDS);
        fill(Op.HELPER, Op.HELPER, LEAVES | CUTS | OPAQUE);
        fill(Op.HELPER_END, Op.HELPER_END, LEAVES | ENDS | OPAQUE);
    }

    private OpShape() {}

    private static void fill(final int from, final int to, final int shape) {
        for (int op = from; op <= to; op++) {
            SHAPE[op] = shape;
        }
    }

    private static boolean has(final int opcode, final int bit) {
        return (SHAPE[opcode] & bit) != 0;
    }

    public static boolean writesD(final int opcode) {
        return has(opcode, WRITES_D);
    }

    public static boolean readsA(final int opcode) {
        return has(opcode, READS_A);
    }

    public static boolean readsB(final int opcode) {
        return has(opcode, READS_B);
    }

    public static boolean readsD(final int opcode) {
        return has(opcode, READS_D);
    }

    /** The constant is a slot that is read. */
    public static boolean readsImm(final int opcode) {
        return has(opcode, READS_IMM);
    }

    public static boolean readsFlags(final int opcode) {
        return has(opcode, READS_FLAGS);
    }

    /** All flags are replaced. */
    public static boolean writesFlags(final int opcode) {
        return opcode == Op.FLAGS || opcode == Op.PUTFLAGS;
    }

    /** Does nothing but write d. */
    public static boolean pure(final int opcode) {
        return has(opcode, PURE);
    }

    /** May leave the block at the boundary before its instruction, or behind it. */
    public static boolean leaves(final int opcode) {
        return has(opcode, LEAVES);
    }

    /** May let the block end behind its instruction although it does not end it itself. */
    public static boolean cuts(final int opcode) {
        return has(opcode, CUTS);
    }

    /** The constant is the index of an operation that may come next. */
    public static boolean skips(final int opcode) {
        return has(opcode, SKIPS);
    }

    /** The next operation is reached by a skip only. */
    public static boolean ends(final int opcode) {
        return has(opcode, ENDS);
    }

    /** A helper: it may read and write any slot. */
    public static boolean opaque(final int opcode) {
        return has(opcode, OPAQUE);
    }
}
