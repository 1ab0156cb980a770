package org.kernelentry.runner.spec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A row that maps something else on the behaviours: a patch of a series (RFC), a difference between a port and generic
 * entry (DIF-ARM, DIF-A64), an open question (OPQ).
 *
 * @param id the stable identifier, such as {@code DIF-ARM-06}
 * @param family the part of the identifier before the number
 * @param columns the columns of that family, by name, in the order of the index
 * @param atStake the identifiers of the behaviours the row names, in order
 * @param location where the row stands
 */
public record MappingRow(
        String id, String family, Map<String, String> columns, List<String> atStake, SourceLocation location) {

    public MappingRow {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        atStake = List.copyOf(atStake);
    }

    /** What stands in the first column: the patch, the way of today, the question. */
    public String title() {
        return columns.values().iterator().next();
    }

    /**
     * A column's text.
     *
     * @throws IllegalArgumentException if rows of this family have no such column
     */
    public String column(String name) {
        String text = columns.get(name);
        if (text == null) {
            throw new IllegalArgumentException(id + " has no column " + name);
        }
        return text;
    }
}
