package org.kernelentry.runner.spec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kernelentry.runner.spec.SpecLint.Finding.Severity;

/** Holds the features to the form the spec is written in. What a scenario says is judged by running it, not here. */
public final class SpecLint {
    static final int RULE_LENGTH = 140;
    static final int TITLE_LENGTH = 110;
    static final int STEPS = 9;
    static final String REFERENCE_TAG = "@reference";

    /** A last step that says that what is listed is all there was. */
    public static final Pattern FRAME_CONDITION = Pattern.compile("nothing else\\b.*");

    /** A rule states what happens, not what one would like or how it is found out. */
    private static final Pattern WISH =
            Pattern.compile("\\b(should|tests?|verify|verifies)\\b", Pattern.CASE_INSENSITIVE);

    /** Free text that looks like this is a scenario whose keyword is misspelled; Gherkin takes it for a description. */
    private static final Pattern SWALLOWED = Pattern.compile("^\\s*(?:Given |Then |\\||@).*", Pattern.MULTILINE);

    private final SpecFolder folder;
    private final Catalogue catalogue;
    private final Pattern frameCondition;
    private final List<Finding> findings = new ArrayList<>();

    private SpecLint(SpecFolder folder, Catalogue catalogue, Pattern frameCondition) {
        this.folder = folder;
        this.catalogue = catalogue;
        this.frameCondition = frameCondition;
    }

    /**
     * Something that is not in good form.
     *
     * @param severity whether it fails the build
     * @param location where it is
     * @param message what is wrong, as a sentence
     */
    public record Finding(Severity severity, SourceLocation location, String message) {
        /** An error fails the build; a warning is for the author to consider. */
        public enum Severity {
            ERROR,
            WARNING
        }

        public boolean isError() {
            return severity == Severity.ERROR;
        }

        /** {@code file:line: error: what is wrong}. */
        @Override
        public String toString() {
            return location + ": " + (isError() ? "error: " : "warning: ") + message;
        }
    }

    /** Everything that is wrong with the features of a spec, by file and line. */
    public static List<Finding> check(SpecFolder folder, Catalogue catalogue) {
        return check(folder, catalogue, FRAME_CONDITION);
    }

    /** The same with another notion of what the text of a frame condition looks like. */
    public static List<Finding> check(SpecFolder folder, Catalogue catalogue, Pattern frameCondition) {
        SpecLint lint = new SpecLint(folder, catalogue, frameCondition);
        try {
            lint.check(SpecModel.load(folder));
        } catch (SpecException e) {
            // What cannot be loaded cannot be looked at any further; the reader's sentence is the finding.
            SourceLocation where = e.location().orElse(SourceLocation.ofFile(folder.display("")));
            String said = String.valueOf(e.getMessage());
            lint.error(where, said.startsWith(where + ": ") ? said.substring((where + ": ").length()) : said);
        }
        lint.findings.sort(Comparator.comparing(Finding::location));
        return List.copyOf(lint.findings);
    }

    private void check(SpecModel model) {
        for (Chapter chapter : model.chapters()) {
            checkChapter(chapter);
        }
        model.chapters().stream()
                .flatMap(c -> c.features().stream())
                .forEach(f -> checkDescription(f.location(), "feature", f.description()));
        Map<String, SpecRule> byId = new HashMap<>();
        for (SpecRule rule : model.rules()) {
            SpecRule first = byId.putIfAbsent(rule.id(), rule);
            if (first != null) {
                error(rule.location(), "the rule about " + rule.id() + " already stands at " + first.location() + ".");
            }
            checkDescription(rule.location(), "rule", rule.description());
            checkTags(rule);
            checkSentence(rule);
            checkScenarios(rule);
            findings.addAll(ModeLint.check(
                    rule, catalogue.find(rule.id()).map(Behaviour::modesToShow).orElse(Set.of())));
        }
    }

    private void checkChapter(Chapter chapter) {
        String file = chapter.name() + "/" + SpecReader.INTRODUCTION;
        if (!folder.contains(file)) {
            error(chapter.location(), "the chapter has no " + SpecReader.INTRODUCTION + ".");
        } else if (!folder.read(file).startsWith("= ") || chapter.introduction().isEmpty()) {
            error(chapter.location(), "the introduction needs a title line \"= Title\" and text below it.");
        }
    }

    private void checkDescription(SourceLocation location, String what, String description) {
        Matcher matcher = SWALLOWED.matcher(description);
        if (matcher.find()) {
            error(
                    location,
                    "the " + what + "'s description contains the line \""
                            + matcher.group().strip() + "\"; is a keyword above it misspelled?");
        }
    }

