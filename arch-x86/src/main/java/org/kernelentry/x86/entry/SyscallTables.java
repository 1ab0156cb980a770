package org.kernelentry.x86.entry;

import static org.kernelentry.x86.X86PtRegs.AX;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.syscall.CallTable;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.x86.abi.X86Abi;

/** The two tables, made at the first system call: the port exists before the kernel's bodies do. */
final class SyscallTables {
    private final Kernel k;
    private @Nullable CallTable x64;
    private @Nullable CallTable ia32;

    SyscallTables(final Kernel k) {
        this.k = k;
    }

    CallTable x64() {
        CallTable table = x64;
        if (table == null) {
            table = X86Abi.X64.table(k);
            x64 = table;
        }
        return table;
    }

    CallTable ia32() {
        CallTable table = ia32;
        if (table == null) {
            table = X86Abi.IA32.table(k);
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
