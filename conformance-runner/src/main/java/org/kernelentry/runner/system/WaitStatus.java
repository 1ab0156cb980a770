package org.kernelentry.runner.system;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.signal.Signals;

/** Words for a status of wait4(2) (ptrace(2), waitpid(2)). */
public final class WaitStatus {
    private static final int EVENT_STOP = 128;

    private WaitStatus() {}

    /** Whether the status is of a stop. */
    public static boolean stopped(final int status) {
        return (status & 0xff) == 0x7f;
    }

    /** Signal of a stop, with 0x80 when TRACESYSGOOD set it. */
    static int stopSignal(final int status) {
        return status >> 8 & 0xff;
    }

    /** PTRACE_EVENT_* of a stop, 0 for none. */
    static int event(final int status) {
        return status >> 16 & 0xff;
    }

    /**
     * Words for any status.
     *
     * @param code {@code si_code} of what PTRACE_GETSIGINFO gives, null where it gives an error: in group-stops and after an end
     * @param message what PTRACE_GETEVENTMSG gives: 1 at the entry and 2 at the exit of a system call
     * @param callName name of the call that the task is stopped in
     */
    public static String inWords(
            final int status, final @Nullable Integer code, final long message, final Supplier<String> callName) {
        if (!stopped(status)) {
            return endInWords(status);
        }
        final int signal = stopSignal(status);
        if (event(status) != 0) {
            return eventInWords(event(status), signal);
        }
        if (code == null) {
            return "group-stop " + Signals.name(signal);
        }
        final boolean syscallStop = (signal & 0x7f) == Signals.SIGTRAP
                && message != 0
                && (code == (Signals.SIGTRAP | 0x80) || code == Signals.SIGTRAP);
        if (syscallStop) {
            return (message == 1 ? "entry " : "exit ")
                    + callName.get()
                    + (signal == Signals.SIGTRAP ? " without 0x80" : "");
        }
        return "signal " + Signals.name(signal);
    }

    /** Words for an end or continuation; stops need more than their status. */
    static String endInWords(final int status) {
        if (status == 0xffff) {
            return "continued";
        }
        final int sig = status & 0x7f;
        if (sig == 0) {
            return "exited " + (status >> 8 & 0xff);
        }
        return "killed by " + Signals.name(sig) + ((status & 0x80) != 0 ? " (core dumped)" : "");
    }

    /** Words for an event stop. */
    static String eventInWords(final int event, final int signal) {
        return switch (event) {
            case 1 -> "event fork";
            case 2 -> "event vfork";
            case 3 -> "event clone";
            case 4 -> "event exec";
            case 5 -> "event vfork-done";
            case 6 -> "event exit";
            case 7 -> "event seccomp";
            case EVENT_STOP -> signal == Signals.SIGTRAP ? "stop" : "group-stop " + Signals.name(signal);
            default -> "event " + event;
        };
    }
}
