package org.kernelentry.x86.entry;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.syscall.SyscallBody;
import org.kernelentry.x86.abi.X86Abi;

/** {@code sys_call_table}: one body per number; what has none is {@code sys_ni_syscall}. */
final class SyscallTable {
    private static final SyscallBody NI_SYSCALL = task -> -Errno.ENOSYS;

    private final SyscallBody[] bodies;

    private SyscallTable(final SyscallBody[] bodies) {
        this.bodies = bodies;
    }

    static SyscallTable of(final Kernel k, final X86Abi abi) {
        final SyscallBody[] bodies = new SyscallBody[abi.tableSize()];
        for (int number = 0; number < bodies.length; number++) {
            final String name = abi.name(number);
            final @Nullable SyscallBody body = name == null ? null : k.bodies.find(name);
            bodies[number] = body != null ? body : NI_SYSCALL;
        }
        return new SyscallTable(bodies);
    }

    /** The body, or null for a number out of range; negative ones are very high. */
    @Nullable
    SyscallBody find(final int number) {
        return Integer.compareUnsigned(number, bodies.length) < 0 ? bodies[number] : null;
    }
}
