package org.kernelentry.kernel.task;

import org.kernelentry.kernel.Kernel;

/** Who runs: one Java thread per task, one baton. Deterministic. Source: linux v7.3 kernel/sched/core.c. */
public final class Scheduler {
    final Kernel k;

    public Scheduler(final Kernel kernel) {
        this.k = kernel;
    }

    /** {@code schedule()}: gives the CPU away according to the state of current; returns when it runs again. */
    public void schedule() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code preempt_schedule_irq()}: called and left with interrupts disabled, loops while need-resched. */
    public void preemptScheduleIrq() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code wake_up_process()}: makes a sleeping or stopped-for-the-scheduler task runnable; false when it was running. */
    public boolean wakeUp(final Task task) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code wake_up_state()} with the given states. */
    public boolean wakeUpState(final Task task, final TaskState... states) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code schedule_timeout()} until a virtual time (Long.MAX_VALUE for ever); the state has been set by the caller. True when woken before. */
    public boolean scheduleTimeout(final long deadline) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Starts the context of a new task; {@code body} is its kernel entry and never returns normally. */
    public void start(final Task task, final Runnable body) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code do_task_dead()}: the task has left for good; does not return. */
    public RuntimeException taskDead() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Instructions the current task of {@code cpu} may run before the next timer or end of slice. */
    public long budget(final CpuLocal cpu) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** What ends a budget: the tick interrupt. */
    public org.kernelentry.kernel.entry.Irq tick(final CpuLocal cpu) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code resched_curr()}: asks {@code cpu} to reschedule. */
    public void reschedCurr(final CpuLocal cpu) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Sleeps on a queue: {@code prepare_to_wait()}, schedule, {@code finish_wait()}; the state is the sleeper's. */
    public void waitOn(final WaitQueue queue, final TaskState state) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code wake_up()}: wakes all waiters. */
    public void wakeAll(final WaitQueue queue) {
        throw new UnsupportedOperationException("not built yet");
    }
}
