package org.kernelentry.runner.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectionTests {
    private static final String X64 = "ENT-02/the-call-does-something[x64,getppid]";
    private static final String IA32 = "ENT-02/the-call-does-something[ia32,write]";
    private static final String ARM = "ENT-03/something-happens[arm]";

    @TempDir
    Path directory;

    private SpecModel model;
    private Catalogue catalogue;

    @BeforeEach
    void readASpecOfTwoRules() {
        TempSpec spec = TempSpec.in(directory).write("02-other/other.feature", """
                @ENT
                Feature: Other

                  @ENT-03
                  Rule: A call does something else

                    @slow @arm
                    Scenario: Something happens
                      Given a task
                      Then nothing else happens
                """);
        model = spec.model();
        catalogue = spec.catalogue();
    }

    @Test
    void allIsEverythingInTheOrderOfTheSpec() {
        assertThat(ids(Selection.all())).containsExactly(X64, IA32, ARM);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "@ENT and not @slow     | ENT-02/the-call-does-something[x64,getppid];ENT-02/the-call-does-something[ia32,write]",
                "@ia32 or @arm          | ENT-02/the-call-does-something[ia32,write];ENT-03/something-happens[arm]",
                "@ENT-03                | ENT-03/something-happens[arm]",
                "@x86 and @slow         | ''",
                "@arm64                 | ''",
            })
    void tagsSelectByExpression(String expression, String expected) {
        assertThat(String.join(";", ids(Selection.all().tags(expression)))).isEqualTo(expected);
    }

    @Test
    void severalTagExpressionsMustAllHold() {
        assertThat(ids(Selection.all().tags("@ENT-02").tags("not @ia32"))).containsExactly(X64);
    }

    @Test
    void architecturesRestrictAndNoneMeansAll() {
        assertThat(ids(Selection.all().architectures(List.of(Architecture.ARM, Architecture.ARM64))))
                .containsExactly(ARM);
        assertThat(ids(Selection.all().architectures(List.of()))).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ENT-03",
                "02-other",
                "ENT-03/something",
                "ENT-03/something-happens[arm]",
                "02-other/other.feature",
                "other.feature:5",
                "other.feature:9",
            })
    void aTermNamesARuleAChapterAScenarioAFileOrALine(String term) {
        assertThat(ids(Selection.all().terms(List.of(term)))).containsExactly(ARM);
    }

    @Test
    void aLineOfATableNamesOneRow() {
        assertThat(ids(Selection.all().terms(List.of("entry.feature:16")))).containsExactly(IA32);
        assertThat(ids(Selection.all().terms(List.of("entry.feature:7")))).containsExactly(X64, IA32);
    }

    @Test
    void severalTermsAddUpAndTagsStillRestrict() {
        Selection both = Selection.all().terms(List.of("ENT-03", "ENT-02/the-call"));
        assertThat(ids(both)).containsExactly(X64, IA32, ARM);
        assertThat(ids(both.tags("not @ia32"))).containsExactly(X64, ARM);
        assertThat(ids(Selection.all().terms(List.of("ENT")))).hasSize(3);
    }

    @Test
    void aBehaviourWithoutScenariosIsNoFault() {
        assertThat(ids(Selection.all().terms(List.of("ENT-01")))).isEmpty();
        assertThat(ids(Selection.all().tags("@ENT-01"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "@ETN     | There is no tag @ETN in the spec; did you mean @ENT.",
                "@slwo    | There is no tag @slwo in the spec; did you mean @slow.",
                "@zebra   | There is no tag @zebra in the spec.",
                "@ENT and | '\"@ENT and\" is not a tag expression; write something like \"@SUD and not @slow\".'",
                "ENT-02   | 'There is no tag ENT-02 in the spec; a tag begins with @.'",
            })
    void anExpressionThatMeansNothingIsRefused(String expression, String sentence) {
        refused(Selection.all().tags(expression), sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ENT-09               | Nothing in the spec is called ENT-09; did you mean ENT-01, ENT-02 or ENT-03.",
                "ENT-03/something-hapens | Nothing in the spec is called ENT-03/something-hapens; did you mean ENT-03/something-happens or ENT-03/something-happens[arm].",
                "03-nowhere           | Nothing in the spec is called 03-nowhere.",
                "no.feature:3         | There is no feature file no.feature with a rule in it.",
                "entry.feature:x      | In entry.feature:x the part behind the colon is no line number.",
                "''                   | Nothing in the spec is called \"\".",
            })
    void aTermThatNamesNothingIsRefused(String term, String sentence) {
        refused(Selection.all().terms(List.of(term)), sentence);
    }

    @Test
    void aLineAboveTheFirstRuleNamesNothing() {
        assertThatExceptionOfType(SpecException.class)
                .isThrownBy(() -> ids(Selection.all().terms(List.of("entry.feature:1"))))
                .withMessageStartingWith("No scenario that runs stands at or above line 1 of ");
    }

    @Test
    void anUnknownArchitectureIsRefused() {
        assertThat(Architecture.parse("arm64")).isEqualTo(Architecture.ARM64);
        assertThatExceptionOfType(SpecException.class)
                .isThrownBy(() -> Architecture.parse("sparc"))
                .withMessage("There is no architecture \"sparc\"; known are x86, arm64 and arm.");
    }

    private List<String> ids(Selection selection) {
        return selection.from(model, catalogue).stream().map(SpecExample::id).toList();
    }

    private void refused(Selection selection, String sentence) {
        assertThatExceptionOfType(SpecException.class)
                .isThrownBy(() -> ids(selection))
                .withMessage(sentence);
    }
}
