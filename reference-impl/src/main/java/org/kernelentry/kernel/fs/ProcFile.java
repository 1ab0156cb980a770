package org.kernelentry.kernel.fs;

import java.util.function.Function;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Task;

/** A file of /proc: made anew whenever it is read, from the state of the task it is about. Source: linux v7.3 fs/proc/base.c. */
final class ProcFile extends Inode {
    private final Function<Task, byte[]> text;

    ProcFile(final Kernel kernel, final long number, final Function<Task, byte[]> text) {
        super(kernel, S_IFREG, 0444, number);
        this.text = text;
    }

    @Override
    long read(final Task current, final long address, final long count, final long position) {
        return copyOut(current, address, count, text.apply(current), position);
    }
}
