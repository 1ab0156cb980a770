package org.kernelentry.runner.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.kernelentry.runner.fake.FakeGlue;
import org.kernelentry.runner.fake.FakeSpec;
import org.kernelentry.runner.judge.Outcome;
import org.kernelentry.runner.judge.Plan;
import org.kernelentry.runner.judge.RunListener;
import org.kernelentry.runner.judge.RunResult;
import org.kernelentry.runner.judge.Runner;
import org.kernelentry.runner.judge.Status;
import org.kernelentry.runner.judge.Target;
import org.kernelentry.runner.spec.SpecException;
import org.kernelentry.runner.spec.SpecModel;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import picocli.CommandLine.Help.Ansi;

/** One run in every form of report. */
@ResourceLock("the fake system")
final class ReportTests {
    @TempDir
    private Path directory;

    private SpecModel model;
    private RunResult result;

    @BeforeEach
    void run() {
        model = FakeSpec.in(directory).model();
        result = runAgain();
    }

    private RunResult runAgain() {
        Plan plan = Plan.of(model.examples(), Target.named("reference"));
        return new Runner(new FakeGlue(), 1).run(plan, RunListener.NONE);
    }

    @Test
    void ktap_nests_chapters_rules_and_scenarios() {
        assertThat(Ktap.render(result, model)).isEqualTo("""
                KTAP version 1
                1..2
                  KTAP version 1
                  # Subtest: 01-entry
                  # The entry
                  1..2
                    KTAP version 1
                    # Subtest: ENT-02
                    # A call with work does something
                    1..5
                    ok 1 ENT-02/the-call-does-something[x64,getppid] on reference-generic
                    ok 2 ENT-02/the-call-does-something[ia32,getppid] on reference-generic
                    ok 3 ENT-02/the-call-does-something[a64,pause] on reference-generic # SKIP needs CONFIG_PAUSE
                    ok 4 ENT-02/the-call-does-something[a64,pause] on reference-native # SKIP needs CONFIG_PAUSE
                    # line 2: exit-stop | nothing
                    # again: ./conform run 'ENT-02/the-call-does-something[arm,write]' --on reference-native
                    not ok 5 ENT-02/the-call-does-something[arm,write] on reference-native
                  not ok 1 ENT-02
                    KTAP version 1
                    # Subtest: ENT-03
                    # A call without work does something else
                    1..3
                    ok 1 ENT-03/one-pickle-runs-on-two-architectures[x64] on reference-generic
                    ok 2 ENT-03/one-pickle-runs-on-two-architectures[arm] on reference-generic
                    ok 3 ENT-03/one-pickle-runs-on-two-architectures[arm] on reference-native
                  ok 2 ENT-03
                not ok 1 01-entry
                  KTAP version 1
                  # Subtest: 02-exit
                  # The way out
                  1..1
                    KTAP version 1
                    # Subtest: ENT-01
                    # Nothing is done with "quotes" & <brackets> | bars *stars*
                    1..1
                    # IllegalStateException: the model fell over
                    # again: ./conform run 'ENT-01/call-call-breaks[arm,crash]' --on reference-generic
                    not ok 1 ENT-01/call-call-breaks[arm,crash] on reference-generic
                  not ok 1 ENT-01
                not ok 2 02-exit
                """);
    }

    @Test
    void ktap_says_that_a_rule_is_skipped_if_all_of_it_is() {
        Plan plan = Plan.of(
                model.examples().stream()
                        .filter(e -> e.mode().label().equals("a64"))
                        .toList(),
                Target.named("reference-native"));
        RunResult skipped = new Runner(new FakeGlue(), 1).run(plan, RunListener.NONE);
        assertThat(Ktap.render(skipped, model)).contains("ok 1 ENT-02 # SKIP everything in it is skipped\n");
    }

