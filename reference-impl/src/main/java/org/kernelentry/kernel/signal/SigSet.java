package org.kernelentry.kernel.signal;

/** An immutable set of signals 1..64; bit {@code n-1} stands for signal {@code n}, as in {@code sigset_t}. */
public record SigSet(long bits) {
    public static final SigSet EMPTY = new SigSet(0);
    /** SIGKILL and SIGSTOP can neither be blocked nor caught. */
    public static final SigSet UNBLOCKABLE = of(Signals.SIGKILL, Signals.SIGSTOP);

    /** Signals whose default action stops. */
    public static final SigSet KERNEL_STOP = of(Signals.SIGSTOP, Signals.SIGTSTP, Signals.SIGTTIN, Signals.SIGTTOU);

    public static SigSet of(final int... signals) {
        long bits = 0;
        for (final int sig : signals) {
            bits |= bit(sig);
        }
        return new SigSet(bits);
    }

    private static long bit(final int sig) {
        return 1L << sig - 1;
    }

    public boolean has(final int sig) {
        return (bits & bit(sig)) != 0;
    }

    public SigSet plus(final int sig) {
        return new SigSet(bits | bit(sig));
    }

    public SigSet plus(final SigSet other) {
        return new SigSet(bits | other.bits);
    }

    public SigSet minus(final int sig) {
        return new SigSet(bits & ~bit(sig));
    }

    public SigSet minus(final SigSet other) {
        return new SigSet(bits & ~other.bits);
    }

    /** Members of both. */
    public SigSet and(final SigSet other) {
        return new SigSet(bits & other.bits);
    }

    /** All signals that are not members. */
    public SigSet complement() {
        return new SigSet(~bits);
    }

    public boolean isEmpty() {
        return bits == 0;
    }
}
