package org.kernelentry.runner.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kernelentry.runner.spec.Coverage.Tally;

class CoverageTests {
    @TempDir
    Path directory;

    @Test
    void aRowIsCoveredIfAnExampleOfItsRuleRuns() {
        TempSpec spec = TempSpec.in(directory);
        Coverage coverage = Coverage.of(spec.model(), spec.catalogue());

        assertThat(coverage.total()).isEqualTo(new Tally(1, 3));
        assertThat(coverage.byFamily()).containsExactly(Map.entry("ENT", new Tally(1, 3)));
        assertThat(coverage.byObservability())
                .containsEntry(Observability.ABI, new Tally(1, 2))
                .containsEntry(Observability.TRACE, new Tally(0, 0))
                .containsEntry(Observability.INT, new Tally(0, 1));
        assertThat(coverage.withoutScenario("ENT")).containsExactly("ENT-01", "ENT-03");
        assertThat(coverage.rows().get(1)).satisfies(row -> {
            assertThat(row.scenarios()).isEqualTo(1);
            assertThat(row.examples()).isEqualTo(2);
            assertThat(row.modes()).containsExactlyInAnyOrder(Mode.X64, Mode.IA32);
        });
    }

    @Test
    void aRuleWhoseScenariosRunOnNothingCoversNothing() {
        TempSpec spec = TempSpec.in(directory)
                .replaceInFeature("a task on <mode>", "a task")
                .replaceInFeature("| mode |", "| note |");
        assertThat(Coverage.of(spec.model(), spec.catalogue()).total()).isEqualTo(new Tally(0, 3));
    }

    @Test
    void aMappingRowTellsWhichBehavioursAtStakeAreCovered() {
        TempSpec spec = TempSpec.in(directory);
        Coverage.Mapping mapping =
                Coverage.of(spec.model(), spec.catalogue()).mappings().get(0);
        assertThat(mapping.covered()).containsExactly("ENT-02");
        assertThat(mapping.open()).containsExactly("ENT-01", "ENT-03");
    }

    @Test
    void theTextIsATableAndAListOfWhatIsMissing() {
        TempSpec spec = TempSpec.in(directory);
        assertThat(CoverageReport.render(spec.model(), spec.catalogue())).isEqualTo("""
                Coverage of the catalogue: 1 of 3 behaviours have scenarios (33.3 %).

                family   behaviours  covered                ABI     TRACE       INT
                ENT               3        1   33.3 %       1/2         -       0/1
                all               3        1   33.3 %       1/2         -       0/1

                Behaviours without a scenario
                    2  ENT-01 ENT-03

                RFC: Patches
                  RFC-01      1 of  3 covered; open: ENT-01 ENT-03
                """);
    }

    @Test
    void runsOfRowsWithoutScenarioAreWrittenShort() {
        TempSpec spec = TempSpec.in(directory).replaceInFeature("@ENT-02\n", "@ENT-01 @reference\n");
        assertThat(CoverageReport.render(spec.model(), spec.catalogue()))
                .contains("    2  ENT-02..03\n")
                .contains("  RFC-01      1 of  3 covered; open: ENT-02..03\n");
    }

    @Test
    void theTextAboutTheProjectItselfIsNeverWiderThanATerminal() {
        String text = CoverageReport.render(SpecModel.fromClassPath(), Catalogue.fromClassPath());
        assertThat(text).contains(" of 578 behaviours have scenarios").contains("DIF-ARM: ");
        assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    @Test
    void theJsonHasEveryRow() throws IOException {
        TempSpec spec = TempSpec.in(directory);
        JsonNode json = new ObjectMapper().readTree(CoverageReport.json(spec.model(), spec.catalogue()));

        assertThat(json.at("/total/covered").asInt()).isEqualTo(1);
        assertThat(json.at("/total/total").asInt()).isEqualTo(3);
        assertThat(json.at("/observability/INT/total").asInt()).isEqualTo(1);
        assertThat(json.at("/families/ENT/covered").asInt()).isEqualTo(1);
        assertThat(json.at("/rows/ENT-02/examples").asInt()).isEqualTo(2);
        assertThat(json.at("/rows/ENT-02/modes").toString()).isEqualTo("[\"x64\",\"ia32\"]");
        assertThat(json.at("/rows/ENT-01/examples").asInt(-1)).isZero();
        assertThat(json.at("/mappings/RFC-01/open").toString()).isEqualTo("[\"ENT-01\",\"ENT-03\"]");
    }
}
