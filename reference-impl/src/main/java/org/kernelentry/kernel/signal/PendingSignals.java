package org.kernelentry.kernel.signal;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code struct sigpending}: the set and the queued siginfos, oldest first.
 *
 * <p>A signal can be in the set without a queued siginfo: SIGKILL never has one, and one whose siginfo found no room has lost it.
 * Source: linux v7.3 kernel/signal.c next_signal(), collect_signal(), dequeue_synchronous_signal().
 */
public final class PendingSignals {
    public SigSet set = SigSet.EMPTY;
    public final List<SigInfo> queue = new ArrayList<>();

    /** Adds a signal with what it carries. */
    void enqueue(final SigInfo info) {
        queue.add(info);
        set = set.plus(info.signo());
    }

    /** {@code next_signal()}: the signal to take next among those not in {@code blocked}, or 0; synchronous ones come first, then low numbers. */
    int next(final SigSet blocked) {
        final long ready = set.minus(blocked).bits();
        if (ready == 0) {
            return 0;
        }
        final long synchronous = ready & Signals.SYNCHRONOUS_MASK;
        // Signals 33..64 sit in a second word on 32-bit kernels; the order by number is the same.
        return Long.numberOfTrailingZeros(synchronous != 0 ? synchronous : ready) + 1;
    }

    /** Takes the oldest instance of {@code sig}; it stays in the set while another one is queued. */
    SigInfo collect(final int sig) {
        final int first = indexOf(sig, 0);
        if (first < 0) {
            set = set.minus(sig);
            // Its siginfo was never queued: zeros, as if kill(2) by nobody.
            return SigInfo.user(sig, 0);
        }
        if (indexOf(sig, first + 1) < 0) {
            set = set.minus(sig);
        }
        return queue.remove(first);
    }

    /**
     * Takes the oldest unblocked signal that the last instruction raised: a fault code says so, a number alone does not, since anybody may
     * send SIGSEGV with kill(2) (FRM-23). Null when there is none.
     */
    @Nullable
    SigInfo collectSynchronous(final SigSet blocked) {
        if ((set.minus(blocked).bits() & Signals.SYNCHRONOUS_MASK) == 0) {
            return null;
        }
        for (final SigInfo info : queue) {
            if (info.code() > SigInfo.SI_USER && Signals.synchronous(info.signo())) {
                // The kernel looks at the mask for the set as a whole only, not for the instance it picks.
                return takeInstance(info);
            }
        }
        return null;
    }

    private SigInfo takeInstance(final SigInfo info) {
        final int at = queue.indexOf(info);
        if (indexOf(info.signo(), at + 1) < 0) {
            set = set.minus(info.signo());
        }
        return queue.remove(at);
    }

    /** {@code flush_sigqueue_mask()}: forgets the given signals. */
    void flush(final SigSet which) {
        if (set.and(which).isEmpty()) {
            return;
        }
        set = set.minus(which);
        for (final Iterator<SigInfo> i = queue.iterator(); i.hasNext(); ) {
            if (which.has(i.next().signo())) {
                i.remove();
            }
        }
    }

    /** {@code flush_sigqueue()}: forgets all. */
    public void clear() {
        set = SigSet.EMPTY;
        queue.clear();
    }

    private int indexOf(final int sig, final int from) {
        for (int i = from; i < queue.size(); i++) {
            if (queue.get(i).signo() == sig) {
                return i;
            }
        }
        return -1;
    }
}
