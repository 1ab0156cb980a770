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

    private Signals() {}

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
