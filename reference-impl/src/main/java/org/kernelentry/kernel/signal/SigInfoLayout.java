package org.kernelentry.kernel.signal;

/** Which union member of {@code siginfo_t} a signal uses ({@code enum siginfo_layout}). Source: linux v7.3 kernel/signal.c siginfo_layout(). */
enum SigInfoLayout {
    KILL,
    TIMER,
    POLL,
    FAULT,
    CHLD,
    RT,
    SYS;

    private static final int NSIGPOLL = 6;

    /** Whether {@code si_pid} and {@code si_uid} name the sender. */
    boolean hasPidAndUid() {
        return this == KILL || this == CHLD || this == RT;
    }

    static SigInfoLayout of(final SigInfo info) {
        final int sig = info.signo();
        final int code = info.code();
        if (code > SigInfo.SI_USER && code < SigInfo.SI_KERNEL) {
            if (code <= codes(sig)) {
                return switch (sig) {
                    case Signals.SIGCHLD -> CHLD;
                    case Signals.SIGIO -> POLL;
                    case Signals.SIGSYS -> SYS;
                    default -> FAULT;
                };
            }
            return code <= NSIGPOLL ? POLL : KILL;
        }
        if (code == SigInfo.SI_TIMER) {
            return TIMER;
        }
        if (code == SigInfo.SI_SIGIO) {
            return POLL;
        }
        return code < 0 ? RT : KILL;
    }

    /** Highest code the signal defines for itself ({@code NSIG*}), 0 when it defines none. */
    private static int codes(final int sig) {
        return switch (sig) {
            case Signals.SIGILL -> 11;
            case Signals.SIGFPE -> 15;
            case Signals.SIGSEGV -> 10;
            case Signals.SIGBUS -> 5;
            case Signals.SIGTRAP, Signals.SIGCHLD -> 6;
            case Signals.SIGIO -> NSIGPOLL;
            case Signals.SIGSYS -> 2;
            default -> 0;
        };
    }

    /** {@code known_siginfo_layout()}: whether the members beyond the first three are defined. */
    static boolean known(final int sig, final int code) {
        if (code == SigInfo.SI_KERNEL) {
            return true;
        }
        if (code > SigInfo.SI_USER) {
            final int codes = codes(sig);
            return code <= (codes != 0 ? codes : NSIGPOLL);
        }
        return code >= SigInfo.SI_DETHREAD || code == SigInfo.SI_ASYNCNL;
    }
}
