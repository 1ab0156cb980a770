package org.kernelentry.runner.judge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.kernelentry.runner.spec.Expectation;
import org.kernelentry.runner.spec.Expectation.Kind;
import org.kernelentry.runner.spec.KernelVersion;
import org.kernelentry.runner.spec.SpecExample;

/**
 * Judges what came of a real kernel by what is known about it. It goes both ways: what was expected to differ and does not is a failure too,
 * so that no expectation outlives its reason. What crashes, hangs or is reported by the kernel as a fault of its own is never excused.
 */
public final class Judge {
    /** Words for a guest or a kernel that does not go on; see {@link org.kernelentry.runner.system.Stop}. */
    private static final List<String> NEVER_EXPECTED = List.of("stuck", "budget exceeded", "WARNING: ", "BUG: ");

    private final List<Expectation> expectations;
    private final KernelVersion kernel;

    /** A judge for one kernel. */
    public Judge(List<Expectation> expectations, KernelVersion kernel) {
        this.expectations = expectations.stream().filter(e -> e.isAbout(kernel)).toList();
        this.kernel = kernel;
    }

    /**
     * What came of a run once what is known about its kernels is taken into account.
     *
     * @param result the run with its final verdicts
     * @param unmet sentences about expectations that nothing met; each makes the run a failed one
     */
    public record Verdicts(RunResult result, List<String> unmet) {
        public Verdicts {
            unmet = List.copyOf(unmet);
        }
    }

    /** Judges each real kernel of a run; what came of the reference stays as it is. */
    public static Verdicts of(RunResult result, List<Expectation> expectations, List<SpecExample> all) {
        List<Outcome> judged = new ArrayList<>();
        List<String> unmet = new ArrayList<>();
        for (Target target : result.plan().targets()) {
            List<Outcome> own = result.outcomes().stream()
                    .filter(o -> o.system().equals(target.system()))
                    .toList();
            KernelVersion version = target.kernel();
            if (version == null) {
                judged.addAll(own);
            } else {
                Judge judge = new Judge(expectations, version);
                List<SpecExample> run = result.plan().examples(target);
                judged.addAll(judge.judge(own, run));
                unmet.addAll(
                        judge.unmet(own, run, all.stream().filter(target::runs).toList()));
            }
        }
        return new Verdicts(new RunResult(result.plan(), judged, result.took()), unmet);
    }

    /** Judges single outcomes while a run goes on, as {@link #of} will when it is over. */
    public static UnaryOperator<Outcome> oneByOne(Plan plan, List<Expectation> expectations) {
        Map<String, UnaryOperator<Outcome>> judges = new HashMap<>();
        for (Target target : plan.targets()) {
            KernelVersion version = target.kernel();
            if (version != null) {
                Judge judge = new Judge(expectations, version);
                Map<String, SpecExample> byId = byId(plan.examples(target));
                judges.put(target.system(), o -> judge.judge(o, byId));
            }
        }
        return o -> judges.getOrDefault(o.system(), UnaryOperator.identity()).apply(o);
    }

    /** The outcomes with their final verdicts, in the same order. */
    public List<Outcome> judge(List<Outcome> outcomes, List<SpecExample> examples) {
        Map<String, SpecExample> byId = byId(examples);
        return outcomes.stream().map(o -> judge(o, byId)).toList();
    }

    private Outcome judge(Outcome outcome, Map<String, SpecExample> byId) {
        return Optional.ofNullable(byId.get(outcome.exampleId()))
                .flatMap(this::about)
                .map(e -> judge(outcome, e))
                .orElse(outcome);
    }

    private Optional<Expectation> about(SpecExample example) {
        return expectations.stream().filter(e -> e.isAbout(example)).findFirst();
    }

    private Outcome judge(Outcome outcome, Expectation expectation) {
        String because = expectation.reason() + " (" + expectation.link() + ")";
        return switch (outcome.status()) {
            case ERROR -> outcome;
            case FAIL ->
                expectation.kind() == Kind.DIFFERS && isExcusable(outcome)
                        ? outcome.judged(Status.SKIP, "differs as expected: " + because)
                        : outcome;
            case PASS ->
                outcome.judged(
                        Status.FAIL,
                        "It passes on Linux " + kernel + ", against the expectation at " + expectation.location()
                                + ": narrow or delete that.");
            case SKIP ->
                expectation.kind() == Kind.CANNOT_RUN
                        ? outcome.judged(Status.SKIP, outcome.message() + ": " + because)
                        : outcome;
        };
    }

    private static boolean isExcusable(Outcome outcome) {
        return NEVER_EXPECTED.stream()
                .noneMatch(w ->
                        outcome.message().contains(w) || outcome.difference().contains(w));
    }

    /**
     * The expectations that were met by nothing although everything they speak of was run, as sentences: each is a failure of the run.
     *
     * @param outcomes as they came, before {@link #judge}
     * @param examples those that were run
     * @param all every example that the kernel could be asked about
     */
    public List<String> unmet(List<Outcome> outcomes, List<SpecExample> examples, List<SpecExample> all) {
        Map<String, SpecExample> run = byId(examples);
        List<String> unmet = new ArrayList<>();
        for (Expectation expectation : expectations) {
            List<SpecExample> subjects =
                    all.stream().filter(expectation::isAbout).toList();
            boolean complete = subjects.stream().allMatch(e -> run.containsKey(e.id()));
            boolean met = outcomes.stream()
                    .filter(o -> Optional.ofNullable(run.get(o.exampleId()))
                            .filter(expectation::isAbout)
                            .isPresent())
                    .anyMatch(o -> isMet(expectation.kind(), o.status()));
            if (!subjects.isEmpty() && complete && !met) {
                unmet.add(expectation.location() + ": nothing about " + expectation.what() + " is as expected on Linux "
                        + kernel + "; narrow or delete that.");
            }
        }
        return unmet;
    }

    private static boolean isMet(Kind kind, Status status) {
        return kind == Kind.DIFFERS ? status == Status.FAIL : status == Status.SKIP;
    }

    private static Map<String, SpecExample> byId(List<SpecExample> examples) {
        return examples.stream().collect(Collectors.toMap(SpecExample::id, Function.identity()));
    }
}
