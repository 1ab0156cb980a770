package org.kernelentry.kernel.syscall;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.fs.FileTable;
import org.kernelentry.kernel.fs.OpenFile;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.Timers;
import org.kernelentry.kernel.task.WaitQueue;

/** Waiting for files: poll and select with their kin. Source: linux v7.3 fs/select.c. */
final class PollCalls {
    private static final int POLLFD_SIZE = 8;
    private static final int READABLE = OpenFile.POLLIN | OpenFile.POLLRDNORM | OpenFile.POLLHUP | OpenFile.POLLERR;
    private static final int WRITABLE = OpenFile.POLLOUT | OpenFile.POLLWRNORM | OpenFile.POLLERR;
    /** No file of the model has exceptional conditions. */
    private static final int EXCEPTIONAL = 0;

    private final Kernel k;
    private final Times times;

    PollCalls(final Kernel kernel) {
        this.k = kernel;
        this.times = new Times(kernel);
    }

    Map<String, SyscallBody> bodies() {
        return Map.ofEntries(
                entry("poll", this::sysPoll),
                entry("ppoll", task -> ppoll(task, times.width(task, false))),
                entry("ppoll_time64", task -> ppoll(task, times.width(task, true))),
                entry("select", this::sysSelect),
                entry("_newselect", this::newSelect),
                entry("pselect6", task -> pselect6(task, times.width(task, false))),
                entry("pselect6_time64", task -> pselect6(task, times.width(task, true))));
    }

    private static @Nullable OpenFile file(final Task task, final int fd) {
        final FileTable files = task.files;
        return files == null ? null : files.get(fd);
    }

    // ---- poll

    private long sysPoll(final Task current) {
        final int milliseconds = (int) current.args[2];
        final long deadline =
                milliseconds < 0 ? Long.MAX_VALUE : Timers.after(k.timers.now(), milliseconds * 1_000_000L);
        return pollOrBlock(current, current.args[0], current.args[1], deadline);
    }

    /** Restarted, it goes on to the same deadline (RST-32). */
    private long pollOrBlock(final Task current, final long fds, final long count, final long deadline) {
        final long result = doPoll(current, fds, count, deadline);
        return result == -Errno.ERESTARTNOHAND
                ? Restart.arm(current, task -> pollOrBlock(task, fds, count, deadline))
                : result;
    }

    private long ppoll(final Task current, final int width) {
        final long timeout = current.args[2];
        long deadline = Long.MAX_VALUE;
        boolean zero = false;
        if (timeout != 0) {
            if (!times.get(current, timeout, width)) {
                return -Errno.EFAULT;
            }
            if (!times.valid()) {
                return -Errno.EINVAL;
            }
            zero = times.nanoseconds() == 0;
            deadline = Timers.after(k.timers.now(), times.nanoseconds());
        }
        final long error = FileWait.setMask(k, current, current.args[3], current.args[4]);
        if (error != 0) {
            return error;
        }
        final long result = doPoll(current, current.args[0], current.args[1], deadline);
        return finish(current, result, timeout, zero, deadline, width, Times.NSEC_PER_SEC);
    }

    private long doPoll(final Task current, final long fds, final long count, final long deadline) {
        final long n = count & 0xffff_ffffL;
        if (n > FileTable.LIMIT) {
            return -Errno.EINVAL;
        }
        final int[] fd = new int[(int) n];
        final int[] events = new int[fd.length];
        final int[] found = new int[fd.length];
        final List<WaitQueue> queues = new ArrayList<>();
        for (int i = 0; i < fd.length; i++) {
            final long at = fds + (long) i * POLLFD_SIZE;
            if (!k.user.getInt(current, at)) {
                return -Errno.EFAULT;
            }
            fd[i] = (int) k.user.value;
            if (!k.user.get(current, at + 4, 2)) {
                return -Errno.EFAULT;
            }
            events[i] = (int) k.user.value | OpenFile.POLLERR | OpenFile.POLLHUP;
            final OpenFile file = file(current, fd[i]);
            if (file != null) {
                queues.addAll(file.queues());
            }
        }
        final long ready = FileWait.until(k, current, queues, deadline, () -> scan(current, fd, events, found));
        for (int i = 0; i < fd.length; i++) {
            if (!k.user.put(current, fds + (long) i * POLLFD_SIZE + 6, 2, found[i])) {
                return -Errno.EFAULT;
            }
        }
        return ready;
    }

    private static long scan(final Task current, final int[] fd, final int[] events, final int[] found) {
        int ready = 0;
        for (int i = 0; i < fd.length; i++) {
            final OpenFile file = file(current, fd[i]);
            found[i] = fd[i] < 0 ? 0 : file == null ? OpenFile.POLLNVAL : file.poll() & events[i];
            ready += found[i] != 0 ? 1 : 0;
        }
        return ready;
    }

    // ---- the mask and the time left

    /**
     * {@code poll_select_finish()}: puts the mask back unless a signal is to be handled first, and says how much time is left. Where that cannot
     * be said a restart would wait too long, so there is none.
     *
     * @param unit parts of a second the structure at {@code timeout} counts
     */
    private long finish(
            final Task current,
            final long result,
            final long timeout,
            final boolean zero,
            final long deadline,
            final int width,
            final long unit) {
        k.signals.restoreSavedSigmaskUnless(current, result == -Errno.ERESTARTNOHAND);
        if (timeout == 0 || zero) {
            return result;
        }
        final long left = deadline == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(deadline - k.timers.now(), 0);
        final long rest = left % Times.NSEC_PER_SEC / (Times.NSEC_PER_SEC / unit);
        if (times.put(current, timeout, width, left / Times.NSEC_PER_SEC, rest)) {
            return result;
        }
        return result == -Errno.ERESTARTNOHAND ? -Errno.EINTR : result;
    }

