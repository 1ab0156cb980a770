package org.kernelentry.x86.entry;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.CallTable;
import org.kernelentry.kernel.syscall.SyscallBody;
import org.kernelentry.x86.abi.X86Abi;

/** {@code sys_call_table}: one body per number; what has none is {@code sys_ni_syscall}. */
final class SyscallTable {
    private final CallTable bodies;

    private SyscallTable(final CallTable bodies) {
        this.bodies = bodies;
    }

    static SyscallTable of(final Kernel k, final X86Abi abi) {
        return new SyscallTable(abi.table(k));
    }

    /** The body, or null for a number out of range; negative ones are very high. */
    @Nullable
    SyscallBody find(final int number) {
        return Integer.compareUnsigned(number, bodies.size()) < 0 ? bodies.body(number) : null;
    }
}
