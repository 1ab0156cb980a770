package org.kernelentry.runner.spec;

import java.util.List;

/**
 * A scenario or scenario outline as written, with the examples that come of it.
 *
 * @param ruleId the behaviour it is an example of
 * @param title the text behind {@code Scenario:}, placeholders and all
 * @param slug the title as it stands in scenario ids
 * @param description the free text below it, or the empty string
 * @param ownTags the tags on the scenario itself, with {@code @}
 * @param steps its own steps, without any background
 * @param tables the tables of an outline; empty for a plain scenario
 * @param examples one for every run: each row of the tables, or each architecture named by a tag
 * @param location the line of {@code Scenario:}
 */
public record SpecScenario(
        String ruleId,
        String title,
        String slug,
        String description,
        List<String> ownTags,
        List<SpecStep> steps,
        List<ExamplesTable> tables,
        List<SpecExample> examples,
        SourceLocation location) {

    public SpecScenario {
        ownTags = List.copyOf(ownTags);
        steps = List.copyOf(steps);
        tables = List.copyOf(tables);
        examples = List.copyOf(examples);
    }

    /** The rule's ID and the slug: what the ids of all its examples begin with. */
    public String id() {
        return ruleId + "/" + slug;
    }

    /**
     * An {@code Examples:} table.
     *
     * @param name the text behind {@code Examples:}, or the empty string
     * @param header the names of the columns
     * @param rows the cells of each row, as many as there are columns
     * @param location the line of {@code Examples:}
     */
    public record ExamplesTable(String name, List<String> header, List<List<String>> rows, SourceLocation location) {

        public ExamplesTable {
            header = List.copyOf(header);
            rows = rows.stream().map(List::copyOf).toList();
        }
    }
}
