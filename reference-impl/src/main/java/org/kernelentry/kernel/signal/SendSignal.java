package org.kernelentry.kernel.signal;

import static org.kernelentry.kernel.signal.JobControl.*;
import static org.kernelentry.kernel.signal.SignalStruct.*;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;
import org.kernelentry.kernel.task.ThreadFlags;

/** Generating a signal: what it does at once, where it is queued, whom it wakes. Source: linux v7.3 kernel/signal.c. */
final class SendSignal {
    /** Queued siginfos all tasks together may hold (RLIMIT_SIGPENDING; a real system derives it from its memory). */
    static final int RLIMIT_SIGPENDING = 4096;

    private static final TaskState[] WAKE_SLEEPER = {TaskState.INTERRUPTIBLE};
    private static final TaskState[] WAKE_FATAL = {
        TaskState.INTERRUPTIBLE, TaskState.KILLABLE, TaskState.STOPPED, TaskState.TRACED
    };
    private static final TaskState[] WAKE_TRACED = {TaskState.INTERRUPTIBLE, TaskState.TRACED};
    private static final TaskState[] WAKE_STOPPED = {TaskState.INTERRUPTIBLE, TaskState.STOPPED};

    private final Kernel k;

    SendSignal(final Kernel kernel) {
        this.k = kernel;
    }

    /** {@code send_signal_locked()}. */
    int send(final Task target, final SigInfo info, final boolean group) {
        // What the kernel sends itself is not dropped by an init at its defaults.
        final boolean force =
                info.code() == SigInfo.SI_KERNEL && SigInfoLayout.of(info).hasPidAndUid();
        return send(target, info, group, force);
    }

    /** {@code __send_signal_locked()}: 0, or -EAGAIN when a queued real-time signal finds no room. */
    int send(final Task target, final SigInfo info, final boolean group, final boolean force) {
        final int sig = info.signo();
        if (!prepareSignal(sig, target, force)) {
            return generated(target, info, group, 1, 0);
        }
        final PendingSignals pending = group ? target.signal.sharedPending : target.pending;
        // One instance of each classic signal: the first sender's siginfo wins.
        if (sig < Signals.SIGRTMIN && pending.set.has(sig)) {
            return generated(target, info, group, 2, 0);
        }
        int result = 0;
        if (sig == Signals.SIGKILL || target.kernelThread) {
            pending.set = pending.set.plus(sig);
        } else if (sig < Signals.SIGRTMIN && info.code() >= 0 || queuedInfos() < RLIMIT_SIGPENDING) {
            pending.enqueue(info);
        } else if (sig >= Signals.SIGRTMIN && info.code() != SigInfo.SI_USER) {
            return generated(target, info, group, 3, -Errno.EAGAIN);
        } else {
            // The signal gets through, what it carried does not.
            pending.set = pending.set.plus(sig);
            result = 4;
        }
        completeSignal(sig, target, group);
        return generated(target, info, group, result, 0);
    }

    private int queuedInfos() {
        int count = 0;
        for (final Task task : k.processes.all()) {
            count += task.pending.queue.size();
            if (task.groupLeader == task) {
                count += task.signal.sharedPending.queue.size();
            }
        }
        return count;
    }

    /** The signal_generate event; hands {@code error} through. */
    private int generated(
            final Task target, final SigInfo info, final boolean group, final int result, final int error) {
        if (k.trace.enabled("signal:signal_generate")) {
            k.trace.event(
                    k.cpu,
                    "signal:signal_generate",
                    "sig=" + info.signo() + " errno=" + info.errno() + " code=" + info.code() + " comm=" + target.comm
                            + " pid=" + target.pid + " grp=" + (group ? 1 : 0) + " res=" + result);
        }
        return error;
    }

    /**
     * {@code prepare_signal()}: stop signals and SIGCONT cancel each other and SIGCONT continues, at generation time, whatever the mask or
     * action. Returns whether the signal is to be queued.
     */
    private boolean prepareSignal(final int sig, final Task target, final boolean force) {
        final SignalStruct signal = target.signal;
        if (signal.has(SIGNAL_GROUP_EXIT)) {
            return false;
        }
        if (Signals.kernelStop(sig)) {
            final SigSet cont = SigSet.of(Signals.SIGCONT);
            signal.sharedPending.flush(cont);
            for (final Task thread : signal.threads) {
                thread.pending.flush(cont);
            }
        } else if (sig == Signals.SIGCONT) {
            continueGroup(signal);
        }
        return !ignored(target, sig, force);
    }

    private void continueGroup(final SignalStruct signal) {
        signal.sharedPending.flush(SigSet.KERNEL_STOP);
        for (final Task thread : List.copyOf(signal.threads)) {
            thread.pending.flush(SigSet.KERNEL_STOP);
            clearPending(thread, JOBCTL_STOP_PENDING);
            if (thread.ptrace.seized()) {
                trapNotify(thread);
            } else {
                thread.jobctl &= ~JOBCTL_STOPPED;
                k.sched.wakeUpState(thread, TaskState.STOPPED);
            }
        }
        // A stop that was still in progress is reported as a stop: the continuation after it is dropped, since SIGCHLD
        // does not queue.
        int why = 0;
        if (signal.has(SIGNAL_STOP_STOPPED)) {
            why = SIGNAL_CLD_CONTINUED;
        } else if (signal.groupStopCount != 0) {
            why = SIGNAL_CLD_STOPPED;
        }
        if (why != 0) {
            // The first thread that comes through get_signal() tells the parent.
            signal.setStopFlags(why | SIGNAL_STOP_CONTINUED);
            signal.groupStopCount = 0;
            signal.groupExitCode = 0;
        }
    }

