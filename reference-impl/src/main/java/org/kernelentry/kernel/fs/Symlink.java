package org.kernelentry.kernel.fs;

import java.util.function.Function;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Task;

/** A symbolic link, whose target may depend on who follows it ({@code /proc/self}). */
public final class Symlink extends Inode {
    private final Function<Task, String> target;

    Symlink(final Kernel kernel, final long number, final Function<Task, String> target) {
        super(kernel, S_IFLNK, 0777, number);
        this.target = target;
    }

    /** Empty when there is nothing behind it for this task. */
    public String target(final Task current) {
        return target.apply(current);
    }
}
