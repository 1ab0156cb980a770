package org.kernelentry.runner.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.kernelentry.runner.spec.Mode;

/** Options without which a kernel has not what a program in the guest notation uses (linux v7.3 kernel/sys_ni.c, kernel/time). */
final class CallOptions {
    private record Use(Pattern pattern, String option) {
        Use(final String pattern, final String option) {
            this(Pattern.compile(pattern), option);
        }
    }

    private static final List<Use> USES = List.of(
            new Use("\\binstall \\w", "SECCOMP_FILTER"),
            new Use("\\b(?:clock_nanosleep|timer_\\w+) ", "POSIX_TIMERS"),
            new Use("\\bepoll_\\w+ ", "EPOLL"),
            new Use("\\bfutex ", "FUTEX"),
            new Use("\\brseq ", "RSEQ"));

    /** Calls whose 32-bit form takes a time of 32 bits. */
    private static final String TIME32 =
            "(?:nanosleep|clock_nanosleep|ppoll|pselect6|futex|rt_sigtimedwait|semtimedop|timer_[gs]ettime) ";

    private static final Pattern OF_32_BIT = Pattern.compile("\\b" + TIME32);
    private static final Pattern OF_INT80 = Pattern.compile("\\bvia int80 " + TIME32);

    /** By the word for it, or as bytes. */
    private static final Pattern INT80 = Pattern.compile("\\bvia int80 |\\bcode\\b[^\n]*\\bcd 80\\b");

    /** Without it, 64-bit programs have no {@code int $0x80} either. */
    static final String IA32_EMULATION = "IA32_EMULATION";

    private CallOptions() {}

    /** What a program of a mode needs, without {@code CONFIG_}. */
    static List<String> of(final Mode mode, final String program) {
        final List<String> options = new ArrayList<>();
        for (final Use use : USES) {
            if (use.pattern.matcher(program).find()) {
                options.add(use.option);
            }
        }
        final boolean wide = mode == Mode.X64 || mode == Mode.A64;
        if ((wide ? OF_INT80 : OF_32_BIT).matcher(program).find()) {
            options.add("COMPAT_32BIT_TIME");
        }
        if (mode == Mode.X64 && INT80.matcher(program).find()) {
            options.add(IA32_EMULATION);
        }
        return options;
    }
}
