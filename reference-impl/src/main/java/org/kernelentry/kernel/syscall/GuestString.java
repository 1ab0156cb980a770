package org.kernelentry.kernel.syscall;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Task;

/** Strings in guest memory, one character for each byte. Source: linux v7.3 lib/strncpy_from_user.c. */
final class GuestString {
    static final int PATH_MAX = 4096;

    private GuestString() {}

    /** The bytes up to a zero, or null with -EFAULT or, when {@code max} bytes hold none, -ENAMETOOLONG in {@code error[0]}. */
    static @Nullable String read(
            final Kernel k, final Task current, final long address, final int max, final long[] error) {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < max; i++) {
            if (!k.user.get(current, address + i, 1)) {
                error[0] = -Errno.EFAULT;
                return null;
            }
            if (k.user.value == 0) {
                return text.toString();
            }
            text.append((char) k.user.value);
        }
        error[0] = -Errno.ENAMETOOLONG;
        return null;
    }

    /** As {@link #read} for a path. */
    static @Nullable String path(final Kernel k, final Task current, final long address, final long[] error) {
        return read(k, current, address, PATH_MAX, error);
    }
}
