package org.kernelentry.kernel.seccomp;

import static org.kernelentry.kernel.syscall.Errno.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.fs.OpenFile;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;
import org.kernelentry.kernel.task.WaitQueue;

/**
 * The file of SECCOMP_FILTER_FLAG_NEW_LISTENER: a supervisor receives calls that a filter sent here and answers them.
 *
 * <p>Requests exist twice: as {@link #ioctl} on a supervisor's own memory, and as {@link #receive} and {@link #send} for kernel-side
 * callers such as the harness. Giving the target a descriptor (SECCOMP_IOCTL_NOTIF_ADDFD) is not modelled; the request is refused like an
 * unknown one.
 *
 * <p>Source: linux v7.3 kernel/seccomp.c seccomp_do_user_notification(), seccomp_notify_*(); seccomp_unotify(2).
 */
public final class SeccompListener extends OpenFile {
    /** {@code sizeof(struct seccomp_notif)}: id, pid, flags, data. */
    public static final int NOTIF_SIZE = 80;
    /** {@code sizeof(struct seccomp_notif_resp)}: id, val, error, flags. */
    public static final int RESP_SIZE = 24;

    public static final int SECCOMP_USER_NOTIF_FLAG_CONTINUE = 1;
    public static final int SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP = 1;

    public static final int SECCOMP_IOCTL_NOTIF_RECV = 0xc050_2100;
    public static final int SECCOMP_IOCTL_NOTIF_SEND = 0xc018_2101;
    public static final int SECCOMP_IOCTL_NOTIF_ID_VALID = 0x4008_2102;
    /** The same request as the first headers had it, with the direction the wrong way round. */
    public static final int SECCOMP_IOCTL_NOTIF_ID_VALID_WRONG_DIR = 0x8008_2102;

    public static final int SECCOMP_IOCTL_NOTIF_SET_FLAGS = 0x4008_2104;

    /** First version with SECCOMP_IOCTL_NOTIF_SET_FLAGS. */
    private static final int SINCE_SET_FLAGS = 606;

    private enum State {
        INIT,
        SENT,
        REPLIED
    }

    /**
     * What becomes of a call.
     *
     * @param proceed its body runs
     * @param error else: negative error, or 0
     * @param value else: return value when there is no error
     */
    record Reply(boolean proceed, int error, long value) {}

    /** {@code struct seccomp_knotif}: one call that waits for an answer. */
    public static final class Notification {
        private final long id;
        private final int pid;
        private final SeccompData data = new SeccompData();
        private State state = State.INIT;
        private int error;
        private long value;
        private int flags;
        /** {@code struct completion}: wake-ups not yet used. */
        private int ready;

        private final WaitQueue target = new WaitQueue();

        private Notification(final long id, final int pid) {
            this.id = id;
            this.pid = pid;
        }

        /** The cookie that an answer has to name. */
        public long id() {
            return id;
        }

        public int pid() {
            return pid;
        }

        public SeccompData data() {
            return data;
        }
    }

    private final Kernel k;
    private final SeccompFilter filter;
    private final List<Notification> notifications = new ArrayList<>();
    /** Notifications raised and not yet taken, as a semaphore: it may count ones whose target has gone. */
    private int requests;

    private int flags;
    /** Real kernels begin at a random number; here runs must not differ. */
    private long nextId = 1;

    SeccompListener(final Kernel kernel, final SeccompFilter filter) {
        this.k = kernel;
        this.filter = filter;
    }

    /** {@code seccomp_notify_detach()}: every waiting call fails with ENOSYS, and later ones at once (SEC-24). */
    @Override
    protected void release() {
        for (final Notification each : notifications) {
            if (each.state != State.REPLIED) {
                each.state = State.REPLIED;
                each.error = -ENOSYS;
                each.value = 0;
                complete(each);
            }
        }
        filter.listener = null;
    }

    // ---- the target's side

    /** {@code seccomp_do_user_notification()}: sleeps until the answer or a signal. */
    Reply ask(final Task task, final SeccompData data) {
        final Notification n = new Notification(nextId++, task.pid);
        n.data.copyFrom(data);
        notifications.add(n);
        requests++;
        k.sched.wakeAll(waiters);
        Reply reply = null;
        while (reply == null) {
            final boolean killable = sleepsKillable(n);
            final boolean woken = await(task, n, killable);
            if (!woken && (killable || !sleepsKillable(n))) {
                reply = new Reply(false, -ERESTARTSYS, 0);
            } else if (n.state == State.REPLIED) {
                reply = new Reply((n.flags & SECCOMP_USER_NOTIF_FLAG_CONTINUE) != 0, n.error, n.value);
            }
        }
        notifications.remove(n);
        return reply;
    }

    private boolean sleepsKillable(final Notification n) {
        return filter.waitKillableRecv && n.state != State.INIT;
    }

    private boolean await(final Task task, final Notification n, final boolean killable) {
        while (n.ready == 0) {
            if (killable ? k.signals.fatalSignalPending(task) : k.signals.signalPending(task)) {
                return false;
            }
            k.sched.waitOn(n.target, killable ? TaskState.KILLABLE : TaskState.INTERRUPTIBLE);
        }
        n.ready--;
        return true;
    }

    private void complete(final Notification n) {
        n.ready++;
        k.sched.wakeAll(n.target);
    }

    // ---- the supervisor's side

