package org.kernelentry.runner.spec;

import java.util.List;
import java.util.stream.Stream;

/**
 * A chapter of the spec: a folder of features with an introduction.
 *
 * @param name the folder, such as {@code 04-restart}
 * @param title the title of {@code chapter.adoc}, or the folder's name if it has none
 * @param introduction what follows the title, in AsciiDoc; may be empty
 * @param features the features, by file name
 * @param location the file {@code chapter.adoc}
 */
public record Chapter(
        String name, String title, String introduction, List<SpecFeature> features, SourceLocation location) {

    public Chapter {
        features = List.copyOf(features);
    }

    /** The rules of all features, in order. */
    public List<SpecRule> rules() {
        return features.stream().flatMap(f -> f.rules().stream()).toList();
    }

    /** The examples of all rules, in order. */
    public Stream<SpecExample> examples() {
        return features.stream().flatMap(SpecFeature::examples);
    }
}
