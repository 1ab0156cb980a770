package org.kernelentry.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.runner.cli.ReferenceGlue;
import org.kernelentry.runner.judge.Judge;
import org.kernelentry.runner.judge.Plan;
import org.kernelentry.runner.judge.RunListener;
import org.kernelentry.runner.judge.RunResult;
import org.kernelentry.runner.judge.Runner;
import org.kernelentry.runner.judge.Status;
import org.kernelentry.runner.judge.Target;
import org.kernelentry.runner.linux.LinuxKernels;
import org.kernelentry.runner.report.FailureText;
import org.kernelentry.runner.spec.Expectation;
import org.kernelentry.runner.spec.Expectations;
import org.kernelentry.runner.spec.SpecFolder;
import org.kernelentry.runner.spec.SpecModel;
import org.kernelentry.runner.system.Systems;
import picocli.CommandLine.Help.Ansi;

/** The spec, held by real kernels: what the reference is taken for is what Debian's kernels do. */
@Tag("linux")
@Timeout(3600)
final class KernelConformanceTests {
    private static final int MACHINES = 2;

    private static final SpecModel MODEL = SpecModel.fromClassPath();
    private static final List<Expectation> EXPECTATIONS = Expectations.load(SpecFolder.classPath(), MODEL);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "debian:6.1/x86",
                "debian:6.1/arm64",
                "debian:6.1/arm",
                "debian:6.12/x86",
                "debian:6.12/arm64",
                "debian:6.12/arm"
            })
    void a_real_kernel_does_what_the_spec_says(final String kernel) {
        Systems.kernels().use(new LinuxKernels.Settings(null, null, List.of(), folder, text -> {}));
        final Plan plan = Plan.of(MODEL.examples(), Target.named(kernel));
        final RunResult run = new Runner(new ReferenceGlue(), MACHINES).run(plan, RunListener.NONE);
        final Judge.Verdicts verdicts = Judge.of(run, EXPECTATIONS, MODEL.examples());

        assertThat(verdicts.result().failures().stream().map(f -> FailureText.render(f, MODEL, Ansi.OFF)))
                .as("failures on %s", kernel)
                .isEmpty();
        assertThat(verdicts.unmet()).isEmpty();
        assertThat(verdicts.result().count(Status.PASS)).as("passed").isGreaterThan(plan.size() * 4 / 5);
    }
}
