package org.kernelentry.kernel.syscall;

import java.util.ArrayList;
import java.util.List;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;

/**
 * Waiting for a word of memory to change.
 *
 * <p>Source: linux v7.3 kernel/futex/waitwake.c futex_wait(), futex_wake(), futex_wait_restart(); kernel/futex/core.c exit_robust_list(),
 * handle_futex_death().
 */
public final class Futexes {
    static final int FUTEX_BITSET_MATCH_ANY = -1;

    private static final int FUTEX_WAITERS = 0x8000_0000;
    private static final int FUTEX_OWNER_DIED = 0x4000_0000;
    private static final int FUTEX_TID_MASK = 0x3fff_ffff;
    private static final int ROBUST_LIST_LIMIT = 2048;

    /** One sleeper ({@code struct futex_q}); off the list once it was woken. */
    private static final class Waiter {
        final Task task;
        Mm.Key key;
        final int bitset;

        Waiter(final Task task, final Mm.Key key, final int bitset) {
            this.task = task;
            this.key = key;
            this.bitset = bitset;
        }
    }

    private final Kernel k;
    private final List<Waiter> waiters = new ArrayList<>();

    public Futexes(final Kernel kernel) {
        this.k = kernel;
    }

    /**
     * {@code futex_wait()}: sleeps while the word is {@code expected}, until woken or {@code deadline} (virtual time).
     *
     * @return 0, -EAGAIN, -ETIMEDOUT, -EFAULT, -EINVAL, -ERESTARTSYS without and -ERESTART_RESTARTBLOCK with a deadline (RST-33)
     */
    long wait(final Task current, final long address, final int expected, final long deadline, final int bitset) {
        final long result = tryWait(current, address, expected, deadline, bitset);
        if (result == -Errno.ERESTARTSYS && deadline != Long.MAX_VALUE) {
            return Restart.arm(current, task -> {
                task.restartBlock = RestartBlock.NONE;
                return wait(task, address, expected, deadline, bitset);
            });
        }
        return result;
    }

    private long tryWait(
            final Task current, final long address, final int expected, final long deadline, final int bitset) {
        if (bitset == 0 || (address & 3) != 0) {
            return -Errno.EINVAL;
        }
        while (true) {
            if (!k.user.get(current, address, 4)) {
                return -Errno.EFAULT;
            }
            if ((int) k.user.value != expected) {
                return -Errno.EAGAIN;
            }
            final Waiter waiter = new Waiter(current, current.requireMm().key(address), bitset);
            waiters.add(waiter);
            final boolean early;
            try {
                current.state = TaskState.INTERRUPTIBLE;
                early = k.sched.scheduleTimeout(deadline);
            } finally {
                current.state = TaskState.RUNNING;
            }
            if (!waiters.remove(waiter)) {
                return 0;
            }
            if (!early) {
                return -Errno.ETIMEDOUT;
            }
            if (k.signals.signalPending(current)) {
                return -Errno.ERESTARTSYS;
            }
        }
    }

    /** {@code futex_wake()}: wakes up to {@code count} of those who wait for the word, longest first; how many. */
    public long wake(final Task current, final long address, final int count) {
        return wake(current, address, count, FUTEX_BITSET_MATCH_ANY);
    }

    long wake(final Task current, final long address, final int count, final int bitset) {
        if (bitset == 0 || (address & 3) != 0) {
            return -Errno.EINVAL;
        }
        final Mm mm = current.requireMm();
        if (!mm.accessOk(address, 4)) {
            return -Errno.EFAULT;
        }
        final Mm.Key key = mm.key(address);
        int woken = 0;
        for (final Waiter waiter : List.copyOf(waiters)) {
            if (woken < Math.max(count, 1) && waiter.key.equals(key) && (waiter.bitset & bitset) != 0) {
                waiters.remove(waiter);
                k.sched.wakeUp(waiter.task);
                woken++;
            }
        }
        return woken;
    }

    /** {@code futex_requeue()}: wakes {@code wakes}, moves up to {@code moves} more to wait for the word at {@code to}; how many in all. */
    long requeue(final Task current, final long from, final int wakes, final int moves, final long to) {
        if (wakes < 0 || moves < 0 || ((from | to) & 3) != 0) {
            return -Errno.EINVAL;
        }
        final Mm mm = current.requireMm();
        if (!mm.accessOk(from, 4) || !mm.accessOk(to, 4)) {
            return -Errno.EFAULT;
        }
        final Mm.Key key = mm.key(from);
        int done = 0;
        for (final Waiter waiter : List.copyOf(waiters)) {
            if (!waiter.key.equals(key)) {
                continue;
            }
            if (done < wakes) {
                waiters.remove(waiter);
                k.sched.wakeUp(waiter.task);
            } else if (done - wakes < moves) {
                waiter.key = mm.key(to);
                // It queues behind those who wait there already.
                waiters.remove(waiter);
                waiters.add(waiter);
            } else {
                break;
            }
            done++;
        }
        return done;
    }

    // ---- death of an owner

    private record Entry(long address, boolean pi) {}

    /** {@code exit_robust_list()}: the words a dying task still owns are marked, and one waiter each is told. The list is the guest's: anything may be in it. */
    public void exitRobustList(final Task current) {
        final long head = current.robustList;
        final int word = current.robustListWord;
        current.robustList = 0;
        if (head == 0) {
            return;
        }
        Entry entry = fetch(current, head, word);
        if (entry == null || !k.user.get(current, head + word, word)) {
            return;
        }
        final long offset = word == 4 ? (int) k.user.value : k.user.value;
        final Entry pending = fetch(current, head + 2L * word, word);
        if (pending == null) {
            return;
        }
        for (int i = 0; i < ROBUST_LIST_LIMIT && entry.address != head; i++) {
            final Entry next = fetch(current, entry.address, word);
            if (entry.address != pending.address && !ownerDied(current, entry.address + offset, entry.pi, false)) {
                return;
            }
            if (next == null) {
                return;
            }
            entry = next;
        }
        if (pending.address != 0) {
            ownerDied(current, pending.address + offset, pending.pi, true);
        }
    }

    private @org.jspecify.annotations.Nullable Entry fetch(final Task current, final long address, final int word) {
        return k.user.get(current, address, word) ? new Entry(k.user.value & ~1L, (k.user.value & 1) != 0) : null;
    }

    /** {@code handle_futex_death()}; false when the word cannot be accessed. */
    private boolean ownerDied(final Task current, final long address, final boolean pi, final boolean pending) {
        if ((address & 3) != 0 || !k.user.get(current, address, 4)) {
            return false;
        }
        final int value = (int) k.user.value;
        final boolean contended = (value & FUTEX_WAITERS) != 0;
        if ((value & FUTEX_TID_MASK) != current.pid) {
            // Died between unlocking and waking.
            if (pending && !pi && ((value & FUTEX_TID_MASK) == 0 || !contended)) {
                wake(current, address, 1);
            }
            return true;
        }
        if (!k.user.put(current, address, 4, value & FUTEX_WAITERS | FUTEX_OWNER_DIED)) {
            return false;
        }
        if (!pi && contended) {
            wake(current, address, 1);
        }
        return true;
    }
}
