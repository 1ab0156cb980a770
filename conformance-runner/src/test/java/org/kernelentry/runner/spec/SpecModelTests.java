package org.kernelentry.runner.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.cucumber.messages.types.PickleStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kernelentry.runner.spec.SpecScenario.ExamplesTable;

class SpecModelTests {
    @TempDir
    Path directory;

    @Nested
    class ASpecWithoutFaults {

        @Test
        void isReadAsChapterFeatureRuleScenarioAndExample() {
            SpecModel model = TempSpec.in(directory).model();

            Chapter chapter = model.chapter("01-entry").orElseThrow();
            assertThat(chapter.title()).isEqualTo("The entry");
            assertThat(chapter.introduction()).isEqualTo("Why it matters.");
            SpecFeature feature = chapter.features().get(0);
            assertThat(feature.name()).isEqualTo("Entry");
            SpecRule rule = feature.rules().get(0);
            assertThat(rule.id()).isEqualTo("ENT-02");
            assertThat(rule.family()).isEqualTo("ENT");
            assertThat(rule.sentence()).isEqualTo("A call with work does something");
            assertThat(rule.tags()).containsExactly("@ENT", "@ENT-02");
            SpecScenario scenario = rule.scenarios().get(0);
            assertThat(scenario.title()).isEqualTo("The <call> does something");
            assertThat(scenario.steps()).extracting(SpecStep::keyword).containsExactly("Given", "When", "Then", "And");
            assertThat(scenario.tables()).singleElement().satisfies(t -> {
                assertThat(t.header()).containsExactly("mode", "call");
                assertThat(t.rows()).containsExactly(List.of("x64", "getppid"), List.of("ia32", "write"));
            });
            assertThat(model.ruleOf(scenario.examples().get(0))).isSameAs(rule);
        }

        @Test
        void givesEachExampleAStableIdItsModeAndItsLine() {
            SpecModel model = TempSpec.in(directory).model();

            assertThat(model.examples())
                    .extracting(SpecExample::id)
                    .containsExactly(
                            "ENT-02/the-call-does-something[x64,getppid]",
                            "ENT-02/the-call-does-something[ia32,write]");
            SpecExample second = model.examples().get(1);
            assertThat(second.mode()).isEqualTo(Mode.IA32);
            assertThat(second.architecture()).isEqualTo(Architecture.X86);
            assertThat(second.title()).isEqualTo("The write does something");
            assertThat(second.cells()).containsEntry("mode", "ia32").containsEntry("call", "write");
            assertThat(second.tags()).containsExactly("@ENT", "@ENT-02", "@x86", "@ia32");
            assertThat(second.location()).hasToString(directory + "/01-entry/entry.feature:16");
            assertThat(second.pickle().getSteps())
                    .extracting(PickleStep::getText)
                    .contains("it makes the call write");
            assertThat(model.example(second.id())).containsSame(second);
        }

        @Test
        void keepsTheIdsWhenLinesMove() {
            List<String> before = TempSpec.in(directory).model().examples().stream()
                    .map(SpecExample::id)
                    .toList();
            List<String> after = TempSpec.in(directory)
                    .replaceInFeature("Feature: Entry\n", "Feature: Entry\n\n  Words.\n")
                    .model()
                    .examples()
                    .stream()
                    .map(SpecExample::id)
                    .toList();
            assertThat(after).isEqualTo(before);
        }

        @Test
        void runsAScenarioWithoutModesOnTheArchitecturesOfItsTags() {
            SpecModel model =
                    TempSpec.in(directory).write("01-entry/tagged.feature", """
                            @ENT
                            Feature: Tagged

                              @ENT-03 @arm64
                              Rule: A call does something else

                                @arm @slow
                                Scenario: Something happens
                                  Given a task
                                  Then nothing else happens
                            """).model();

            SpecRule rule = model.rule("ENT-03").orElseThrow();
            assertThat(rule.examples())
                    .extracting(SpecExample::id)
                    .containsExactly("ENT-03/something-happens[a64]", "ENT-03/something-happens[arm]");
            assertThat(rule.examples().map(SpecExample::tags))
                    .containsExactly(
                            List.of("@ENT", "@ENT-03", "@slow", "@arm64", "@a64"),
                            List.of("@ENT", "@ENT-03", "@slow", "@arm"));
        }

        @Test
        void readsTheModeFromAStepIfThereIsNoColumn() {
            SpecModel model = TempSpec.in(directory)
                    .replaceInFeature("a task on <mode>", "a task on thumb")
                    .replaceInFeature("| mode |", "| note |")
                    .replaceInFeature("| x64  |", "| -512, (A) |")
                    .model();
            assertThat(model.examples())
                    .extracting(SpecExample::id)
                    .containsExactly(
                            "ENT-02/the-call-does-something[thumb,-512-A-,getppid]",
                            "ENT-02/the-call-does-something[thumb,ia32,write]");
        }

