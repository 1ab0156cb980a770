package org.kernelentry.kernel.task;

/**
 * Takes a task that will never run again down its kernel stack.
 *
 * <p>An {@code Error} so that nobody catches it by accident; only the scheduler does, at the bottom of the stack. The stack's
 * {@code finally} blocks run while the dying task still holds the baton, so that what they report stays in order.
 */
final class TaskUnwind extends Error {
    private static final long serialVersionUID = 1L;

    TaskUnwind() {
        super("the task has left for good", null, false, false);
    }
}
