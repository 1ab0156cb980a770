package org.kernelentry.kernel.syscall;

import org.kernelentry.kernel.task.Task;

/** {@code struct restart_block}: how restart_syscall(2) goes on with an interrupted call. */
@FunctionalInterface
public interface RestartBlock {
    /** {@code do_no_restart_syscall()}: nothing is armed. */
    RestartBlock NONE = task -> -Errno.EINTR;

    /** Continues the call; returns what its body would. */
    long restart(Task task);
}
