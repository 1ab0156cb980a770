package org.kernelentry.kernel.task;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The kernel stack of a task: a Java thread that runs only while it has the baton.
 *
 * <p>Threads come from a pool that all kernels share, so that a kernel that lives for a millisecond does not pay for new threads. They are
 * daemons and end after some idle seconds.
 */
final class KernelStack {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final ThreadPoolExecutor POOL =
            new ThreadPoolExecutor(0, Integer.MAX_VALUE, 2, TimeUnit.SECONDS, new SynchronousQueue<>(), job -> {
                final Thread thread = new Thread(job, "kernel-stack-" + NUMBER.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            });

    /** What a stack starts with; null for the runner's own thread, which was there before. */
    private @Nullable Runnable entry;

    private @Nullable Thread thread;
    private volatile boolean baton;

    private KernelStack(final @Nullable Runnable entry, final @Nullable Thread thread) {
        this.entry = entry;
        this.thread = thread;
    }

    /** A stack whose thread starts when it first gets the baton. */
    static KernelStack of(final Runnable entry) {
        return new KernelStack(entry, null);
    }

    /** The calling thread, which has the baton already. */
    static KernelStack ofCallingThread() {
        return new KernelStack(null, Thread.currentThread());
    }

    boolean isCallingThread() {
        return thread == Thread.currentThread();
    }

    /** Whether it has begun. */
    boolean begun() {
        return entry == null;
    }

    /** Gives it the baton. The caller must not touch the kernel any more before it is given the baton itself. */
    void giveBaton() {
        final Runnable first = entry;
        if (first == null) {
            baton = true;
            LockSupport.unpark(thread);
            return;
        }
        entry = null;
        POOL.execute(() -> {
            thread = Thread.currentThread();
            first.run();
        });
    }

    /** Waits for the baton. An interrupt of the thread is kept for its owner and does not end the wait. */
    void awaitBaton() {
        boolean interrupted = false;
        while (!baton) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        baton = false;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
