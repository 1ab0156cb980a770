package org.kernelentry.kernel.fs;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;

/** An open directory. Source: linux v7.3 fs/readdir.c, include/linux/dirent.h. */
public final class DirectoryFile extends OpenFile {
    private static final int NAME_OFFSET = 19;

    private final Directory directory;
    private int next;

    DirectoryFile(final Directory directory, final int flags) {
        this.directory = directory;
        this.nonBlocking = (flags & O_NONBLOCK) != 0;
    }

    Directory directory() {
        return directory;
    }

    @Override
    public int accessMode() {
        return O_RDONLY;
    }

    @Override
    public @Nullable Inode inode() {
        return directory;
    }

    @Override
    public long read(final Task current, final long address, final long count) {
        return -Errno.EISDIR;
    }

    @Override
    public long write(final Task current, final long address, final long count) {
        return -Errno.EBADF;
    }

    /** Only back to the start or to a position that getdents64(2) gave. */
    @Override
    public long lseek(final long offset, final int whence) {
        if (whence == 1 && offset == 0) {
            return next;
        }
        if (whence != 0 || offset < 0 || offset > Integer.MAX_VALUE) {
            return -Errno.EINVAL;
        }
        next = (int) offset;
        return next;
    }

    /** getdents64(2): bytes written, 0 at the end, or a negative error. */
    public long getdents64(final Task current, final long address, final long count) {
        final List<Directory.Entry> entries = directory.list();
        long done = 0;
        while (next < entries.size()) {
            final Directory.Entry entry = entries.get(next);
            final byte[] name = entry.name().getBytes(StandardCharsets.ISO_8859_1);
            final int length = NAME_OFFSET + name.length + 1 + 7 & -8;
            if (length > count - done) {
                return done > 0 ? done : -Errno.EINVAL;
            }
            final byte[] record = new byte[length];
            put(record, 0, 8, entry.inode().number());
            put(record, 8, 8, next + 1L);
            put(record, 16, 2, length);
            // DT_* is the type in the upper bits of the mode.
            put(record, 18, 1, entry.inode().mode() >> 12);
            System.arraycopy(name, 0, record, NAME_OFFSET, name.length);
            if (!directory.k.user.copyTo(current, address + done, record, 0, length)) {
                return done > 0 ? done : -Errno.EFAULT;
            }
            done += length;
            next++;
        }
        return done;
    }

    private static void put(final byte[] record, final int at, final int size, final long value) {
        for (int i = 0; i < size; i++) {
            record[at + i] = (byte) (value >>> 8 * i);
        }
    }
}
