package org.kernelentry.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kernelentry.runner.cli.ReferenceGlue;
import org.kernelentry.runner.judge.Plan;
import org.kernelentry.runner.judge.RunListener;
import org.kernelentry.runner.judge.Runner;
import org.kernelentry.runner.judge.Status;
import org.kernelentry.runner.judge.Target;
import org.kernelentry.runner.spec.Catalogue;
import org.kernelentry.runner.spec.Selection;
import org.kernelentry.runner.spec.SpecModel;
import org.kernelentry.runner.steps.Current;
import org.kernelentry.runner.steps.EveryStep;

/** An interrupt, an NMI and a reschedule request after every step of every path that the scenarios of these families take. */
class EveryStepTests {
    private static final List<String> FAMILIES = List.of("ENT", "SUD", "PTR", "EMU", "STP", "RST", "FRM", "EXL");
    /** No more than a guard against a recorder that sees nothing: there are 66,900 places. */
    private static final long AT_LEAST = 50_000;

    @AfterEach
    void stopInjecting() {
        Current.injection(null);
    }

    @Test
    void aScenarioShowsTheSameAndStaysBalancedWhereverAnEventComes() throws IOException {
        final EveryStep everyStep = new EveryStep();
        Current.injection(everyStep);
        final Plan plan = Plan.of(
                Selection.all().terms(FAMILIES).from(SpecModel.fromClassPath(), Catalogue.fromClassPath()),
                Target.named("reference"));

        // Half of a scenario is threads that wait for their turn, so more scenarios than processors.
        final var failures = new Runner(
                        new ReferenceGlue(), 2 * Runtime.getRuntime().availableProcessors(), Duration.ofMinutes(10))
                .run(plan, RunListener.NONE).outcomes().stream()
                        .filter(o -> o.status() != Status.PASS && o.status() != Status.SKIP)
                        .map(o -> o.exampleId() + " on " + o.system() + ": " + o.message())
                        .toList();

        assertThat(failures).isEmpty();
        assertThat(everyStep.injections()).isGreaterThan(AT_LEAST);
        Files.writeString(
                Files.createDirectories(Path.of("target")).resolve("injections.txt"),
                everyStep.injections() + " injections, each at a place of its own\n");
    }
}
