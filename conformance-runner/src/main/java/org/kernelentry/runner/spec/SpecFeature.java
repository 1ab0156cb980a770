package org.kernelentry.runner.spec;

import java.util.List;
import java.util.stream.Stream;

/**
 * A feature file.
 *
 * @param name the sentence behind {@code Feature:}
 * @param description the free text below it, or the empty string
 * @param tags the tags of the feature itself, with {@code @}
 * @param background steps that every scenario of the feature begins with
 * @param rules the rules, in order
 * @param location the line of {@code Feature:}
 */
public record SpecFeature(
        String name,
        String description,
        List<String> tags,
        List<SpecStep> background,
        List<SpecRule> rules,
        SourceLocation location) {

    public SpecFeature {
        tags = List.copyOf(tags);
        background = List.copyOf(background);
        rules = List.copyOf(rules);
    }

    /** The examples of all rules, in order. */
    public Stream<SpecExample> examples() {
        return rules.stream().flatMap(SpecRule::examples);
    }
}