        @Test
        void hasNoExampleOfAScenarioThatNamesNeitherModeNorArchitecture() {
            SpecModel model = TempSpec.in(directory)
                    .replaceInFeature("a task on <mode>", "a task")
                    .replaceInFeature("| mode |", "| note |")
                    .model();
            assertThat(model.examples()).isEmpty();
            assertThat(model.rules()).hasSize(1);
        }

        @Test
        void keepsTablesTextsAndBackgroundsOfSteps() {
            SpecModel model = TempSpec.in(directory)
                    .replaceInFeature("  @ENT-02\n", """
                              Background:
                                Given a kernel

                              @ENT-02
                            """)
                    .replaceInFeature("Then it happened\n", """
                            Then it happened
                                    | stop  | rax |
                                    | entry | -38 |
                            """)
                    .replaceInFeature("call <call>\n", """
                            call <call>
                                    \"""
                                    getppid
                                    exit 0
                                    \"""
                            """)
                    .model();
            SpecFeature feature = model.chapters().get(0).features().get(0);
            assertThat(feature.background()).extracting(SpecStep::text).containsExactly("a kernel");
            List<SpecStep> steps = feature.rules().get(0).scenarios().get(0).steps();
            assertThat(steps.get(1).docString()).isEqualTo("getppid\nexit 0");
            assertThat(steps.get(2).table()).containsExactly(List.of("stop", "rax"), List.of("entry", "-38"));
        }

        @Test
        void listsChaptersThatHaveNoFeatureYet() {
            SpecModel model = TempSpec.in(directory)
                    .write("02-later/chapter.adoc", "= Later\n")
                    .model();
            assertThat(model.chapters()).extracting(Chapter::title).containsExactly("The entry", "Later");
            assertThat(model.chapters().get(1).features()).isEmpty();
        }
    }

    @Nested
    class AFaultySpec {

        @Test
        void isNotGherkin() {
            refused(
                    TempSpec.in(directory).replaceInFeature("      Examples:", "      Exampels:"),
                    ":13: this is not Gherkin: expected: ");
        }

        @Test
        void hasAnUnknownMode() {
            refused(
                    TempSpec.in(directory).replaceInFeature("| x64  |", "| x65  |"),
                    ":15: there is no mode \"x65\"; known are x64, ia32, a64, a32, arm, thumb, oabi.");
        }

        @Test
        void hasARuleWithoutAnId() {
            refused(
                    TempSpec.in(directory).replaceInFeature("  @ENT-02\n", ""),
                    ":4: the rule \"A call with work does something\" has no tag that names its behaviour, such as"
                            + " @ENT-05.");
        }

        @Test
        void hasAScenarioOutsideAnyRule() {
            refused(
                    TempSpec.in(directory).replaceInFeature("  @ENT-02\n  Rule: A call with work does something\n", ""),
                    ":5: the scenario \"The <call> does something\" stands outside any rule.");
        }

        @Test
        void hasAFeatureOutsideAnyChapter() {
            TempSpec spec = TempSpec.in(directory).write("stray.feature", "Feature: Stray\n");
            assertThatExceptionOfType(SpecException.class)
                    .isThrownBy(spec::model)
                    .withMessage(spec.display("stray.feature")
                            + ": the file is not in a chapter, which is a folder with a name like 04-restart.");
        }

        @Test
        void hasAFileThatIsNotText() throws IOException {
            TempSpec spec = TempSpec.in(directory);
            Files.write(directory.resolve(TempSpec.FEATURE_FILE), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
            assertThatExceptionOfType(SpecException.class)
                    .isThrownBy(spec::model)
                    .withMessage(spec.display(TempSpec.FEATURE_FILE) + ": the file is not UTF-8 text.");
        }

        private void refused(TempSpec spec, String behindTheFile) {
            assertThatExceptionOfType(SpecException.class)
                    .isThrownBy(spec::model)
                    .withMessageStartingWith(spec.display(TempSpec.FEATURE_FILE) + behindTheFile)
                    .satisfies(e -> assertThat(e.location()).isPresent());
        }
    }

    @Test
    void aTableWithoutRowsIsKeptButGivesNoExample() {
        SpecModel model = TempSpec.in(directory)
                .replaceInFeature("        | x64  | getppid |\n", "")
                .replaceInFeature("        | ia32 | write   |\n", "")
                .model();
        assertThat(model.rules().get(0).scenarios().get(0).tables())
                .extracting(ExamplesTable::header)
                .containsExactly(List.of("mode", "call"));
        assertThat(model.examples()).isEmpty();
    }
}
