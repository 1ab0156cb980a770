package org.kernelentry.arm64.entry;

import static org.kernelentry.arm64.Arm64PtRegs.ORIG_X0;

import org.jspecify.annotations.Nullable;
import org.kernelentry.arm64.abi.Arm64Abi;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.syscall.CallTable;
import org.kernelentry.kernel.syscall.SyscallBody;
import org.kernelentry.kernel.task.Task;

/** A table of system call bodies and how they get their arguments. Source: linux v7.3 arch/arm64/kernel/sys.c, sys32.c; include/asm/syscall_wrapper.h. */
final class SyscallTable {
    private static final long LOW = 0xffff_ffffL;

    private final CallTable bodies;
    /** Whether argument 0 comes from {@code orig_x0}. */
    private final boolean[] fromOrig;

    private final boolean compat;

    SyscallTable(final Kernel k, final Arm64Abi abi) {
        this.compat = abi.wordSize() == Integer.BYTES;
        this.bodies = abi.table(k);
        this.fromOrig = new boolean[abi.tableSize()];
        for (int nr = 0; nr < fromOrig.length; nr++) {
            // PTR-34, PTR-36: bodies shared with native calls take the original argument, compat-only ones the
            // register; 6.1
            // the register always. Around the generic code the register holds the preset result (DIF-A64-05).
            fromOrig[nr] = k.config.generic() || k.config.version() >= KernelConfig.V7_3 && !abi.compatOnly(nr);
        }
    }

    /** The body of {@code nr}, or null when the number is beyond the table; unsigned, so that negative numbers are (A64-02). */
    @Nullable
    SyscallBody find(final int nr) {
        return bodies.find(nr);
    }

    /** Fills {@link Task#args} for a body found by {@link #find}. */
    void arguments(final Task task, final PtRegs regs, final int nr) {
        final long[] slot = regs.slot;
        final long[] args = task.args;
        final long mask = compat ? LOW : -1;
        args[0] = (fromOrig[nr] ? slot[ORIG_X0] : slot[0]) & mask;
        args[1] = slot[1] & mask;
        args[2] = slot[2] & mask;
        args[3] = slot[3] & mask;
        args[4] = slot[4] & mask;
        args[5] = slot[5] & mask;
        args[6] = compat ? slot[6] & mask : 0;
    }
}
