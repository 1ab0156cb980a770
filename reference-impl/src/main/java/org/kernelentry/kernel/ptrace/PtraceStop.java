package org.kernelentry.kernel.ptrace;

import static org.kernelentry.kernel.signal.JobControl.*;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;

/**
 * The stops of a tracee, seen from the tracee.
 *
 * <p>Source: linux v7.3 kernel/signal.c ptrace_stop(), ptrace_notify(); include/linux/ptrace.h ptrace_report_syscall(), ptrace_event().
 */
public final class PtraceStop {
    /** Detail: the stop code, as wait(2) shows it above the low byte. */
    public static final Step PTRACE_STOP = Step.of("ptrace_stop", "kernel/signal.c ptrace_stop()");

    private final Kernel k;

    PtraceStop(final Kernel kernel) {
        this.k = kernel;
    }

    /**
     * The one way into any ptrace-stop.
     *
     * @param exitCode what the tracer's wait(2) reports
     * @param why {@code CLD_TRAPPED}, or {@code CLD_STOPPED} when the trap also takes part in a group-stop
     * @param message what PTRACE_GETEVENTMSG reads
     * @param info what PTRACE_GETSIGINFO reads, null for a group-stop of an attached task
     * @return the signal the tracer resumed with; {@code exitCode} when there was no stop: no tracer any more, or death is pending (PTR-20)
     */
    public int ptraceStop(
            final Task current, final int exitCode, final int why, final long message, final @Nullable SigInfo info) {
        current.ptrace.resumedSigInfo = info;
        if (noStop(current)) {
            return exitCode;
        }
        k.steps.enter(k.cpu, PTRACE_STOP, exitCode);
        try {
            // Reporting the step may have let others run.
            return noStop(current) ? exitCode : stop(current, exitCode, why, message, info);
        } finally {
            k.steps.leave(k.cpu, PTRACE_STOP);
        }
    }

    private static boolean noStop(final Task current) {
        return current.ptrace.flags == 0 || current.pending.set.has(Signals.SIGKILL);
    }

    private int stop(
            final Task current, final int exitCode, final int why, final long message, final @Nullable SigInfo info) {
        final PtraceState ptrace = current.ptrace;
        current.state = TaskState.TRACED;
        current.jobctl |= JOBCTL_TRACED;
        ptrace.message = message;
        ptrace.lastSigInfo = info;
        ptrace.stopCode = exitCode;
        final boolean groupStopDone = why == SigInfo.CLD_STOPPED
                && has(current, JOBCTL_STOP_PENDING)
                && k.signals.participateGroupStop(current);
        // Any trap serves as the one INTERRUPT asked for; only a STOP trap shows the group-stop's change.
        clearPending(current, JOBCTL_TRAP_STOP);
        if (info != null && info.code() >> 8 == Ptrace.PTRACE_EVENT_STOP) {
            clearPending(current, JOBCTL_TRAP_NOTIFY);
        }
        clearTrapping(current);

        // The tracer hears of every stop, the real parent only of a completed group-stop.
        k.signals.doNotifyParentCldstop(current, true, why);
        if (groupStopDone && k.ptrace.reparented(current)) {
            k.signals.doNotifyParentCldstop(current, false, why);
        }
        k.sched.schedule();

        final int signr = ptrace.stopCode;
        ptrace.resumedSigInfo = ptrace.lastSigInfo;
        ptrace.lastSigInfo = null;
        ptrace.message = 0;
        ptrace.stopCode = 0;
        current.jobctl &= ~(JOBCTL_LISTENING | JOBCTL_PTRACE_FROZEN);
        // Signals sent meanwhile did not wake a stopped task; they are looked for now.
        k.signals.recalcSigpendingTask(current);
        return signr;
    }

    /** {@code ptrace_do_notify()}: a stop whose siginfo has the stop code as its code and the tracee as its sender. */
    public int doNotify(final Task current, final int signr, final int exitCode, final int why, final long message) {
        return ptraceStop(current, exitCode, why, message, new SigInfo(signr, 0, exitCode, current.pid, 0, 0, 0, 0));
    }

    /** {@code ptrace_notify()}: task work is done first, so that the tracer sees its effect (PTR-19). */
    public int ptraceNotify(final Task current, final int exitCode, final long message) {
        if (!current.taskWorks.isEmpty()) {
            k.taskWork.run(current);
        }
        return doNotify(current, Signals.SIGTRAP, exitCode, SigInfo.CLD_TRAPPED, message);
    }

    /** {@code ptrace_report_syscall()}: whether a fatal signal is pending afterwards. */
    boolean reportSyscall(final Task current, final long message) {
        final PtraceState ptrace = current.ptrace;
        if (!ptrace.traced()) {
            return false;
        }
        final int good = ptrace.option(PtraceRequest.PTRACE_O_TRACESYSGOOD) ? 0x80 : 0;
        final int signr = ptraceNotify(current, Signals.SIGTRAP | good, message);
        // A stop that was not entered hands its own code back, which with 0x80 is no signal.
        if (signr != 0 && Signals.valid(signr)) {
            // Not injected in place as in a signal-delivery-stop: sent, and perhaps reported again (PTR-05).
            k.signals.send(current, SigInfo.kernel(signr), false);
        }
        return k.signals.fatalSignalPending(current);
    }

    /** {@code ptrace_event()}. */
    void event(final Task current, final int event, final long message) {
        final PtraceState ptrace = current.ptrace;
        if (ptrace.option(1 << event)) {
            ptraceNotify(current, event << 8 | Signals.SIGTRAP, message);
        } else if (event == Ptrace.PTRACE_EVENT_EXEC && ptrace.traced() && !ptrace.seized()) {
            // What attached tracers got before events existed (PTR-13).
            k.signals.send(current, SigInfo.user(Signals.SIGTRAP, current.tgid), false);
        }
    }
}
