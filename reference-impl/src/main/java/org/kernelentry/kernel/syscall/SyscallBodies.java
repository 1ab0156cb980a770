package org.kernelentry.kernel.syscall;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;

/** All system call bodies by name; ports build their tables from it. */
public final class SyscallBodies {
    final Kernel k;

    /** What guests wrote to descriptors 1 and 2. */
    public String output() {
        throw new UnsupportedOperationException("not built yet");
    }

    public SyscallBodies(final Kernel kernel) {
        this.k = kernel;
    }

    /** Body of a call by its kernel name ({@code getppid}, {@code rt_sigaction}), or null when the model has none: the table slot is then {@code sys_ni_syscall}. */
    public @Nullable SyscallBody find(final String name) {
        throw new UnsupportedOperationException("not built yet");
    }
}
