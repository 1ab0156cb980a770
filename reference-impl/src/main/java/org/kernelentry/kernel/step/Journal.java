package org.kernelentry.kernel.step;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.ThreadFlags;

/** Writes down every step, in order, with its nesting: the trace of an entry path. Same run, same journal. */
public final class Journal implements StepObserver {
    /** What kind of line it is. */
    public enum Kind {
        STEP,
        ENTER,
        LEAVE
    }

    /**
     * One line of the journal.
     *
     * @param depth how many scopes of this task are open around it
     * @param detail step specific: a work word, a number; 0 for none
     */
    public record Entry(int cpu, int pid, String task, int depth, Kind kind, Step step, long detail) {
        /** {@code step (detail in words)} without indentation. */
        public String text() {
            final String words = detailInWords(step, detail);
            return words.isEmpty() ? step.name() : step.name() + " (" + words + ")";
        }
    }

    /** A journal longer than this stops recording: a runaway guest must not fill the heap. */
    public static final int LIMIT = 1_000_000;

    private final List<Entry> entries = new ArrayList<>();
    private boolean truncated;

    @Override
    public void at(final CpuLocal cpu, final Step step, final long detail) {
        add(cpu, Kind.STEP, step, detail, cpu.current.stepDepth);
    }

    @Override
    public void enter(final CpuLocal cpu, final Step scope, final long detail) {
        add(cpu, Kind.ENTER, scope, detail, cpu.current.stepDepth++);
    }

    @Override
    public void leave(final CpuLocal cpu, final Step scope) {
        // A task that was unwound or never entered the scope under observation must not go below its base.
        cpu.current.stepDepth = Math.max(0, cpu.current.stepDepth - 1);
        add(cpu, Kind.LEAVE, scope, 0, cpu.current.stepDepth);
    }

    private void add(final CpuLocal cpu, final Kind kind, final Step step, final long detail, final int depth) {
        if (entries.size() >= LIMIT) {
            truncated = true;
            return;
        }
        entries.add(new Entry(cpu.id, cpu.current.pid, cpu.current.comm, depth, kind, step, detail));
    }

    public List<Entry> entries() {
        return Collections.unmodifiableList(entries);
    }

    /** Whether {@link #LIMIT} was reached. */
    public boolean truncated() {
        return truncated;
    }

    public void clear() {
        entries.clear();
        truncated = false;
    }

    /** The journal as indented text, one line a step, scopes closed by indentation; a new task or CPU is named on its own line. */
    public String render() {
        final StringBuilder text = new StringBuilder();
        String who = "";
        for (final Entry entry : entries) {
            final String now = "cpu" + entry.cpu() + " " + entry.task() + "/" + entry.pid();
            if (!now.equals(who)) {
                text.append("-- ").append(now).append('\n');
                who = now;
            }
            if (entry.kind() != Kind.LEAVE) {
                text.append("  ".repeat(entry.depth() + 1)).append(entry.text()).append('\n');
            }
        }
        if (truncated) {
            text.append("-- journal stopped after ").append(LIMIT).append(" steps\n");
        }
        return text.toString();
    }

    /** A work word as the names of its bits where the step carries one; else the number; empty for 0. */
    public static String detailInWords(final Step step, final long detail) {
        if (detail == 0) {
            return "";
        }
        return switch (step.detail()) {
            case SYSCALL_WORK -> ThreadFlags.workNames((int) detail);
            case TIF -> ThreadFlags.tifNames((int) detail & ThreadFlags.EXIT_TO_USER_MODE_WORK);
            case NUMBER -> Long.toString(detail);
        };
    }
}
