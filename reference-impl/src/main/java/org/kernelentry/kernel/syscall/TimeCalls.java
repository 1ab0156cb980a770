package org.kernelentry.kernel.syscall;

import static java.util.Map.entry;

import java.util.Map;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;
import org.kernelentry.kernel.task.Timers;

/**
 * Clocks, sleeping and ITIMER_REAL.
 *
 * <p>Source: linux v7.3 kernel/time/hrtimer.c hrtimer_nanosleep(), do_nanosleep(); kernel/time/posix-timers.c; kernel/time/itimer.c.
 */
final class TimeCalls {
    private static final int CLOCK_REALTIME = 0;
    private static final int CLOCK_MONOTONIC = 1;
    private static final int CLOCK_PROCESS_CPUTIME_ID = 2;
    private static final int CLOCK_THREAD_CPUTIME_ID = 3;
    private static final int CLOCK_MONOTONIC_RAW = 4;
    private static final int CLOCK_REALTIME_COARSE = 5;
    private static final int CLOCK_MONOTONIC_COARSE = 6;
    private static final int CLOCK_BOOTTIME = 7;
    private static final int CLOCK_REALTIME_ALARM = 8;
    private static final int CLOCK_BOOTTIME_ALARM = 9;
    private static final int CLOCK_TAI = 11;
    private static final int TIMER_ABSTIME = 1;
    private static final int ITIMER_REAL = 0;
    private static final int ITIMER_PROF = 2;

    private final Kernel k;
    private final Times times;

    TimeCalls(final Kernel kernel) {
        this.k = kernel;
        this.times = new Times(kernel);
    }

    Map<String, SyscallBody> bodies() {
        return Map.ofEntries(
                entry("nanosleep", this::sysNanosleep),
                entry("clock_nanosleep", task -> clockNanosleep(task, times.width(task, false))),
                entry("clock_nanosleep_time64", task -> clockNanosleep(task, times.width(task, true))),
                entry("clock_gettime", task -> clockGettime(task, times.width(task, false))),
                entry("clock_gettime64", task -> clockGettime(task, times.width(task, true))),
                entry("clock_getres", task -> clockGetres(task, times.width(task, false))),
                entry("clock_getres_time64", task -> clockGetres(task, times.width(task, true))),
                entry("gettimeofday", this::sysGettimeofday),
                entry("time", this::sysTime),
                entry("alarm", this::sysAlarm),
                entry("setitimer", this::sysSetitimer),
                entry("getitimer", this::sysGetitimer));
    }

    // ---- sleeping

    private long sysNanosleep(final Task current) {
        final int width = times.width(current, false);
        if (!times.get(current, current.args[0], width)) {
            return -Errno.EFAULT;
        }
        if (!times.valid()) {
            return -Errno.EINVAL;
        }
        current.restartBlock = RestartBlock.NONE;
        final long deadline = Timers.after(k.timers.now(), times.nanoseconds());
        return sleepUntil(current, deadline, current.args[1], width);
    }

    private long clockNanosleep(final Task current, final int width) {
        final int clock = (int) current.args[0];
        final boolean absolute = (current.args[1] & TIMER_ABSTIME) != 0;
        switch (clock) {
            case CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_TAI -> {}
            case CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE -> {
                return -Errno.EOPNOTSUPP;
            }
            default -> {
                return -Errno.EINVAL;
            }
        }
        if (!times.get(current, current.args[2], width)) {
            return -Errno.EFAULT;
        }
        if (!times.valid()) {
            return -Errno.EINVAL;
        }
        current.restartBlock = RestartBlock.NONE;
        final long asked = times.nanoseconds();
        if (!absolute) {
            return sleepUntil(current, Timers.after(k.timers.now(), asked), current.args[3], width);
        }
        final long deadline = wall(clock) && asked != Long.MAX_VALUE ? asked - Times.wallOffset() : asked;
        // The deadline is in the arguments already: no block, no remaining time (RST-31).
        return doSleep(current, deadline) ? 0 : -Errno.ERESTARTNOHAND;
    }

    /** A relative sleep: interrupted, it says what remains and can go on to the same deadline (RST-06, RST-31). */
    private long sleepUntil(final Task current, final long deadline, final long remainingAddress, final int width) {
        if (doSleep(current, deadline)) {
            return 0;
        }
        if (remainingAddress != 0) {
            final long remaining = deadline - k.timers.now();
            if (remaining <= 0) {
                return 0;
            }
            if (!times.putNanoseconds(current, remainingAddress, width, remaining)) {
                return -Errno.EFAULT;
            }
        }
        return Restart.arm(current, task -> sleepUntil(task, deadline, remainingAddress, width));
    }

    /** {@code do_nanosleep()}: false when a signal came first. */
    private boolean doSleep(final Task current, final long deadline) {
        try {
            do {
                current.state = TaskState.INTERRUPTIBLE;
                if (!k.sched.scheduleTimeout(deadline)) {
                    return true;
                }
            } while (!k.signals.signalPending(current));
            return false;
        } finally {
            current.state = TaskState.RUNNING;
        }
    }

    // ---- clocks

    private static boolean wall(final int clock) {
        return clock == CLOCK_REALTIME
                || clock == CLOCK_REALTIME_COARSE
                || clock == CLOCK_REALTIME_ALARM
                || clock == CLOCK_TAI;
    }

