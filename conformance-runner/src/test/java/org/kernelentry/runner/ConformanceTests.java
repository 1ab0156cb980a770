package org.kernelentry.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.kernelentry.runner.cli.ReferenceGlue;
import org.kernelentry.runner.judge.Outcome;
import org.kernelentry.runner.judge.Plan;
import org.kernelentry.runner.judge.RunListener;
import org.kernelentry.runner.judge.RunResult;
import org.kernelentry.runner.judge.Runner;
import org.kernelentry.runner.judge.Status;
import org.kernelentry.runner.judge.Target;
import org.kernelentry.runner.report.FailureText;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.spec.SpecModel;
import picocli.CommandLine.Help.Ansi;

/** The spec, held by the reference: every example on every flavour that it is about is a test. */
final class ConformanceTests {
    private static final SpecModel MODEL = SpecModel.fromClassPath();
    private static final Plan PLAN = Plan.of(MODEL.examples(), Target.named("reference"));

    /** What the modelled CPUs lack: these the reference has to skip, and no other. */
    static final Set<String> FOR_REAL_KERNELS =
            Set.of("FRM-10/streaming-mode-and-za-are-off-in-the-handler-and-on-again-behind-it[a64]");

    private static RunResult result;

    /** One run of Cucumber for each flavour: to start it anew for each test would take minutes. */
    @BeforeAll
    static void run() {
        result = run(2);
    }

    private static RunResult run(int threads) {
        return new Runner(new ReferenceGlue(), threads).run(PLAN, RunListener.NONE);
    }

    @TestFactory
    Stream<DynamicContainer> the_reference_does_what_the_spec_says() {
        return PLAN.targets().stream()
                .map(target -> DynamicContainer.dynamicContainer(
                        target.system(), PLAN.examples(target).stream().map(e -> example(e, target))));
    }

    private static DynamicTest example(SpecExample example, Target target) {
        return DynamicTest.dynamicTest(example.id(), () -> {
            Outcome outcome = result.outcome(example.id(), target.system()).orElseThrow();
            if (FOR_REAL_KERNELS.contains(example.id())) {
                assertThat(outcome.status()).isEqualTo(Status.SKIP);
            } else if (outcome.status() != Status.PASS) {
                fail(FailureText.render(outcome, MODEL, Ansi.OFF) + outcome.stackTrace());
            }
        });
    }

    @Test
    void there_is_something_to_run_for_every_architecture_and_flavour() {
        assertThat(PLAN.columns().stream()
                        .map(c -> c.architecture() + " " + c.target().flavour()))
                .containsExactly("x86 generic", "arm64 generic", "arm64 native", "arm generic", "arm native");
    }

    @Test
    void no_example_is_about_nothing_that_there_is() {
        assertThat(MODEL.examples().stream().filter(e -> PLAN.targets().stream().noneMatch(t -> PLAN.contains(t, e))))
                .as("examples that run on no flavour")
                .isEmpty();
    }

    /** A second run, three at a time: neither time nor neighbours may show in what is seen. */
    @Test
    void the_same_run_again_gives_the_same_bytes() {
        assertThat(bytes(run(3))).isEqualTo(bytes(result));
    }

    private static List<String> bytes(RunResult run) {
        return run.outcomes().stream()
                .map(o -> String.join("\n", o.exampleId(), o.system(), o.message(), o.trace(), o.journal()))
                .toList();
    }
}
