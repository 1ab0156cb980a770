package org.kernelentry.machine.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decoded block: straight-line guest instructions as operations, with the place where each instruction begins. Immutable.
 *
 * <p>An operation takes two longs of {@link #program()}: the opcode and the three slots, 16 bits each, and the constant. {@link
 * Op#EXITI} keeps its 32-bit detail in the upper half of the first.
 */
public final class Block {
    /** Most instructions of one block. */
    public static final int MAX_INSTRUCTIONS = 64;

    private static final int SLOT_MASK = 0xffff;

    private final long[] program;
    private final byte[] instructionOf;
    private final int[] firstOp;
    private final long[] pcs;
    private final int mode;
    private final int endMode;
    private final int firstTemp;

    private Block(
            final long[] program,
            final byte[] instructionOf,
            final int[] firstOp,
            final long[] pcs,
            final int mode,
            final int endMode,
            final int firstTemp) {
        this.program = program;
        this.instructionOf = instructionOf;
        this.firstOp = firstOp;
        this.pcs = pcs;
        this.mode = mode;
        this.endMode = endMode;
        this.firstTemp = firstTemp;
    }

    /**
     * The block that {@code builder} holds, without what is known beforehand ({@link KnownAlignment}, {@link ConstantFolding}) and what has no effect ({@link DeadOps}).
     *
     * @param nextPc address behind the last instruction
     * @param mode decoding mode of its first instruction
     * @param endMode decoding mode behind its last one
     */
    public static Block of(final BlockBuilder builder, final long nextPc, final int mode, final int endMode) {
        final int instructions = builder.instructionCount();
        final boolean[] dead = DeadOps.find(builder, ConstantFolding.fold(builder, KnownAlignment.find(builder)));
        // Where each operation goes; a dead one's place is that of the next one alive, which is what labels on it mean.
        final int[] place = new int[dead.length + 1];
        for (int i = 0; i < dead.length; i++) {
            place[i + 1] = place[i] + (dead[i] ? 0 : 1);
        }
        final int[] firstOp = new int[instructions + 1];
        final long[] pcs = new long[instructions + 1];
        for (int k = 0; k < instructions; k++) {
            firstOp[k] = place[builder.instructionOp(k)];
            pcs[k] = builder.instructionPc(k);
        }
        final int ops = place[dead.length];
        firstOp[instructions] = ops;
        pcs[instructions] = nextPc;
        final long[] program = new long[2 * ops];
        final int[] code = builder.code();
        for (int i = 0; i < dead.length; i++) {
            if (!dead[i]) {
                final long imm = builder.imms()[i];
                final int at = 2 * place[i];
                program[at] = pack(code[4 * i], code[4 * i + 1], code[4 * i + 2], code[4 * i + 3]);
                program[at + 1] = OpShape.skips(code[4 * i]) ? place[(int) imm] : imm;
            }
        }
        return new Block(program, instructionsOf(firstOp), firstOp, pcs, mode, endMode, builder.firstTemp());
    }

    /** For each operation its instruction, given the first operation of each instruction and the number of operations. */
    public static byte[] instructionsOf(final int[] firstOp) {
        final byte[] instructionOf = new byte[firstOp[firstOp.length - 1]];
        for (int k = 0; k < firstOp.length - 1; k++) {
            Arrays.fill(instructionOf, firstOp[k], firstOp[k + 1], (byte) k);
        }
        return instructionOf;
    }

    /** The first long of an operation; {@link Op#EXITI} keeps {@code b} with 32 bits. */
    public static long pack(final int opcode, final int d, final int a, final int b) {
        final long low = opcode & SLOT_MASK | (long) (d & SLOT_MASK) << 16;
        return opcode == Op.EXITI
                ? low | (long) b << 32
                : low | (long) (a & SLOT_MASK) << 32 | (long) (b & SLOT_MASK) << 48;
    }

    /** Address of the first instruction. */
    public long pc() {
        return pcs[0];
    }

    /** Address behind the last instruction. */
    public long nextPc() {
        return pcs[pcs.length - 1];
    }

    /** Mode that its first instruction was decoded for; {@link Op#MODE} changes it for those that follow. */
    public int mode() {
        return mode;
    }

    /** The first slot that is a temporary. */
    public int firstTemp() {
        return firstTemp;
    }

    /**
     * A place to continue at.
     *
     * @param pc address
     * @param mode decoding mode
     */
    public record Target(long pc, int mode) {}

    /** Constants it may continue at: behind its last instruction, and where that jumps. */
    public List<Target> targets() {
        final List<Target> found = new ArrayList<>();
        found.add(new Target(nextPc(), endMode));
        for (int i = firstOp(instructions() - 1); i < ops(); i++) {
            final int opcode = opcode(program[2 * i]);
            if (opcode == Op.JMP || opcode == Op.JMP_COND || opcode == Op.JMP_IF) {
                found.add(new Target(program[2 * i + 1], endMode));
            } else if (opcode == Op.JMPR_MODE) {
                final Target target = constantJump(i);
                if (target != null) {
                    found.add(target);
                }
            }
        }
        return found;
    }

    /** Where JMPR_MODE at operation {@code i} goes if the two operations before it are its constants, as a branch in an IT block has. */
    public @Nullable Target constantJump(final int i) {
        if (i - 2 < firstOp(instructionOf(i))) {
            return null;
        }
        final long jump = program[2 * i];
        final long address = program[2 * i - 4];
        final long newMode = program[2 * i - 2];
        final boolean constants = opcode(address) == Op.CONST && opcode(newMode) == Op.CONST;
        return constants && d(address) == a(jump) && d(newMode) == b(jump) && a(jump) != b(jump) && !skippedTo(i - 1, i)
                ? new Target(program[2 * i - 3], (int) program[2 * i - 1])
                : null;
    }

    private boolean skippedTo(final int from, final int to) {
        for (int i = firstOp(instructionOf(from)); i < from; i++) {
            if (OpShape.skips(opcode(program[2 * i])) && program[2 * i + 1] >= from && program[2 * i + 1] <= to) {
                return true;
            }
        }
        return false;
    }

    public int instructions() {
        return pcs.length - 1;
    }

    public int ops() {
        return instructionOf.length;
    }

    /** Address of instruction {@code k}; {@code k} = {@link #instructions()} is {@link #nextPc()}. */
    public long pcOf(final int k) {
        return pcs[k];
    }

    /** Index of the first operation of instruction {@code k}; {@code k} = {@link #instructions()} is {@link #ops()}. */
    public int firstOp(final int k) {
        return firstOp[k];
    }

    /** The instruction that operation {@code i} belongs to. */
    public int instructionOf(final int i) {
        return instructionOf[i];
    }

    /** The operations, two longs each; not to be changed. */
    public long[] program() {
        return program;
    }

    /** Opcode of a packed operation. */
    public static int opcode(final long op) {
        return (int) op & SLOT_MASK;
    }

    /** First slot of a packed operation. */
    public static int d(final long op) {
        return (int) (op >>> 16) & SLOT_MASK;
    }

    /** Second slot of a packed operation; 65535 where there is none. */
    public static int a(final long op) {
        return (int) (op >>> 32) & SLOT_MASK;
    }

    /** Third slot of a packed operation. */
    public static int b(final long op) {
        return (int) (op >>> 48);
    }

    /** Detail of a packed {@link Op#EXITI}. */
    public static int detail(final long op) {
        return (int) (op >>> 32);
    }

    @Override
    public String toString() {
        return "block " + Long.toHexString(pc()) + " " + Arrays.toString(program);
    }
}
