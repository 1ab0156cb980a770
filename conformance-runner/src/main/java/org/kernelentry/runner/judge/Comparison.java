package org.kernelentry.runner.judge;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.SpecExample;

/**
 * What two systems showed of themselves on the same examples.
 *
 * @param differences where a user could notice which of the two it is
 * @param same how many examples showed the same
 * @param cutShort of these, how many ended early on both because neither did what the example states
 * @param left examples that one of them could not run, with the reason
 */
public record Comparison(List<Difference> differences, int same, int cutShort, List<Left> left) {

    public Comparison {
        differences = List.copyOf(differences);
        left = List.copyOf(left);
    }

    /**
     * An example that shows a difference.
     *
     * @param example the example
     * @param one what the first system showed, one observation a line
     * @param other what the second one showed
     */
    public record Difference(SpecExample example, List<String> one, List<String> other) {
        private static final String NOTHING = "nothing further";

        public Difference {
            one = List.copyOf(one);
            other = List.copyOf(other);
        }

        private int first() {
            int i = 0;
            while (i < one.size() && i < other.size() && one.get(i).equals(other.get(i))) {
                i++;
            }
            return i;
        }

        /** The first observation of the first system that the second does not share. */
        public String firstOfOne() {
            return at(one, first());
        }

        /** What the second system showed in its place. */
        public String firstOfOther() {
            return at(other, first());
        }

        private static String at(List<String> lines, int index) {
            return index < lines.size() ? lines.get(index) : NOTHING;
        }
    }

    /**
     * An example that was not compared.
     *
     * @param example the example
     * @param system the system that could not run it
     * @param reason why
     */
    public record Left(SpecExample example, String system, String reason) {}

    /**
     * Compares the outcomes of two systems.
     *
     * @param result of a run with {@link Glue#observeAll}
     */
    public static Comparison of(RunResult result, Collection<SpecExample> examples, Target one, Target other) {
        List<Difference> differences = new ArrayList<>();
        List<Left> left = new ArrayList<>();
        int same = 0;
        int cutShort = 0;
        for (SpecExample example : examples) {
            Outcome a = result.outcome(example.id(), one.system()).orElse(null);
            Outcome b = result.outcome(example.id(), other.system()).orElse(null);
            if (a == null || b == null) {
                continue; // Not about both.
            }
            Outcome unable = isUnable(a) ? a : isUnable(b) ? b : null;
            if (unable != null) {
                left.add(new Left(example, unable.system(), unable.message()));
            } else if (!a.trace().equals(b.trace())) {
                differences.add(new Difference(example, lines(a), lines(b)));
            } else {
                same++;
                cutShort += a.status() == Status.FAIL && b.status() == Status.FAIL ? 1 : 0;
            }
        }
        return new Comparison(differences, same, cutShort, left);
    }

    private static boolean isUnable(Outcome outcome) {
        return outcome.status() == Status.SKIP || outcome.status() == Status.ERROR;
    }

    private static List<String> lines(Outcome outcome) {
        return outcome.trace().isEmpty() ? List.of() : outcome.trace().lines().toList();
    }

    /** The behaviours that differ on an architecture, in the order of the spec. */
    public Set<String> ids(Architecture architecture) {
        Set<String> ids = new LinkedHashSet<>();
        differences.stream()
                .filter(d -> d.example().architecture() == architecture)
                .forEach(d -> ids.add(d.example().ruleId()));
        return ids;
    }
}
