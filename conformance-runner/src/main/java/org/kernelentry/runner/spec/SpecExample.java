package org.kernelentry.runner.spec;

import io.cucumber.messages.types.Pickle;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One run of a scenario: a row of its tables, in one mode.
 *
 * @param id stable and unique: {@code ENT-05/a-dispatched-call-is-silent[x64,getppid]}
 * @param ruleId the behaviour it is an example of
 * @param chapter the folder of its chapter
 * @param title the scenario's title with the placeholders filled in
 * @param mode the mode it runs in
 * @param cells the row, by column; empty for a scenario without tables
 * @param tags all tags that hold for this run, inherited ones too, with {@code @}; always the architecture's and the
 *     mode's, and no other architecture's
 * @param location the row, or the line of {@code Scenario:} for a scenario without tables
 * @param pickle the steps to execute; shared between the runs of a scenario that names several architectures by tags
 */
public record SpecExample(
        String id,
        String ruleId,
        String chapter,
        String title,
        Mode mode,
        Map<String, String> cells,
        List<String> tags,
        SourceLocation location,
        Pickle pickle) {

    public SpecExample {
        cells = Collections.unmodifiableMap(new LinkedHashMap<>(cells));
        tags = List.copyOf(tags);
    }

    public Architecture architecture() {
        return mode.architecture();
    }

    @Override
    public String toString() {
        return id;
    }
}
