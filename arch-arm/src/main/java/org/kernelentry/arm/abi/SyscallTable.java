package org.kernelentry.arm.abi;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.CallTable;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.syscall.SyscallBody;
import org.kernelentry.kernel.task.Task;

/** {@code sys_call_table} or {@code sys_oabi_call_table}: bodies by number, built once. */
public final class SyscallTable {
    /** OABI's indirect call: {@code syscall(number, arguments...)}. */
    private static final String INDIRECT = "syscall";

    private final CallTable bodies;
    private final int indirectNumber;

    public SyscallTable(final Kernel k, final ArmAbi abi) {
        bodies = abi.table(k);
        indirectNumber = abi.number(INDIRECT);
        if (indirectNumber >= 0) {
            bodies.set(indirectNumber, this::indirect);
        }
    }

    /** The body of {@code nr}, or null when there are not so many; negative numbers are beyond the table. */
    public @Nullable SyscallBody find(final int nr) {
        return bodies.find(nr);
    }

    /** {@code sys_syscall} (OAB-06): the number is the first argument and the others move down; not through itself. */
    private long indirect(final Task task) {
        final int nr = (int) task.args[0] & ~ArmAbi.NR_OABI_SYSCALL_BASE;
        if (nr == indirectNumber || Integer.compareUnsigned(nr, bodies.size()) >= 0) {
            return -Errno.ENOSYS;
        }
        System.arraycopy(task.args, 1, task.args, 0, task.args.length - 1);
        return bodies.body(nr).invoke(task);
    }
}
