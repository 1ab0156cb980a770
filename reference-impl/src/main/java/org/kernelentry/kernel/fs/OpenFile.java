package org.kernelentry.kernel.fs;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.WaitQueue;

/** {@code struct file} with its operations. Descriptors of several tables may share one. Source: linux v7.3 include/linux/fs.h. */
public abstract class OpenFile {
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_ACCMODE = 3;
    public static final int O_APPEND = 0x400;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x8_0000;

    public static final int POLLIN = 0x001;
    public static final int POLLOUT = 0x004;
    public static final int POLLERR = 0x008;
    public static final int POLLHUP = 0x010;
    public static final int POLLNVAL = 0x020;
    public static final int POLLRDNORM = 0x040;
    public static final int POLLWRNORM = 0x100;

    /** Those who wait for a change of {@link #poll}. */
    public final WaitQueue waiters = new WaitQueue();

    public boolean nonBlocking;
    public boolean append;
    private int descriptors;

    /** {@code read()} of up to {@code count} bytes into {@code current}'s memory: bytes read, or a negative error or restart code. */
    public long read(final Task current, final long address, final long count) {
        return -Errno.EINVAL;
    }

    /** {@code write()} of up to {@code count} bytes from {@code current}'s memory: bytes written, or a negative error or restart code. */
    public long write(final Task current, final long address, final long count) {
        return -Errno.EINVAL;
    }

    /** pread64(2) at a position; what has none is refused. */
    public long pread(final Task current, final long address, final long count, final long at) {
        return -Errno.ESPIPE;
    }

    /** pwrite64(2). */
    public long pwrite(final Task current, final long address, final long count, final long at) {
        return -Errno.ESPIPE;
    }

    /** The new position, or a negative error. */
    public long lseek(final long offset, final int whence) {
        return -Errno.ESPIPE;
    }

    /** ftruncate(2). */
    public long truncate(final long size) {
        return -Errno.EINVAL;
    }

    /** O_RDONLY, O_WRONLY or O_RDWR. */
    public int accessMode() {
        return O_RDWR;
    }

    /** What it is open on, or null for what has no place in the tree. */
    public @Nullable Inode inode() {
        return null;
    }

    /** {@code i_mode} of what has no inode here. */
    public int anonymousMode() {
        return Inode.S_IFIFO | 0600;
    }

    /** {@code ioctl()}. */
    public long ioctl(final Task current, final long request, final long argument) {
        return -Errno.ENOTTY;
    }

    /** Which of POLL* hold now. */
    public int poll() {
        return POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
    }

    /** All queues on which a change of {@link #poll} is announced. */
    public List<WaitQueue> queues() {
        return List.of(waiters);
    }

    /** Whether its last descriptor is gone. */
    final boolean released() {
        return descriptors == 0;
    }

    /** The last descriptor is gone ({@code release()}). */
    protected void release() {}

    final void get() {
        descriptors++;
    }

    final void put() {
        descriptors--;
        if (descriptors == 0) {
            release();
        }
    }
}
