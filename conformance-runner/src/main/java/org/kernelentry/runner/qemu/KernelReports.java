package org.kernelentry.runner.qemu;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Finds in a kernel's log what it says about faults of its own: warnings, oopses, lockdep's and RCU's reports, lockups, panics (linux v7.3
 * lib/bug.c, kernel/panic.c, kernel/locking/lockdep.c, kernel/rcu/tree_stall.h, kernel/watchdog.c, kernel/hung_task.c).
 */
public final class KernelReports {
    private static final Pattern BEGINS = Pattern.compile(
            "WARNING: |BUG: |\\bOops\\b|Internal error: |Kernel panic - |general protection fault"
                    + "|Unable to handle kernel |rcu: INFO: |INFO: (?:rcu|task|lockdep|trying to register)|RCU used illegally|Bad mode in "
                    + "|watchdog: .*lockup|Kernel BUG at |kernel BUG at |scheduling while atomic|suspicious RCU usage|Voluntary context switch within RCU");
    /** What the kernel says of its own state that is no report. */
    private static final Pattern HARMLESS = Pattern.compile("MP-BIOS bug|alignment: WARNING|x86/mm: .*WARNING");

    private static final int LONGEST = 120;

    private KernelReports() {}

    /** Whether a report begins with this line. */
    public static boolean begins(final String line) {
        return BEGINS.matcher(line).find() && !HARMLESS.matcher(line).find();
    }

    /** Whether the kernel says that it will do no more. */
    static boolean isPanic(final String line) {
        return line.contains("Kernel panic - not syncing");
    }

    /** How many lines it is to the end of the first with these words; 0 if there is none. */
    private static int upTo(final String words, final List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(words)) {
                return i + 1;
            }
        }
        return 0;
    }

    /** The reports in a log, each from its first line to the end of its trace. */
    public static List<String> in(final List<String> log) {
        final List<String> reports = new ArrayList<>();
        int i = 0;
        while (i < log.size()) {
            if (!begins(log.get(i))) {
                i++;
                continue;
            }
            int next = i + 1;
            while (next < log.size() && next - i < LONGEST && !begins(log.get(next))) {
                next++;
            }
            final List<String> text = log.subList(i, next);
            // Lockdep's have no end of their own but their stack's. Others are their first line: what follows may be
            // about other things.
            final int length = Math.max(1, Math.max(upTo("---[ end ", text), upTo("</TASK>", text)));
            reports.add(String.join("\n", text.subList(0, length)));
            i += length;
        }
        return reports;
    }
}
