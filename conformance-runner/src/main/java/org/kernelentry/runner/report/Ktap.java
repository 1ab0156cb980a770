package org.kernelentry.runner.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kernelentry.runner.judge.Outcome;
import org.kernelentry.runner.judge.RunResult;
import org.kernelentry.runner.judge.Status;
import org.kernelentry.runner.judge.Target;
import org.kernelentry.runner.spec.Chapter;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.spec.SpecModel;
import org.kernelentry.runner.spec.SpecRule;

/**
 * A run in the kernel's test anything protocol, version 1: chapters hold rules, rules hold scenarios. What a result is
 * about stands above it in diagnostic lines.
 *
 * @see <a href="https://docs.kernel.org/dev-tools/ktap.html">the kernel's own description</a>
 */
public final class Ktap {
    private static final String INDENT = "  ";

    private Ktap() {}

    /** One line of a level, and the lines that belong above it. */
    private record Entry(boolean ok, String name, String directive, List<String> above) {}

    /** The whole run. */
    public static String render(RunResult result, SpecModel model) {
        List<Entry> chapters = new ArrayList<>();
        for (Chapter chapter : model.chapters()) {
            List<Entry> rules = new ArrayList<>();
            for (SpecRule rule : chapter.rules()) {
                List<Entry> examples = examples(result, rule);
                if (!examples.isEmpty()) {
                    rules.add(nest(rule.id(), rule.sentence(), examples));
                }
            }
            if (!rules.isEmpty()) {
                chapters.add(nest(chapter.name(), chapter.title(), rules));
            }
        }
        return String.join("\n", level(chapters)) + "\n";
    }

    private static List<Entry> examples(RunResult result, SpecRule rule) {
        List<Entry> entries = new ArrayList<>();
        for (SpecExample example : rule.examples().toList()) {
            for (Target target : result.plan().targets()) {
                Optional<Outcome> outcome = result.outcome(example.id(), target.system());
                outcome.ifPresent(o -> entries.add(entry(o)));
            }
        }
        return entries;
    }

    private static Entry entry(Outcome outcome) {
        List<String> above = new ArrayList<>();
        if (outcome.status().isBad()) {
            String reason = outcome.difference().isEmpty() ? outcome.message() : outcome.difference();
            reason.lines().forEach(l -> above.add("# " + l));
            above.add("# again: " + FailureText.runAgain(outcome));
        }
        String directive = outcome.status() == Status.SKIP ? " # SKIP " + FailureText.oneLine(outcome) : "";
        return new Entry(
                !outcome.status().isBad(), name(outcome.exampleId() + " on " + outcome.system()), directive, above);
    }

    private static Entry nest(String name, String sentence, List<Entry> inside) {
        List<String> above = new ArrayList<>();
        List<String> lines = level(inside);
        above.add(lines.get(0));
        above.add("# Subtest: " + name(name));
        above.add("# " + sentence);
        above.addAll(lines.subList(1, lines.size()));
        boolean allSkipped = inside.stream().allMatch(e -> e.directive().startsWith(" # SKIP"));
        return new Entry(
                inside.stream().allMatch(Entry::ok),
                name(name),
                allSkipped ? " # SKIP everything in it is skipped" : "",
                above.stream().map(l -> INDENT + l).toList());
    }

    private static List<String> level(List<Entry> entries) {
        List<String> lines = new ArrayList<>();
        lines.add("KTAP version 1");
        lines.add("1.." + entries.size());
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            lines.addAll(entry.above());
            lines.add((entry.ok() ? "ok " : "not ok ") + (i + 1) + " " + entry.name() + entry.directive());
        }
        return lines;
    }

    /** A hash would begin a directive. */
    private static String name(String name) {
        return name.replace('#', '_');
    }
}
