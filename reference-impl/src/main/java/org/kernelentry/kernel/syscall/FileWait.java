package org.kernelentry.kernel.syscall;

import java.util.List;
import java.util.function.LongSupplier;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.signal.SigSet;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;
import org.kernelentry.kernel.task.WaitQueue;

/** What all calls that wait for files have in common. Source: linux v7.3 fs/select.c do_poll(), kernel/signal.c set_user_sigmask(). */
final class FileWait {
    private static final int SIGSET_SIZE = 8;

    private FileWait() {}

    /**
     * Waits until {@code scan} finds something, the deadline passes or a signal comes.
     *
     * @param files whose wait queues to sleep on
     * @param scan how many are ready, or a negative error
     * @return what {@code scan} found, 0 after the deadline; -ERESTARTNOHAND when a signal is pending and nothing was found
     */
    static long until(
            final Kernel k,
            final Task current,
            final List<WaitQueue> files,
            final long deadline,
            final LongSupplier scan) {
        for (final WaitQueue queue : files) {
            queue.waiters.add(current);
        }
        try {
            boolean timedOut = deadline <= k.timers.now();
            while (true) {
                current.state = TaskState.INTERRUPTIBLE;
                final long found = scan.getAsLong();
                if (found != 0) {
                    return found;
                }
                if (k.signals.signalPending(current)) {
                    return -Errno.ERESTARTNOHAND;
                }
                if (timedOut) {
                    return 0;
                }
                timedOut = !k.sched.scheduleTimeout(deadline);
            }
        } finally {
            current.state = TaskState.RUNNING;
            for (final WaitQueue queue : files) {
                queue.waiters.remove(current);
            }
        }
    }

    /** The mask for the time of the call, if one is given; 0 or a negative error. */
    static long setMask(final Kernel k, final Task current, final long mask, final long size) {
        if (mask == 0) {
            return 0;
        }
        if (size != SIGSET_SIZE) {
            return -Errno.EINVAL;
        }
        if (!k.user.get(current, mask, SIGSET_SIZE)) {
            return -Errno.EFAULT;
        }
        k.signals.setUserSigmask(current, new SigSet(k.user.value));
        return 0;
    }
}
