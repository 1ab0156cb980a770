package org.kernelentry.arm.abi;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.syscall.SyscallBody;
import org.kernelentry.kernel.task.Task;

/** {@code sys_call_table} or {@code sys_oabi_call_table}: bodies by number, built once. */
public final class SyscallTable {
    /** {@code sys_ni_syscall()}. */
    private static final SyscallBody NI_SYSCALL = task -> -Errno.ENOSYS;

    /** OABI's indirect call: {@code syscall(number, arguments...)}. */
    private static final String INDIRECT = "syscall";

    private final SyscallBody[] bodies;
    private final int indirectNumber;

    public SyscallTable(final Kernel k, final ArmAbi abi) {
        bodies = new SyscallBody[abi.tableSize()];
        indirectNumber = abi.number(INDIRECT);
        for (int nr = 0; nr < bodies.length; nr++) {
            final String name = abi.name(nr);
            final @Nullable SyscallBody body = name == null ? null : k.bodies.find(name);
            bodies[nr] = body == null ? NI_SYSCALL : body;
        }
        if (indirectNumber >= 0) {
            bodies[indirectNumber] = this::indirect;
        }
    }

    /** {@code NR_syscalls}. */
    public int size() {
        return bodies.length;
    }

    /** The body of a number below {@link #size}. */
    public SyscallBody body(final int nr) {
        return bodies[nr];
    }

    /** {@code sys_syscall} (OAB-06): the number is the first argument and the others move down; not through itself. */
    private long indirect(final Task task) {
        final int nr = (int) task.args[0] & ~ArmAbi.NR_OABI_SYSCALL_BASE;
        if (nr == indirectNumber || Integer.compareUnsigned(nr, bodies.length) >= 0) {
            return NI_SYSCALL.invoke(task);
        }
        System.arraycopy(task.args, 1, task.args, 0, task.args.length - 1);
        return bodies[nr].invoke(task);
    }
}
