package org.kernelentry.runner.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogueTests {

    @Nested
    class TheCatalogueOfTheProject {
        private final Catalogue catalogue = Catalogue.fromClassPath();

        @Test
        void everyFamilyHasItsNumberOfRows() {
            Map<String, Integer> actual = new LinkedHashMap<>();
            catalogue.behaviours().forEach(b -> actual.merge(b.family(), 1, Integer::sum));
            catalogue.mappingRows().forEach(m -> actual.merge(m.family(), 1, Integer::sum));
            assertThat(actual.entrySet())
                    .extracting(e -> e.getKey() + " " + e.getValue())
                    .containsExactly(
                            "ENT 56",
                            "PTR 49",
                            "EMU 13",
                            "STP 22",
                            "INF 15",
                            "SUD 37",
                            "SEC 43",
                            "RST 45",
                            "FRM 25",
                            "EXL 33",
                            "RSQ 29",
                            "IRQ 24",
                            "NMI 13",
                            "CTX 12",
                            "KVM 4",
                            "X86 63",
                            "A64 26",
                            "A32 9",
                            "ARM 35",
                            "OAB 8",
                            "TRC 17",
                            "RFC 28",
                            "DIF-ARM 25",
                            "DIF-A64 23",
                            "OPQ 16");
            assertThat(catalogue.behaviours()).hasSize(578);
            assertThat(catalogue.mappingRows()).hasSize(92);
        }

        @Test
        void rowsAreCountedUnderTheirFirstObservability() {
            assertThat(catalogue.behaviours().stream()
                            .collect(Collectors.groupingBy(Behaviour::primaryObservability, Collectors.counting())))
                    .isEqualTo(Map.of(Observability.ABI, 415L, Observability.TRACE, 50L, Observability.INT, 113L));
            assertThat(catalogue.behaviours().stream().filter(Behaviour::seenAtRunTime))
                    .hasSize(79);
        }

        @Test
        void aRowKeepsAllItsColumns() {
            Behaviour row = catalogue.require("ENT-04");
            assertThat(row.text()).startsWith("Entry work order when several bits are set: (1) user dispatch,");
            assertThat(row.where()).isEqualTo("gen");
            assertThat(row.since()).isEqualTo("order same; step 2 is 7.3 only");
            assertThat(row.observability()).containsExactly(Observability.ABI, Observability.TRACE);
            assertThat(row.observabilityInWords())
                    .isEqualTo("ABI, TRACE (ABI for steps 1, 3, 4; TRACE for steps 5, 6)");
            assertThat(row.seenAtRunTime()).isFalse();
            assertThat(row.source()).isEqualTo("EC:65-116");
            assertThat(row.location().file()).isEqualTo("spec/catalogue/ent.yaml");
        }

        @Test
        void whereItWasSeenIsKeptBesideThatItWasSeen() {
            assertThat(catalogue.require("INF-07").seenNote()).isEqualTo("x64, a64, arm");
            assertThat(catalogue.require("ENT-05").seenAtRunTime()).isTrue();
            assertThat(catalogue.require("ENT-05").seenNote()).isEmpty();
        }

        @Test
        void mappingRowsNameTheBehavioursAtStakeInAllShortForms() {
            assertThat(catalogue.findMapping("RFC-11").orElseThrow().atStake())
                    .containsExactly("ENT-34", "ENT-46", "ENT-26", "ENT-27");
            assertThat(catalogue.findMapping("RFC-22").orElseThrow().atStake())
                    .containsExactly("EXL-17", "EXL-18", "EXL-19", "EXL-20", "EXL-21", "EXL-22");
            assertThat(catalogue.findMapping("RFC-06").orElseThrow().atStake())
                    .startsWith("ARM-01", "ARM-02", "ARM-03", "ARM-04", "ARM-05", "ARM-06", "ARM-07", "ARM-15");
            assertThat(catalogue.findMapping("RFC-12").orElseThrow().atStake()).isEmpty();
            assertThat(catalogue.findMapping("RFC-28").orElseThrow().atStake())
                    .startsWith("RSQ-09", "IRQ-19", "EXL-03")
                    .contains("ENT-05", "IRQ-13")
                    .doesNotContain("ENT-20", "EMU-01");
        }

        @Test
        void mappingRowsHaveTheColumnsOfTheirFamily() {
            MappingRow row = catalogue.findMapping("DIF-A64-01").orElseThrow();
            assertThat(row.columns().keySet()).containsExactly("today", "generic", "obs", "decision");
            assertThat(row.title()).isEqualTo(row.column("today")).startsWith("SYSEMU_SINGLESTEP reports a step");
        }

        @Test
        void everySourceIsWrittenOutWithoutAbbreviations() {
            CatalogueLegend legend = catalogue.legend();
            assertThat(legend.expandSource(catalogue.require("SUD-25").source()))
                    .isEqualTo("kernel/entry/syscall_user_dispatch.c:52-63 (mark not set),"
                            + " include/linux/entry-common.h:260-272; kernel/signal.c:2997");
            assertThat(catalogue.behaviours())
                    .allSatisfy(b -> assertThat(legend.expandSource(b.source()))
                            .doesNotContainPattern("\\b(EC|IEC|KEC|SUD|SC|PT):"));
        }

        @Test
        void textsAreSentencesForTheScreen() {
            assertThat(catalogue.behaviours())
                    .allSatisfy(b -> assertThat(b.text())
                            .as(b.id())
                            .endsWith(".")
                            .doesNotContain("  ")
                            .doesNotContain("\n"));
        }

        @Test
        void onlyRowsAboutX32HaveNoneOfOurModes() {
            assertThat(catalogue.behaviours().stream()
                            .filter(b -> b.modes().isEmpty())
                            .map(Behaviour::where))
                    .containsOnly("x32");
        }

        @Test
        void anUnknownIdIsAnsweredWithTheNearestOnes() {
            assertThatExceptionOfType(SpecException.class)
                    .isThrownBy(() -> catalogue.require("SUD-024"))
                    .withMessage("There is no behaviour SUD-024 in the catalogue; did you mean SUD-02, SUD-04 or"
                            + " SUD-24.");
        }
    }

    @Nested
    class AFaultyCatalogue {
        @TempDir
        Path directory;

        @ParameterizedTest(name = "{3}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "id: ENT-02       | id: ENT-01         | ent.yaml:9  | ENT-01: the ID is used twice.",
                    "id: ENT-02       | id: ENT-2          | ent.yaml:9  | ENT-2: an ID of this file has the form ENT-01.",
                    "id: ENT-03       | id: EXT-03         | ent.yaml:18 | EXT-03: an ID of this file has the form ENT-01.",
                    "id: ENT-01       | id: ENT-04         | ent.yaml:9  | ENT-02: it stands behind ENT-04, out of order.",
                    "where: gen       | were: gen          | ent.yaml:5  | ENT-01: the column were is unknown; did you mean where.",
                    "source: EC:1     | seen: false        | ent.yaml:3  | ENT-01: the column source is missing.",
                    "obs: [INT]       | obs: [INTERN]      | ent.yaml:7  | ENT-01: the observability INTERN is unknown; known are ABI, TRACE and INT.",
                    "obs: [INT]       | obs: INT           | ent.yaml:7  | ENT-01: the column obs is no list.",
                    "obs: [INT]       | obs: []            | ent.yaml:3  | ENT-01: the column obs is empty.",
                    "seen: true       | seen: perhaps      | ent.yaml:15 | ENT-02: the column seen is neither true nor false.",
                    "where: gen       | where: ''          | ent.yaml:5  | ENT-01: a text is missing here.",
                    "where: gen       | where: [gen]       | ent.yaml:5  | ENT-01: a text is expected here.",
                    "family: ENT      | family: PTR        | ent.yaml:1  | the file is of family PTR, but the index lists it under ENT.",
                    "obs: [INT]       | obs: [INT          | ent.yaml:8  | this is not YAML: expected ',' or ']', but got :.",
                    "seen: true       | seen: false        | index.yaml:9 | seen is 0, but the index promises 1.",
                    "obs: [INT]       | obs: [TRACE]       | index.yaml:12 | TRACE is 1, but the index promises 0.",
                })
        void isRefusedWithFileLineAndRow(String old, String changed, String where, String sentence) {
            TempSpec spec = TempSpec.in(directory).replace("catalogue/ent.yaml", old, changed);
            assertThatExceptionOfType(SpecException.class)
                    .isThrownBy(spec::catalogue)
                    .withMessage(spec.display("catalogue/" + where) + ": " + sentence);
        }

        @Test
        void aRowTooFewIsNoticed() {
            TempSpec spec = TempSpec.in(directory).replace("catalogue/index.yaml", "count: 3", "count: 4");
            assertThatExceptionOfType(SpecException.class)
                    .isThrownBy(spec::catalogue)
                    .withMessage(
                            spec.display("catalogue/ent.yaml:1") + ": there are 3 rows, but the index promises 4.");
        }

        @Test
        void aMappingRowMustNotNameWhatDoesNotExist() {
            TempSpec spec = TempSpec.in(directory).replace("catalogue/rfc.yaml", "ENT-01..03", "ENT-01..04");
            assertThatExceptionOfType(SpecException.class)
                    .isThrownBy(spec::catalogue)
                    .withMessageStartingWith(spec.display("catalogue/rfc.yaml:3")
                            + ": RFC-01: it names ENT-04, which is not in the catalogue");
        }

        @Test
        void aMissingFileIsNamed() {
            TempSpec spec = TempSpec.in(directory).delete("catalogue/rfc.yaml");
            assertThatExceptionOfType(SpecException.class)
                    .isThrownBy(spec::catalogue)
                    .withMessage(spec.display("catalogue/rfc.yaml") + ": the file is missing.");
        }

        @Test
        void aMissingFolderIsNamed() {
            assertThatExceptionOfType(SpecException.class)
                    .isThrownBy(() -> SpecFolder.directory(directory.resolve("nowhere")))
                    .withMessage("There is no directory " + directory.resolve("nowhere") + " to read the spec from.");
        }
    }

    @Nested
    class AColumn {
        @TempDir
        Path directory;

        @Test
        void sinceIsSaidInWords() {
            Catalogue catalogue = TempSpec.in(directory).catalogue();
            assertThat(catalogue.behaviours())
                    .extracting(Behaviour::sinceInWords)
                    .containsExactly(
                            "the same in 6.1 and 7.3", "in 7.3, not in 6.1", "the same in 6.1 and 7.3 in effect");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "gen | X64 IA32 A64 A32 ARM THUMB",
                    "gen (x86) | X64 IA32 A64 A32 ARM THUMB",
                    "x86 | X64 IA32",
                    "x64, ia32, x32 | X64 IA32",
                    "arm-oabi | OABI",
                    "arm, !kuser64 | ARM THUMB",
                    "x64, ia32, a64, arm(spectre cfg) | X64 IA32 A64 ARM THUMB",
                    "FRED | X64 IA32",
                })
        void whereNamesModes(String where, String modes) {
            assertThat(WhereColumn.modes(where))
                    .containsExactlyElementsOf(List.of(modes.split(" ")).stream()
                            .map(Mode::valueOf)
                            .toList());
        }
    }
}
