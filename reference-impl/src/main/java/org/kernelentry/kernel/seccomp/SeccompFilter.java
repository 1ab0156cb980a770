package org.kernelentry.kernel.seccomp;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;

/**
 * {@code struct seccomp_filter}: one installed program and the older ones behind it. Chains share their tails, as fork makes a tree of them.
 *
 * <p>Source: linux v7.3 kernel/seccomp.c.
 */
public final class SeccompFilter {
    /** Instructions of all programs of a chain, each older one counted with four more ({@code MAX_INSNS_PER_PATH}). */
    static final int MAX_INSNS_PER_PATH = (1 << 18) / Bpf.INSN_SIZE;

    /** What a filter of a chain costs beside its instructions. */
    static final int PENALTY = 4;

    private final long[] program;
    /** The next older filter; set when this one is attached. */
    @Nullable
    SeccompFilter prev;
    /** Set when this one is attached. */
    @Nullable
    ActionCache cache;
    /** SECCOMP_FILTER_FLAG_LOG: refusals by this filter are logged too. */
    boolean log;
    /** SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV. */
    boolean waitKillableRecv;
    /** The one who answers USER_NOTIF; null without, or after it was closed. */
    @Nullable
    SeccompListener listener;
    /** Tasks that have this filter as their newest, and one for each younger filter in use. */
    int users = 1;

    SeccompFilter(final long[] program) {
        this.program = program;
    }

    /** Its instructions as {@link Bpf} packs them; not to be changed. */
    public long[] program() {
        return program;
    }

    public @Nullable SeccompFilter prev() {
        return prev;
    }

    public @Nullable SeccompListener listener() {
        return listener;
    }

    /** Whether this filter or one behind it is {@code other}; everything descends from null. */
    boolean descendsFrom(final @Nullable SeccompFilter other) {
        for (SeccompFilter f = this; f != null; f = f.prev) {
            if (f == other) {
                return true;
            }
        }
        return other == null;
    }

    /** Puts this filter in front of {@code older}. */
    void attach(final Kernel k, final @Nullable SeccompFilter older) {
        prev = older;
        cache = ActionCache.prepare(k, program, older == null ? null : older.cache);
    }

    /** {@code __seccomp_filter_orphan()}: one user less; whoever waits on a filter without users hears of it. */
    static void orphan(final Kernel k, final @Nullable SeccompFilter filter) {
        SeccompFilter f = filter;
        while (f != null && --f.users == 0) {
            if (f.listener != null) {
                k.sched.wakeAll(f.listener.waiters);
            }
            f = f.prev;
        }
    }
}
