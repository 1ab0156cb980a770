package org.kernelentry.runner.book;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kernelentry.runner.report.JournalText;

/**
 * One stay of a task in the kernel, from the instruction that enters it to the one that leaves it.
 *
 * @param task the task and its number
 * @param lines the steps, in order, without those of other tasks that ran meanwhile
 */
record EntryPath(String task, List<Line> lines) {
    private static final Pattern WORDS = Pattern.compile("(.*?) \\((.*)\\)");

    /** Steps of the entry stubs behind which user code runs. */
    private static final Pattern RETURN = Pattern.compile("(iret|sysret|sysexit|eret|restore r0 to pc).*");

    private static final Comparator<EntryPath> BY_WORK = Comparator.comparingLong(EntryPath::work)
            .thenComparingInt(path -> path.lines().size());

    EntryPath {
        lines = List.copyOf(lines);
    }

    /**
     * A step.
     *
     * @param depth how many scopes are open around it
     * @param name the step
     * @param words the work bits or the number it was reported with, or the empty string
     */
    record Line(int depth, String name, String words) {
        /** Whether it carries bits of a work word, not just a number. */
        boolean hasWork() {
            return words.chars().anyMatch(Character::isUpperCase);
        }
    }

    /** How many of its steps were caused by a work bit. */
    long work() {
        return lines.stream().filter(Line::hasWork).count();
    }

    /** The stay with the most work in it, the longest of several with as much; none if the journal shows nobody's. */
    static Optional<EntryPath> mostWork(String journal) {
        EntryPath most = null;
        for (EntryPath path : all(journal)) {
            if (most == null || BY_WORK.compare(path, most) > 0) {
                most = path;
            }
        }
        return Optional.ofNullable(most);
    }

    /** All stays in a journal, each task's in order. */
    static List<EntryPath> all(String journal) {
        Map<String, List<Line>> open = new HashMap<>();
        List<EntryPath> paths = new ArrayList<>();
        String task = "";
        for (String text : JournalText.withoutHarness(journal).lines().toList()) {
            Matcher named = JournalText.TASK.matcher(text);
            if (named.matches()) {
                task = named.group(1);
            } else if (!text.startsWith("-- ")) {
                Line line = line(text);
                List<Line> path = open.computeIfAbsent(task, t -> new ArrayList<>());
                if (line.depth() == 0 && isOver(path, line)) {
                    paths.add(new EntryPath(task, path));
                    path.clear();
                }
                path.add(line);
            }
        }
        open.forEach((who, path) -> paths.add(new EntryPath(who, path)));
        return paths;
    }

    private static Line line(String text) {
        int indent = text.length() - text.stripLeading().length();
        Matcher words = WORDS.matcher(text.strip());
        boolean hasWords = words.matches();
        return new Line(
                Math.max(0, indent / 2 - 1), hasWords ? words.group(1) : text.strip(), hasWords ? words.group(2) : "");
    }

    /** Whether user code ran between these lines and the next outermost one. */
    private static boolean isOver(List<Line> path, Line next) {
        if (path.isEmpty()) {
            return false;
        }
        Line last = path.get(path.size() - 1);
        if (last.depth() == 0) {
            return RETURN.matcher(last.name()).matches();
        }
        // A stub that is one scope from end to end, behind another scope.
        return !isGenericExit(path)
                && !isExit(next)
                && !RETURN.matcher(next.name()).matches();
    }

    private static boolean isGenericExit(List<Line> path) {
        for (int i = path.size() - 1; i >= 0; i--) {
            if (path.get(i).depth() == 0) {
                return isExit(path.get(i));
            }
        }
        return false;
    }

    private static boolean isExit(Line line) {
        return line.name().startsWith("exit_to_user_mode");
    }
}
