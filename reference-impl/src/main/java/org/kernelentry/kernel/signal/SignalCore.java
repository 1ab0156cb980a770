package org.kernelentry.kernel.signal;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.task.Task;

/** Sending, choosing and delivering signals. Source: linux v7.3 kernel/signal.c. */
public final class SignalCore {
    final Kernel k;

    public SignalCore(final Kernel kernel) {
        this.k = kernel;
    }

    /** {@code send_signal_locked()} to a thread or (group) a process; 0 or a negative error. */
    public int send(final Task target, final SigInfo info, final boolean group) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code force_sig_info()}: cannot be blocked or ignored; the default action is forced then. */
    public void force(final Task task, final SigInfo info) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code force_fatal_sig()}, {@code force_exit_sig()}: forced with the immutable mark, nobody may catch or see it. */
    public void forceExit(final Task task, final SigInfo info) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code force_sigsegv()} after a failed frame. */
    public void forceSigsegv(final Task task, final int sig) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code get_signal()}: the next signal for a handler, or null; stops and deaths happen inside. */
    public @Nullable KSignal getSignal(final Task task, final PtRegs regs) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code signal_setup_done()}: masks and one-shot after a frame was built, or SIGSEGV. */
    public void setupDone(final Task task, final KSignal signal, final boolean failed, final boolean stepping) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code sigmask_to_save()}. */
    public SigSet sigmaskToSave(final Task task) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code restore_saved_sigmask()}. */
    public void restoreSavedSigmask(final Task task) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code set_current_blocked()}. */
    public void setCurrentBlocked(final Task task, final SigSet set) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code recalc_sigpending()}. */
    public void recalcSigpending(final Task task) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code signal_pending()}: a signal or notify-signal. */
    public boolean signalPending(final Task task) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code fatal_signal_pending()}. */
    public boolean fatalSignalPending(final Task task) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Wakes a sleeper after TIF_NOTIFY_SIGNAL was set. */
    public void wakeUpNotifySignal(final Task task) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code sigsp()}, {@code sas_ss_flags()}: stack to build the frame on for this action, before alignment. */
    public long signalStack(final Task task, final long sp, final SigAction action) {
        throw new UnsupportedOperationException("not built yet");
    }
}
