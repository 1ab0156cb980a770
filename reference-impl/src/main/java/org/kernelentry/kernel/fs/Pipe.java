package org.kernelentry.kernel.fs;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;

/** A pipe of 64 KiB with its two ends. Source: linux v7.3 fs/pipe.c. */
public final class Pipe {
    /** Bytes it holds. */
    public static final int CAPACITY = 1 << 16;
    /** Writes up to this size are not mixed with others'. */
    public static final int PIPE_BUF = 4096;

    private final Kernel k;
    private final byte[] ring = new byte[CAPACITY];
    private int head;
    private int used;
    private boolean readable = true;
    private boolean writable = true;

    /** The end that is read. */
    public final OpenFile reader = new ReadEnd();
    /** The end that is written. */
    public final OpenFile writer = new WriteEnd();

    public Pipe(final Kernel kernel) {
        this.k = kernel;
    }

    private void changed() {
        k.sched.wakeAll(reader.waiters);
        k.sched.wakeAll(writer.waiters);
    }

    private final class ReadEnd extends OpenFile {
        @Override
        public long read(final Task current, final long address, final long count) {
            if (count == 0) {
                return 0;
            }
            while (used == 0) {
                if (!writable) {
                    return 0;
                }
                if (nonBlocking) {
                    return -Errno.EAGAIN;
                }
                if (k.signals.signalPending(current)) {
                    return -Errno.ERESTARTSYS;
                }
                k.sched.waitOn(waiters, TaskState.INTERRUPTIBLE);
            }
            final byte[] bytes = new byte[(int) Math.min(count, used)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = ring[(head + i) % CAPACITY];
            }
            if (!k.user.copyTo(current, address, bytes, 0, bytes.length)) {
                return -Errno.EFAULT;
            }
            head = (head + bytes.length) % CAPACITY;
            used -= bytes.length;
            changed();
            return bytes.length;
        }

        @Override
        public long write(final Task current, final long address, final long count) {
            return -Errno.EBADF;
        }

        @Override
        public int accessMode() {
            return O_RDONLY;
        }

        @Override
        public int poll() {
            return (used > 0 ? POLLIN | POLLRDNORM : 0) | (writable ? 0 : POLLHUP);
        }

        @Override
        protected void release() {
            readable = false;
            changed();
        }
    }

    private final class WriteEnd extends OpenFile {
        @Override
        public long read(final Task current, final long address, final long count) {
            return -Errno.EBADF;
        }

        @Override
        public int accessMode() {
            return O_WRONLY;
        }

        @Override
        public long write(final Task current, final long address, final long count) {
            long done = 0;
            while (done < count || count == 0) {
                if (!readable) {
                    if (done == 0) {
                        k.signals.send(current, SigInfo.kernel(Signals.SIGPIPE), false);
                        return -Errno.EPIPE;
                    }
                    return done;
                }
                if (count == 0) {
                    return 0;
                }
                final long want = Math.min(count - done, CAPACITY);
                final int room = CAPACITY - used;
                if (room > 0 && (want <= room || count > PIPE_BUF)) {
                    final byte[] bytes = new byte[(int) Math.min(want, room)];
                    if (!k.user.copyFrom(current, address + done, bytes, 0, bytes.length)) {
                        return done > 0 ? done : -Errno.EFAULT;
                    }
                    for (int i = 0; i < bytes.length; i++) {
                        ring[(head + used + i) % CAPACITY] = bytes[i];
                    }
                    used += bytes.length;
                    done += bytes.length;
                    changed();
                    continue;
                }
                if (nonBlocking) {
                    return done > 0 ? done : -Errno.EAGAIN;
                }
                if (k.signals.signalPending(current)) {
                    return done > 0 ? done : -Errno.ERESTARTSYS;
                }
                k.sched.waitOn(waiters, TaskState.INTERRUPTIBLE);
            }
            return done;
        }

        @Override
        public int poll() {
            return (used < CAPACITY ? POLLOUT | POLLWRNORM : 0) | (readable ? 0 : POLLERR);
        }

        @Override
        protected void release() {
            writable = false;
            changed();
        }
    }
}
