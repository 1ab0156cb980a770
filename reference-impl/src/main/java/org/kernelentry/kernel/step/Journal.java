package org.kernelentry.kernel.step;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;

/**
 * Writes down every step, in order, with its nesting: the trace of an entry path. Same run, same journal.
 *
 * <p>A line is its step and two words: where it stands, and its detail. Entries are made of them when somebody reads; who ran is written once for all
 * lines up to the next switch.
 */
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

    /** Words of a line: {@code who << 32 | depth << 2 | kind}, and the detail. */
    private static final int WORDS = 2;

    private static final int FIRST_LINES = 1 << 9;
    private static final int KIND_BITS = 2;
    private static final int WHO_SHIFT = 32;
    private static final Kind[] KINDS = Kind.values();

    /** Who runs from some step on. */
    private record Who(int cpu, int pid, String task) {}

    private final List<Who> whos = new ArrayList<>();
    private @Nullable CpuLocal lastCpu;
    private int lastPid;
    private @Nullable String lastName;

    private long[] words = new long[WORDS * FIRST_LINES];
    private Step[] steps = new Step[FIRST_LINES];
    private int used;
    private boolean truncated;

    @Override
    public void at(final CpuLocal cpu, final Step step, final long detail) {
        final Task task = cpu.current;
        add(cpu, task, Kind.STEP, step, detail, task.stepDepth);
    }

    @Override
    public void enter(final CpuLocal cpu, final Step scope, final long detail) {
        final Task task = cpu.current;
        add(cpu, task, Kind.ENTER, scope, detail, task.stepDepth++);
    }

    @Override
    public void leave(final CpuLocal cpu, final Step scope) {
        final Task task = cpu.current;
        // A task that was unwound or never entered the scope under observation must not go below its base.
        task.stepDepth = Math.max(0, task.stepDepth - 1);
        add(cpu, task, Kind.LEAVE, scope, 0, task.stepDepth);
    }

    @SuppressWarnings("EnumOrdinal") // Read back by this class alone, through KINDS.
    private void add(
            final CpuLocal cpu, final Task task, final Kind kind, final Step step, final long detail, final int depth) {
        if (used == steps.length && !grow()) {
            return;
        }
        if (cpu != lastCpu || task.pid != lastPid || !task.comm.equals(lastName)) {
            switched(cpu, task);
        }
        steps[used] = step;
        words[WORDS * used] = (long) (whos.size() - 1) << WHO_SHIFT | (long) depth << KIND_BITS | kind.ordinal();
        words[WORDS * used + 1] = detail;
        used++;
    }

    private boolean grow() {
        if (used == LIMIT) {
            truncated = true;
            return false;
        }
        final int lines = Math.min(2 * used, LIMIT);
        steps = Arrays.copyOf(steps, lines);
        words = Arrays.copyOf(words, WORDS * lines);
        return true;
    }

    private void switched(final CpuLocal cpu, final Task task) {
        lastCpu = cpu;
        lastPid = task.pid;
        lastName = task.comm;
        whos.add(new Who(cpu.id, task.pid, task.comm));
    }

    /** The steps in order: a view, which grows with the journal. */
    public List<Entry> entries() {
        return new Entries();
    }

    private final class Entries extends AbstractList<Entry> {
        @Override
        public int size() {
            return used;
        }

        @Override
        public Entry get(final int index) {
            Objects.checkIndex(index, used);
            final long word = words[WORDS * index];
            final Who who = whos.get((int) (word >>> WHO_SHIFT));
            return new Entry(
                    who.cpu,
                    who.pid,
                    who.task,
                    (int) word >>> KIND_BITS,
                    KINDS[(int) word & (1 << KIND_BITS) - 1],
                    steps[index],
                    words[WORDS * index + 1]);
        }
    }

    /** Whether {@link #LIMIT} was reached. */
    public boolean truncated() {
        return truncated;
    }

    public void clear() {
        used = 0;
        truncated = false;
        whos.clear();
        lastCpu = null;
    }

    /** The journal as indented text, one line a step, scopes closed by indentation; a new task or CPU is named on its own line. */
    public String render() {
        final StringBuilder text = new StringBuilder();
        String who = "";
        for (final Entry entry : entries()) {
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
