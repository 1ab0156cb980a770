package org.kernelentry.runner.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.runner.fake.FakeSpec;
import org.kernelentry.runner.spec.Expectation;
import org.kernelentry.runner.spec.Expectations;
import org.kernelentry.runner.spec.KernelVersion;
import org.kernelentry.runner.spec.Mode;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.spec.SpecException;
import org.kernelentry.runner.spec.SpecFolder;
import org.kernelentry.runner.spec.SpecModel;
import org.kernelentry.runner.spec.TempSpec;

/** Real kernels against what is known about them. */
final class JudgeTests {
    private static final String ROW = """
            expectations:
              - what: ENT-03
                kernels: 6.1..6.12
                modes: [x64]
                expect: differs
                reason: Old kernels do it otherwise.
                link: https://example.org/commit
            """;

    @TempDir
    private Path directory;

    private TempSpec spec;
    private SpecModel model;

    @BeforeEach
    void write() {
        spec = FakeSpec.in(directory);
        model = spec.model();
    }

    private List<Expectation> expectations(String yaml) {
        spec.write("expectations.yaml", yaml);
        return Expectations.load(SpecFolder.directory(directory), model);
    }

    private static Target kernel(String release) {
        return new Target(
                "linux",
                "native",
                "linux",
                EnumSet.allOf(Mode.class),
                false,
                KernelVersion.of(release).orElseThrow());
    }

    private SpecExample example() {
        return model.example("ENT-03/one-pickle-runs-on-two-architectures[x64]").orElseThrow();
    }

    private Judge.Verdicts judge(String yaml, String release, Status status, String message) {
        Plan plan = Plan.of(List.of(example()), List.of(kernel(release)));
        return Judge.of(
                new RunResult(plan, List.of(outcome(status, message)), Duration.ZERO),
                expectations(yaml),
                model.examples());
    }

    private Outcome outcome(Status status, String message) {
        return new Outcome(example().id(), "linux", status, Instant.EPOCH, Duration.ZERO, message, "", "", "", "");
    }

    private static Outcome only(Judge.Verdicts verdicts) {
        return verdicts.result().outcomes().get(0);
    }

    @Test
    void an_expected_difference_is_no_failure_and_says_why() {
        Judge.Verdicts verdicts = judge(ROW, "6.12.117+deb13-amd64", Status.FAIL, "note 1");
        assertThat(only(verdicts))
                .returns(Status.SKIP, Outcome::status)
                .returns(
                        "differs as expected: Old kernels do it otherwise. (https://example.org/commit)",
                        Outcome::message);
        assertThat(verdicts.unmet()).isEmpty();
    }

    @Test
    void while_the_run_goes_on_each_outcome_gets_the_verdict_that_it_will_have() {
        Plan plan = Plan.of(List.of(example()), List.of(kernel("6.12")));
        Outcome failed = outcome(Status.FAIL, "note 1");
        assertThat(Judge.oneByOne(plan, expectations(ROW)).apply(failed).status())
                .isEqualTo(Status.SKIP);
    }

    @Test
    void a_difference_outside_of_the_range_is_a_failure() {
        assertThat(only(judge(ROW, "6.13-rc1", Status.FAIL, "note 1")).status()).isEqualTo(Status.FAIL);
    }

    @Test
    void an_expected_difference_that_does_not_happen_is_a_failure() {
        Judge.Verdicts verdicts = judge(ROW, "6.1.0", Status.PASS, "");
        assertThat(only(verdicts).status()).isEqualTo(Status.FAIL);
        assertThat(only(verdicts).message())
                .startsWith("It passes on Linux 6.1, against the expectation at ")
                .endsWith("expectations.yaml:2: narrow or delete that.");
    }

    @ParameterizedTest
    @CsvSource({"stuck", "budget exceeded", "WARNING: CPU: 0 PID: 1", "BUG: scheduling while atomic"})
    void a_hang_or_a_fault_of_the_kernel_cannot_be_expected(String message) {
        assertThat(only(judge(ROW, "6.12", Status.FAIL, "expected | seen\n exited 0 | " + message))
                        .status())
                .isEqualTo(Status.FAIL);
    }

    @Test
    void nor_can_what_is_an_error() {
        assertThat(only(judge(ROW, "6.12", Status.ERROR, "the agent is gone")).status())
                .isEqualTo(Status.ERROR);
    }

    @Test
    void an_expectation_that_nothing_meets_is_a_failure_of_the_run() {
        assertThat(judge(ROW, "6.12", Status.SKIP, "no ptrace").unmet())
                .singleElement()
                .asString()
                .endsWith(
                        "expectations.yaml:2: nothing about ENT-03 is as expected on Linux 6.12; narrow or delete that.");
    }

    @Test
    void an_expectation_about_more_than_was_run_may_still_be_met() {
        assertThat(judge(ROW.replace("[x64]", "[x64, arm]"), "6.12", Status.SKIP, "no ptrace")
                        .unmet())
                .isEmpty();
    }

    @Test
    void what_cannot_run_is_skipped_with_the_reason() {
        String row = ROW.replace("differs", "cannot-run");
        assertThat(only(judge(row, "6.12", Status.SKIP, "no ptrace")).message())
                .isEqualTo("no ptrace: Old kernels do it otherwise. (https://example.org/commit)");
    }

    @Test
    void what_was_to_be_unable_and_fails_is_a_failure() {
        String row = ROW.replace("differs", "cannot-run");
        assertThat(only(judge(row, "6.12", Status.FAIL, "note 1")).status()).isEqualTo(Status.FAIL);
    }

    @ParameterizedTest
    @CsvSource({
        "..6.1, 6.1, true",
        "..6.1, 6.2, false",
        "6.12.., 6.12.5, true",
        "6.12.., 6.9, false",
        "6.1..6.12, 6.10, true",
        "6.1..6.12, 5.15, false"
    })
    void a_range_counts_as_versions_do(String range, String release, boolean in) {
        Expectation expectation = expectations(ROW.replace("6.1..6.12", range)).get(0);
        assertThat(expectation.isAbout(KernelVersion.of(release).orElseThrow())).isEqualTo(in);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ENT-03              | ENT-04  | ENT-04: no scenario is called ENT-04 in these modes.
            differs             | fails   | ENT-03: the column expect is neither differs nor cannot-run.
            6.1..6.12           | 6.1     | ENT-03: the column kernels is no range such as 6.1..6.12, 6.12.. or ..6.12.
            [x64]               | [x65]   | x65 is no mode; known are x64, ia32, a64, a32, arm, thumb, oabi.
            https://example.org | example | ENT-03: the column link is no address.
            """)
    void what_is_wrong_with_a_row_is_said(String from, String to, String sentence) {
        assertThatThrownBy(() -> expectations(ROW.replace(from, to)))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining(sentence);
    }

    @ParameterizedTest
    @CsvSource({"what", "kernels", "modes", "expect", "reason", "link"})
    void every_column_is_required(String column) {
        List<String> lines = Stream.of(ROW.split("\n"))
                .map(l -> l.startsWith("  - " + column) ? "  - nothing: here" : l)
                .filter(l -> !l.strip().startsWith(column + ":"))
                .toList();
        assertThatThrownBy(() -> expectations(String.join("\n", lines))).isInstanceOf(SpecException.class);
    }
}