    private void checkTags(SpecRule rule) {
        List<String> ids = Ids.idsAmong(rule.tags());
        if (ids.size() > 1) {
            error(
                    rule.location(),
                    "the rule is tagged with " + String.join(" and ", ids) + "; one rule is one behaviour.");
        }
        for (String id : ids) {
            if (catalogue.find(id).isEmpty()) {
                Set<String> known = new LinkedHashSet<>();
                catalogue.behaviours().forEach(b -> known.add(b.id()));
                error(rule.location(), "the catalogue has no behaviour " + id + Nearest.hint(id, known) + ".");
            }
        }
        if (!rule.tags().contains("@" + rule.family())) {
            error(rule.location(), "the rule lacks the tag of its family, @" + rule.family() + ".");
        }
        boolean internal = catalogue.find(rule.id()).map(Behaviour::isInternal).orElse(false);
        if (internal && !rule.tags().contains(REFERENCE_TAG)) {
            error(rule.location(), rule.id() + " is internal (INT), so the rule needs the tag " + REFERENCE_TAG + ".");
        }
    }

    private void checkSentence(SpecRule rule) {
        String sentence = rule.sentence();
        if (sentence.isEmpty() || !Character.isUpperCase(sentence.codePointAt(0))) {
            error(rule.location(), "the rule's sentence does not start with a capital letter.");
        }
        if (sentence.endsWith(".")) {
            error(rule.location(), "the rule's sentence ends with a period.");
        }
        if (sentence.length() > RULE_LENGTH) {
            error(
                    rule.location(),
                    "the rule's sentence has " + sentence.length() + " characters; " + RULE_LENGTH + " is the most.");
        }
        checkWish(rule.location(), "the rule's sentence", sentence);
    }

    private void checkWish(SourceLocation location, String what, String text) {
        Matcher matcher = WISH.matcher(text);
        if (matcher.find()) {
            error(location, what + " says \"" + matcher.group() + "\"; say what happens instead.");
        }
    }

    private void checkScenarios(SpecRule rule) {
        if (rule.scenarios().isEmpty()) {
            error(rule.location(), "the rule has no scenario.");
        }
        Set<String> slugs = new HashSet<>();
        for (SpecScenario scenario : rule.scenarios()) {
            if (!slugs.add(scenario.slug())) {
                error(scenario.location(), "another scenario of the rule has the same title.");
            }
            checkScenario(scenario);
            checkModes(rule, scenario);
            Set<String> ids = new HashSet<>();
            for (SpecExample example : scenario.examples()) {
                if (!ids.add(example.id())) {
                    error(example.location(), "another example has the same id " + example.id() + ".");
                }
            }
        }
    }

    private void checkScenario(SpecScenario scenario) {
        SourceLocation at = scenario.location();
        checkDescription(at, "scenario", scenario.description());
        if (scenario.slug().isEmpty()) {
            error(at, "the scenario has no title.");
        }
        if (scenario.title().length() > TITLE_LENGTH) {
            error(at, "the title has " + scenario.title().length() + " characters; " + TITLE_LENGTH + " is the most.");
        }
        if (!Ids.idsAmong(scenario.ownTags()).isEmpty()) {
            error(at, "a behaviour's tag belongs on the rule, not on the scenario.");
        }
        List<SpecStep> steps = scenario.steps();
        if (steps.size() > STEPS) {
            error(at, "the scenario has " + steps.size() + " steps; " + STEPS + " is the most.");
        }
        if (steps.isEmpty()) {
            error(at, "the scenario has no steps.");
        } else {
            SpecStep last = steps.get(steps.size() - 1);
            if (!frameCondition.matcher(last.text()).matches()) {
                error(last.location(), "the last step does not say that nothing else happened.");
            }
        }
    }

    private void checkModes(SpecRule rule, SpecScenario scenario) {
        if (scenario.examples().isEmpty() && !scenario.steps().isEmpty()) {
            error(
                    scenario.location(),
                    "the scenario runs on nothing; give it a column \"mode\" or one of the tags @x86, @arm64, @arm.");
        }
        Set<Mode> allowed = catalogue.find(rule.id()).map(Behaviour::modes).orElse(Set.of());
        for (SpecExample example : scenario.examples()) {
            checkTaggedArchitecture(example);
            if (!allowed.isEmpty() && !allowed.contains(example.mode())) {
                String where = catalogue.find(rule.id()).map(Behaviour::where).orElse("");
                findings.add(new Finding(
                        Severity.WARNING,
                        example.location(),
                        "the catalogue speaks of \"" + where + "\" for " + rule.id() + ", which does not include "
                                + example.mode() + "."));
            }
        }
    }

    /** A tag and a column that contradict each other leave open what was meant. */
    private void checkTaggedArchitecture(SpecExample example) {
        List<Architecture> tagged = example.pickle().getTags().stream()
                .flatMap(t -> Architecture.find(t.getName().substring(1)).stream())
                .toList();
        if (!tagged.isEmpty() && !tagged.contains(example.architecture())) {
            error(
                    example.location(),
                    "the mode " + example.mode() + " is not of an architecture the scenario is tagged with.");
        }
    }

    private void error(SourceLocation location, String message) {
        findings.add(new Finding(Severity.ERROR, location, message));
    }
}
