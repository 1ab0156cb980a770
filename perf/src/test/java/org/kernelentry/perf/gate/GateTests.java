package org.kernelentry.perf.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GateTests {
    private static final Item ITEM = Item.parse("SyscallRoundTripBenchmark.getppid:guest=x64-generic");
    private static final Session.Result NOISE = new Session.Result(
            new double[] {50, 60},
            new double[] {55, 65},
            Rule.DEFAULT.judge(new double[] {50, 60}, new double[] {55, 65}),
            "");

    @TempDir
    private Path folder;

    private static GateReport report(final GateReport.Row row) {
        return new GateReport("abc1234 subject", "perf.jar", InstructionCount.NONE, List.of(row));
    }

    @Test
    void anItemIsABenchmarkWithParameters() {
        assertThat(ITEM.parameters()).isEqualTo(Map.of("guest", "x64-generic"));
        assertThat(ITEM.arguments())
                .containsExactly("\\.SyscallRoundTripBenchmark\\.getppid$", "-p", "guest=x64-generic");
        assertThat(ITEM.label()).isEqualTo("SyscallRoundTrip.getppid x64-generic");
        assertThat(Item.parse("ClockBenchmark.readMonotonicClock").parameters()).isEmpty();
    }

    /** Whoever counts prints a figure for a run that died, too. */
    @Test
    void aCommandThatFailsHasNoCount() {
        final InstructionCount counter = InstructionCount.available();
        assumeThat(counter).as("a counter of instructions on this machine").isNotEqualTo(InstructionCount.NONE);
        assertThat(counter.count(List.of("true"))).isPresent();
        assertThat(counter.count(List.of("false"))).isEmpty();
    }

    @Test
    void aCommandEndsWithItsStatusAndWhatItPrinted() throws IOException {
        assertThat(Fork.end(List.of("sh", "-c", "echo said; exit 3"), 1)).isEqualTo(new Fork.Ended(3, "said\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "A.b:", "A.b:guest", "A.b:guest=", "A.b:guest=x,", "A.b c"})
    void whatIsNoItemIsRefusedWithAnExample(final String text) {
        assertThatThrownBy(() -> Item.parse(text))
                .isInstanceOf(GateException.class)
                .hasMessageContaining("SyscallRoundTripBenchmark.getppid:guest=x64-generic");
    }

    @Test
    void instructionsDecideOnlyWhereTimeSaysNothing() {
        assertThat(new GateReport.Row(ITEM, 1.03, NOISE, "").verdict()).isEqualTo(Rule.Verdict.FAIL);
        assertThat(new GateReport.Row(ITEM, 1.01, NOISE, "").verdict()).isEqualTo(Rule.Verdict.INCONCLUSIVE);
        final double[] same = {50, 50.1, 50.2, 50.3, 50.4, 50.5, 50.6, 50.7};
        final Session.Result pass = new Session.Result(same, same, Rule.DEFAULT.judge(same, same), "");
        assertThat(new GateReport.Row(ITEM, 1.03, pass, "").verdict()).isEqualTo(Rule.Verdict.PASS);
    }

    @Test
    void aLineSaysWhatIsKnown() {
        assertThat(GateReport.line(new GateReport.Row(ITEM, Double.NaN, null, "base does not have it")))
                .isEqualTo("SyscallRoundTrip.getppid x64-generic               -         -         -         -     -"
                        + "  INCONCLUSIVE (base does not have it)");
        assertThat(GateReport.line(new GateReport.Row(ITEM, 1.004, NOISE, "")))
                .contains("+0.40 %", "55.00", "60.00", "+9.09 %", "INCONCLUSIVE");
    }

    @Test
    void whatNobodyAskedToTimeIsNotInconclusive() throws IOException {
        final GateReport.Row row = new GateReport.Row(ITEM, 0.998, null, "");
        assertThat(GateReport.line(row)).endsWith("-0.20 %         -         -         -     -  not timed");
        final GateReport report = report(row);
        assertThat(report.failed()).isFalse();
        assertThat(report.summary())
                .startsWith("Not timed; nothing executes 2 % more instructions than abc1234 subject.")
                .doesNotContain("INCONCLUSIVE");
        final Path file = folder.resolve("counted.json");
        report.write(file);
        assertThat(new ObjectMapper()
                        .readTree(file.toFile())
                        .path("benchmarks")
                        .path(0)
                        .path("verdict")
                        .asText())
                .isEqualTo("NOT_TIMED");
    }

    @Test
    void moreInstructionsFailWithoutTime() {
        final GateReport report = report(new GateReport.Row(ITEM, 1.03, null, ""));
        assertThat(report.failed()).isTrue();
        assertThat(report.summary()).startsWith("Slower than abc1234 subject.").doesNotContain("Not timed");
    }

    @Test
    void inconclusiveIsNoFailure() {
        final GateReport report = report(new GateReport.Row(ITEM, Double.NaN, NOISE, ""));
        assertThat(report.failed()).isFalse();
        assertThat(report.summary()).contains("that is no failure").contains("neither a usable perf nor valgrind");
        assertThat(report(new GateReport.Row(ITEM, 1.03, NOISE, "")).summary())
                .startsWith("Slower than abc1234 subject.");
    }

    @Test
    void theJsonHasEveryFork() throws IOException {
        final Path file = folder.resolve("new/gate.json");
        report(new GateReport.Row(ITEM, 1.001, NOISE, "")).write(file);
        final JsonNode row =
                new ObjectMapper().readTree(file.toFile()).path("benchmarks").path(0);
        assertThat(row.path("baseNanoseconds").path(1).asDouble()).isEqualTo(60);
        assertThat(row.path("headNanoseconds").path(0).asDouble()).isEqualTo(55);
        assertThat(row.path("verdict").asText()).isEqualTo("INCONCLUSIVE");
        assertThat(row.path("parameters").path("guest").asText()).isEqualTo("x64-generic");
        assertThat(row.path("instructionRatio").asDouble()).isEqualTo(1.001);
    }

    @Test
    void anUnknownCommitIsNamed() {
        final BaseBuild build = new BaseBuild(folder, true);
        assertThatThrownBy(() -> build.commit("nosuch"))
                .isInstanceOf(GateException.class)
                .hasMessageStartingWith("\"nosuch\" names no commit of ");
        assertThatThrownBy(() -> build.commit("--help")).hasMessageStartingWith("\"--help\" names no commit of ");
        assertThatThrownBy(() -> build.commit(" ")).hasMessage("no commit to compare with was named.");
    }

    @Test
    void aJarWithoutTheBenchmarkIsNamed() throws IOException {
        final Path jar = folder.resolve("empty.jar");
        Files.createFile(jar);
        assertThatThrownBy(() -> new Fork(jar, 20, 0).run(ITEM, 0))
                .isInstanceOf(GateException.class)
                .hasMessageContaining("is not one benchmark of " + jar);
    }
}
