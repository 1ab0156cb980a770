package org.kernelentry.perf.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How fast compiled programs run: guest instructions per second of processor time, interpreted, translated, and under qemu-user. */
final class Programs {
    /** The programs, as their sources are named. */
    private static final List<String> NAMES = List.of("crc32", "sort", "sieve");

    private static final Path SOURCES = Path.of("conformance-runner/src/test/programs/freestanding");

    private final PrintWriter out;
    private final int rounds;
    private final List<Toolchain> toolchains;
    private final List<String> missing = new ArrayList<>();

    Programs(final PrintWriter out, final int rounds, final List<Toolchain> toolchains) {
        this.out = out;
        this.rounds = rounds;
        this.toolchains = toolchains;
    }

    /** Names of all rows: {@code crc32 x64}. */
    private List<String> labels() {
        final List<String> labels = new ArrayList<>();
        for (final Toolchain toolchain : toolchains) {
            NAMES.forEach(name -> labels.add(name + " " + toolchain.mode()));
        }
        return labels;
    }

    /**
     * Measures and prints.
     *
     * @param wanted beginnings of labels; none means all
     */
    void run(final List<String> wanted) throws IOException {
        for (final String each : wanted) {
            if (labels().stream().noneMatch(label -> label.startsWith(each))) {
                throw new BenchException(
                        "no program begins with \"" + each + "\"; there are " + String.join(", ", labels()) + ".");
            }
        }
        out.printf("M guest instructions per second of processor time; medians of %d slices in turn%n%n", rounds);
        out.printf(
                "%-14s%12s%12s%12s%16s%16s%n",
                "program", "interpreted", "translated", "qemu-user", "int./qemu", "tr./qemu");
        out.flush();
        try (ScratchFolder folder = new ScratchFolder("kernel-entry-programs")) {
            for (final Toolchain toolchain : toolchains) {
                for (final String name : NAMES) {
                    final String label = name + " " + toolchain.mode();
                    if (wanted.isEmpty() || wanted.stream().anyMatch(label::startsWith)) {
                        row(label, name, toolchain, folder.path());
                    }
                }
            }
        }
        missing.stream().distinct().forEach(each -> out.println("not measured: " + each));
        out.flush();
    }

    private void row(final String label, final String name, final Toolchain toolchain, final Path folder)
            throws IOException {
        final String reason = toolchain.missing();
        if (reason != null) {
            missing.add(toolchain.mode() + ": " + reason);
            return;
        }
        if (!toolchain.hasEmulator()) {
            missing.add(toolchain.emulator() + ": not installed (Debian's qemu-user)");
        }
        final double[] interpreted = new double[rounds];
        final double[] translated = new double[rounds];
        final double[] emulated = new double[rounds];
        try (TimedProgram program = new TimedProgram(toolchain, toolchain.compile(source(name), folder))) {
            for (int i = 0; i < rounds; i++) {
                final Rate own = program.interpreted();
                interpreted[i] = own.millions();
                translated[i] = program.translated().millions();
                emulated[i] = toolchain.hasEmulator() ? program.emulated(own).millions() : Double.NaN;
            }
        }
        out.printf(
                Locale.ROOT,
                "%-14s%12.1f%12.1f%12s%16s%16s%n",
                label,
                median(interpreted),
                median(translated),
                orDash("%.1f", median(emulated)),
                orDash("%.3f", median(ratios(interpreted, emulated))),
                orDash("%.3f", median(ratios(translated, emulated))));
        out.flush();
    }

    private static Path source(final String name) {
        final Path source =
                Path.of(System.getProperty("conform.home", "")).resolve(SOURCES).resolve(name + ".c");
        if (!Files.isRegularFile(source)) {
            throw new BenchException("there is no source " + source + "; run this from the project.");
        }
        return source;
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
