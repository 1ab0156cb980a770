package org.kernelentry.kernel.audit;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.task.Task;

/** System call audit. Source: linux v7.3 kernel/auditsc.c. */
public final class Audit {
    final Kernel k;

    /** Turns auditing on: tasks made from now on get a context. */
    public void enable() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** The records written so far, one line each, as the runner shows them. */
    public java.util.List<String> recordLines() {
        throw new UnsupportedOperationException("not built yet");
    }

    public Audit(final Kernel kernel) {
        this.k = kernel;
    }

    /** {@code __audit_syscall_entry()}. */
    public void syscallEntry(final Task task, final PtRegs regs) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code __audit_syscall_exit()}; a no-op when entry did not run for this call. */
    public void syscallExit(final Task task, final PtRegs regs) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code audit_alloc()}: gives a new task a context once audit was ever enabled. */
    public void alloc(final Task parent, final Task child) {
        throw new UnsupportedOperationException("not built yet");
    }
}
