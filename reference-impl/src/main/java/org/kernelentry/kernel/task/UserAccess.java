package org.kernelentry.kernel.task;

import org.kernelentry.kernel.Kernel;

/** Kernel accesses to user memory of the current task: values by reference, -EFAULT as a boolean. Source: linux v7.3 include/linux/uaccess.h. */
public final class UserAccess {
    final Kernel k;
    /** Result of the last successful {@link #get}. */
    public long value;

    public UserAccess(final Kernel kernel) {
        this.k = kernel;
    }

    /** {@code get_user()} of {@code size} bytes, zero-extended; the value is in {@link #value}. False is -EFAULT. */
    public boolean get(final Task task, final long address, final int size) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code put_user()}. False is -EFAULT. */
    public boolean put(final Task task, final long address, final int size, final long newValue) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code copy_from_user()}, all or nothing. */
    public boolean copyFrom(
            final Task task, final long address, final byte[] into, final int offset, final int length) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code copy_to_user()}, all or nothing. */
    public boolean copyTo(final Task task, final long address, final byte[] from, final int offset, final int length) {
        throw new UnsupportedOperationException("not built yet");
    }
}