    /** Waits for a request; 0, or -ERESTARTSYS. Returns too when nobody is left who could make one. */
    private long waitForRequest(final Task supervisor) {
        while (requests == 0) {
            if (filter.users == 0) {
                return 0;
            }
            if (k.signals.signalPending(supervisor)) {
                return -ERESTARTSYS;
            }
            k.sched.waitOn(waiters, TaskState.INTERRUPTIBLE);
        }
        requests--;
        return 0;
    }

    private @Nullable Notification find(final long id) {
        for (final Notification each : notifications) {
            if (each.id == id) {
                return each;
            }
        }
        return null;
    }

    /**
     * Takes the oldest call that nobody has taken, for a kernel-side supervisor.
     *
     * @param into one element, which receives it
     * @return 0, -ENOENT when its target is gone, -ERESTARTSYS
     */
    public long receive(final Task supervisor, final @Nullable Notification[] into) {
        final long failed = waitForRequest(supervisor);
        if (failed != 0) {
            return failed;
        }
        for (final Notification each : notifications) {
            if (each.state == State.INIT) {
                each.state = State.SENT;
                k.sched.wakeAll(waiters);
                into[0] = each;
                return 0;
            }
        }
        return -ENOENT;
    }

    /** Answers a call: 0, -EINVAL for unknown flags or CONTINUE with a result, -ENOENT, -EINPROGRESS (SEC-26, SEC-30). */
    public long send(final long id, final long value, final int error, final int replyFlags) {
        if ((replyFlags & ~SECCOMP_USER_NOTIF_FLAG_CONTINUE) != 0) {
            return -EINVAL;
        }
        if ((replyFlags & SECCOMP_USER_NOTIF_FLAG_CONTINUE) != 0 && (error != 0 || value != 0)) {
            return -EINVAL;
        }
        final Notification n = find(id);
        if (n == null) {
            return -ENOENT;
        }
        if (n.state != State.SENT) {
            return -EINPROGRESS;
        }
        n.state = State.REPLIED;
        n.error = error;
        n.value = value;
        n.flags = replyFlags;
        complete(n);
        return 0;
    }

    /** Whether a call is taken and not yet answered: 0 or -ENOENT. */
    public long idValid(final long id) {
        final Notification n = find(id);
        return n != null && n.state == State.SENT ? 0 : -ENOENT;
    }

    /** SECCOMP_IOCTL_NOTIF_SET_FLAGS (SEC-32). The one flag is about CPU placement, which changes no result. */
    public long setFlags(final long newFlags) {
        if ((newFlags & ~SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP) != 0) {
            return -EINVAL;
        }
        flags = (int) newFlags;
        return 0;
    }

    public int flags() {
        return flags;
    }

    @Override
    public int poll() {
        int events = filter.users == 0 ? POLLHUP : 0;
        for (final Notification each : notifications) {
            events |= each.state == State.INIT ? POLLIN | POLLRDNORM : 0;
            events |= each.state == State.SENT ? POLLOUT | POLLWRNORM : 0;
        }
        return events;
    }

    /** By {@code supervisor}, whose memory holds the structures. */
    @Override
    public long ioctl(final Task supervisor, final long request, final long argument) {
        return switch ((int) request) {
            case SECCOMP_IOCTL_NOTIF_RECV -> ioctlReceive(supervisor, argument);
            case SECCOMP_IOCTL_NOTIF_SEND -> ioctlSend(supervisor, argument);
            case SECCOMP_IOCTL_NOTIF_ID_VALID, SECCOMP_IOCTL_NOTIF_ID_VALID_WRONG_DIR ->
                k.user.get(supervisor, argument, 8) ? idValid(k.user.value) : -EFAULT;
            case SECCOMP_IOCTL_NOTIF_SET_FLAGS -> k.config.version() >= SINCE_SET_FLAGS ? setFlags(argument) : -EINVAL;
            default -> -EINVAL;
        };
    }

    private long ioctlReceive(final Task supervisor, final long address) {
        final byte[] buffer = new byte[NOTIF_SIZE];
        if (!k.user.copyFrom(supervisor, address, buffer, 0, NOTIF_SIZE)) {
            return -EFAULT;
        }
        for (final byte each : buffer) {
            // Room for later members must be zero, lest old programs break when they come.
            if (each != 0) {
                return -EINVAL;
            }
        }
        final @Nullable Notification[] taken = new Notification[1];
        final long failed = receive(supervisor, taken);
        final Notification n = taken[0];
        if (failed != 0 || n == null) {
            return failed;
        }
        final ByteBuffer notif = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
        notif.putLong(n.id).putInt(n.pid).putInt(0);
        n.data.writeTo(notif);
        if (k.user.copyTo(supervisor, address, buffer, 0, NOTIF_SIZE)) {
            return 0;
        }
        // The call must not be lost: it goes back, if its target still waits (SEC-29).
        if (find(n.id) != null) {
            if (sleepsKillable(n)) {
                complete(n);
            }
            n.state = State.INIT;
            requests++;
            k.sched.wakeAll(waiters);
        }
        return -EFAULT;
    }

    private long ioctlSend(final Task supervisor, final long address) {
        final byte[] buffer = new byte[RESP_SIZE];
        if (!k.user.copyFrom(supervisor, address, buffer, 0, RESP_SIZE)) {
            return -EFAULT;
        }
        final ByteBuffer resp = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
        return send(resp.getLong(0), resp.getLong(8), resp.getInt(16), resp.getInt(20));
    }
}
