package org.kernelentry.machine.engine;

import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.memory.PagedSpace;

/**
 * An operation with its operands, ready to run: the interpreter's code is threaded, an object for each operation.
 *
 * <p>A switch over all operations would be one method, which the JVM compiles for many seconds and again whenever an operation comes for
 * the first time. These are many small ones, compiled at once.
 */
abstract class Code {
    /** The block ends behind its last instruction. */
    static final int FALL = -1;
    /** It ends with a jump to a constant. */
    static final int TAKEN = -2;
    /** It ends with a jump to an address that may differ next time, or in its middle. */
    static final int INDIRECT = -3;
    /** With the operation's index: the block ends behind this instruction, as what follows was decoded from code that changed, or has to be stepped. */
    static final int CUT = 1 << 31;
    /** With the operation's index: an exit to the kernel, as the operation says. */
    static final int EXIT = 1 << 31 | 1 << 30;
    /** With the operation's index: it accessed memory and was refused; only {@link Inlined} says so, others throw. */
    static final int FAULT = 1 << 31 | 1 << 29;
    /** The index in {@link #CUT}, {@link #EXIT} and {@link #FAULT}. */
    static final int INDEX = (1 << 29) - 1;

    /** Stands behind the last operation of every block. */
    static final Code END = new Code() {
        @Override
        int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
            return FALL;
        }
    };

    /** Stands where there is no operation, and stays there. */
    static final Code NOTHING = new Code() {
        @Override
        int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
            return i;
        }
    };

    /**
     * Executes operation {@code i} of a block.
     *
     * @param r the slots
     * @param generation {@link PagedSpace#codeGeneration} of the code that runs
     * @return the index of the operation that follows, or a negative constant: how the block ends
     */
    abstract int run(long[] r, PagedSpace mem, int generation, int i);

    /** The operation that is next if all goes well. */
    int next(final int i) {
        return i + 1;
    }

    /** The operation of this place on its own, without what is done along with it. */
    Code alone() {
        return this;
    }

    static int jump(final CpuState s, final long target) {
        s.pc = target;
        return TAKEN;
    }
}
