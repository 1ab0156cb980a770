package org.kernelentry.kernel.fs;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;

/** An open file of the tree with its position. Source: linux v7.3 fs/read_write.c. */
final class InodeFile extends OpenFile {
    private static final int SEEK_SET = 0;
    private static final int SEEK_CUR = 1;
    private static final int SEEK_END = 2;

    private final Inode inode;
    private final int access;
    private long position;

    InodeFile(final Inode inode, final int flags) {
        this.inode = inode;
        this.access = flags & O_ACCMODE;
        this.append = (flags & O_APPEND) != 0;
        this.nonBlocking = (flags & O_NONBLOCK) != 0;
    }

    private boolean readable() {
        return access != O_WRONLY;
    }

    private boolean writable() {
        return access != O_RDONLY;
    }

    @Override
    public int accessMode() {
        return access;
    }

    @Override
    public @Nullable Inode inode() {
        return inode;
    }

    @Override
    public long read(final Task current, final long address, final long count) {
        final long done = pread(current, address, count, position);
        position += Math.max(done, 0);
        return done;
    }

    @Override
    public long write(final Task current, final long address, final long count) {
        final long at = append ? inode.size() : position;
        final long done = pwrite(current, address, count, at);
        if (done > 0) {
            position = at + done;
        }
        return done;
    }

    @Override
    public long pread(final Task current, final long address, final long count, final long at) {
        return !readable() ? -Errno.EBADF : at < 0 ? -Errno.EINVAL : inode.read(current, address, count, at);
    }

    @Override
    public long pwrite(final Task current, final long address, final long count, final long at) {
        return !writable() ? -Errno.EBADF : at < 0 ? -Errno.EINVAL : inode.write(current, address, count, at);
    }

    @Override
    public long lseek(final long offset, final int whence) {
        final long base;
        switch (whence) {
            case SEEK_SET -> base = 0;
            case SEEK_CUR -> base = position;
            case SEEK_END -> base = inode.size();
            default -> {
                return -Errno.EINVAL;
            }
        }
        if (base + offset < 0) {
            return -Errno.EINVAL;
        }
        position = base + offset;
        return position;
    }

    @Override
    public long truncate(final long size) {
        return writable() ? inode.truncate(size) : -Errno.EINVAL;
    }
}
