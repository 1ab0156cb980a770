package org.kernelentry.kernel.task;

import java.util.IdentityHashMap;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.SignalStruct;
import org.kernelentry.kernel.signal.Signals;

/** ITIMER_REAL of every process: alarm(2), setitimer(2). Source: linux v7.3 kernel/time/itimer.c. */
public final class Itimers {
    private record Armed(Object timer, long expires, long interval) {}

    private final Kernel k;
    private final IdentityHashMap<SignalStruct, Armed> armed = new IdentityHashMap<>();

    Itimers(final Kernel kernel) {
        this.k = kernel;
    }

    /** Nanoseconds until the process gets SIGALRM, 0 when off; never 0 while armed. */
    public long remaining(final SignalStruct signal) {
        final Armed now = armed.get(signal);
        return now == null ? 0 : Math.max(now.expires - k.timers.now(), 1);
    }

    /** Reload interval, 0 for none. */
    public long interval(final SignalStruct signal) {
        final Armed now = armed.get(signal);
        return now == null ? 0 : now.interval;
    }

    /** Arms ({@code value} nanoseconds from now, then every {@code interval}) or, with 0, disarms. */
    public void set(final Task task, final long value, final long interval) {
        cancel(task.signal);
        if (value > 0) {
            arm(task.groupLeader, Timers.after(k.timers.now(), value), interval);
        }
    }

    private void arm(final Task leader, final long expires, final long interval) {
        leader.signal.realTimerExpires = expires;
        armed.put(leader.signal, new Armed(k.timers.at(expires, () -> fire(leader)), expires, interval));
    }

    private void fire(final Task leader) {
        final Armed now = armed.remove(leader.signal);
        leader.signal.realTimerExpires = 0;
        if (now == null) {
            return;
        }
        k.signals.send(leader, SigInfo.kernel(Signals.SIGALRM), true);
        if (now.interval > 0) {
            // From the expiry, not from now: an interval does not drift, and what was missed is not made up for.
            final long missed = (k.timers.now() - now.expires) / now.interval;
            arm(leader, now.expires + (missed + 1) * now.interval, now.interval);
        }
    }

    void cancel(final SignalStruct signal) {
        final Armed now = armed.remove(signal);
        signal.realTimerExpires = 0;
        if (now != null) {
            k.timers.cancel(now.timer);
        }
    }
}
