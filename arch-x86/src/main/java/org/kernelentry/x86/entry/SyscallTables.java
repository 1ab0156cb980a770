package org.kernelentry.x86.entry;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
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
}