    private static boolean known(final int clock) {
        return clock >= CLOCK_REALTIME && clock <= CLOCK_BOOTTIME_ALARM || clock == CLOCK_TAI;
    }

    private long clockGettime(final Task current, final int width) {
        final int clock = (int) current.args[0];
        if (!known(clock)) {
            return -Errno.EINVAL;
        }
        // No time is accounted to tasks: what the CPUs did since boot stands for it.
        final boolean cpuTime = clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID;
        final long now = cpuTime ? k.timers.now() - Timers.BOOT : wall(clock) ? times.wall() : k.timers.now();
        return times.putNanoseconds(current, current.args[1], width, now) ? 0 : -Errno.EFAULT;
    }

    private long clockGetres(final Task current, final int width) {
        if (!known((int) current.args[0])) {
            return -Errno.EINVAL;
        }
        return current.args[1] == 0 || times.put(current, current.args[1], width, 0, 1) ? 0 : -Errno.EFAULT;
    }

    private long sysGettimeofday(final Task current) {
        final long wall = times.wall();
        final int width = times.width(current, false);
        final boolean timeWritten = current.args[0] == 0
                || times.put(
                        current,
                        current.args[0],
                        width,
                        wall / Times.NSEC_PER_SEC,
                        wall % Times.NSEC_PER_SEC / Times.NSEC_PER_USEC);
        final boolean zoneWritten = current.args[1] == 0 || times.put(current, current.args[1], 4, 0, 0);
        return timeWritten && zoneWritten ? 0 : -Errno.EFAULT;
    }

    private long sysTime(final Task current) {
        final long seconds = times.wall() / Times.NSEC_PER_SEC;
        return current.args[0] == 0 || k.user.putWord(current, current.args[0], seconds) ? seconds : -Errno.EFAULT;
    }

    // ---- ITIMER_REAL

    /** Seconds are rounded, but a second or less that is left counts as one. */
    private long sysAlarm(final Task current) {
        final long left = k.processes.itimers.remaining(current.signal);
        final long seconds = left / Times.NSEC_PER_SEC;
        final long rest = left % Times.NSEC_PER_SEC;
        final boolean up = seconds == 0 && rest > 0 || rest >= Times.NSEC_PER_SEC / 2;
        k.processes.itimers.set(current, (current.args[0] & 0xffff_ffffL) * Times.NSEC_PER_SEC, 0);
        return seconds + (up ? 1 : 0);
    }

    private long sysSetitimer(final Task current) {
        final int which = (int) current.args[0];
        final int width = times.width(current, false);
        long interval = 0;
        long value = 0;
        if (current.args[1] != 0) {
            if (!times.get(current, current.args[1], width)) {
                return -Errno.EFAULT;
            }
            if (!validTimeval()) {
                return -Errno.EINVAL;
            }
            interval = Times.toNanoseconds(times.seconds, times.rest * Times.NSEC_PER_USEC);
            if (!times.get(current, current.args[1] + 2L * width, width)) {
                return -Errno.EFAULT;
            }
            if (!validTimeval()) {
                return -Errno.EINVAL;
            }
            value = Times.toNanoseconds(times.seconds, times.rest * Times.NSEC_PER_USEC);
        }
        if (which < ITIMER_REAL || which > ITIMER_PROF) {
            return -Errno.EINVAL;
        }
        final long oldInterval = which == ITIMER_REAL ? k.processes.itimers.interval(current.signal) : 0;
        final long oldValue = which == ITIMER_REAL ? k.processes.itimers.remaining(current.signal) : 0;
        // Nobody accounts CPU time, so the other two never expire.
        if (which == ITIMER_REAL) {
            k.processes.itimers.set(current, value, interval);
        }
        final long old = current.args[2];
        return old == 0 || putItimer(current, old, width, oldInterval, oldValue) ? 0 : -Errno.EFAULT;
    }

    private boolean validTimeval() {
        return times.seconds >= 0 && times.rest >= 0 && times.rest < 1_000_000;
    }

    private long sysGetitimer(final Task current) {
        final int which = (int) current.args[0];
        if (which < ITIMER_REAL || which > ITIMER_PROF) {
            return -Errno.EINVAL;
        }
        final long interval = which == ITIMER_REAL ? k.processes.itimers.interval(current.signal) : 0;
        final long value = which == ITIMER_REAL ? k.processes.itimers.remaining(current.signal) : 0;
        final int width = times.width(current, false);
        return putItimer(current, current.args[1], width, interval, value) ? 0 : -Errno.EFAULT;
    }

    private boolean putItimer(
            final Task current, final long address, final int width, final long interval, final long value) {
        return putTimeval(current, address, width, interval) && putTimeval(current, address + 2L * width, width, value);
    }

    private boolean putTimeval(final Task current, final long address, final int width, final long nanoseconds) {
        // Anything that is left shows as at least a microsecond: zero would say disarmed.
        final long micros = nanoseconds == 0 ? 0 : Math.max(nanoseconds / Times.NSEC_PER_USEC, 1);
        return times.put(current, address, width, micros / 1_000_000, micros % 1_000_000);
    }
}
