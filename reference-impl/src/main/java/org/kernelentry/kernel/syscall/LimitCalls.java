package org.kernelentry.kernel.syscall;

import static java.util.Map.entry;

import java.util.Map;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.exec.ElfLoader;
import org.kernelentry.kernel.fs.FileTable;
import org.kernelentry.kernel.task.Processes;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.Timers;

/**
 * Limits, usage, scheduling parameters: what C libraries ask at start. Limits are what they are; setting one is accepted where it asks for no
 * more than there is and changes nothing.
 *
 * <p>Source: linux v7.3 kernel/sys.c, kernel/sched/syscalls.c, kernel/sched/membarrier.c.
 */
final class LimitCalls {
    private static final int RLIMIT_STACK = 3;
    private static final int RLIMIT_CORE = 4;
    private static final int RLIMIT_NPROC = 6;
    private static final int RLIMIT_NOFILE = 7;
    private static final int RLIM_NLIMITS = 16;
    private static final long RLIM_INFINITY = -1;
    private static final int RUSAGE_WORDS = 18;
    private static final int TICKS = 100;
    private static final long NSEC_PER_TICK = Times.NSEC_PER_SEC / TICKS;
    private static final int SCHED_OTHER = 0;
    private static final int SCHED_FIFO = 1;
    private static final int SCHED_RR = 2;
    private static final int SCHED_DEADLINE = 6;
    private static final int MEMBARRIER_COMMANDS = 0x7f;
    private static final long MEMORY = 1L << 30;

    private final Kernel k;

    LimitCalls(final Kernel kernel) {
        this.k = kernel;
    }

    Map<String, SyscallBody> bodies() {
        return Map.ofEntries(
                entry("getrlimit", task -> getrlimit(task, task.args[0], task.args[1], k.user.wordSize(task))),
                entry("ugetrlimit", task -> getrlimit(task, task.args[0], task.args[1], k.user.wordSize(task))),
                entry("setrlimit", task -> setrlimit(task, task.args[0], task.args[1], k.user.wordSize(task))),
                entry("prlimit64", this::sysPrlimit64),
                entry("getrusage", this::sysGetrusage),
                entry("times", this::sysTimes),
                entry("sysinfo", this::sysSysinfo),
                entry("getpriority", task -> 20),
                entry("setpriority", task -> 0),
                entry("sched_getscheduler", task -> exists(task, SCHED_OTHER)),
                entry("sched_setscheduler", task -> task.args[1] == SCHED_OTHER ? exists(task, 0) : -Errno.EPERM),
                entry("sched_getparam", task -> k.user.put(task, task.args[1], 4, 0) ? exists(task, 0) : -Errno.EFAULT),
                entry("sched_setparam", task -> exists(task, 0)),
                entry("sched_get_priority_max", task -> priority(task, 99)),
                entry("sched_get_priority_min", task -> priority(task, 1)),
                entry("membarrier", LimitCalls::sysMembarrier));
    }

    private static long limit(final long resource) {
        return switch ((int) resource) {
            case RLIMIT_STACK -> ElfLoader.STACK_SIZE;
            case RLIMIT_CORE -> 0;
            case RLIMIT_NPROC -> Processes.MAX_THREADS;
            case RLIMIT_NOFILE -> FileTable.LIMIT;
            default -> RLIM_INFINITY;
        };
    }

    private long getrlimit(final Task current, final long resource, final long address, final int width) {
        if (Long.compareUnsigned(resource & 0xffff_ffffL, RLIM_NLIMITS) >= 0) {
            return -Errno.EINVAL;
        }
        // The greatest value of a 32-bit word says infinity too.
        final long soft = limit(resource);
        final long hard = (int) resource == RLIMIT_STACK ? RLIM_INFINITY : soft;
        final boolean written =
                k.user.put(current, address, width, soft) && k.user.put(current, address + width, width, hard);
        return written ? 0 : -Errno.EFAULT;
    }

