package org.kernelentry.runner.spec;

import java.util.List;

/**
 * A step as written.
 *
 * @param keyword {@code Given}, {@code When}, {@code Then}, {@code And}, {@code But} or {@code *}
 * @param text what follows it
 * @param table the data table, row by row, or empty
 * @param docString the lines between the quotes, or the empty string
 * @param location the line of the step
 */
public record SpecStep(
        String keyword, String text, List<List<String>> table, String docString, SourceLocation location) {

    public SpecStep {
        table = table.stream().map(List::copyOf).toList();
    }
}
