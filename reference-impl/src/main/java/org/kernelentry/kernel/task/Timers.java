package org.kernelentry.kernel.task;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.kernelentry.kernel.Kernel;

/**
 * Virtual time and timers, in nanoseconds since boot. Source: linux v7.3 kernel/time/hrtimer.c.
 *
 * <p>One nanosecond passes per instruction that any CPU completes, none in the kernel, and an idle machine jumps to its next timer.
 */
public final class Timers {
    /** Time at which the model starts: not 0, which some interfaces take for "off". */
    public static final long BOOT = 1_000_000_000L;
    /** Seconds of CLOCK_REALTIME at boot: 2026-01-01 00:00:00 UTC. */
    public static final long WALL_SECONDS_AT_BOOT = 1_767_225_600L;

    private static final Comparator<Timer> ORDER =
            Comparator.<Timer>comparingLong(t -> t.deadline).thenComparingLong(t -> t.sequence);

    private static final class Timer {
        final CpuLocal cpu;
        final long deadline;
        final long sequence;
        final Runnable action;
        boolean armed = true;

        Timer(final CpuLocal cpu, final long deadline, final long sequence, final Runnable action) {
            this.cpu = cpu;
            this.deadline = deadline;
            this.sequence = sequence;
            this.action = action;
        }
    }

    final Kernel k;
    private final PriorityQueue<Timer> queue = new PriorityQueue<>(ORDER);
    private long skipped = BOOT;
    private long sequence;

    public Timers(final Kernel kernel) {
        this.k = kernel;
    }

    /** Virtual time now. */
    public long now() {
        long now = skipped;
        for (final CpuLocal cpu : k.cpus) {
            now += cpu.machine.retired();
        }
        return now;
    }

    /** Sum of {@code a} and a duration {@code b}, at most Long.MAX_VALUE. */
    public static long after(final long a, final long b) {
        final long sum = a + b;
        return b > 0 && sum < a ? Long.MAX_VALUE : sum;
    }

    /**
     * Runs {@code action} in a timer interrupt of the current CPU at {@code deadline} or, when that has passed, as soon as may be.
     *
     * @return a handle for {@link #cancel}
     */
    public Object at(final long deadline, final Runnable action) {
        final Timer timer = new Timer(k.cpu, deadline, sequence++, action);
        queue.add(timer);
        k.sched.deadlinesChanged();
        return timer;
    }

    /** Cancels; false when it already fired or was cancelled. */
    public boolean cancel(final Object handle) {
        final Timer timer = (Timer) handle;
        if (!timer.armed) {
            return false;
        }
        timer.armed = false;
        queue.remove(timer);
        k.sched.deadlinesChanged();
        return true;
    }

    /** Deadline of the earliest timer, or Long.MAX_VALUE. */
    public long next() {
        final Timer first = queue.peek();
        return first == null ? Long.MAX_VALUE : first.deadline;
    }

    /** CPU that the earliest timer was armed on; there must be one. */
    CpuLocal nextCpu() {
        final Timer first = queue.peek();
        if (first == null) {
            throw new IllegalStateException("no timer is armed");
        }
        return first.cpu;
    }

    /** Whether a timer of {@code cpu} is due. */
    boolean due(final CpuLocal cpu) {
        if (queue.isEmpty()) {
            return false;
        }
        final long now = now();
        for (final Timer timer : queue) {
            if (timer.cpu == cpu && timer.deadline <= now) {
                return true;
            }
        }
        return false;
    }

    /** Lets an idle machine's time pass up to the earliest timer. */
    void skipToNext() {
        final long by = next() - now();
        if (by > 0) {
            skipped += by;
        }
    }

    /** {@code hrtimer_interrupt()}: runs what is due on {@code cpu}, earliest first; a timer armed meanwhile waits for the next interrupt. */
    void expire(final CpuLocal cpu) {
        final long now = now();
        final long before = sequence;
        Timer timer = firstDue(cpu, now, before);
        while (timer != null) {
            timer.armed = false;
            queue.remove(timer);
            timer.action.run();
            timer = firstDue(cpu, now, before);
        }
        k.sched.deadlinesChanged();
    }

    private @org.jspecify.annotations.Nullable Timer firstDue(final CpuLocal cpu, final long now, final long before) {
        Timer first = null;
        for (final Timer timer : queue) {
            if (timer.cpu == cpu
                    && timer.deadline <= now
                    && timer.sequence < before
                    && (first == null || ORDER.compare(timer, first) < 0)) {
                first = timer;
            }
        }
        return first;
    }
}
