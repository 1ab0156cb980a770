package org.kernelentry.perf.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Binds a command to one processor, the last one this process may use: interrupts prefer the first. */
final class OneProcessor {
    /** What to put before the command; nothing where there is no {@code taskset}. */
    static final List<String> PREFIX = prefix();

    private static final String ALLOWED = "Cpus_allowed_list:";

    private OneProcessor() {}

    private static List<String> prefix() {
        try {
            if (Fork.end(List.of("taskset", "--version"), 1).status() != 0) {
                return List.of();
            }
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(ALLOWED))
                    .map(line -> List.of("taskset", "-c", line.replaceFirst(".*\\D", "")))
                    .findFirst()
                    .orElse(List.of());
        } catch (IOException e) {
            // Neither a Linux nor a taskset: the fork runs wherever it is put.
            return List.of();
        }
    }
}
