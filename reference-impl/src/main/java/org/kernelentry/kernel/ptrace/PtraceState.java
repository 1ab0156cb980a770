package org.kernelentry.kernel.ptrace;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.task.WaitQueue;

/** The ptrace members of {@code struct task_struct}. */
public final class PtraceState {
    /** {@code PT_PTRACED}. */
    public static final int PT_PTRACED = 1;
    /** {@code PT_SEIZED}. */
    public static final int PT_SEIZED = 0x1_0000;
    /** Options sit above this shift: {@code PT_OPT_FLAG_SHIFT}. */
    public static final int PT_OPT_FLAG_SHIFT = 3;

    /** {@code current->ptrace}: PT_* and options. */
    public int flags;
    /** {@code ptrace_message}. */
    public long message;
    /** {@code last_siginfo}: what PTRACE_GETSIGINFO reads; null outside of stops that have one. */
    public @Nullable SigInfo lastSigInfo;
    /** What {@link #lastSigInfo} was when the last stop ended: the tracer may have replaced it. */
    public @Nullable SigInfo resumedSigInfo;
    /** Stop code while stopped ({@code exit_code}), and the signal the tracer resumes with. */
    public int stopCode;
    /** {@code TIF_FORCED_TF} and its like: stepping was switched on by a tracer, not by the program. */
    public boolean stepping;
    /** Who waits for JOBCTL_TRAPPING to go ({@code wait_on_bit()}). */
    public final WaitQueue trapping = new WaitQueue();

    public boolean traced() {
        return (flags & PT_PTRACED) != 0;
    }

    public boolean seized() {
        return (flags & PT_SEIZED) != 0;
    }

    /** Whether the tracer set this {@code PTRACE_O_*}. */
    public boolean option(final int option) {
        return (flags & option << PT_OPT_FLAG_SHIFT) != 0;
    }
}
