package org.kernelentry.runner.spec;

import java.util.List;

/**
 * A family of rows of the catalogue.
 *
 * @param name what the identifiers of its rows begin with
 * @param title the subject in a few words
 * @param note what is to be known before its rows are read, or the empty string
 * @param file the file of its rows, beside the index
 * @param count how many rows the index promises
 * @param mappingColumns the columns of its rows if they are mapping rows; empty if they are behaviours
 */
public record CatalogueFamily(
        String name, String title, String note, String file, int count, List<String> mappingColumns) {

    public CatalogueFamily {
        mappingColumns = List.copyOf(mappingColumns);
    }

    /** Whether its rows are {@link MappingRow}s and not {@link Behaviour}s. */
    public boolean isMapping() {
        return !mappingColumns.isEmpty();
    }

    /** The tag of its rules: the name with an {@code @}. */
    public String tag() {
        return "@" + name;
    }
}
