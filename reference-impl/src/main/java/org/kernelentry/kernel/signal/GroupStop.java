package org.kernelentry.kernel.signal;

import static org.kernelentry.kernel.signal.JobControl.*;
import static org.kernelentry.kernel.signal.SignalStruct.*;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.ptrace.Ptrace;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;

/**
 * Job control stop of a thread group.
 *
 * <p>Source: linux v7.3 kernel/signal.c do_signal_stop(), task_participate_group_stop(), task_join_group_stop(), do_jobctl_trap().
 */
final class GroupStop {
    static final Step DO_SIGNAL_STOP = Step.of("do_signal_stop", "kernel/signal.c do_signal_stop()");

    private final Kernel k;
    private final SendSignal send;
    private final ParentNotify notify;

    GroupStop(final Kernel kernel, final SendSignal send, final ParentNotify notify) {
        this.k = kernel;
        this.send = send;
        this.notify = notify;
    }

    /**
     * Starts a group-stop with {@code signr}, or joins the one in progress. A traced task does not stop here: its trap is scheduled.
     *
     * @return whether current has slept in the stop
     */
    boolean doSignalStop(final Task current, final int signr) {
        final SignalStruct signal = current.signal;
        if (!has(current, JOBCTL_STOP_PENDING) && !start(current, signr)) {
            return false;
        }
        if (current.ptrace.flags != 0) {
            setPending(current, JOBCTL_TRAP_STOP);
            return false;
        }
        final boolean complete = participate(current);
        current.jobctl |= JOBCTL_STOPPED;
        current.state = TaskState.STOPPED;
        if (complete) {
            notify.notifyCldstop(current, false, SigInfo.CLD_STOPPED);
        }
        k.sched.schedule();
        k.steps.at(k.cpu, DO_SIGNAL_STOP, signal.groupExitCode);
        return true;
    }

    private boolean start(final Task current, final int signr) {
        final SignalStruct signal = current.signal;
        // SIGCONT since the stop signal was taken off the queue takes the mark away: the stop is overtaken.
        if (!has(current, JOBCTL_STOP_DEQUEUED) || signal.has(SIGNAL_GROUP_EXIT) || signal.groupExecTask != null) {
            return false;
        }
        // A traced thread may be resumed inside a completed stop and take another stop signal: the group's code stays.
        if (!signal.has(SIGNAL_STOP_STOPPED)) {
            signal.groupExitCode = signr;
        }
        final long stop = signr | JOBCTL_STOP_PENDING | JOBCTL_STOP_CONSUME;
        signal.groupStopCount = 0;
        if (setPending(current, stop)) {
            signal.groupStopCount++;
        }
        for (final Task other : signal.others(current)) {
            if (!isStopped(other) && setPending(other, stop)) {
                signal.groupStopCount++;
                if (other.ptrace.seized()) {
                    send.trapNotify(other);
                } else {
                    send.wakeUp(other, false);
                }
            }
        }
        return true;
    }

    /** {@code task_participate_group_stop()}: true for the last thread of a fresh stop, which is to be reported. */
    static boolean participate(final Task task) {
        final SignalStruct signal = task.signal;
        final boolean consume = has(task, JOBCTL_STOP_CONSUME);
        clearPending(task, JOBCTL_STOP_PENDING);
        if (!consume) {
            return false;
        }
        if (signal.groupStopCount == 0) {
            task.kernel.log.warnOnce("task_participate_group_stop", "no thread is expected to stop");
        } else {
            signal.groupStopCount--;
        }
        if (signal.groupStopCount == 0 && !signal.has(SIGNAL_STOP_STOPPED)) {
            signal.setStopFlags(SIGNAL_STOP_STOPPED);
            return true;
        }
        return false;
    }

    /** {@code task_join_group_stop()}: a thread born during a group-stop takes part in it. */
    static void join(final Task current, final Task child) {
        final SignalStruct signal = current.signal;
        long mask = current.jobctl & JOBCTL_STOP_SIGMASK;
        if (signal.groupStopCount != 0) {
            signal.groupStopCount++;
            mask |= JOBCTL_STOP_CONSUME;
        } else if (!signal.has(SIGNAL_STOP_STOPPED)) {
            return;
        }
        setPending(child, mask | JOBCTL_STOP_PENDING);
    }

    /**
     * {@code do_jobctl_trap()}: a seized task reports PTRACE_EVENT_STOP with the stop signal, or SIGTRAP when no stop is in effect; an attached
     * one shows the group-stop with no siginfo, by which tracers tell it from a signal.
     */
    void jobctlTrap(final Task current) {
        final SignalStruct signal = current.signal;
        int signr = (int) (current.jobctl & JOBCTL_STOP_SIGMASK);
        if (current.ptrace.seized()) {
            if (signal.groupStopCount == 0 && !signal.has(SIGNAL_STOP_STOPPED)) {
                signr = Signals.SIGTRAP;
            }
            k.ptrace.stop().doNotify(current, signr, signr | Ptrace.PTRACE_EVENT_STOP << 8, SigInfo.CLD_STOPPED, 0);
        } else {
            k.ptrace.stop().ptraceStop(current, signr, SigInfo.CLD_STOPPED, 0, null);
        }
    }
}
