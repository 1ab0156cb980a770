package org.kernelentry.kernel.seccomp;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.task.Task;

/** Seccomp modes and filters. Source: linux v7.3 kernel/seccomp.c. */
public final class Seccomp {
    final Kernel k;

    public Seccomp(final Kernel kernel) {
        this.k = kernel;
    }

    /** {@code __secure_computing()}: whether the call is permitted; a refusal has already stored its return value, signal or death. */
    public boolean secureComputing(final Task task, final PtRegs regs) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** seccomp(2). */
    public long sysSeccomp(final Task task, final long op, final long flags, final long args) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** prctl(PR_SET_SECCOMP). */
    public long prctlSetSeccomp(final Task task, final long mode, final long filter) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code copy_seccomp()}: the child shares the parent's filters. */
    public void copy(final Task parent, final Task child) {
        throw new UnsupportedOperationException("not built yet");
    }
}
