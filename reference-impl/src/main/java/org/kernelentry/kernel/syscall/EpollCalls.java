package org.kernelentry.kernel.syscall;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.fs.Epoll;
import org.kernelentry.kernel.fs.FileTable;
import org.kernelentry.kernel.fs.OpenFile;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.Timers;

/** The epoll family: its waits are ended by any signal with plain EINTR (RST-35). Source: linux v7.3 fs/eventpoll.c. */
final class EpollCalls {
    private static final int MAX_EVENTS = Integer.MAX_VALUE / 16;

    private final Kernel k;
    private final Times times;

    EpollCalls(final Kernel kernel) {
        this.k = kernel;
        this.times = new Times(kernel);
    }

    Map<String, SyscallBody> bodies() {
        return Map.ofEntries(
                entry("epoll_create", task -> (int) task.args[0] <= 0 ? -Errno.EINVAL : create(task, 0)),
                entry("epoll_create1", task -> create(task, (int) task.args[0])),
                entry("epoll_ctl", this::sysEpollCtl),
                entry("epoll_wait", task -> wait(task, milliseconds(task), 0, 0)),
                entry("epoll_pwait", task -> wait(task, milliseconds(task), task.args[4], task.args[5])),
                entry("epoll_pwait2", this::sysEpollPwait2));
    }

    private static @Nullable OpenFile file(final Task task, final int fd) {
        final FileTable files = task.files;
        return files == null ? null : files.get(fd);
    }

    private static long create(final Task current, final int flags) {
        final FileTable files = current.files;
        if ((flags & ~OpenFile.O_CLOEXEC) != 0) {
            return -Errno.EINVAL;
        }
        return files == null ? -Errno.EMFILE : files.install(new Epoll(), flags != 0);
    }

    /** {@code struct epoll_event} is packed on x86: its data follow the events at once. On i386 they would anyway. */
    private int dataOffset() {
        return "x86".equals(k.arch.name()) ? 4 : 8;
    }

    private long sysEpollCtl(final Task current) {
        final int operation = (int) current.args[1];
        final int fd = (int) current.args[2];
        final long event = current.args[3];
        int events = 0;
        long data = 0;
        if (operation != Epoll.EPOLL_CTL_DEL) {
            if (!k.user.getInt(current, event)) {
                return -Errno.EFAULT;
            }
            events = (int) k.user.value;
            if (!k.user.get(current, event + dataOffset(), 8)) {
                return -Errno.EFAULT;
            }
            data = k.user.value;
        }
        final OpenFile instance = file(current, (int) current.args[0]);
        final OpenFile target = file(current, fd);
        if (instance == null || target == null) {
            return -Errno.EBADF;
        }
        return instance instanceof Epoll epoll ? epoll.control(operation, fd, target, events, data) : -Errno.EINVAL;
    }

    private long milliseconds(final Task current) {
        final int timeout = (int) current.args[3];
        return timeout < 0 ? Long.MAX_VALUE : Timers.after(k.timers.now(), timeout * 1_000_000L);
    }

    private long sysEpollPwait2(final Task current) {
        long deadline = Long.MAX_VALUE;
        if (current.args[3] != 0) {
            if (!times.get(current, current.args[3], times.width(current, true))) {
                return -Errno.EFAULT;
            }
            if (!times.valid()) {
                return -Errno.EINVAL;
            }
            deadline = Timers.after(k.timers.now(), times.nanoseconds());
        }
        return wait(current, deadline, current.args[4], current.args[5]);
    }

    private long wait(final Task current, final long deadline, final long mask, final long maskSize) {
        final long error = FileWait.setMask(k, current, mask, maskSize);
        if (error != 0) {
            return error;
        }
        final long result = doWait(current, deadline);
        k.signals.restoreSavedSigmaskUnless(current, result == -Errno.EINTR);
        return result;
    }

    private long doWait(final Task current, final long deadline) {
        final int most = (int) current.args[2];
        if (most <= 0 || most > MAX_EVENTS) {
            return -Errno.EINVAL;
        }
        final OpenFile instance = file(current, (int) current.args[0]);
        if (instance == null) {
            return -Errno.EBADF;
        }
        if (!(instance instanceof Epoll epoll)) {
            return -Errno.EINVAL;
        }
        final long result = FileWait.until(k, current, epoll.queues(), deadline, () -> {
            final List<Epoll.Ready> ready = epoll.collect(most);
            return store(current, ready) ? ready.size() : -Errno.EFAULT;
        });
        if (result == -Errno.ERESTARTNOHAND) {
            // The deadline is looked at before signals are.
            return deadline <= k.timers.now() ? 0 : -Errno.EINTR;
        }
        return result;
    }

    private boolean store(final Task current, final List<Epoll.Ready> ready) {
        final int offset = dataOffset();
        long at = current.args[1];
        for (final Epoll.Ready each : ready) {
            if (!k.user.put(current, at, 4, each.events()) || !k.user.put(current, at + offset, 8, each.data())) {
                return false;
            }
            at += offset + 8;
        }
        return true;
    }
}
