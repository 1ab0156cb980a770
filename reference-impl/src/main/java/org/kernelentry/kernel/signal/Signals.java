package org.kernelentry.kernel.signal;

import java.util.List;

/** Signal numbers, the same on all three ports ({@code include/uapi/asm-generic/signal.h}, arch/x86 and arch/arm agree). */
public final class Signals {
    public static final int SIGHUP = 1;
    public static final int SIGINT = 2;
    public static final int SIGQUIT = 3;
    public static final int SIGILL = 4;
    public static final int SIGTRAP = 5;
    public static final int SIGABRT = 6;
    public static final int SIGBUS = 7;
    public static final int SIGFPE = 8;
    public static final int SIGKILL = 9;
    public static final int SIGUSR1 = 10;
    public static final int SIGSEGV = 11;
    public static final int SIGUSR2 = 12;
    public static final int SIGPIPE = 13;
    public static final int SIGALRM = 14;
    public static final int SIGTERM = 15;
    public static final int SIGSTKFLT = 16;
    public static final int SIGCHLD = 17;
    public static final int SIGCONT = 18;
    public static final int SIGSTOP = 19;
    public static final int SIGTSTP = 20;
    public static final int SIGTTIN = 21;
    public static final int SIGTTOU = 22;
    public static final int SIGURG = 23;
    public static final int SIGXCPU = 24;
    public static final int SIGXFSZ = 25;
    public static final int SIGVTALRM = 26;
    public static final int SIGPROF = 27;
    public static final int SIGWINCH = 28;
    public static final int SIGIO = 29;
    public static final int SIGPWR = 30;
    public static final int SIGSYS = 31;
    public static final int SIGRTMIN = 32;
    /** Number of signals. */
    public static final int NSIG = 64;

    private static final List<String> NAMES = List.of(
            "0",
            "SIGHUP",
            "SIGINT",
            "SIGQUIT",
            "SIGILL",
            "SIGTRAP",
            "SIGABRT",
            "SIGBUS",
            "SIGFPE",
            "SIGKILL",
            "SIGUSR1",
            "SIGSEGV",
            "SIGUSR2",
            "SIGPIPE",
            "SIGALRM",
            "SIGTERM",
            "SIGSTKFLT",
            "SIGCHLD",
            "SIGCONT",
            "SIGSTOP",
            "SIGTSTP",
            "SIGTTIN",
            "SIGTTOU",
            "SIGURG",
            "SIGXCPU",
            "SIGXFSZ",
            "SIGVTALRM",
            "SIGPROF",
            "SIGWINCH",
            "SIGIO",
            "SIGPWR",
            "SIGSYS");

    private static final long STOP_MASK =
            SigSet.of(SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU).bits();
    private static final long COREDUMP_MASK = SigSet.of(
                    SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGSEGV, SIGBUS, SIGSYS, SIGXCPU, SIGXFSZ)
            .bits();
    private static final long IGNORE_MASK =
            SigSet.of(SIGCONT, SIGCHLD, SIGWINCH, SIGURG).bits();
    static final long SYNCHRONOUS_MASK =
            SigSet.of(SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGSYS).bits();

    private Signals() {}

    /** {@code valid_signal()}: 0 (probe) to 64. */
    public static boolean valid(final long sig) {
        return sig >= 0 && sig <= NSIG;
    }

    /** {@code sig_kernel_only()}: SIGKILL and SIGSTOP. */
    public static boolean kernelOnly(final int sig) {
        return sig == SIGKILL || sig == SIGSTOP;
    }

    /** {@code sig_kernel_stop()}: default action is group-stop. */
    public static boolean kernelStop(final int sig) {
        return in(sig, STOP_MASK);
    }

    /** {@code sig_kernel_coredump()}: default action is death with a core dump. */
    public static boolean kernelCoredump(final int sig) {
        return in(sig, COREDUMP_MASK);
    }

    /** {@code sig_kernel_ignore()}: default action is nothing. */
    public static boolean kernelIgnore(final int sig) {
        return in(sig, IGNORE_MASK);
    }

    /** Whether an instruction can raise it by itself ({@code SYNCHRONOUS_MASK}). */
    public static boolean synchronous(final int sig) {
        return in(sig, SYNCHRONOUS_MASK);
    }

    private static boolean in(final int sig, final long mask) {
        return sig > 0 && sig < SIGRTMIN && (mask & 1L << sig - 1) != 0;
    }

    /** {@code SIGUSR1}, or {@code SIGRTMIN+2}, or the number. */
    public static String name(final int sig) {
        if (sig >= 0 && sig < NAMES.size()) {
            return NAMES.get(sig);
        }
        return sig <= NSIG && sig >= SIGRTMIN ? "SIGRTMIN+" + (sig - SIGRTMIN) : Integer.toString(sig);
    }

    /** Number of a name as {@link #name} prints it, or -1. */
    public static int number(final String name) {
        if (name.startsWith("SIGRTMIN")) {
            return SIGRTMIN + (name.length() > 9 ? Integer.parseInt(name.substring(9)) : 0);
        }
        final int at = NAMES.indexOf(name);
        return at > 0 ? at : -1;
    }
}
