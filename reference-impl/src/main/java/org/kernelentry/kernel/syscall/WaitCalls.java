package org.kernelentry.kernel.syscall;

import static java.util.Map.entry;

import java.util.Map;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.Wait;

/** Waiting for children. Resource usage is reported as zero. Source: linux v7.3 kernel/exit.c. */
final class WaitCalls {
    /** Words of {@code struct rusage}. */
    private static final int RUSAGE_WORDS = 18;

    private final Kernel k;

    WaitCalls(final Kernel kernel) {
        this.k = kernel;
    }

    Map<String, SyscallBody> bodies() {
        return Map.ofEntries(
                entry("wait4", task -> wait4(task, task.args[3])),
                entry("waitpid", task -> wait4(task, 0)),
                entry("waitid", this::sysWaitid));
    }

    private long wait4(final Task current, final long rusage) {
        final long statusAddress = current.args[1];
        final int[] status = new int[1];
        final int wanted = (int) current.args[0];
        final long pid = k.processes.wait4(current, wanted, (int) current.args[2], status);
        if (pid > 0) {
            if (statusAddress != 0 && !k.user.put(current, statusAddress, 4, status[0])) {
                return -Errno.EFAULT;
            }
            if (!putRusage(current, rusage)) {
                return -Errno.EFAULT;
            }
        }
        return pid;
    }

    /** The siginfo is written even when nothing was found, with zeros; EFAULT hides what was consumed. */
    private long sysWaitid(final Task current) {
        final long info = current.args[2];
        final long rusage = current.args[4];
        final Wait wait = Wait.waitid(k, current, (int) current.args[0], (int) current.args[1], (int) current.args[3]);
        long result = -Errno.EINVAL;
        int signo = 0;
        int cause = 0;
        int pid = 0;
        int status = 0;
        if (wait != null) {
            result = wait.doWait();
            if (result > 0) {
                result = 0;
                signo = Signals.SIGCHLD;
                cause = wait.cause;
                pid = wait.pid;
                status = wait.infoStatus;
                if (!putRusage(current, rusage)) {
                    return -Errno.EFAULT;
                }
            }
        }
        if (info == 0) {
            return result;
        }
        // The union of siginfo_t is aligned to its pointers.
        final long union = info + (k.user.wordSize(current) == 8 ? 16 : 12);
        final boolean written = k.user.put(current, info, 4, signo)
                && k.user.put(current, info + 4, 4, 0)
                && k.user.put(current, info + 8, 4, cause)
                && k.user.put(current, union, 4, pid)
                && k.user.put(current, union + 4, 4, 0)
                && k.user.put(current, union + 8, 4, status);
        return written ? result : -Errno.EFAULT;
    }

    private boolean putRusage(final Task current, final long address) {
        if (address == 0) {
            return true;
        }
        final byte[] zeros = new byte[RUSAGE_WORDS * k.user.wordSize(current)];
        return k.user.copyTo(current, address, zeros, 0, zeros.length);
    }
}
