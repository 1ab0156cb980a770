package org.kernelentry.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Tables of exact figures that a build must reproduce. A change of a figure belongs into the commit that causes it, with a sentence why. With
 * {@code -Dgolden.renew} the tables are written anew.
 */
final class Golden {
    private static final Path FOLDER = Path.of("src/test/resources/golden");

    private Golden() {}

    /**
     * What differs between a table and what was found, for a person to read; empty when all is as it was.
     *
     * @param heading comment lines and the heading
     * @param comparable what of a row is compared
     */
    static String differences(
            final String name,
            final List<String> heading,
            final List<String> found,
            final UnaryOperator<String> comparable)
            throws IOException {
        final Path file = FOLDER.resolve(name);
        if (Boolean.getBoolean("golden.renew") || "".equals(System.getProperty("golden.renew"))) {
            final List<String> lines = new ArrayList<>(heading);
            lines.addAll(found);
            Files.write(file, lines);
        }
        final List<String> differences = differences(
                Files.readAllLines(file).stream()
                        .skip(heading.size())
                        .map(comparable)
                        .toList(),
                found.stream().map(comparable).toList());
        return differences.isEmpty()
                ? ""
                : String.join("\n", differences)
                        + "\nIf the change is meant, renew the table and say why in the commit:"
                        + "\n./mvnw -Ddev -pl perf -am test -Dtest=ExactCountTests,HotMethodTests"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dgolden.renew";
    }

    /** {@code - expected}, {@code + found}. */
    static List<String> differences(final List<String> expected, final List<String> found) {
        final List<String> differences = new ArrayList<>();
        expected.stream().filter(row -> !found.contains(row)).forEach(row -> differences.add("- " + row));
        found.stream().filter(row -> !expected.contains(row)).forEach(row -> differences.add("+ " + row));
        return differences;
    }
}
