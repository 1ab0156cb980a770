package org.kernelentry.kernel.rseq;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.task.Task;

/** Restartable sequences. Source: linux v7.3 kernel/rseq.c, include/linux/rseq_entry.h. */
public final class Rseq {
    final Kernel k;

    public Rseq(final Kernel kernel) {
        this.k = kernel;
    }

    /** {@code rseq_syscall_enter_work()}: ends a granted time slice extension. */
    public void syscallEnterWork(final Task task, final long nr) {
        if (task.rseq.area == 0) {
            return;
        }
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code rseq_debug_syscall_return()}. */
    public void debugSyscallReturn(final Task task, final PtRegs regs) {
        if (task.rseq.area == 0) {
            return;
        }
        throw new UnsupportedOperationException("not built yet");
    }

    /** Whether a time slice extension is granted instead of a reschedule ({@code rseq_grant_slice_extension()}). */
    public boolean grantSliceExtension(final Task task, final int work) {
        if (task.rseq.area == 0) {
            return false;
        }
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code rseq_handle_slowpath()}: ids and critical section fix-up in resume work. */
    public void handleSlowpath(final Task task, final PtRegs regs) {
        if (task.rseq.area == 0) {
            return;
        }
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code rseq_signal_deliver()}: aborts a critical section before the frame is built. */
    public void signalDeliver(final Task task, final PtRegs regs) {
        if (task.rseq.area == 0) {
            return;
        }
        throw new UnsupportedOperationException("not built yet");
    }
}
