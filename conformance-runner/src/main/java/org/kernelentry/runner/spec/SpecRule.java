package org.kernelentry.runner.spec;

import java.util.List;
import java.util.stream.Stream;

/**
 * A rule: one behaviour of the catalogue, as a sentence.
 *
 * @param id the behaviour, such as {@code ENT-05}; the first one tagged if there is more than one
 * @param sentence the text behind {@code Rule:}
 * @param description the free text below it, or the empty string
 * @param tags the tags of the rule and of its feature, with {@code @}
 * @param background steps that every scenario of the rule begins with, without the feature's
 * @param scenarios the scenarios, in order
 * @param location the line of {@code Rule:}
 */
public record SpecRule(
        String id,
        String sentence,
        String description,
        List<String> tags,
        List<SpecStep> background,
        List<SpecScenario> scenarios,
        SourceLocation location) {

    public SpecRule {
        tags = List.copyOf(tags);
        background = List.copyOf(background);
        scenarios = List.copyOf(scenarios);
    }

    /** The part of the ID before the number. */
    public String family() {
        return id.substring(0, id.lastIndexOf('-'));
    }

    /** The examples of all scenarios, in order. */
    public Stream<SpecExample> examples() {
        return scenarios.stream().flatMap(s -> s.examples().stream());
    }
}
