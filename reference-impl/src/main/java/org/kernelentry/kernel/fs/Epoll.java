package org.kernelentry.kernel.fs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.WaitQueue;

/** An epoll instance: level-triggered and one-shot interest in other files. Edge triggering is refused. Source: linux v7.3 fs/eventpoll.c. */
public final class Epoll extends OpenFile {
    public static final int EPOLL_CTL_ADD = 1;
    public static final int EPOLL_CTL_DEL = 2;
    public static final int EPOLL_CTL_MOD = 3;
    private static final int EPOLLET = 1 << 31;
    private static final int EPOLLONESHOT = 1 << 30;
    /** Instances that may watch one another in a chain. */
    private static final int EP_MAX_NESTS = 4;

    private static final int EVENT_BITS = 0x3fff;

    /**
     * Something ready.
     *
     * @param data what the program gave with the interest
     */
    public record Ready(int events, long data) {}

    private record Key(int fd, OpenFile file) {}

    private record Interest(int events, long data) {}

    private final Map<Key, Interest> interests = new LinkedHashMap<>();

    /** {@code epoll_ctl()}: 0 or a negative error. */
    public int control(final int operation, final int fd, final OpenFile file, final int events, final long data) {
        final Key key = new Key(fd, file);
        final boolean known = interests.containsKey(key);
        if (file == this || (events & EPOLLET) != 0) {
            return -Errno.EINVAL;
        }
        if (operation == EPOLL_CTL_ADD && file instanceof Epoll other && other.depthTo(this) >= EP_MAX_NESTS) {
            return -Errno.ELOOP;
        }
        switch (operation) {
            case EPOLL_CTL_ADD -> {
                if (known) {
                    return -Errno.EEXIST;
                }
                interests.put(key, new Interest(events, data));
            }
            case EPOLL_CTL_MOD -> {
                if (!known) {
                    return -Errno.ENOENT;
                }
                interests.put(key, new Interest(events, data));
            }
            case EPOLL_CTL_DEL -> {
                if (!known) {
                    return -Errno.ENOENT;
                }
                interests.remove(key);
            }
            default -> {
                return -Errno.EINVAL;
            }
        }
        return 0;
    }

    /** Longest chain of instances below this one; the limit when {@code forbidden} is among them. */
    private int depthTo(final Epoll forbidden) {
        int depth = 0;
        for (final Key key : interests.keySet()) {
            if (key.file == forbidden) {
                return EP_MAX_NESTS;
            }
            if (key.file instanceof Epoll below) {
                depth = Math.max(depth, below.depthTo(forbidden) + 1);
            }
        }
        return depth;
    }

    /** Up to {@code most} files that are ready; one-shot interests rest afterwards. */
    public List<Ready> collect(final int most) {
        forgetReleased();
        final List<Ready> ready = new ArrayList<>();
        for (final Map.Entry<Key, Interest> each : interests.entrySet()) {
            final Interest interest = each.getValue();
            final int found = events(each.getKey().file, interest);
            if (found != 0 && ready.size() < most) {
                ready.add(new Ready(found, interest.data));
                if ((interest.events & EPOLLONESHOT) != 0) {
                    each.setValue(new Interest(0, interest.data));
                }
            }
        }
        return ready;
    }

    /** An interest without any event is switched off; otherwise errors and hang-ups are always of interest. */
    private static int events(final OpenFile file, final Interest interest) {
        final int wanted = interest.events & EVENT_BITS;
        return wanted == 0 ? 0 : file.poll() & (wanted | POLLERR | POLLHUP);
    }

    @Override
    public List<WaitQueue> queues() {
        final List<WaitQueue> queues = new ArrayList<>(super.queues());
        interests.keySet().forEach(key -> queues.addAll(key.file.queues()));
        return queues;
    }

    /** {@code eventpoll_release()}: what nobody has open any more is watched no more. */
    private void forgetReleased() {
        interests.keySet().removeIf(key -> key.file.released());
    }

    @Override
    public int poll() {
        forgetReleased();
        for (final Map.Entry<Key, Interest> each : interests.entrySet()) {
            if (events(each.getKey().file, each.getValue()) != 0) {
                return POLLIN | POLLRDNORM;
            }
        }
        return 0;
    }
}
