package org.kernelentry.kernel.signal;

import org.kernelentry.kernel.task.Task;

/**
 * Bits of {@link Task#jobctl}: group-stop and ptrace traps that are pending or in progress.
 *
 * <p>Source: linux v7.3 include/linux/sched/jobctl.h; kernel/signal.c task_set_jobctl_pending(), task_clear_jobctl_pending(),
 * task_clear_jobctl_trapping().
 */
public final class JobControl {
    /** Number of the last stop signal. */
    public static final long JOBCTL_STOP_SIGMASK = 0xffff;
    /** A stop signal was taken off the queue; SIGCONT takes the mark away again. */
    public static final long JOBCTL_STOP_DEQUEUED = 1L << 16;
    /** The task is to stop with its group. */
    public static final long JOBCTL_STOP_PENDING = 1L << 17;
    /** Its stopping counts for the group's. */
    public static final long JOBCTL_STOP_CONSUME = 1L << 18;
    /** PTRACE_EVENT_STOP (seized) or a group-stop shown to the tracer is due. */
    public static final long JOBCTL_TRAP_STOP = 1L << 19;
    /** The state of the group-stop changed and the seizing tracer is to be told. */
    public static final long JOBCTL_TRAP_NOTIFY = 1L << 20;
    /** On its way from STOPPED to TRACED; the tracer waits for it. */
    public static final long JOBCTL_TRAPPING = 1L << 21;
    /** PTRACE_LISTEN: stopped, but neither wait nor ptrace see it. */
    public static final long JOBCTL_LISTENING = 1L << 22;
    /** A ptrace request is in progress: not even SIGKILL wakes it. */
    public static final long JOBCTL_PTRACE_FROZEN = 1L << 24;
    /** In do_signal_stop(). */
    public static final long JOBCTL_STOPPED = 1L << 26;
    /** In ptrace_stop(). */
    public static final long JOBCTL_TRACED = 1L << 27;

    public static final long JOBCTL_TRAP_MASK = JOBCTL_TRAP_STOP | JOBCTL_TRAP_NOTIFY;
    public static final long JOBCTL_PENDING_MASK = JOBCTL_STOP_PENDING | JOBCTL_TRAP_MASK;

    private JobControl() {}

    /** {@code task_is_stopped()}. */
    public static boolean isStopped(final Task task) {
        return (task.jobctl & JOBCTL_STOPPED) != 0;
    }

    /** {@code task_is_traced()}. */
    public static boolean isTraced(final Task task) {
        return (task.jobctl & JOBCTL_TRACED) != 0;
    }

    public static boolean has(final Task task, final long bits) {
        return (task.jobctl & bits) != 0;
    }

    /** {@code task_set_jobctl_pending()}: false and no effect when the task is dying. A stop signal in {@code mask} replaces the old one. */
    public static boolean setPending(final Task task, final long mask) {
        if (task.kernel.signals.fatalSignalPending(task) || task.exiting) {
            return false;
        }
        if ((mask & JOBCTL_STOP_SIGMASK) != 0) {
            task.jobctl &= ~JOBCTL_STOP_SIGMASK;
        }
        task.jobctl |= mask;
        return true;
    }

    /** {@code task_clear_jobctl_pending()}: with the pending stop go its other marks; with the last pending thing goes TRAPPING. */
    public static void clearPending(final Task task, final long mask) {
        long cleared = mask;
        if ((mask & JOBCTL_STOP_PENDING) != 0) {
            cleared |= JOBCTL_STOP_CONSUME | JOBCTL_STOP_DEQUEUED;
        }
        task.jobctl &= ~cleared;
        if (!has(task, JOBCTL_PENDING_MASK)) {
            clearTrapping(task);
        }
    }

    /** {@code task_clear_jobctl_trapping()}: lets the tracer that waits in PTRACE_ATTACH go on. */
    public static void clearTrapping(final Task task) {
        if (has(task, JOBCTL_TRAPPING)) {
            task.jobctl &= ~JOBCTL_TRAPPING;
            task.kernel.sched.wakeAll(task.ptrace.trapping);
        }
    }
}
