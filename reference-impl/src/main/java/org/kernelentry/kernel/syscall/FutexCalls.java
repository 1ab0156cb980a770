package org.kernelentry.kernel.syscall;

import static java.util.Map.entry;

import java.util.Map;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.Timers;

/** futex(2) and the robust list. Priority inheritance is not modelled: its operations are refused as unknown. Source: linux v7.3 kernel/futex/syscalls.c. */
final class FutexCalls {
    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_WAKE = 1;
    private static final int FUTEX_REQUEUE = 3;
    private static final int FUTEX_CMP_REQUEUE = 4;
    private static final int FUTEX_WAIT_BITSET = 9;
    private static final int FUTEX_WAKE_BITSET = 10;
    private static final int FUTEX_PRIVATE_FLAG = 128;
    private static final int FUTEX_CLOCK_REALTIME = 256;
    private static final int FUTEX_CMD_MASK = ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);

    private final Kernel k;
    private final Times times;

    FutexCalls(final Kernel kernel) {
        this.k = kernel;
        this.times = new Times(kernel);
    }

    Map<String, SyscallBody> bodies() {
        return Map.ofEntries(
                entry("futex", task -> futex(task, times.width(task, false))),
                entry("futex_time64", task -> futex(task, times.width(task, true))),
                entry("set_robust_list", this::sysSetRobustList),
                entry("get_robust_list", this::sysGetRobustList));
    }

    private long futex(final Task current, final int width) {
        final long address = current.args[0];
        final int op = (int) current.args[1];
        final int value = (int) current.args[2];
        final int command = op & FUTEX_CMD_MASK;
        final boolean realtime = (op & FUTEX_CLOCK_REALTIME) != 0;
        final boolean waits = command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET;
        long deadline = Long.MAX_VALUE;
        if (waits && current.args[3] != 0) {
            if (!times.get(current, current.args[3], width)) {
                return -Errno.EFAULT;
            }
            if (!times.valid()) {
                return -Errno.EINVAL;
            }
            // WAIT is relative, WAIT_BITSET absolute.
            deadline = times.nanoseconds();
            if (command == FUTEX_WAIT) {
                deadline = Timers.after(k.timers.now(), deadline);
            } else if (realtime && deadline != Long.MAX_VALUE) {
                deadline -= Times.wallOffset();
            }
        }
        if (realtime && command != FUTEX_WAIT_BITSET) {
            return -Errno.ENOSYS;
        }
        final int bitset = (int) current.args[5];
        final int moves = (int) current.args[3];
        final long second = current.args[4];
        return switch (command) {
            case FUTEX_WAIT -> k.futexes.wait(current, address, value, deadline, Futexes.FUTEX_BITSET_MATCH_ANY);
            case FUTEX_WAIT_BITSET -> k.futexes.wait(current, address, value, deadline, bitset);
            case FUTEX_WAKE -> k.futexes.wake(current, address, value);
            case FUTEX_WAKE_BITSET -> k.futexes.wake(current, address, value, bitset);
            case FUTEX_REQUEUE -> k.futexes.requeue(current, address, value, moves, second);
            case FUTEX_CMP_REQUEUE -> {
                if (!k.user.get(current, address, 4)) {
                    yield -Errno.EFAULT;
                }
                yield (int) k.user.value == bitset
                        ? k.futexes.requeue(current, address, value, moves, second)
                        : -Errno.EAGAIN;
            }
            default -> -Errno.ENOSYS;
        };
    }

    private long sysSetRobustList(final Task current) {
        final int word = k.user.wordSize(current);
        if (current.args[1] != 3L * word) {
            return -Errno.EINVAL;
        }
        current.robustList = current.args[0];
        current.robustListWord = word;
        return 0;
    }

    private long sysGetRobustList(final Task current) {
        final int pid = (int) current.args[0];
        final Task task = pid == 0 ? current : k.processes.find(pid);
        if (task == null) {
            return -Errno.ESRCH;
        }
        final boolean written = k.user.putWord(current, current.args[2], 3L * k.user.wordSize(current))
                && k.user.putWord(current, current.args[1], task.robustList);
        return written ? 0 : -Errno.EFAULT;
    }
}
