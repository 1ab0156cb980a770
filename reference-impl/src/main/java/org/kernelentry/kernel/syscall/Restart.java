package org.kernelentry.kernel.syscall;

import org.kernelentry.kernel.task.Task;

/** Arming the restart block of a call. Source: linux v7.3 include/linux/thread_info.h set_restart_fn(). */
public final class Restart {
    private Restart() {}

    /** {@code set_restart_fn()}: the call will go on with {@code block} if restart_syscall(2) is made; returns -ERESTART_RESTARTBLOCK. */
    public static long arm(final Task current, final RestartBlock block) {
        current.restartBlock = block;
        current.kernel.arch.setRestartData(current);
        return -Errno.ERESTART_RESTARTBLOCK;
    }
}
