package org.kernelentry.kernel.task;

/** {@code struct completion}: something that happens once and is waited for. */
final class Completion {
    private final Scheduler sched;
    private final WaitQueue queue = new WaitQueue();
    private boolean done;

    Completion(final Scheduler sched) {
        this.sched = sched;
    }

    void complete() {
        done = true;
        sched.wakeAll(queue);
    }

    /** {@code wait_for_completion_killable()}; false when a fatal signal ended the wait. */
    boolean waitKillable(final Task current) {
        while (!done) {
            if (current.kernel.signals.fatalSignalPending(current)) {
                return false;
            }
            sched.waitOn(queue, TaskState.KILLABLE);
        }
        return true;
    }
}
