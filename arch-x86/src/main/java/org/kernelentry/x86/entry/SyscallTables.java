package org.kernelentry.x86.entry;

import static org.kernelentry.x86.X86PtRegs.AX;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.x86.abi.X86Abi;

/** The two tables, made at the first system call: the port exists before the kernel's bodies do. */
final class SyscallTables {
    private final Kernel k;
    private @Nullable SyscallTable x64;
    private @Nullable SyscallTable ia32;

    SyscallTables(final Kernel k) {
        this.k = k;
    }

    SyscallTable x64() {
        SyscallTable table = x64;
        if (table == null) {
            table = SyscallTable.of(k, X86Abi.X64);
            x64 = table;
        }
        return table;
    }

    SyscallTable ia32() {
        SyscallTable table = ia32;
        if (table == null) {
            table = SyscallTable.of(k, X86Abi.IA32);
            ia32 = table;
        }
        return table;
    }

    /**
     * A number outside the table runs nothing. The entry has preset -ENOSYS, and what a tracer has put in its place stays; earlier kernels wrote
     * -ENOSYS once more unless the number was -1 (ENT-23).
     */
    void outside(final long[] frame, final int number) {
        if (k.config.version() < KernelConfig.V7_3 && number != -1) {
            frame[AX] = -Errno.ENOSYS;
        }
    }
}
