package org.kernelentry.kernel.task;

import org.kernelentry.kernel.Kernel;

/** Virtual time and timers, in nanoseconds since boot. Source: linux v7.3 kernel/time/hrtimer.c. */
public final class Timers {
    final Kernel k;

    public Timers(final Kernel kernel) {
        this.k = kernel;
    }

    /** Virtual time now. */
    public long now() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Runs {@code action} in a timer interrupt at {@code deadline}; returns a handle for {@link #cancel}. */
    public Object at(final long deadline, final Runnable action) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Cancels; false when it already fired. */
    public boolean cancel(final Object handle) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Deadline of the earliest timer, or Long.MAX_VALUE. */
    public long next() {
        throw new UnsupportedOperationException("not built yet");
    }
}
