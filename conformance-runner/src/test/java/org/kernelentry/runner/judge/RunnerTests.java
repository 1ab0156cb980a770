package org.kernelentry.runner.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.runner.fake.FakeGlue;
import org.kernelentry.runner.fake.FakeSpec;
import org.kernelentry.runner.fake.FakeSteps;
import org.kernelentry.runner.spec.SpecException;
import org.kernelentry.runner.spec.SpecModel;
import org.kernelentry.runner.spec.TempSpec;

/** What a run of Cucumber becomes. */
@Execution(ExecutionMode.CONCURRENT) // It mostly waits.
@ResourceLock("the fake system")
final class RunnerTests {
    /** For scenarios that never end; those that do have ten times as long. */
    private static final Duration LIMIT = Duration.ofMillis(200);

    @TempDir
    private Path directory;

    @AfterEach
    void leaveNoThreadBehind() {
        FakeSteps.stopSpinning();
    }

    private RunResult run(TempSpec spec, int threads, RunListener listener) {
        SpecModel model = spec.model();
        Plan plan = Plan.of(model.examples(), Target.named("reference"));
        return new Runner(new FakeGlue(), threads).run(plan, listener);
    }

    private RunResult run() {
        return run(FakeSpec.in(directory), 1, RunListener.NONE);
    }

    private static Outcome outcome(RunResult result, String exampleId, String system) {
        return result.outcome(exampleId, system).orElseThrow();
    }

    @Test
    void each_example_runs_on_each_flavour_it_is_about_in_the_order_of_the_spec() {
        assertThat(run().outcomes().stream().map(o -> o.system() + " " + o.exampleId() + " " + o.status()))
                .containsExactly(
                        "reference-generic ENT-02/the-call-does-something[x64,getppid] PASS",
                        "reference-generic ENT-02/the-call-does-something[ia32,getppid] PASS",
                        "reference-generic ENT-02/the-call-does-something[a64,pause] SKIP",
                        "reference-generic ENT-03/one-pickle-runs-on-two-architectures[x64] PASS",
                        "reference-generic ENT-03/one-pickle-runs-on-two-architectures[arm] PASS",
                        "reference-generic ENT-01/call-call-breaks[arm,crash] ERROR",
                        "reference-native ENT-02/the-call-does-something[a64,pause] SKIP",
                        "reference-native ENT-02/the-call-does-something[arm,write] FAIL",
                        "reference-native ENT-03/one-pickle-runs-on-two-architectures[arm] PASS");
    }

    @Test
    void a_system_of_several_that_does_not_start_is_an_error_in_its_own_examples_only() {
        SpecModel model = FakeSpec.in(directory).model();
        Plan plan = Plan.of(model.examples(), Target.named("reference"));
        RunResult result = new Runner(new FakeGlue("reference-generic"), 1).run(plan, RunListener.NONE);
        assertThat(result.outcomes().stream()
                        .filter(o -> o.system().equals("reference-generic"))
                        .map(o -> o.status() + " " + o.message()))
                .hasSize(6)
                .containsOnly("ERROR The system reference-generic does not start.");
        assertThat(outcome(result, "ENT-03/one-pickle-runs-on-two-architectures[arm]", "reference-native")
                        .status())
                .isEqualTo(Status.PASS);
    }

    @Test
    void the_only_system_must_start() {
        SpecModel model = FakeSpec.in(directory).model();
        Plan plan = Plan.of(model.examples(), Target.named("reference-generic"));
        assertThatThrownBy(() -> new Runner(new FakeGlue("reference-generic"), 1).run(plan, RunListener.NONE))
                .isInstanceOf(SpecException.class)
                .hasMessage("The system reference-generic does not start.");
    }

    @Test
    void a_failure_says_why_and_where_the_traces_part() {
        Outcome failed = outcome(run(), "ENT-02/the-call-does-something[arm,write]", "reference-native");
        assertThat(failed.message()).isEqualTo("the trace differs");
        assertThat(failed.difference()).isEqualTo("line 2: exit-stop | nothing");
        assertThat(failed.trace()).isEqualTo("arm on reference-native made write");
        assertThat(failed.journal())
                .startsWith("-- cpu0 guest/100\n  do_syscall_64")
                .endsWith("    write");
    }

    @Test
    void an_aborted_scenario_is_skipped_with_its_reason() {
        Outcome skipped = outcome(run(), "ENT-02/the-call-does-something[a64,pause]", "reference-generic");
        assertThat(skipped.message()).isEqualTo("needs CONFIG_PAUSE");
    }

    @Test
    void an_exception_of_the_system_is_an_error_with_its_stack() {
        Outcome error = outcome(run(), "ENT-01/call-call-breaks[arm,crash]", "reference-generic");
        assertThat(error.message()).isEqualTo("IllegalStateException: the model fell over");
        assertThat(error.stackTrace()).contains("FakeSteps.itHappened");
    }

    @Test
    void a_scenario_of_two_architectures_runs_once_in_the_mode_of_each() {
        RunResult result = run();
        String id = "ENT-03/one-pickle-runs-on-two-architectures";
        assertThat(outcome(result, id + "[x64]", "reference-generic").trace()).startsWith("x64 on");
        assertThat(outcome(result, id + "[arm]", "reference-generic").trace()).startsWith("arm on");
    }

