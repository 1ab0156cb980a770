package org.kernelentry.kernel.syscall;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.Timers;

/**
 * Times in guest memory: {@code timespec}, {@code timeval} and their 64-bit forms, by ABI.
 *
 * <p>Source: linux v7.3 kernel/time/time.c get_timespec64(), get_old_timespec32(); include/linux/ktime.h.
 */
final class Times {
    static final long NSEC_PER_SEC = 1_000_000_000L;
    static final long NSEC_PER_USEC = 1_000L;
    private static final long MAX_SECONDS = Long.MAX_VALUE / NSEC_PER_SEC;

    private final Kernel k;
    /** Seconds and the rest (nanoseconds or microseconds) of the last successful {@link #get}. */
    long seconds;

    long rest;

    Times(final Kernel kernel) {
        this.k = kernel;
    }

    /** Bytes of each of the two members: 8 on 64-bit ABIs and for the {@code _time64} calls, else 4. */
    int width(final Task task, final boolean time64) {
        return time64 ? 8 : k.user.wordSize(task);
    }

    /** Reads two members; false is -EFAULT. */
    boolean get(final Task task, final long address, final int width) {
        if (!k.user.get(task, address, width)) {
            return false;
        }
        seconds = width == 4 ? (int) k.user.value : k.user.value;
        if (!k.user.get(task, address + width, width)) {
            return false;
        }
        // The 64-bit form has padding above the nanoseconds of a 32-bit program.
        rest = width == 4 || k.user.wordSize(task) == 4 ? (int) k.user.value : k.user.value;
        return true;
    }

    /** Writes two members; false is -EFAULT. */
    boolean put(final Task task, final long address, final int width, final long first, final long second) {
        return k.user.put(task, address, width, first) && k.user.put(task, address + width, width, second);
    }

    /** Writes a duration or time in nanoseconds as a timespec. */
    boolean putNanoseconds(final Task task, final long address, final int width, final long nanoseconds) {
        return put(task, address, width, nanoseconds / NSEC_PER_SEC, nanoseconds % NSEC_PER_SEC);
    }

    /** {@code timespec64_valid()} of what was read. */
    boolean valid() {
        return seconds >= 0 && rest >= 0 && rest < NSEC_PER_SEC;
    }

    /** What was read as a timespec, in nanoseconds, at most Long.MAX_VALUE. */
    long nanoseconds() {
        return toNanoseconds(seconds, rest);
    }

    static long toNanoseconds(final long seconds, final long nanoseconds) {
        return seconds >= MAX_SECONDS ? Long.MAX_VALUE : seconds * NSEC_PER_SEC + nanoseconds;
    }

    /** CLOCK_REALTIME now. */
    long wall() {
        return wallOffset() + k.timers.now();
    }

    /** What CLOCK_REALTIME is ahead of virtual time. */
    static long wallOffset() {
        return Timers.WALL_SECONDS_AT_BOOT * NSEC_PER_SEC - Timers.BOOT;
    }
}
