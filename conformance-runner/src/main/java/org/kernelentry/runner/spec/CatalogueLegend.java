package org.kernelentry.runner.spec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How the catalogue is to be read. All maps keep the order of the index.
 *
 * @param title what the catalogue is about
 * @param baseline the kernel versions it speaks of
 * @param columns what each column means
 * @param runTime the kernels on which rows were seen
 * @param paths abbreviation to path, for the column source
 * @param threads name of a mailing list thread to what it is, for the column source
 * @param notes further remarks
 */
public record CatalogueLegend(
        String title,
        String baseline,
        Map<String, String> columns,
        List<String> runTime,
        Map<String, String> paths,
        Map<String, String> threads,
        List<String> notes) {

    public CatalogueLegend {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        runTime = List.copyOf(runTime);
        paths = Collections.unmodifiableMap(new LinkedHashMap<>(paths));
        threads = Collections.unmodifiableMap(new LinkedHashMap<>(threads));
        notes = List.copyOf(notes);
    }

    /** A source with each abbreviated path written out: {@code EC:72} becomes {@code include/linux/entry-common.h:72}. */
    public String expandSource(String source) {
        String expanded = source;
        for (Map.Entry<String, String> path : paths.entrySet()) {
            expanded = Pattern.compile("\\b" + Pattern.quote(path.getKey()) + ":(?=[0-9a-z])")
                    .matcher(expanded)
                    .replaceAll(path.getValue() + ":");
        }
        return expanded;
    }
}
