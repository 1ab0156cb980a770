package org.kernelentry.runner.qemu;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * When a thread has last heard of the machine it waits for, be it an answer or a line on its console: one that is slow, because others use the
 * processors, too, is not one that hangs.
 */
public final class Heartbeat {
    private static final Map<Thread, Long> LAST = Collections.synchronizedMap(new WeakHashMap<>());

    private Heartbeat() {}

    /** Something was heard on this thread. */
    public static void beat() {
        LAST.put(Thread.currentThread(), System.nanoTime());
    }

    /** When that was for a thread, by {@link System#nanoTime}; {@code otherwise} if it was never or before that. */
    public static long last(final Thread thread, final long otherwise) {
        final Long last = LAST.get(thread);
        return last == null || last - otherwise < 0 ? otherwise : last;
    }
}
