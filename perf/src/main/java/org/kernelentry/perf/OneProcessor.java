package org.kernelentry.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Binds processes to one processor, the last one that this process may use: interrupts prefer the first. A benchmark that hands over between two
 * threads would otherwise wake up on a processor that slept, which in a virtual machine is wherever its host has room.
 */
public final class OneProcessor {
    /** What to put before a command; nothing where there is no {@code taskset}. */
    public static final List<String> PREFIX = prefix();

    private static final String ALLOWED = "Cpus_allowed_list:";

    private OneProcessor() {}

    private static List<String> prefix() {
        try {
            if (status(List.of("taskset", "--version")) != 0) {
                return List.of();
            }
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(ALLOWED))
                    .map(line -> List.of("taskset", "-c", line.replaceFirst(".*\\D", "")))
                    .findFirst()
                    .orElse(List.of());
        } catch (IOException e) {
            // No Linux, or no taskset: processes run wherever they are put.
            return List.of();
        }
    }

    /** Binds this process, all its threads and whatever it starts from now on. Where there is no {@code taskset}, nothing happens. */
    public static void bindThis() {
        if (!PREFIX.isEmpty()) {
            final List<String> command = new ArrayList<>(PREFIX);
            command.addAll(1, List.of("-a", "-p"));
            command.add(String.valueOf(ProcessHandle.current().pid()));
            try {
                status(command);
            } catch (IOException e) {
                throw new IllegalStateException("taskset has gone", e);
            }
        }
    }

    private static int status(final List<String> command) throws IOException {
        final Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }
}
