package org.kernelentry.kernel.tracing;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.task.Task;

/** The raw_syscalls trace events. Source: linux v7.3 kernel/entry/syscall-common.c, include/trace/events/syscalls.h. */
public final class RawSyscalls {
    final Kernel k;

    public RawSyscalls(final Kernel kernel) {
        this.k = kernel;
    }

    /** {@code trace_sys_enter()}: number and six arguments by the port's getters. */
    public void sysEnter(final Task task, final PtRegs regs) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code trace_sys_exit()}: number read now, and the return value. */
    public void sysExit(final Task task, final PtRegs regs) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code syscall_regfunc()}: sets the work bit on all threads. */
    public void enable() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code syscall_unregfunc()}. */
    public void disable() {
        throw new UnsupportedOperationException("not built yet");
    }
}
