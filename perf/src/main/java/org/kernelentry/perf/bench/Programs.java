package org.kernelentry.perf.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How fast compiled programs run: guest instructions per second of processor time, interpreted, translated, and under qemu-user. */
final class Programs {
    /** The programs, as their sources are named. */
    private static final List<String> NAMES = List.of("crc32", "sort", "sieve", "recursion");

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
        out.println(Row.HEADINGS);
        out.flush();
        try (ScratchFolder folder = new ScratchFolder("kernel-entry-programs")) {
            for (final Toolchain toolchain : toolchains) {
                final List<Row> rows = new ArrayList<>();
                for (final String name : NAMES) {
                    final String label = name + " " + toolchain.mode();
                    if (wanted.isEmpty() || wanted.stream().anyMatch(label::startsWith)) {
                        measure(label, name, toolchain, folder.path()).ifPresent(rows::add);
                    }
                }
                if (rows.size() == NAMES.size()) {
                    print(Row.mix("mix " + toolchain.mode(), rows));
                }
            }
        }
        missing.stream().distinct().forEach(each -> out.println("not measured: " + each));
        out.flush();
    }

    private Optional<Row> measure(final String label, final String name, final Toolchain toolchain, final Path folder)
            throws IOException {
        final String reason = toolchain.missing();
        if (reason != null) {
            missing.add(toolchain.mode() + ": " + reason);
            return Optional.empty();
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
        final Row row = Row.of(label, interpreted, translated, emulated);
        print(row);
        return Optional.of(row);
    }

    private void print(final Row row) {
        out.println(row.line());
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
}
