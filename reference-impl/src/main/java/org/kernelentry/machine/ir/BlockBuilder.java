package org.kernelentry.machine.ir;

import java.util.Arrays;
import org.kernelentry.machine.CpuState;

/**
 * Collects the operations of one block while a decoder walks over guest instructions.
 *
 * <p>A decoder appends operations in execution order. It must commit registers after the last access of an instruction that can
 * fault, may branch forward inside an instruction (labels), and ends the block with one of JMP, JMP_COND, JMP_IF, JMPR, JMPR_MODE, EXIT, EXITI,
 * HELPER_END. Temporaries live inside one instruction only.
 */
public final class BlockBuilder {
    /** Temporaries available to one instruction. */
    public static final int TEMPS = 24;

    private final int registerSlots;
    private int[] code = new int[256];
    private long[] imms = new long[64];
    private int ops;
    private int nextTemp;
    private boolean ended;

    private int[] insnFirstOp = new int[64];
    private long[] insnPc = new long[64];
    private int insns;

    /** @param registerSlots {@code Isa.registerSlots()} */
    public BlockBuilder(final int registerSlots) {
        this.registerSlots = registerSlots;
    }

    /** Slots a {@link CpuState} needs for an instruction set with {@code registerSlots} slots (flag slots not counted). */
    public static int slotsFor(final int registerSlots) {
        return registerSlots + TEMPS;
    }

    /** Forgets everything, ready for a new block. */
    public void reset() {
        ops = 0;
        insns = 0;
        nextTemp = 0;
        ended = false;
    }

    /** Starts the instruction at {@code pc}; called by the engine before each decode. */
    public void beginInstruction(final long pc) {
        if (insns == insnPc.length) {
            insnPc = Arrays.copyOf(insnPc, insns * 2);
            insnFirstOp = Arrays.copyOf(insnFirstOp, insns * 2);
        }
        insnPc[insns] = pc;
        insnFirstOp[insns] = ops;
        insns++;
        nextTemp = 0;
    }

    /** Removes the operations of the instruction begun last: its fetch faulted. */
    public void dropInstruction() {
        insns--;
        ops = insnFirstOp[insns];
        ended = false;
    }

    /** A fresh temporary slot, valid until the instruction ends. */
    public int temp() {
        if (nextTemp == TEMPS) {
            throw new IllegalStateException("instruction needs more than " + TEMPS + " temporaries");
        }
        return registerSlots + nextTemp++;
    }

    /** The first slot that is a temporary. */
    int firstTemp() {
        return registerSlots;
    }

    /** Whether the block has been ended by its last operation. */
    public boolean ended() {
        return ended;
    }

    public int instructionCount() {
        return insns;
    }

    public int opCount() {
        return ops;
    }

    /** Address of instruction {@code i}. */
    public long instructionPc(final int i) {
        return insnPc[i];
    }

    /** Index of the first operation of instruction {@code i}. */
    public int instructionOp(final int i) {
        return insnFirstOp[i];
    }

    /** Four ints an operation: opcode, d, a, b. */
    public int[] code() {
        return code;
    }

    public long[] imms() {
        return imms;
    }

    /** Appends any operation; the named methods below are the readable way. Returns its index. */
    public int op(final int opcode, final int d, final int a, final int b, final long imm) {
        if (ops == imms.length) {
            imms = Arrays.copyOf(imms, ops * 2);
            code = Arrays.copyOf(code, ops * 8);
        }
        final int at = ops * 4;
        code[at] = opcode;
        code[at + 1] = d;
        code[at + 2] = a;
        code[at + 3] = b;
        imms[ops] = imm;
        return ops++;
    }

    // ---- values

    public void constant(final int d, final long value) {
        op(Op.CONST, d, 0, 0, value);
    }

    /** A temporary that holds {@code value}. */
    public int constant(final long value) {
        final int t = temp();
        constant(t, value);
        return t;
    }

    public void mov(final int d, final int a) {
        op(Op.MOV, d, a, 0, 0);
    }

    /** d = a opcode b, for the three-slot operations of {@link Op}. */
    public void alu(final int opcode, final int d, final int a, final int b) {
        op(opcode, d, a, b, 0);
    }

    /** d = a opcode imm, for the {@code ...I} operations of {@link Op}. */
    public void alui(final int opcode, final int d, final int a, final long imm) {
        op(opcode, d, a, 0, imm);
    }

    /** d = opcode a, for the two-slot operations of {@link Op}. */
    public void unary(final int opcode, final int d, final int a) {
        op(opcode, d, a, 0, 0);
    }

    /** Replaces bits [lo, lo+width) of d by the low bits of a. */
    public void insert(final int d, final int a, final int lo, final int width) {
        op(Op.INSERT, d, a, 0, (long) lo << 8 | width);
    }

    /** d = test != 0 ? yes : no. */
    public void select(final int d, final int test, final int yes, final int no) {
        op(Op.SELECT, d, test, yes, no);
    }

    // ---- memory

    /** d = [a + displacement], by one of the LD operations. */
    public void load(final int opcode, final int d, final int a, final long displacement) {
        op(opcode, d, a, 0, displacement);
    }

    /** [a + displacement] = value, by one of the ST operations. */
    public void store(final int opcode, final int value, final int a, final long displacement) {
        op(opcode, value, a, 0, displacement);
    }

