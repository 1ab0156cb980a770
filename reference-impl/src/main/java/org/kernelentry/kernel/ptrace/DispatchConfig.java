package org.kernelentry.kernel.ptrace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;

/**
 * The tracer's view of a tracee's syscall user dispatch ({@code struct ptrace_sud_config}: mode, selector, offset, length).
 *
 * <p>Source: linux v7.3 kernel/entry/syscall_user_dispatch.c syscall_user_dispatch_get_config(), syscall_user_dispatch_set_config().
 */
final class DispatchConfig {
    private static final int SIZE = 32;

    private final Kernel k;

    DispatchConfig(final Kernel kernel) {
        this.k = kernel;
    }

    /** The mode reads 0 or 1; an inclusive range reads as the exclusive one it is kept as (SUD-30). */
    long get(final Task child, final long size, final TracerBuffer buffer) {
        if (k.config.version() < KernelConfig.V7_3) {
            return -Errno.EIO;
        }
        if (!k.config.has(KernelConfig.Option.SYSCALL_USER_DISPATCH) || size != SIZE) {
            return -Errno.EINVAL;
        }
        final boolean on = (child.syscallWork & ThreadFlags.SYSCALL_WORK_SYSCALL_USER_DISPATCH) != 0;
        final byte[] bytes = new byte[SIZE];
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(on ? 1 : 0)
                .putLong(child.syscallDispatch.selector)
                .putLong(child.syscallDispatch.offset)
                .putLong(child.syscallDispatch.len);
        return buffer.write(bytes, SIZE) ? 0 : -Errno.EFAULT;
    }

    /** Checked as the prctl would be, on the tracee's behalf (SUD-32). */
    long set(final Task child, final long size, final TracerBuffer buffer) {
        if (k.config.version() < KernelConfig.V7_3) {
            return -Errno.EIO;
        }
        if (!k.config.has(KernelConfig.Option.SYSCALL_USER_DISPATCH) || size != SIZE) {
            return -Errno.EINVAL;
        }
        final byte[] bytes = new byte[SIZE];
        if (!buffer.read(bytes, SIZE)) {
            return -Errno.EFAULT;
        }
        final ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return k.dispatch.set(child, in.getLong(0), in.getLong(16), in.getLong(24), in.getLong(8));
    }
}