    /** {@code sig_ignored()}: a blocked signal is never dropped, its action may change; a tracer sees everything but SIGKILL. */
    private static boolean ignored(final Task target, final int sig, final boolean force) {
        if (target.blocked.has(sig) || target.realBlocked.has(sig)) {
            return false;
        }
        if (target.ptrace.flags != 0 && sig != Signals.SIGKILL) {
            return false;
        }
        return taskIgnores(target, sig, force);
    }

    /** {@code sig_task_ignored()}: the runner's own task stands for the global init, which nobody can kill or stop. */
    private static boolean taskIgnores(final Task target, final int sig, final boolean force) {
        if (target.harness && Signals.kernelOnly(sig)) {
            return true;
        }
        final SigAction action = target.sighand.action[sig];
        final boolean unkillable = target.harness || target.signal.has(SIGNAL_UNKILLABLE);
        if (unkillable && action.handler() == SigAction.SIG_DFL && !(force && Signals.kernelOnly(sig))) {
            return true;
        }
        return action.ignores(sig);
    }

    /** {@code complete_signal()}: which thread is told, or that the whole group dies now. */
    private void completeSignal(final int sig, final Task target, final boolean group) {
        final Task chosen = choose(sig, target, group);
        if (chosen == null) {
            return;
        }
        final SignalStruct signal = target.signal;
        final boolean fatal = !Signals.kernelIgnore(sig)
                && !Signals.kernelStop(sig)
                && target.sighand.action[sig].handler() == SigAction.SIG_DFL;
        if (fatal
                && !signal.has(SIGNAL_GROUP_EXIT)
                && !chosen.realBlocked.has(sig)
                && (sig == Signals.SIGKILL || target.ptrace.flags == 0)
                && !Signals.kernelCoredump(sig)) {
            // Nobody of the group runs any further while a slow thread still has to take the signal.
            signal.flags = SIGNAL_GROUP_EXIT;
            signal.groupExitCode = sig;
            signal.groupStopCount = 0;
            for (final Task thread : List.copyOf(signal.threads)) {
                clearPending(thread, JOBCTL_PENDING_MASK);
                thread.pending.set = thread.pending.set.plus(Signals.SIGKILL);
                wakeUp(thread, true);
            }
            return;
        }
        wakeUp(chosen, sig == Signals.SIGKILL);
    }

    /** The named thread if it wants the signal, else for a group signal the next one in turn; null when nobody needs to be woken. */
    private @Nullable Task choose(final int sig, final Task target, final boolean group) {
        if (wants(sig, target)) {
            return target;
        }
        final List<Task> threads = target.signal.threads;
        if (!group || threads.size() <= 1) {
            return null;
        }
        final Task last = target.signal.currTarget;
        final int start = Math.max(0, last == null ? 0 : threads.indexOf(last));
        for (int i = 0; i < threads.size(); i++) {
            final Task thread = threads.get((start + i) % threads.size());
            if (wants(sig, thread)) {
                target.signal.currTarget = thread;
                return thread;
            }
        }
        return null;
    }

    /** {@code wants_signal()}. */
    private boolean wants(final int sig, final Task task) {
        if (task.blocked.has(sig) || task.exiting) {
            return false;
        }
        if (sig == Signals.SIGKILL) {
            return true;
        }
        if (isStopped(task) || isTraced(task)) {
            return false;
        }
        return k.sched.isCurrent(task) || !task.testTif(ThreadFlags.TIF_SIGPENDING);
    }

    /** {@code signal_wake_up()}: a fatal signal also wakes from stops, unless a ptrace request is just looking at the task. */
    void wakeUp(final Task task, final boolean fatal) {
        if (fatal && !has(task, JOBCTL_PTRACE_FROZEN)) {
            task.jobctl &= ~(JOBCTL_STOPPED | JOBCTL_TRACED);
            wakeUpState(task, WAKE_FATAL);
        } else {
            wakeUpState(task, WAKE_SLEEPER);
        }
    }

    /** {@code ptrace_signal_wake_up()}: with {@code resume} it leaves a ptrace-stop. */
    void ptraceWakeUp(final Task task, final boolean resume) {
        if (resume) {
            task.jobctl &= ~JOBCTL_TRACED;
        }
        wakeUpState(task, resume ? WAKE_TRACED : WAKE_SLEEPER);
    }

    /** {@code signal_wake_up_state(t, __TASK_STOPPED)}: leaves the group-stop, to come back as a ptrace-stop. */
    void wakeUpStopped(final Task task) {
        task.jobctl &= ~JOBCTL_STOPPED;
        wakeUpState(task, WAKE_STOPPED);
    }

    private void wakeUpState(final Task task, final TaskState[] states) {
        task.setTif(ThreadFlags.TIF_SIGPENDING);
        if (!k.sched.wakeUpState(task, states)) {
            k.sched.kickProcess(task);
        }
    }

    /** {@code ptrace_trap_notify()}: the seizing tracer is told at the next trap; a listening tracee traps again now. */
    void trapNotify(final Task task) {
        setPending(task, JOBCTL_TRAP_NOTIFY);
        ptraceWakeUp(task, has(task, JOBCTL_LISTENING));
    }

    /** {@code zap_other_threads()}: SIGKILL for the rest of the group; returns how many there are. */
    int zapOtherThreads(final Task task) {
        task.signal.groupStopCount = 0;
        clearPending(task, JOBCTL_PENDING_MASK);
        final List<Task> others = task.signal.others(task);
        for (final Task other : others) {
            clearPending(other, JOBCTL_PENDING_MASK);
            if (other.state != TaskState.ZOMBIE && other.state != TaskState.DEAD) {
                other.pending.set = other.pending.set.plus(Signals.SIGKILL);
                wakeUp(other, true);
            }
        }
        return others.size();
    }
}
