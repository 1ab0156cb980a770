package org.kernelentry.kernel.syscall;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Task;

/**
 * 64-bit arguments, which 32-bit ABIs pass as two words: on arm's EABI in an even and the odd register behind it.
 *
 * <p>Source: syscall(2), "Architecture-specific requirements".
 */
final class LongArgument {
    private LongArgument() {}

    /** Index of the argument that follows the first {@code before} ones when it has 64 bits. */
    private static int index(final Kernel k, final Task current, final int before) {
        final String abi = k.arch.abi(current).name();
        final boolean pairs = k.user.wordSize(current) == 4 && !abi.equals("ia32") && !abi.equals("oabi");
        return pairs ? before + 1 & ~1 : before;
    }

    /** The 64-bit argument behind {@code before} others. */
    static long get(final Kernel k, final Task current, final int before) {
        if (k.user.wordSize(current) == 8) {
            return current.args[before];
        }
        final int at = index(k, current, before);
        return current.args[at] & 0xffff_ffffL | current.args[at + 1] << 32;
    }
}
