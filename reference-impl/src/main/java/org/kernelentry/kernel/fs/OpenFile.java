package org.kernelentry.kernel.fs;

import java.util.List;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.WaitQueue;

/** {@code struct file} with its operations. Descriptors of several tables may share one. Source: linux v7.3 include/linux/fs.h. */
public abstract class OpenFile {
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
    private int descriptors;

    /** {@code read()} of up to {@code count} bytes into {@code current}'s memory: bytes read, or a negative error or restart code. */
    public long read(final Task current, final long address, final long count) {
        return -Errno.EINVAL;
    }

    /** {@code write()} of up to {@code count} bytes from {@code current}'s memory: bytes written, or a negative error or restart code. */
    public long write(final Task current, final long address, final long count) {
        return -Errno.EINVAL;
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
