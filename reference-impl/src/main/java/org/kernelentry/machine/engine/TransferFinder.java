package org.kernelentry.machine.engine;

import static org.kernelentry.machine.ir.Block.a;
import static org.kernelentry.machine.ir.Block.b;
import static org.kernelentry.machine.ir.Block.d;
import static org.kernelentry.machine.ir.Block.opcode;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.ir.OpShape;
import org.kernelentry.machine.memory.AddressSpace;

/**
 * Finds the operations of a {@link Transfer}: loads only or stores only, of one width, by one register, perhaps with a temporary that is the
 * register and a constant; in between checks of its alignment, moves of it, and of what was loaded into temporaries. That is what instructions
 * become that load or store several registers, and several such instructions.
 */
final class TransferFinder {
    private static final int NONE = -1;
    /** Fewer operations are faster as they are. */
    private static final int LEAST = 4;

    private static final long LOW = 0xffff_ffffL;

    private final CachedBlock block;
    private final long[] program;

    /** The register, and the slot that addresses are made of: it or a temporary. */
    private int register = NONE;

    private int slot = NONE;
    private long offset;
    private long mask = -1;
    /** {@link Op}'s load or store, and whether its addresses are cut to 32 bits. */
    private int kind = NONE;

    private boolean cutAddress;
    private long bits;
    /** How far the register was moved. */
    private long move;

    private long moveMask = -1;
    private boolean hasMoved;
    private long lowest = Long.MAX_VALUE;
    private long highest = Long.MIN_VALUE;
    private int[] slots = new int[8];
    private long[] at = new long[8];
    private int accesses;

    private TransferFinder(final CachedBlock block) {
        this.block = block;
        this.program = block.program;
    }

    /** What begins with operation {@code i}, of which {@code first} is the code, or null where nothing is gained. */
    static @Nullable Transfer find(final CachedBlock block, final int i, final Code first) {
        return new TransferFinder(block).from(i, first);
    }

    private @Nullable Transfer from(final int start, final Code first) {
        int i = start;
        int done = 0;
        if (isAlias(i)) {
            i++;
        }
        for (int next = i; i < block.ops(); i = next, done++) {
            next = step(i);
            if (next == NONE) {
                break;
            }
        }
        if (accesses == 0 || done < LEAST || highest - lowest > AddressSpace.PAGE_SIZE) {
            return null;
        }
        if (slot != register && isRead(slot, i, block.instructionOf(start))) {
            return null;
        }
        final int[] places = new int[accesses];
        for (int k = 0; k < accesses; k++) {
            places[k] = (int) (at[k] - lowest);
        }
        return Transfer.of(
                kind,
                first,
                new Transfer.Place(
                        register, offset, mask, bits, lowest, cutAddress ? LOW : -1, (int) (highest - lowest)),
                new Transfer.Move(move, moveMask),
                Arrays.copyOf(slots, accesses),
                places,
                i);
    }

    private boolean isTemp(final int candidate) {
        final int temp = block.block.firstTemp();
        return candidate >= temp && candidate < temp + BlockBuilder.TEMPS;
    }

    /** Whether operation {@code i} makes the temporary that addresses are made of. */
    private boolean isAlias(final int i) {
        final long op = program[2 * i];
        final boolean sum = opcode(op) == Op.ADDI || opcode(op) == Op.ADDI32;
        if (!sum || !isTemp(d(op)) || isTemp(a(op))) {
            return false;
        }
        register = a(op);
        slot = d(op);
        offset = program[2 * i + 1];
        mask = opcode(op) == Op.ADDI32 ? LOW : -1;
        return true;
    }

    /** Takes operation {@code i} along and returns the one that follows, or {@link #NONE} where the transfer ends before it. */
    private int step(final int i) {
        final long op = program[2 * i];
        final long imm = program[2 * i + 1];
        final int opcode = opcode(op);
        return switch (opcode) {
            case FusedOp.SKIP_IF_NO_BITS -> takesCheck(i) ? i + 2 : NONE;
            case Op.PROBE_WRITE -> takesProbe(op, imm) ? i + 1 : NONE;
            case Op.LD32U, Op.LD64, Op.ST32, Op.ST64 -> takesAccess(opcode, op, imm, false) ? i + 1 : NONE;
            case FusedOp.LD32U_CUT, FusedOp.LD64_CUT, FusedOp.ST32_CUT, FusedOp.ST64_CUT ->
                takesAccess(opcode - FusedOp.CUT_ADDRESS, op, imm, true) ? i + 1 : NONE;
            case FusedOp.LD32U_MOVING, FusedOp.LD64_MOVING, FusedOp.ST32_MOVING, FusedOp.ST64_MOVING ->
                takesMoving(opcode - FusedOp.MOVING, op, imm) ? i + 1 : NONE;
            case Op.ADDI, Op.ADDI32 -> takesMove(op, imm) ? i + 1 : NONE;
            case Op.MOV -> takesResult(i) ? i + 1 : NONE;
            default -> NONE;
        };
    }