    @Test
    void junit_xml_has_a_suite_for_each_chapter_on_each_system() throws Exception {
        Document xml = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(JunitXml.render(result, model))));
        assertThat(elements(xml, "testsuite").stream()
                        .map(e -> e.getAttribute("name") + " " + e.getAttribute("tests") + " "
                                + e.getAttribute("failures") + " " + e.getAttribute("errors") + " "
                                + e.getAttribute("skipped")))
                .containsExactly(
                        "reference-generic.01-entry 5 0 0 1",
                        "reference-generic.02-exit 1 0 1 0",
                        "reference-native.01-entry 3 1 0 1");
        assertThat(elements(xml, "failure").get(0).getAttribute("message")).isEqualTo("line 2: exit-stop | nothing");
        assertThat(elements(xml, "error").get(0).getTextContent())
                .startsWith("Nothing is done with \"quotes\" & <brackets>")
                .contains("FakeSteps.itHappened");
        assertThat(elements(xml, "skipped").get(0).getAttribute("message")).isEqualTo("needs CONFIG_PAUSE");
    }

    @Test
    void junit_xml_survives_bytes_that_xml_cannot_carry() throws Exception {
        RunResult strange = new RunResult(
                result.plan(), List.of(withTrace(result.outcomes().get(0), "a\u0000b\u001bc\ud800d")), Duration.ZERO);
        Document xml = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(JunitXml.render(strange, model))));
        assertThat(elements(xml, "system-out").get(0).getTextContent()).isEqualTo("a\ufffdb\ufffdc\ufffdd");
    }

    private static Outcome withTrace(Outcome o, String trace) {
        return new Outcome(o.exampleId(), o.system(), o.status(), o.at(), o.took(), "", "", trace, "", o.stackTrace());
    }

    private static List<Element> elements(Document xml, String name) {
        List<Element> found = new ArrayList<>();
        NodeList nodes = xml.getElementsByTagName(name);
        for (int i = 0; i < nodes.getLength(); i++) {
            found.add((Element) nodes.item(i));
        }
        return found;
    }

    @Test
    void json_gives_back_what_was_written() {
        List<Outcome> read = JsonReport.read("last.json", JsonReport.render(result.outcomes(), model));
        // Only what failed keeps its journal.
        List<Outcome> expected = result.outcomes().stream()
                .map(o -> o.status().isBad() ? o : o.withoutJournal())
                .toList();
        assertThat(read).isEqualTo(expected);
    }

    /** The schema is documentation; this keeps it true. */
    @Test
    void json_has_exactly_the_members_that_the_schema_names() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        try (InputStream in = JsonReport.class.getResourceAsStream("results.schema.json")) {
            JsonNode schema = mapper.readTree(in);
            JsonNode report = mapper.readTree(JsonReport.render(result.outcomes(), model));
            assertThat(names(report)).isEqualTo(names(schema.path("properties")));
            JsonNode item = schema.path("properties").path("results").path("items");
            TreeSet<String> seen = new TreeSet<>();
            report.path("results").forEach(r -> {
                assertThat(names(r)).containsAll(texts(item.path("required")));
                seen.addAll(names(r));
            });
            assertThat(seen).isEqualTo(names(item.path("properties")));
            assertThat(texts(item.path("properties").path("status").path("enum")))
                    .containsExactly("error", "fail", "pass", "skip");
        }
    }

    private static Set<String> names(JsonNode object) {
        TreeSet<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Set<String> texts(JsonNode array) {
        TreeSet<String> texts = new TreeSet<>();
        array.forEach(e -> texts.add(e.asText()));
        return texts;
    }

    @Test
    void two_runs_give_the_same_reports_but_for_the_times() {
        RunResult other = runAgain();
        assertThat(Ktap.render(other, model)).isEqualTo(Ktap.render(result, model));
        assertThat(withoutTimes(JsonReport.render(other.outcomes(), model)))
                .isEqualTo(withoutTimes(JsonReport.render(result.outcomes(), model)));
        assertThat(withoutTimes(JunitXml.render(other, model))).isEqualTo(withoutTimes(JunitXml.render(result, model)));
    }

    private static String withoutTimes(String report) {
        return report.replaceAll("\"(at|seconds)\" : [^\\n]+", "").replaceAll(" time=\"[0-9.]+\"", "");
    }

    @Test
    void the_latest_outcome_of_an_example_is_kept() {
        Path file = directory.resolve("last.json");
        LastResults first = new LastResults(file);
        assertThat(first.isEmpty()).isTrue();
        first.add(result.outcomes());
        first.save(model);
        Outcome old = result.outcomes().get(0);
        Outcome newer = new Outcome(
                old.exampleId(),
                old.system(),
                Status.SKIP,
                Instant.EPOCH,
                Duration.ofMillis(5),
                "gone",
                "",
                "",
                "",
                "");
        LastResults second = new LastResults(file);
        second.add(List.of(newer));
        second.save(model);
        RunResult kept = new LastResults(file).of(result.plan());
        assertThat(kept.outcomes()).hasSameSizeAs(result.outcomes());
        assertThat(kept.outcome(old.exampleId(), old.system())).contains(newer);
    }

    @Test
    void the_matrix_counts_what_has_not_run_as_open() {
        RunResult half = new RunResult(result.plan(), result.outcomes().subList(0, 2), Duration.ZERO);
        Matrix matrix = Matrix.of(half, model);
        assertThat(matrix.total().get(0)).isEqualTo(new Matrix.Cell(2, 0, 0, 1));
        assertThat(MatrixText.render(matrix, Ansi.OFF)).contains("01-entry      2/3");
    }

    @Test
    void the_matrix_is_coloured_by_the_worst_in_a_cell() {
        String coloured = MatrixText.render(Matrix.of(result, model), Ansi.ON);
        Map<String, String> cells = Map.of("3/3", "32", "0/1", "33", "1/2", "31");
        cells.forEach((text, colour) ->
                assertThat(coloured).containsPattern("\u001b\\[" + colour + "[;0-9m\u001b\\[]*" + text));
    }

    @Test
    void aFileThatCannotBeWrittenKeepsWhatItHad() throws IOException {
        Path file = directory.resolve("kept.json");
        Reports.write(file, "old");
        // In the place of the file to be: a folder with something in it.
        Files.createDirectories(directory.resolve("kept.json.new/full"));

        assertThatExceptionOfType(SpecException.class)
                .isThrownBy(() -> Reports.write(file, "new"))
                .withMessageStartingWith("Cannot write " + file + ": ");
        assertThat(file).hasContent("old");
    }
}