    /** Faults now if any of {@code length} bytes at a + displacement could not be written. */
    public void probeWrite(final int a, final long displacement, final int length) {
        op(Op.PROBE_WRITE, length, a, 0, displacement);
    }

    // ---- flags

    /** Sets the lazy flags from {@link FlagKind}. */
    public void flags(final int kind, final int width, final int a, final int b, final int result) {
        op(Op.FLAGS, FlagKind.pack(kind, width), a, b, result);
    }

    /** d = 1 when the condition holds, else 0. */
    public void getCond(final int d, final int cond) {
        op(Op.GETCOND, d, 0, 0, cond);
    }

    public void getFlags(final int d) {
        op(Op.GETFLAGS, d, 0, 0, 0);
    }

    /** As {@link #getFlags}, for those who know no other flags than N, Z, C and V. */
    public void getNzcv(final int d) {
        op(Op.GETFLAGS, d, 0, 0, 1);
    }

    public void putFlags(final int a) {
        op(Op.PUTFLAGS, 0, a, 0, 0);
    }

    /**
     * Computes N, Z, C and V now. To be done where the kernel is about to save them: translated code knows the operation that made them, the kernel
     * would have to ask.
     */
    public void packNzcv() {
        final int packed = temp();
        getNzcv(packed);
        putFlags(packed);
    }

    // ---- control inside the instruction

    /** A forward branch to be {@link #bind bound} later in the same instruction, taken when the condition holds. */
    public int skipIf(final int cond) {
        return op(Op.SKIP_COND, cond, 0, 0, -1);
    }

    /** A forward branch taken when slot {@code a} is not 0. */
    public int skipIfNonZero(final int a) {
        return op(Op.SKIP_IF, 0, a, 0, -1);
    }

    /** A forward branch taken when slot {@code a} is 0. */
    public int skipIfZero(final int a) {
        return op(Op.SKIP_IFZ, 0, a, 0, -1);
    }

    /** An unconditional forward branch. */
    public int skip() {
        return op(Op.SKIP, 0, 0, 0, -1);
    }

    /**
     * Lets the branch {@code at} land on the next operation appended. A branch that lands behind the instruction's last operation
     * continues with the next instruction, even where an ending operation stands before (a conditional jump or exit).
     */
    public void bind(final int at) {
        imms[at] = ops;
    }

    /**
     * Lets the block go on behind the instruction begun last, if all that ends the block there is a jump to the next instruction in a constant mode:
     * that becomes a change of the mode. Behind an instruction of an IT block it is so.
     *
     * @param next address of the next instruction
     * @return the mode to go on in, or -1: the block ends
     */
    public int goOn(final long next) {
        final int jump = ops - 1;
        final int constants = jump - 2;
        final int from = insnFirstOp[insns - 1];
        final boolean constant = constants >= from
                && code[4 * jump] == Op.JMPR_MODE
                && isConstant(constants, code[4 * jump + 2])
                && isConstant(constants + 1, code[4 * jump + 3])
                && imms[constants] == next;
        if (!constant) {
            return -1;
        }
        for (int i = from; i < constants; i++) {
            final int opcode = code[4 * i];
            final boolean exit = opcode == Op.EXIT || opcode == Op.EXITI;
            if (OpShape.skips(opcode) ? imms[i] > constants : OpShape.ends(opcode) && !exit) {
                return -1;
            }
        }
        final int mode = (int) imms[constants + 1];
        ops = constants;
        op(Op.MODE, 0, 0, 0, mode);
        ended = false;
        return mode;
    }

    private boolean isConstant(final int at, final int slot) {
        return code[4 * at] == Op.CONST && code[4 * at + 1] == slot;
    }

    // ---- ends

    public void jump(final long target) {
        op(Op.JMP, 0, 0, 0, target);
        ended = true;
    }

    public void jumpIf(final int cond, final long target) {
        op(Op.JMP_COND, cond, 0, 0, target);
        ended = true;
    }

    public void jumpIfNonZero(final int a, final long target) {
        op(Op.JMP_IF, 0, a, 0, target);
        ended = true;
    }

    public void jumpTo(final int a) {
        op(Op.JMPR, 0, a, 0, 0);
        ended = true;
    }

    public void jumpTo(final int a, final int modeSlot) {
        op(Op.JMPR_MODE, 0, a, modeSlot, 0);
        ended = true;
    }

    /** Leaves with {@code exitCode}, the pc set to {@code pc} and a constant detail. */
    public void exit(final int exitCode, final int detail, final long pc) {
        op(Op.EXITI, exitCode, 0, detail, pc);
        ended = true;
    }

    /** Leaves with {@code exitCode}, the pc set to {@code pc} and the detail in slot {@code a}. */
    public void exitWith(final int exitCode, final int a, final long pc) {
        op(Op.EXIT, exitCode, a, 0, pc);
        ended = true;
    }

    // ---- helpers

    public void helper(final int number, final int d, final int a, final int b) {
        op(Op.HELPER, d, a, b, number);
    }

    /** A helper that sets pc itself; ends the block. */
    public void helperEnd(final int number, final int d, final int a, final int b) {
        op(Op.HELPER_END, d, a, b, number);
        ended = true;
    }
}