    private boolean isBase(final int candidate) {
        if (slot == NONE && !isTemp(candidate)) {
            register = candidate;
            slot = candidate;
        }
        return slot == candidate;
    }

    private boolean takesCheck(final int i) {
        final long op = program[2 * i];
        final boolean leaves =
                i + 1 < block.ops() && opcode(program[2 * i + 2]) == Op.EXIT && program[2 * i + 1] == i + 2;
        if (!leaves || hasMoved || !isBase(a(op))) {
            return false;
        }
        bits |= b(op);
        return true;
    }

    private boolean takesProbe(final long op, final long imm) {
        if (hasMoved || kind != NONE && (kind < Op.ST8 || cutAddress) || !isBase(a(op))) {
            return false;
        }
        cover(imm, d(op));
        return true;
    }

    private void cover(final long from, final int length) {
        lowest = Math.min(lowest, from);
        highest = Math.max(highest, from + length);
    }

    private boolean takesAccess(final int opcode, final long op, final long imm, final boolean cut) {
        // All addresses are the register and a constant, cut once or not at all.
        if (kind != NONE && (opcode != kind || cut != cutAddress) || cut && slot != register) {
            return false;
        }
        final boolean probed = lowest <= highest && kind == NONE;
        final boolean moved = hasMoved && (slot != register || cut != (moveMask == LOW));
        if (probed && (cut || opcode < Op.ST8) || moved || !isBase(a(op))) {
            return false;
        }
        if (d(op) == slot || d(op) == register && opcode < Op.ST8) {
            return false;
        }
        kind = opcode;
        cutAddress = cut;
        if (accesses == slots.length) {
            slots = Arrays.copyOf(slots, 2 * accesses);
            at = Arrays.copyOf(at, 2 * accesses);
        }
        slots[accesses] = d(op);
        at[accesses] = move + imm;
        accesses++;
        cover(move + imm, opcode == Op.LD32U || opcode == Op.ST32 ? Integer.BYTES : Long.BYTES);
        return true;
    }

    /** An access that moves the register. */
    private boolean takesMoving(final int opcode, final long op, final long imm) {
        final boolean cut = b(op) != 0;
        final long displacement = (int) imm;
        if (cut && b(op) != (FusedOp.MOVE_CUT | FusedOp.MOVE_CUT_ADDRESS)
                || slot != NONE && slot != register
                || hasMoved && cut != (moveMask == LOW)
                || !takesAccess(opcode, op, displacement, cut)) {
            return false;
        }
        moveBy(imm >> Integer.SIZE, cut);
        return true;
    }

    private boolean takesMove(final long op, final long imm) {
        final boolean cut = opcode(op) == Op.ADDI32;
        if (accesses == 0 || d(op) != register || a(op) != register || hasMoved && cut != (moveMask == LOW)) {
            return false;
        }
        moveBy(imm, cut);
        return true;
    }

    private void moveBy(final long by, final boolean cut) {
        move += by;
        moveMask = cut ? LOW : -1;
        hasMoved = true;
    }

    /** What was loaded into a temporary goes where that is moved to. */
    private boolean takesResult(final int i) {
        final int to = d(program[2 * i]);
        final int temp = a(program[2 * i]);
        int k = accesses - 1;
        while (k >= 0 && slots[k] != temp) {
            if (slots[k] == to) {
                return false;
            }
            k--;
        }
        if (k < 0
                || kind >= Op.ST8
                || to == register
                || to == slot
                || !isTemp(temp)
                || isRead(temp, i + 1, block.instructionOf(i))) {
            return false;
        }
        slots[k] = to;
        return true;
    }

    /** Whether an operation from {@code from} on of {@code instruction} may read a temporary. */
    private boolean isRead(final int temp, final int from, final int instruction) {
        for (int n = from; n < block.ops() && block.instructionOf(n) == instruction; n++) {
            final long op = program[2 * n];
            final int opcode = opcode(op);
            final boolean plain = opcode <= Op.LAST;
            if (d(op) == temp
                    || a(op) == temp
                    || b(op) == temp
                    || plain && (OpShape.opaque(opcode) || OpShape.readsImm(opcode) && program[2 * n + 1] == temp)) {
                return true;
            }
        }
        return false;
    }
}
