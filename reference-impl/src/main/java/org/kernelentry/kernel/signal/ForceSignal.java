package org.kernelentry.kernel.signal;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;

/** Signals the task cannot escape. Source: linux v7.3 kernel/signal.c force_sig_info_to_task(), force_sigsegv(). */
final class ForceSignal {
    /** Detail: the signal. */
    static final Step FORCE_SIG = Step.of("force_sig", "kernel/signal.c force_sig_info_to_task()");

    /** {@code enum sig_handler}: what becomes of the program's own handler. */
    enum Handler {
        /** Runs if it can: neither blocked nor ignored. */
        CURRENT,
        /** The default action, always. */
        SIG_DFL,
        /** The default action, and nobody, not even a tracer, sees anything but the exit. */
        EXIT
    }

    private final Kernel k;
    private final SendSignal send;

    ForceSignal(final Kernel kernel, final SendSignal send) {
        this.k = kernel;
        this.send = send;
    }

    /** A handler the program had blocked is not run but lost: whoever blocks it does not expect it here. */
    void force(final Task task, final SigInfo info, final Handler handler) {
        final int sig = info.signo();
        final SigAction action = task.sighand.action[sig];
        final boolean blocked = task.blocked.has(sig);
        if (blocked || action.handler() == SigAction.SIG_IGN || handler != Handler.CURRENT) {
            final long immutable = handler == Handler.EXIT ? SigAction.SA_IMMUTABLE : 0;
            task.sighand.action[sig] = action.withHandler(SigAction.SIG_DFL).withFlags(action.flags() | immutable);
            task.blocked = task.blocked.minus(sig);
        }
        if (task.sighand.action[sig].handler() == SigAction.SIG_DFL
                && (task.ptrace.flags == 0 || handler == Handler.EXIT)) {
            task.signal.flags &= ~SignalStruct.SIGNAL_UNKILLABLE;
        }
        send.send(task, info, false);
        // It may have been pending already while it was blocked; then sending it again woke nobody.
        if (!task.testTif(ThreadFlags.TIF_SIGPENDING)) {
            send.wakeUp(task, false);
        }
        k.steps.at(k.cpu, FORCE_SIG, sig);
    }

    /** When the failed delivery was that of SIGSEGV, its handler is not tried again (FRM-21). */
    void forceSigsegv(final Task task, final int sig) {
        force(task, SigInfo.kernel(Signals.SIGSEGV), sig == Signals.SIGSEGV ? Handler.SIG_DFL : Handler.CURRENT);
    }
}
