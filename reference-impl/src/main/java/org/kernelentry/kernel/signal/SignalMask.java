package org.kernelentry.kernel.signal;

import static org.kernelentry.kernel.task.ThreadFlags.*;

import org.kernelentry.kernel.task.Task;

/** Blocked signals and the pending flag that follows from them. Source: linux v7.3 kernel/signal.c, include/linux/sched/signal.h. */
final class SignalMask {
    private final SendSignal send;

    SignalMask(final SendSignal send) {
        this.send = send;
    }

    /** {@code recalc_sigpending_tsk()}: sets the flag, never clears it: the task may be on its way out with a restart code. */
    boolean recalcTask(final Task task) {
        if (JobControl.has(task, JobControl.JOBCTL_PENDING_MASK)
                || !task.pending.set.minus(task.blocked).isEmpty()
                || !task.signal.sharedPending.set.minus(task.blocked).isEmpty()) {
            task.setTif(TIF_SIGPENDING);
            return true;
        }
        return false;
    }

    /** {@code recalc_sigpending()}. */
    void recalc(final Task current) {
        if (!recalcTask(current)) {
            current.clearTif(TIF_SIGPENDING);
        }
    }

    /** {@code __set_current_blocked()}: other threads are told of shared signals that current no longer takes. */
    void setBlocked(final Task current, final SigSet set) {
        if (!current.blocked.equals(set)) {
            setTaskBlocked(current, set);
        }
    }

    /** {@code __set_task_blocked()}. */
    void setTaskBlocked(final Task current, final SigSet set) {
        if (current.testTif(TIF_SIGPENDING) && current.signal.threads.size() > 1) {
            retargetSharedPending(current, set.minus(current.blocked));
        }
        current.blocked = set;
        recalc(current);
    }

    /** {@code retarget_shared_pending()}: it may be that current was woken for a group signal it will not take; others are woken instead. */
    void retargetSharedPending(final Task task, final SigSet which) {
        if (task.signal.has(SignalStruct.SIGNAL_GROUP_EXIT)) {
            return;
        }
        SigSet retarget = task.signal.sharedPending.set.and(which);
        for (final Task other : task.signal.others(task)) {
            if (retarget.isEmpty()) {
                return;
            }
            if (other.exiting || retarget.minus(other.blocked).isEmpty()) {
                continue;
            }
            retarget = retarget.and(other.blocked);
            if (!other.testTif(TIF_SIGPENDING)) {
                send.wakeUp(other, false);
            }
        }
    }
}
