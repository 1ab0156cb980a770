package org.kernelentry.kernel.fs;

import java.util.Arrays;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;

/** A file in memory. Holes take memory too, so a file has a greatest size. Source: linux v7.3 mm/shmem.c. */
public final class RegularFile extends Inode {
    /** Greatest size in bytes (RLIMIT_FSIZE would be the kernel's word for it). */
    public static final int LIMIT = 256 << 20;

    private static final byte[] EMPTY = {};

    private byte[] bytes = EMPTY;
    private int size;

    RegularFile(final Kernel kernel, final int permissions, final long number) {
        super(kernel, S_IFREG, permissions, number);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public byte[] contents() {
        return Arrays.copyOf(bytes, size);
    }

    void set(final byte[] contents) {
        bytes = contents;
        size = contents.length;
    }

    @Override
    long read(final Task current, final long address, final long count, final long position) {
        if (position >= size) {
            return 0;
        }
        final int length = (int) Math.min(count, size - position);
        return k.user.copyTo(current, address, bytes, (int) position, length) ? length : -Errno.EFAULT;
    }

    @Override
    long write(final Task current, final long address, final long count, final long position) {
        if (count == 0) {
            return 0;
        }
        if (position >= LIMIT) {
            return -Errno.EFBIG;
        }
        final int length = (int) Math.min(count, LIMIT - position);
        final byte[] chunk = new byte[length];
        if (!k.user.copyFrom(current, address, chunk, 0, length)) {
            return -Errno.EFAULT;
        }
        if (!k.tree.charge(Math.max(0, position + length - size))) {
            return -Errno.ENOSPC;
        }
        reserve((int) position + length);
        System.arraycopy(chunk, 0, bytes, (int) position, length);
        size = Math.max(size, (int) position + length);
        modified = k.tree.now();
        return length;
    }

    @Override
    public long truncate(final long wanted) {
        if (wanted < 0) {
            return -Errno.EINVAL;
        }
        if (wanted > LIMIT) {
            return -Errno.EFBIG;
        }
        if (!k.tree.charge(wanted - size)) {
            return -Errno.ENOSPC;
        }
        final int to = (int) wanted;
        reserve(to);
        if (to < size) {
            Arrays.fill(bytes, to, size, (byte) 0);
        }
        size = to;
        modified = k.tree.now();
        return 0;
    }

    private void reserve(final int length) {
        if (length > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(LIMIT, Math.max(length, 2L * bytes.length)));
        }
    }
}
