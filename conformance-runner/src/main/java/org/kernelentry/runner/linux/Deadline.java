package org.kernelentry.runner.linux;

import java.util.concurrent.TimeUnit;

/**
 * How long the other side of a line may take for something, by its own clock. That is looked at rarely, as it has to be asked for. Where it goes
 * slower and slower there is an end all the same.
 */
final class Deadline {
    /** What anything takes where nothing else runs, in milliseconds. */
    static final long AT_ONCE = 250;
    /** How many times as long as it may take something takes at most on a machine that others use, too. */
    private static final int SLOWEST = 20;

    private final AgentLink link;
    private final long milliseconds;
    private long looked = System.nanoTime();
    private long looks;
    private long start;

    /** From now on, this long. */
    Deadline(final AgentLink link, final long milliseconds) {
        this.link = link;
        this.milliseconds = milliseconds;
    }

    /** Whether that time is over; never at the first look, and a pause of this program counts as one look. */
    boolean isOver() {
        final long now = System.nanoTime();
        if (now - looked < TimeUnit.MILLISECONDS.toNanos(AT_ONCE)) {
            return false;
        }
        looked = now;
        if (looks++ == 0) {
            start = link.clock();
            return false;
        }
        return TimeUnit.NANOSECONDS.toMillis(link.clock() - start) > milliseconds
                || looks > milliseconds * SLOWEST / AT_ONCE;
    }
}
