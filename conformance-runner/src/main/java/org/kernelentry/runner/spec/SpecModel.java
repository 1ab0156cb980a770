package org.kernelentry.runner.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The spec: chapters of features, each feature a list of rules, each rule a list of scenarios with their examples. */
public final class SpecModel {
    private final List<Chapter> chapters;
    private final Map<String, SpecRule> rules = new LinkedHashMap<>();
    private final Map<String, SpecExample> examples = new LinkedHashMap<>();

    SpecModel(List<Chapter> chapters) {
        this.chapters = List.copyOf(chapters);
        for (Chapter chapter : chapters) {
            chapter.rules().forEach(r -> rules.putIfAbsent(r.id(), r));
            chapter.examples().forEach(e -> examples.putIfAbsent(e.id(), e));
        }
    }

    /**
     * The spec that comes with the program.
     *
     * @throws SpecException if a feature is malformed
     */
    public static SpecModel fromClassPath() {
        return load(SpecFolder.classPath());
    }

    /**
     * The features of a spec.
     *
     * @throws SpecException if a file is not Gherkin, stands outside a chapter, has a scenario outside a rule, a rule
     *     without an ID, or an unknown mode; whatever else a feature must not do is for {@link SpecLint} to say
     */
    public static SpecModel load(SpecFolder folder) {
        return new SpecReader(folder).read();
    }

    /** All chapters that have a folder, by number, those without features included. */
    public List<Chapter> chapters() {
        return chapters;
    }

    /** The chapter in that folder. */
    public Optional<Chapter> chapter(String name) {
        return chapters.stream().filter(c -> c.name().equals(name)).findFirst();
    }

    /** All rules, chapter by chapter. */
    public List<SpecRule> rules() {
        return chapters.stream().flatMap(c -> c.rules().stream()).toList();
    }

    /** The rule about a behaviour; the first one if, against the lint, there are several. */
    public Optional<SpecRule> rule(String id) {
        return Optional.ofNullable(rules.get(id));
    }

    /** The rule an example belongs to. */
    public SpecRule ruleOf(SpecExample example) {
        return rule(example.ruleId())
                .orElseThrow(() -> new IllegalArgumentException(example.id() + " is of another spec"));
    }

    /** All examples, in the order of the files. */
    public List<SpecExample> examples() {
        return chapters.stream().flatMap(Chapter::examples).toList();
    }

    /** The example with that id. */
    public Optional<SpecExample> example(String id) {
        return Optional.ofNullable(examples.get(id));
    }

    /** Every tag that some example has, sorted. */
    public List<String> tags() {
        return rules().stream()
                .flatMap(r -> Stream.concat(r.tags().stream(), r.examples().flatMap(e -> e.tags().stream())))
                .distinct()
                .sorted()
                .toList();
    }
}
