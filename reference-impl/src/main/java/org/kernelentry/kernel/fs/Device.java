package org.kernelentry.kernel.fs;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;

/** Memory devices: {@code /dev/null}, {@code zero}, {@code full}, {@code random}, {@code urandom}. Source: linux v7.3 drivers/char/mem.c. */
final class Device extends Inode {
    private static final int CHUNK = 1 << 16;

    /** By minor number, the major is 1. */
    enum Kind {
        NULL(3),
        ZERO(5),
        FULL(7),
        RANDOM(8),
        URANDOM(9);

        private final int minor;

        Kind(final int minor) {
            this.minor = minor;
        }
    }

    private final Kind kind;

    Device(final Kernel kernel, final long number, final Kind kind) {
        super(kernel, S_IFCHR, 0666, number);
        this.kind = kind;
    }

    @Override
    public int device() {
        return 1 << 8 | kind.minor;
    }

    @Override
    long read(final Task current, final long address, final long count, final long position) {
        if (kind == Kind.NULL) {
            return 0;
        }
        final byte[] bytes = new byte[(int) Math.min(count, CHUNK)];
        long done = 0;
        while (done < count) {
            final int length = (int) Math.min(count - done, bytes.length);
            if (kind == Kind.RANDOM || kind == Kind.URANDOM) {
                k.random.fill(bytes, length);
            }
            if (!k.user.copyTo(current, address + done, bytes, 0, length)) {
                return done > 0 ? done : -Errno.EFAULT;
            }
            done += length;
        }
        return done;
    }

    @Override
    long write(final Task current, final long address, final long count, final long position) {
        return kind == Kind.FULL && count > 0 ? -Errno.ENOSPC : count;
    }
}