    // ---- select

    /** On 32-bit ABIs the old number takes its arguments in memory. */
    private long sysSelect(final Task current) {
        if (k.user.wordSize(current) == 8) {
            return newSelect(current);
        }
        final long block = current.args[0];
        final long[] args = new long[5];
        for (int i = 0; i < args.length; i++) {
            if (!k.user.get(current, block + 4L * i, 4)) {
                return -Errno.EFAULT;
            }
            args[i] = k.user.value;
        }
        return select(current, args);
    }

    private long newSelect(final Task current) {
        return select(current, current.args);
    }

    private long select(final Task current, final long[] args) {
        final long timeout = args[4];
        final int width = times.width(current, false);
        long deadline = Long.MAX_VALUE;
        boolean zero = false;
        if (timeout != 0) {
            if (!times.get(current, timeout, width)) {
                return -Errno.EFAULT;
            }
            // Microseconds beyond a second are carried, negative ones are not taken.
            final long seconds = times.seconds + times.rest / 1_000_000;
            final long nanoseconds = times.rest % 1_000_000 * Times.NSEC_PER_USEC;
            if (seconds < 0 || nanoseconds < 0) {
                return -Errno.EINVAL;
            }
            zero = seconds == 0 && nanoseconds == 0;
            deadline = Timers.after(k.timers.now(), Times.toNanoseconds(seconds, nanoseconds));
        }
        final long result = coreSelect(current, (int) args[0], args[1], args[2], args[3], deadline);
        return finish(current, result, timeout, zero, deadline, width, 1_000_000);
    }

    private long pselect6(final Task current, final int width) {
        final long[] args = current.args;
        final long timeout = args[4];
        final long maskArgument = args[5];
        long deadline = Long.MAX_VALUE;
        boolean zero = false;
        long mask = 0;
        long maskSize = 0;
        if (maskArgument != 0) {
            if (!k.user.getWord(current, maskArgument)) {
                return -Errno.EFAULT;
            }
            mask = k.user.value;
            if (!k.user.getWord(current, maskArgument + k.user.wordSize(current))) {
                return -Errno.EFAULT;
            }
            maskSize = k.user.value;
        }
        if (timeout != 0) {
            if (!times.get(current, timeout, width)) {
                return -Errno.EFAULT;
            }
            if (!times.valid()) {
                return -Errno.EINVAL;
            }
            zero = times.nanoseconds() == 0;
            deadline = Timers.after(k.timers.now(), times.nanoseconds());
        }
        final long error = FileWait.setMask(k, current, mask, maskSize);
        if (error != 0) {
            return error;
        }
        final long result = coreSelect(current, (int) args[0], args[1], args[2], args[3], deadline);
        return finish(current, result, timeout, zero, deadline, width, Times.NSEC_PER_SEC);
    }

    /** {@code core_sys_select()} on three bitmaps of {@code n} bits, in words of the ABI's {@code long}. */
    private long coreSelect(
            final Task current, final int n, final long in, final long out, final long except, final long deadline) {
        if (n < 0) {
            return -Errno.EINVAL;
        }
        final int bits = Math.min(n, FileTable.LIMIT);
        final int wordBits = 8 * k.user.wordSize(current);
        final int bytes = (bits + wordBits - 1) / wordBits * (wordBits / 8);
        final long[] address = {in, out, except};
        final int[] interest = {READABLE, WRITABLE, EXCEPTIONAL};
        final byte[][] asked = new byte[3][bytes];
        final byte[][] found = new byte[3][bytes];
        for (int set = 0; set < 3; set++) {
            if (address[set] != 0 && !k.user.copyFrom(current, address[set], asked[set], 0, bytes)) {
                return -Errno.EFAULT;
            }
        }
        final List<WaitQueue> queues = new ArrayList<>();
        for (int fd = 0; fd < bits; fd++) {
            if (bit(asked[0], fd) || bit(asked[1], fd) || bit(asked[2], fd)) {
                final OpenFile file = file(current, fd);
                if (file == null) {
                    return -Errno.EBADF;
                }
                queues.addAll(file.queues());
            }
        }
        final long ready = FileWait.until(k, current, queues, deadline, () -> {
            long count = 0;
            for (int set = 0; set < 3; set++) {
                for (int fd = 0; fd < bits; fd++) {
                    final OpenFile file = bit(asked[set], fd) ? file(current, fd) : null;
                    if (file != null && (file.poll() & interest[set]) != 0) {
                        found[set][fd >> 3] |= (byte) (1 << (fd & 7));
                        count++;
                    }
                }
            }
            return count;
        });
        if (ready < 0) {
            return ready;
        }
        for (int set = 0; set < 3; set++) {
            if (address[set] != 0 && !k.user.copyTo(current, address[set], found[set], 0, bytes)) {
                return -Errno.EFAULT;
            }
        }
        return ready;
    }

    private static boolean bit(final byte[] set, final int fd) {
        return (set[fd >> 3] >> (fd & 7) & 1) != 0;
    }
}