    private long setrlimit(final Task current, final long resource, final long address, final int width) {
        if (Long.compareUnsigned(resource & 0xffff_ffffL, RLIM_NLIMITS) >= 0) {
            return -Errno.EINVAL;
        }
        if (!k.user.get(current, address, width)) {
            return -Errno.EFAULT;
        }
        final long soft = k.user.value;
        if (!k.user.get(current, address + width, width)) {
            return -Errno.EFAULT;
        }
        return Long.compareUnsigned(soft, k.user.value) > 0 ? -Errno.EINVAL : 0;
    }

    private long sysPrlimit64(final Task current) {
        final int pid = (int) current.args[0];
        if (pid != 0 && k.processes.find(pid) == null) {
            return -Errno.ESRCH;
        }
        long result = 0;
        if (current.args[2] != 0) {
            result = setrlimit(current, current.args[1], current.args[2], 8);
        }
        if (result == 0) {
            result = current.args[3] == 0 && current.args[1] < RLIM_NLIMITS
                    ? 0
                    : getrlimit(current, current.args[1], current.args[3], 8);
        }
        return result;
    }

    /** Time is all that is accounted, and all of it to the process that asks. */
    private long sysGetrusage(final Task current) {
        final int who = (int) current.args[0];
        if (who < -1 || who > 1) {
            return -Errno.EINVAL;
        }
        final int word = k.user.wordSize(current);
        final byte[] usage = new byte[RUSAGE_WORDS * word];
        if (who >= 0) {
            final long micros = (k.timers.now() - Timers.BOOT) / Times.NSEC_PER_USEC;
            put(usage, 0, word, micros / 1_000_000);
            put(usage, word, word, micros % 1_000_000);
        }
        return k.user.copyTo(current, current.args[1], usage, 0, usage.length) ? 0 : -Errno.EFAULT;
    }

    private long sysTimes(final Task current) {
        final long ticks = (k.timers.now() - Timers.BOOT) / NSEC_PER_TICK;
        final int word = k.user.wordSize(current);
        final byte[] times = new byte[4 * word];
        put(times, 0, word, ticks);
        if (current.args[0] != 0 && !k.user.copyTo(current, current.args[0], times, 0, times.length)) {
            return -Errno.EFAULT;
        }
        return k.timers.now() / NSEC_PER_TICK;
    }

    /** {@code struct sysinfo}: uptime, three loads, memory in units of a byte, processes. */
    private long sysSysinfo(final Task current) {
        final int word = k.user.wordSize(current);
        // A 32-bit structure is padded to 64 bytes, a 64-bit one has 112.
        final byte[] info = new byte[word == 8 ? 112 : 64];
        put(info, 0, word, k.timers.now() / Times.NSEC_PER_SEC);
        put(info, 4 * word, word, MEMORY);
        put(info, 5 * word, word, MEMORY / 2);
        put(info, 10 * word, 2, k.processes.all().size());
        put(info, 12 * word + (word == 8 ? 8 : 4), 4, 1);
        return k.user.copyTo(current, current.args[0], info, 0, info.length) ? 0 : -Errno.EFAULT;
    }

    private static void put(final byte[] bytes, final int at, final int size, final long value) {
        for (int i = 0; i < size; i++) {
            bytes[at + i] = (byte) (value >>> 8 * i);
        }
    }

    private long exists(final Task current, final long result) {
        final int pid = (int) current.args[0];
        return pid == 0 || k.processes.find(pid) != null ? result : -Errno.ESRCH;
    }

    private static long priority(final Task current, final long realtime) {
        return switch ((int) current.args[0]) {
            case SCHED_FIFO, SCHED_RR -> realtime;
            case SCHED_OTHER, 3, 5, SCHED_DEADLINE -> 0;
            default -> -Errno.EINVAL;
        };
    }

    /** CPUs take turns between two instructions, so every store is seen by all at once: a barrier has nothing to do. */
    private static long sysMembarrier(final Task current) {
        final int command = (int) current.args[0];
        if (current.args[1] != 0 || (command & ~MEMBARRIER_COMMANDS) != 0 || Integer.bitCount(command) > 1) {
            return -Errno.EINVAL;
        }
        return command == 0 ? MEMBARRIER_COMMANDS : 0;
    }
}
