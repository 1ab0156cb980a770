package org.kernelentry.runner.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.kernelentry.runner.spec.SpecLint.Finding;

class SpecLintTests {

    @Test
    void theFeaturesOfTheProjectAreInGoodForm() {
        List<Finding> findings = SpecLint.check(SpecFolder.classPath(), Catalogue.fromClassPath());
        findings.stream().filter(f -> !f.isError()).forEach(System.out::println);
        assertThat(findings.stream().filter(Finding::isError)).isEmpty();
    }

    @Nested
    class APlantedFault {
        private static final String RULE = "Rule: A call with work does something";

        @TempDir
        Path directory;

        static Stream<Arguments> faults() {
            String longWord = "x".repeat(141);
            String nineMore = "And more\n      ".repeat(6);
            return Stream.of(
                    fault(
                            "@ENT-02\n",
                            "@ENT-02 @ENT-03\n",
                            5,
                            "the rule is tagged with ENT-02 and ENT-03; one rule is one behaviour."),
                    fault(
                            "@ENT-02\n",
                            "@ENT-12\n",
                            5,
                            "the catalogue has no behaviour ENT-12; did you mean ENT-02, ENT-01 or ENT-03."),
                    fault("@ENT\n", "@slow\n", 5, "the rule lacks the tag of its family, @ENT."),
                    fault(
                            "@ENT-02\n",
                            "@ENT-01\n",
                            5,
                            "ENT-01 is internal (INT), so the rule needs the tag @reference."),
                    fault(
                            "Rule: A call",
                            "Rule: a call",
                            5,
                            "the rule's sentence does not start with a capital letter."),
                    fault(
                            "Rule: A call with work does something",
                            "Rule:",
                            5,
                            "the rule's sentence does not start with a capital letter."),
                    fault(
                            "work does something\n",
                            "work does something.\n",
                            5,
                            "the rule's sentence ends with a period."),
                    fault(
                            "A call with work does something",
                            "A" + longWord,
                            5,
                            "the rule's sentence has 142 characters; 140 is the most."),
                    fault(
                            "work does something",
                            "work should do something",
                            5,
                            "the rule's sentence says \"should\"; say what happens instead."),
                    fault(
                            "A call with work",
                            "Test that work",
                            5,
                            "the rule's sentence says \"Test\"; say what happens instead."),
                    fault(
                            "A call with work does",
                            "We verify what",
                            5,
                            "the rule's sentence says \"verify\"; say what happens instead."),
                    fault(
                            "The <call> does something",
                            "T" + longWord,
                            7,
                            "the title has 142 characters; 110 is the most."),
                    fault(": The <call> does something", ":", 7, "the scenario has no title."),
                    fault(
                            "And nothing else happened",
                            "And it was good",
                            11,
                            "the last step does not say that nothing else happened."),
                    fault(
                            "And nothing else happened",
                            nineMore + "And nothing else",
                            7,
                            "the scenario has 10 steps; 9 is the most."),
                    fault(
                            "    Scenario Outline",
                            "    @ENT-03\n    Scenario Outline",
                            8,
                            "a behaviour's tag belongs on the rule, not on the scenario."),
                    fault(
                            "    Scenario Outline",
                            "    @arm\n    Scenario Outline",
                            16,
                            "the mode x64 is not of an architecture the scenario is tagged with."),
                    fault(
                            "| ia32 | write   |",
                            "| x64  | getppid |",
                            16,
                            "another example has the same id ENT-02/the-call-does-something[x64,getppid]."),
                    fault(
                            "| x64  |",
                            "| x65  |",
                            15,
                            "there is no mode \"x65\"; known are x64, ia32, a64, a32, arm, thumb, oabi."),
                    fault("    Examples:", "    Exampels:", 13, "this is not Gherkin: "));
        }

        private static Arguments fault(String old, String changed, int line, String message) {
            return Arguments.of(old, changed, line, message);
        }

        @ParameterizedTest(name = "{3}")
        @MethodSource("faults")
        void isFoundWithFileAndLine(String old, String changed, int line, String message) {
            TempSpec spec = TempSpec.in(directory).replaceInFeature(old, changed);
            String expected = spec.display(TempSpec.FEATURE_FILE) + ":" + line + ": error: " + message;
            assertThat(spec.lint()).extracting(Finding::toString).anyMatch(f -> f.startsWith(expected));
        }

        @Test
        void isWhatTurnsTheListRed() {
            assertThat(TempSpec.in(directory).lint()).isEmpty();
        }

        @Test
        void aMisspelledKeywordThatGherkinTakesForADescription() {
            TempSpec spec = TempSpec.in(directory).replaceInFeature("    Scenario Outline:", "    Scenaro Outline:");
            assertThat(spec.lint())
                    .extracting(Finding::toString)
                    .containsExactly(
                            spec.display(TempSpec.FEATURE_FILE) + ":5: error: the rule's description contains the line"
                                    + " \"Given a task on <mode>\"; is a keyword above it misspelled?",
                            spec.display(TempSpec.FEATURE_FILE) + ":5: error: the rule has no scenario.");
        }

        @Test
        void aRuleWithoutScenarios() {
            TempSpec spec = TempSpec.in(directory);
            spec.write(
                    TempSpec.FEATURE_FILE,
                    TempSpec.FEATURE.substring(0, TempSpec.FEATURE.indexOf("    Scenario Outline")));
            assertOnly(spec, TempSpec.FEATURE_FILE + ":5: error: the rule has no scenario.");
        }

