package org.kernelentry.perf.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Forks of one jar as they were measured, without and with injected slow-downs, in random order: what the gate is tested with.
 *
 * @param slowdowns in percent, 0 first
 * @param forks nanoseconds per operation; a row for each slow-down
 */
@SuppressWarnings("ArrayRecordComponent") // recordings are read, never compared
record Recording(double[] slowdowns, double[][] forks) {
    /** Few values would be drawn again and again: what comes out would look surer than it is. */
    static final int LEAST = 8;

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws GateException if it is no recording, or too small to draw from
     */
    static Recording read(final Path file) throws IOException {
        final List<String> lines = Files.readAllLines(file).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
        final double[] slowdowns = new double[lines.size()];
        final double[][] forks = new double[lines.size()][];
        for (int i = 0; i < lines.size(); i++) {
            try {
                final double[] cells = Arrays.stream(lines.get(i).split(",", -1))
                        .mapToDouble(Double::parseDouble)
                        .toArray();
                slowdowns[i] = cells[0];
                forks[i] = Arrays.copyOfRange(cells, 1, cells.length);
            } catch (NumberFormatException e) {
                throw new GateException(file + " is no recording: \"" + lines.get(i) + "\" is not a list of numbers.");
            }
            if (forks[i].length < LEAST) {
                throw new GateException(file + " has " + forks[i].length + " forks at +" + slowdowns[i]
                        + " %, fewer than " + LEAST + ".");
            }
        }
        if (slowdowns.length == 0 || slowdowns[0] != 0) {
            throw new GateException(file + " is no recording: its first row is not of forks without a slow-down.");
        }
        return new Recording(slowdowns, forks);
    }

    void write(final Path file, final String remark) throws IOException {
        final List<String> lines = new ArrayList<>();
        lines.add("# " + remark);
        lines.add("# slow-down in percent, then nanoseconds per operation of each fork (low decile)");
        for (int i = 0; i < slowdowns.length; i++) {
            final StringBuilder line = new StringBuilder().append(slowdowns[i]);
            for (final double fork : forks[i]) {
                line.append(String.format(Locale.ROOT, ",%.3f", fork));
            }
            lines.add(line.toString());
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, lines);
    }

    /** How far the forks without a slow-down lie apart: the middle half, as a part of the median. */
    double spread() {
        return (Rule.quantile(forks[0], 0.75) - Rule.quantile(forks[0], 0.25)) / Rule.median(forks[0]);
    }
}
