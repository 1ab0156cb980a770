package org.kernelentry.kernel.syscall;

import org.kernelentry.kernel.task.Task;

/** What a system call does once it is permitted. */
@FunctionalInterface
public interface SyscallBody {
    /**
     * @param current the calling task; its arguments are in {@link Task#args}, already widened by the ABI's rules
     * @return value, negative error number, or negative restart code
     */
    long invoke(Task current);
}
