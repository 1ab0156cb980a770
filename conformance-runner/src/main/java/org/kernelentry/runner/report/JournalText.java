package org.kernelentry.runner.report;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A journal as text: a line {@code -- cpu0 name/pid} wherever another task or CPU goes on, below it the steps. */
public final class JournalText {
    /** The line that names who goes on; its group is the task. */
    public static final Pattern TASK = Pattern.compile("-- cpu\\d+ (.*)");

    /** The task that plays the tracer and the shell. */
    private static final Pattern HARNESS = Pattern.compile("observer/\\d+");

    private JournalText() {}

    /** The journal without the steps of the task that plays the tracer: its way through the scheduler shows nothing. */
    public static String withoutHarness(String journal) {
        StringBuilder kept = new StringBuilder();
        boolean harness = false;
        String who = "";
        for (String line : journal.lines().toList()) {
            Matcher task = TASK.matcher(line);
            if (task.matches()) {
                harness = HARNESS.matcher(task.group(1)).matches();
                if (harness || line.equals(who)) {
                    continue;
                }
                who = line;
            }
            if (!harness) {
                kept.append(line).append('\n');
            }
        }
        return kept.toString().stripTrailing();
    }
}