        @Test
        void aSecondRuleAboutTheSameBehaviour() {
            TempSpec spec = TempSpec.in(directory).write("01-entry/second.feature", TempSpec.FEATURE);
            assertOnly(
                    spec,
                    "01-entry/second.feature:5: error: the rule about ENT-02 already stands at "
                            + spec.display(TempSpec.FEATURE_FILE) + ":5.");
        }

        @Test
        void twoScenariosOfTheSameTitle() {
            TempSpec spec = TempSpec.in(directory);
            String scenario = TempSpec.FEATURE.substring(TempSpec.FEATURE.indexOf("    Scenario Outline"));
            spec.write(TempSpec.FEATURE_FILE, TempSpec.FEATURE + "\n" + scenario);
            assertOnly(spec, TempSpec.FEATURE_FILE + ":18: error: another scenario of the rule has the same title.");
        }

        @Test
        void aScenarioThatRunsOnNothing() {
            TempSpec spec = TempSpec.in(directory)
                    .replaceInFeature("a task on <mode>", "a task")
                    .replaceInFeature("| mode |", "| note |");
            assertOnly(
                    spec,
                    TempSpec.FEATURE_FILE + ":7: error: the scenario runs on nothing; give it a column \"mode\" or one"
                            + " of the tags @x86, @arm64, @arm.");
        }

        @Test
        void aScenarioWithoutSteps() {
            TempSpec spec = TempSpec.in(directory);
            spec.write(TempSpec.FEATURE_FILE, """
                    @ENT
                    Feature: Entry

                      @ENT-02
                      Rule: A call with work does something
                        Not on ia32: it has no such call.

                        @x86
                        Scenario: Nothing is said
                    """);
            assertOnly(spec, TempSpec.FEATURE_FILE + ":9: error: the scenario has no steps.");
        }

        @Test
        void aModeThatTheCatalogueDoesNotSpeakOfIsAWarning() {
            TempSpec spec = TempSpec.in(directory)
                    .replaceInFeature("| ia32 | write   |", "| ia32 | write   |\n      | a64  | write   |");
            assertOnly(
                    spec,
                    TempSpec.FEATURE_FILE + ":17: warning: the catalogue speaks of \"x64, ia32\" for ENT-02, which does"
                            + " not include a64.");
        }

        @Test
        void aChapterWithoutIntroduction() {
            TempSpec spec = TempSpec.in(directory).delete("01-entry/chapter.adoc");
            assertOnly(spec, "01-entry/chapter.adoc: error: the chapter has no chapter.adoc.");
        }

        @Test
        void anIntroductionWithoutText() {
            TempSpec spec = TempSpec.in(directory).write("01-entry/chapter.adoc", "= The entry\n");
            assertOnly(
                    spec,
                    "01-entry/chapter.adoc: error: the introduction needs a title line \"= Title\" and text below it.");
        }

        @Test
        void anInternalRuleWithTheTagIsAccepted() {
            TempSpec spec = TempSpec.in(directory)
                    .replaceInFeature("@ENT-02\n", "@ENT-01 @reference\n")
                    .replaceInFeature(RULE, RULE + "\n    Not on a64, a32, arm, thumb: nobody has tried.");
            assertThat(spec.lint()).isEmpty();
        }

        @Test
        void aModeOfTheRowWithoutAnExample() {
            TempSpec spec = TempSpec.in(directory).replaceInFeature("| ia32 | write   |", "| x64  | write   |");
            assertOnly(
                    spec,
                    TempSpec.FEATURE_FILE + ":5: error: ENT-02 holds on ia32 too; add examples, or a line \"Not on"
                            + " ia32: why\" below the rule.");
        }

        @Test
        void aModeWithoutAnExampleForAReasonIsAccepted() {
            TempSpec spec = TempSpec.in(directory)
                    .replaceInFeature("| ia32 | write   |", "| x64  | write   |")
                    .replaceInFeature(RULE, RULE + "\n    Not on ia32: it has no such call.");
            assertThat(spec.lint()).isEmpty();
        }

        @Test
        void aReasonForAModeThatHasExamples() {
            TempSpec spec =
                    TempSpec.in(directory).replaceInFeature(RULE, RULE + "\n    Not on ia32: it has no such call.");
            assertOnly(
                    spec, TempSpec.FEATURE_FILE + ":5: error: \"Not on\" names ia32, but the rule has examples there.");
        }

        @Test
        void aReasonThatIsEmpty() {
            TempSpec spec = TempSpec.in(directory)
                    .replaceInFeature("| ia32 | write   |", "| x64  | write   |")
                    .replaceInFeature(RULE, RULE + "\n    Not on ia32:");
            assertOnly(spec, TempSpec.FEATURE_FILE + ":5: error: the line \"Not on ia32:\" gives no reason.");
        }

        @Test
        void aReasonForNoMode() {
            TempSpec spec =
                    TempSpec.in(directory).replaceInFeature(RULE, RULE + "\n    Not on sparc: it was never ported.");
            assertOnly(
                    spec,
                    TempSpec.FEATURE_FILE + ":5: error: \"Not on\" names \"sparc\", which is no mode; known are x64,"
                            + " ia32, a64, a32, arm, thumb, oabi.");
        }

        @Test
        void theFrameConditionIsWhatTheCallerSaysItIs() {
            TempSpec spec = TempSpec.in(directory).replaceInFeature("And nothing else happened", "And that was all");
            assertThat(SpecLint.check(spec.folder(), spec.catalogue(), Pattern.compile("that was all")))
                    .isEmpty();
            assertThat(spec.lint()).hasSize(1);
        }

        private void assertOnly(TempSpec spec, String finding) {
            assertThat(spec.lint()).extracting(Finding::toString).containsExactly(spec.display(finding));
        }
    }
}
