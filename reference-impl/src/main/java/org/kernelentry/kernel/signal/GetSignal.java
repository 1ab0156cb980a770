package org.kernelentry.kernel.signal;

import static org.kernelentry.kernel.signal.JobControl.*;
import static org.kernelentry.kernel.signal.SignalStruct.*;
import static org.kernelentry.kernel.task.ThreadFlags.*;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.Task;

/**
 * Choosing what to do with pending signals on the way to user mode.
 *
 * <p>Source: linux v7.3 kernel/signal.c get_signal(), ptrace_signal(), dequeue_signal().
 */
final class GetSignal {
    /** Detail: the signal for a handler, 0 for none. */
    static final Step GET_SIGNAL = Step.of("get_signal", "kernel/signal.c get_signal()");

    private final Kernel k;
    private final SendSignal send;
    private final SignalMask mask;
    private final GroupStop groupStop;
    private final ParentNotify notify;

    GetSignal(
            final Kernel kernel,
            final SendSignal send,
            final SignalMask mask,
            final GroupStop groupStop,
            final ParentNotify notify) {
        this.k = kernel;
        this.send = send;
        this.mask = mask;
        this.groupStop = groupStop;
        this.notify = notify;
    }

    @Nullable
    KSignal getSignal(final Task current) {
        k.steps.enter(k.cpu, GET_SIGNAL, 0);
        try {
            current.clearTif(TIF_NOTIFY_SIGNAL);
            if (!current.taskWorks.isEmpty()) {
                k.taskWork.run(current);
            }
            if (!current.testTif(TIF_SIGPENDING)) {
                return null;
            }
            return choose(current);
        } finally {
            k.steps.leave(k.cpu, GET_SIGNAL);
        }
    }

    private @Nullable KSignal choose(final Task current) {
        final SignalStruct signal = current.signal;
        relock:
        while (true) {
            notifyContinued(current);
            while (true) {
                if (signal.has(SIGNAL_GROUP_EXIT) || signal.groupExecTask != null) {
                    current.pending.set = current.pending.set.minus(Signals.SIGKILL);
                    mask.recalc(current);
                    throw die(current, Signals.SIGKILL);
                }
                if (has(current, JOBCTL_STOP_PENDING) && groupStop.doSignalStop(current, 0)) {
                    continue relock;
                }
                if (has(current, JOBCTL_TRAP_MASK)) {
                    groupStop.jobctlTrap(current);
                    continue relock;
                }
                final Taken taken = dequeue(current);
                if (taken == null) {
                    return null;
                }
                SigInfo info = taken.info;
                if (current.ptrace.flags != 0
                        && info.signo() != Signals.SIGKILL
                        && !current.sighand.action[info.signo()].has(SigAction.SA_IMMUTABLE)) {
                    final SigInfo left = ptraceSignal(current, taken);
                    if (left == null) {
                        continue;
                    }
                    info = left;
                }
                final int sig = info.signo();
                final SigAction action = current.sighand.action[sig];
                delivered(info, action);
                if (action.handler() == SigAction.SIG_IGN) {
                    continue;
                }
                if (action.handler() != SigAction.SIG_DFL) {
                    if (action.has(SigAction.SA_RESETHAND)) {
                        current.sighand.action[sig] = action.withHandler(SigAction.SIG_DFL);
                    }
                    return new KSignal(sig, info, action);
                }
                if (Signals.kernelIgnore(sig) || signal.has(SIGNAL_UNKILLABLE) && !Signals.kernelOnly(sig)) {
                    continue;
                }
                if (!Signals.kernelStop(sig)) {
                    throw die(current, sig);
                }
                // Terminal stops do nothing in a group nobody could continue; SIGSTOP always stops.
                if (sig != Signals.SIGSTOP && k.signals.pgrpOrphaned(current) || groupStop.doSignalStop(current, sig)) {
                    continue relock;
                }
            }
        }
    }

    private RuntimeException die(final Task current, final int sig) {
        return k.processes.doGroupExit(current, sig);
    }

    /** The first thread back from a stop tells the parent that SIGCONT came; so does it tell the tracer of the leader (RST-38). */
    private void notifyContinued(final Task current) {
        final SignalStruct signal = current.signal;
        while (signal.has(SIGNAL_CLD_MASK)) {
            final int why = signal.has(SIGNAL_CLD_CONTINUED) ? SigInfo.CLD_CONTINUED : SigInfo.CLD_STOPPED;
            signal.flags &= ~SIGNAL_CLD_MASK;
            notify.notifyCldstop(current, false, why);
            if (k.ptrace.reparented(current.groupLeader)) {
                notify.notifyCldstop(current.groupLeader, true, why);
            }
        }
    }

    /** A signal off the queue, and whether it was the group's. */
    record Taken(SigInfo info, boolean group) {}

    /** What the last instruction raised comes first, so that its handler's frame holds the faulting pc (FRM-23). */
    private @Nullable Taken dequeue(final Task current) {
        final SigInfo synchronous = current.pending.collectSynchronous(current.blocked);
        if (synchronous != null) {
            mask.recalc(current);
            return new Taken(synchronous, false);
        }
        return dequeue(current, current.blocked);
    }

    /** {@code dequeue_signal()}: the thread's own queue before the group's. */
    @Nullable
    Taken dequeue(final Task current, final SigSet blocked) {
        boolean group = false;
        PendingSignals pending = current.pending;
        int sig = pending.next(blocked);
        if (sig == 0) {
            group = true;
            pending = current.signal.sharedPending;
            sig = pending.next(blocked);
        }
        final Taken taken = sig == 0 ? null : new Taken(pending.collect(sig), group);
        mask.recalc(current);
        if (Signals.kernelStop(sig)) {
            current.jobctl |= JOBCTL_STOP_DEQUEUED;
        }
        return taken;
    }

    /**
     * {@code ptrace_signal()}: the signal-delivery-stop. The tracer lets the signal through, drops it, or puts another in its place, whose
     * siginfo is as if the tracer had sent it. Null when nothing is left to deliver.
     */
    private @Nullable SigInfo ptraceSignal(final Task current, final Taken taken) {
        // The tracer may turn any signal into a stop signal.
        current.jobctl |= JOBCTL_STOP_DEQUEUED;
        final int signr = k.ptrace.stop().ptraceStop(current, taken.info.signo(), SigInfo.CLD_TRAPPED, 0, taken.info);
        if (signr == 0) {
            return null;
        }
        final SigInfo seen = current.ptrace.resumedSigInfo != null ? current.ptrace.resumedSigInfo : taken.info;
        final Task tracer = current.parent;
        final SigInfo info = signr == seen.signo() ? seen : SigInfo.user(signr, tracer == null ? 0 : tracer.pid);
        if (current.blocked.has(signr) || k.signals.fatalSignalPending(current)) {
            send.send(current, info, taken.group);
            return null;
        }
        return info;
    }

    private void delivered(final SigInfo info, final SigAction action) {
        if (k.trace.enabled("signal:signal_deliver")) {
            k.trace.event(
                    k.cpu,
                    "signal:signal_deliver",
                    "sig=" + info.signo() + " errno=" + info.errno() + " code=" + info.code() + " sa_handler="
                            + Long.toHexString(action.handler()) + " sa_flags=" + Long.toHexString(action.flags()));
        }
    }
}
