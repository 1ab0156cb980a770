package org.kernelentry.runner.mutant;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.kernelentry.runner.cli.ReferenceGlue;
import org.kernelentry.runner.judge.Outcome;
import org.kernelentry.runner.judge.Plan;
import org.kernelentry.runner.judge.RunListener;
import org.kernelentry.runner.judge.Runner;
import org.kernelentry.runner.judge.Status;
import org.kernelentry.runner.judge.Target;
import org.kernelentry.runner.spec.SpecExample;

/** Runs some examples on both flavours; made by reflection inside the mutating loader. */
public final class MutantRun implements Callable<List<String>> {
    private static final int FIRST = 3;
    private static final int GROWTH = 4;

    private final List<SpecExample> examples;

    /** Runs these examples. */
    public MutantRun(final List<SpecExample> examples) {
        this.examples = List.copyOf(examples);
    }

    /**
     * {@code + id} for each example that passed and {@code - id | why} for each that did not. A mistake that is caught needs no more scenarios: after
     * a few, and after a few more, it is looked whether one has failed.
     */
    @Override
    public List<String> call() {
        final List<String> lines = new ArrayList<>();
        int size = FIRST;
        for (int from = 0; from < examples.size(); from += size, size *= GROWTH) {
            final List<SpecExample> next = examples.subList(from, Math.min(from + size, examples.size()));
            lines.addAll(run(next));
            if (lines.stream().anyMatch(line -> line.startsWith("- "))) {
                break;
            }
        }
        return lines;
    }

    private static List<String> run(final List<SpecExample> examples) {
        final Plan plan = Plan.of(examples, Target.named("reference"));
        return new Runner(new ReferenceGlue(), 1)
                .run(plan, RunListener.NONE).outcomes().stream()
                        .filter(o -> o.status() != Status.SKIP)
                        .map(MutantRun::line)
                        .toList();
    }

    private static String line(final Outcome outcome) {
        final String id = outcome.exampleId() + " on " + outcome.system();
        if (outcome.status() == Status.PASS) {
            return "+ " + id;
        }
        return "- " + id + " | " + outcome.message().lines().findFirst().orElse("");
    }
}
