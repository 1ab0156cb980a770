package org.kernelentry.kernel.ptrace;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.task.Task;

/** ptrace(2) and the stops. Source: linux v7.3 kernel/ptrace.c, include/linux/ptrace.h, kernel/signal.c ptrace_stop(). */
public final class Ptrace {
    final Kernel k;

    public Ptrace(final Kernel kernel) {
        this.k = kernel;
    }

    /** ptrace(2) by {@code tracer}; {@code address} and {@code data} as passed, memory results go to {@code memory}. */
    public long ptrace(final Task tracer, final int request, final int pid, final long address, final long data) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code ptrace_report_syscall_entry()}: returns whether a fatal signal is pending. */
    public boolean reportSyscallEntry(final Task task, final PtRegs regs) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code ptrace_report_syscall_exit()}: an exit-stop, or the step report when {@code step}. */
    public void reportSyscallExit(final Task task, final PtRegs regs, final boolean step) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code ptrace_event()}: stops with the event if the tracer asked for it. */
    public void event(final Task task, final int event, final long message) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code exit_ptrace()}: what a dying tracer leaves. */
    public void exitPtrace(final Task tracer) {
        throw new UnsupportedOperationException("not built yet");
    }
}
