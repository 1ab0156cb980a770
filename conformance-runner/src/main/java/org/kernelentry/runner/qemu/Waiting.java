package org.kernelentry.runner.qemu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * How long the threads of a process and its children have waited for a processor, by /proc/PID/task/TID/schedstat (linux v7.3
 * Documentation/scheduler/sched-stats.rst). Without these files, as elsewhere than on Linux, nothing is known and they have never waited.
 */
final class Waiting {
    private static final Path PROC = Path.of("/proc");

    private Waiting() {}

    /** Nanoseconds, summed up. */
    static long of(final ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants())
                .mapToLong(p -> ofOne(p.pid()))
                .sum();
    }

    private static long ofOne(final long pid) {
        try (Stream<Path> threads = Files.list(PROC.resolve(pid + "/task"))) {
            return threads.mapToLong(t -> waited(t.resolve("schedstat"))).sum();
        } catch (final IOException e) {
            return 0;
        }
    }

    /** The second of three numbers: time on a processor, time before it, turns. */
    private static long waited(final Path schedstat) {
        try {
            final List<String> words = List.of(Files.readString(schedstat, StandardCharsets.US_ASCII)
                    .strip()
                    .split(" "));
            return words.size() < 2 ? 0 : Long.parseLong(words.get(1));
        } catch (final IOException | NumberFormatException e) {
            // The thread has ended meanwhile, or this kernel keeps no such account.
            return 0;
        }
    }
}