    @Test
    void a_step_without_definition_is_an_error_that_names_it() {
        TempSpec spec = FakeSpec.in(directory).replaceInFeature("When it makes the call getuid", "When it sleeps");
        Outcome error = outcome(
                run(spec, 1, RunListener.NONE),
                "ENT-03/one-pickle-runs-on-two-architectures[x64]",
                "reference-generic");
        assertThat(error.status()).isEqualTo(Status.ERROR);
        assertThat(error.message()).isEqualTo("No step definition fits \"When it sleeps\".");
    }

    private RunResult runWithASpinningCall(int threads, RunListener listener) {
        return runWithASpinningCall(new FakeGlue(), threads, LIMIT, listener);
    }

    private RunResult runWithASpinningCall(FakeGlue glue, int threads, Duration limit, RunListener listener) {
        TempSpec spec = FakeSpec.in(directory).replaceInFeature("the call getuid", "the call spin");
        Plan plan = Plan.of(spec.model().examples(), Target.named("reference"));
        return new Runner(glue, threads, limit).run(plan, listener);
    }

    private String messageOfASpinningCall(LongUnaryOperator lastSign, Duration limit) {
        return outcome(
                        runWithASpinningCall(new FakeGlue(lastSign), 1, limit, RunListener.NONE),
                        "ENT-03/one-pickle-runs-on-two-architectures[x64]",
                        "reference-generic")
                .message();
    }

    @Test
    void the_time_of_a_scenario_counts_from_the_last_sign_of_life_of_its_system() {
        long before = System.nanoTime();
        assertThat(messageOfASpinningCall(
                        start -> start + Duration.ofMillis(700).toNanos(), LIMIT))
                .isEqualTo("It did not end within 0.2 s of the last sign of life of reference-generic.");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(900));
    }

    @Test
    void a_scenario_of_a_system_that_lives_ends_sometime_all_the_same() {
        assertThat(messageOfASpinningCall(start -> System.nanoTime(), Duration.ofMillis(50)))
                .isEqualTo("It did not end within 0.5 s.");
    }

    @Test
    void a_scenario_that_does_not_end_is_an_error_that_shows_where_it_was() {
        Outcome error = outcome(
                runWithASpinningCall(1, RunListener.NONE),
                "ENT-03/one-pickle-runs-on-two-architectures[x64]",
                "reference-generic");
        assertThat(error.status()).isEqualTo(Status.ERROR);
        assertThat(error.message()).isEqualTo("It did not end within 0.2 s.");
        assertThat(error.stackTrace()).contains("FakeSteps.itHappened");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void the_scenarios_behind_one_that_does_not_end_run_as_always(int threads) {
        assertThat(runWithASpinningCall(threads, RunListener.NONE).outcomes().stream()
                        .map(o -> o.exampleId() + " " + o.status()))
                .containsExactly(
                        "ENT-02/the-call-does-something[x64,getppid] PASS",
                        "ENT-02/the-call-does-something[ia32,getppid] PASS",
                        "ENT-02/the-call-does-something[a64,pause] SKIP",
                        "ENT-03/one-pickle-runs-on-two-architectures[x64] ERROR",
                        "ENT-03/one-pickle-runs-on-two-architectures[arm] ERROR",
                        "ENT-01/call-call-breaks[arm,crash] ERROR",
                        "ENT-02/the-call-does-something[a64,pause] SKIP",
                        "ENT-02/the-call-does-something[arm,write] FAIL",
                        "ENT-03/one-pickle-runs-on-two-architectures[arm] ERROR");
    }

    @Test
    void a_listener_hears_once_of_a_scenario_that_does_not_end() {
        List<Outcome> heard = new ArrayList<>();
        RunResult result = runWithASpinningCall(2, heard::add);
        assertThat(heard).containsExactlyInAnyOrderElementsOf(result.outcomes());
    }

    @Test
    void a_listener_hears_of_every_outcome_as_it_comes() {
        List<Outcome> heard = new ArrayList<>();
        RunResult result = run(FakeSpec.in(directory), 1, heard::add);
        assertThat(heard).containsExactlyInAnyOrderElementsOf(result.outcomes());
    }

    @Test
    void two_at_a_time_give_the_same_traces_as_one() {
        TempSpec spec = FakeSpec.in(directory);
        List<String> one = run(spec, 1, RunListener.NONE).outcomes().stream()
                .map(o -> o.exampleId() + o.status() + o.trace() + o.journal())
                .toList();
        List<String> two = run(spec, 2, RunListener.NONE).outcomes().stream()
                .map(o -> o.exampleId() + o.status() + o.trace() + o.journal())
                .toList();
        assertThat(two).isEqualTo(one);
    }

    @Test
    void the_counts_and_the_columns_are_those_of_the_plan() {
        RunResult result = run();
        assertThat(result.plan().size()).isEqualTo(result.outcomes().size());
        assertThat(result.count(Status.SKIP)).isEqualTo(2);
        assertThat(result.failures()).extracting(Outcome::status).containsExactly(Status.ERROR, Status.FAIL);
        assertThat(result.plan().columns().stream()
                        .map(c -> c.architecture() + "/" + c.target().flavour()))
                .containsExactly("x86/generic", "arm64/generic", "arm64/native", "arm/generic", "arm/native");
    }
}
