package org.kernelentry.machine.engine;

import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.GuestTrap;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.MemoryFault;
import org.kernelentry.machine.memory.PagedSpace;

/**
 * Runs the {@link Code} of blocks.
 *
 * <p>Whole blocks are run, one after the other as long as the successor is known, the budget covers all of it, no code has changed, and
 * nobody asks for an interrupt window. A block is left in its middle only behind an operation that stores or calls a helper, at the
 * boundary of that operation's instruction, or at the start of an instruction that faults.
 */
final class Interpreter {
    private static final int NO_SLOT = 0xffff;

    private final CpuState state;
    private final int translateAfter;
    private @Nullable CachedBlock last;
    private long completed;
    private long detail;

    /** @param translateAfter heat at which a block is left to the translator */
    Interpreter(final CpuState state, final int translateAfter) {
        this.state = state;
        this.translateAfter = translateAfter;
    }

    /** The block that was left last. */
    @Nullable
    CachedBlock last() {
        return last;
    }

    /** Instructions completed by the last {@link #execute}. */
    long completed() {
        return completed;
    }

    /** Detail of the exit that the last {@link #execute} returned. */
    long detail() {
        return detail;
    }

    /**
     * Runs {@code first} and the blocks that follow it.
     *
     * @param budget instructions that may be completed; covers {@code first}
     * @return a code of {@link CpuExit} or {@link Code#FALL}, {@link Code#TAKEN}, {@link Code#INDIRECT}; the pc is set
     */
    int execute(final EngineCpu cpu, final CachedBlock first, final long budget) {
        final CpuState s = state;
        final long[] r = s.r;
        // The class, not the interface: its fast paths are to be inlined without a check of the receiver.
        final PagedSpace mem = (PagedSpace) s.memory;
        final int generation = mem.codeGeneration();
        CachedBlock block = first;
        long done = 0;
        int i = 0;
        try {
            for (; ; ) {
                final Code[] codes = block.codes;
                i = 0;
                // Four places that call: the processor predicts where a call goes by its place.
                do {
                    i = codes[i].run(r, mem, generation, i);
                    if (i < 0) {
                        break;
                    }
                    i = codes[i].run(r, mem, generation, i);
                    if (i < 0) {
                        break;
                    }
                    i = codes[i].run(r, mem, generation, i);
                    if (i < 0) {
                        break;
                    }
                    i = codes[i].run(r, mem, generation, i);
                } while (i >= 0);
                final int status = i;
                CachedBlock next;
                if (status == Code.TAKEN) {
                    next = block.taken;
                } else if (status == Code.FALL) {
                    s.pc = block.nextPc;
                    next = block.fall;
                } else if (status == Code.INDIRECT) {
                    next = cpu.cached(s.pc, s.mode);
                    if (next != null) {
                        next.entered = true;
                        block.wentTo = next;
                    }
                    if (mem.codeGeneration() != generation || s.singleStep) {
                        next = null;
                    }
                } else {
                    i = status & Code.INDEX;
                    if ((status & Code.EXIT) == Code.EXIT) {
                        return leave(block, i, done);
                    }
                    if ((status & Code.FAULT) == Code.FAULT) {
                        return fault(block, i, done);
                    }
                    // The rest of the instruction.
                    final int stop = block.instructionOf(i) + 1;
                    final int end = block.firstOp(stop);
                    i++;
                    while (i >= 0 && i < end) {
                        final int now = codes[i].alone().run(r, mem, generation, i);
                        if ((now & Code.EXIT) == Code.EXIT && now < Code.INDIRECT) {
                            return leave(block, i, done);
                        }
                        i = now < Code.INDIRECT ? i + 1 : now;
                    }
                    return cut(block, done + stop, stop, i);
                }
                done += block.instructions;
                if (next == null
                        || ++next.heat >= translateAfter
                        || next.pc != s.pc
                        || next.mode != s.mode
                        || next.instructions > budget - done
                        || cpu.interruptPending()) {
                    last = block;
                    completed = done;
                    return status;
                }
                block = next;
            }
        } catch (MemoryFault fault) {
            return fault(block, i, done);
        } catch (GuestTrap trap) {
            detail = trap.detail;
            return leave(block, i, done, trap.exitCode, s.pc);
        }
    }

    /** Leaves at the start of the instruction of operation {@code i}, which was refused. */
    private int fault(final CachedBlock block, final int i, final long done) {
        final int k = block.instructionOf(i);
        state.pc = block.pcOf(k);
        completed = done + k;
        return CpuExit.PAGE_FAULT;
    }

    /** Ends {@code block} behind its first {@code stop} instructions, of which the last ended with {@code status}. */
    private int cut(final CachedBlock block, final long done, final int stop, final int status) {
        last = block;
        completed = done;
        if (status == Code.TAKEN || status == Code.INDIRECT) {
            return status;
        }
        state.pc = block.pcOf(stop);
        return stop == block.instructions ? Code.FALL : Code.INDIRECT;
    }

    /** Leaves for the kernel at operation {@code i}, an exit. */
    private int leave(final CachedBlock block, final int i, final long done) {
        final long op = block.program[2 * i];
        if (Block.opcode(op) == Op.EXITI) {
            detail = Block.detail(op);
        } else {
            detail = Block.a(op) == NO_SLOT ? 0 : state.r[Block.a(op)];
        }
        return leave(block, i, done, Block.d(op), block.program[2 * i + 1]);
    }

    private int leave(final CachedBlock block, final int i, final long done, final int code, final long pc) {
        final int k = block.instructionOf(i);
        state.pc = pc;
        // A system call is complete even where it is told to look at itself again; other exits are when they moved on.
        completed = done + k + (code == CpuExit.SYSCALL || pc != block.pcOf(k) ? 1 : 0);
        return code;
    }
}
