package org.kernelentry.perf.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What one program had, in millions of instructions per second and as ratios; NaN where there was nothing to measure.
 *
 * @param interpretedRatio of the interpreter's rate to qemu-user's: the median of the slices' ratios, not the ratio of the medians
 * @param translatedRatio the same with translated code
 */
record Row(
        String label,
        double interpreted,
        double translated,
        double emulated,
        double interpretedRatio,
        double translatedRatio) {
    private static final String COLUMNS = "%-15s%12s%12s%12s%16s%16s";

    /** Above all lines. */
    static final String HEADINGS =
            String.format(COLUMNS, "program", "interpreted", "translated", "qemu-user", "int./qemu", "tr./qemu");

    /** A row of the medians of slices in turn. */
    static Row of(final String label, final double[] interpreted, final double[] translated, final double[] emulated) {
        return new Row(
                label,
                median(interpreted),
                median(translated),
                median(emulated),
                median(ratios(interpreted, emulated)),
                median(ratios(translated, emulated)));
    }

    /** Geometric means: a program counts for as much as another, whichever of the two emulators is faster there. */
    static Row mix(final String label, final List<Row> rows) {
        return new Row(
                label,
                mean(rows, Row::interpreted),
                mean(rows, Row::translated),
                mean(rows, Row::emulated),
                mean(rows, Row::interpretedRatio),
                mean(rows, Row::translatedRatio));
    }

    /** To be printed below {@link #HEADINGS}. */
    String line() {
        return String.format(
                COLUMNS,
                label,
                orDash("%.1f", interpreted),
                orDash("%.1f", translated),
                orDash("%.1f", emulated),
                orDash("%.3f", interpretedRatio),
                orDash("%.3f", translatedRatio));
    }

    private static double mean(final List<Row> rows, final ToDoubleFunction<Row> column) {
        return Math.exp(rows.stream()
                .mapToDouble(row -> Math.log(column.applyAsDouble(row)))
                .average()
                .orElse(Double.NaN));
    }

    private static double[] ratios(final double[] ours, final double[] theirs) {
        final double[] ratios = new double[ours.length];
        Arrays.setAll(ratios, i -> ours[i] / theirs[i]);
        return ratios;
    }

    private static String orDash(final String format, final double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }

    /** NaN if one of them is. */
    private static double median(final double[] values) {
        final double[] sorted = values.clone();
        Arrays.sort(sorted);
        return Double.isNaN(sorted[sorted.length - 1]) ? Double.NaN : sorted[sorted.length / 2];
    }
}
