package org.kernelentry.kernel.dispatch;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.task.Task;

/** Syscall user dispatch. Source: linux v7.3 kernel/entry/syscall_user_dispatch.c. */
public final class SyscallUserDispatch {
    final Kernel k;

    public SyscallUserDispatch(final Kernel kernel) {
        this.k = kernel;
    }

    /** {@code syscall_user_dispatch()}: true when the call was taken (dispatched or the task killed) and its body must not run. */
    public boolean syscallUserDispatch(final Task task, final PtRegs regs) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code set_syscall_user_dispatch()} for prctl(2) and ptrace(2); 0 or a negative error. */
    public long set(final Task task, final long mode, final long offset, final long len, final long selector) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Turns dispatch off for a fork child or after exec: the configuration words stay ({@code clear_syscall_work_syscall_user_dispatch()}). */
    public void clear(final Task task) {
        throw new UnsupportedOperationException("not built yet");
    }
}
