package org.kernelentry.runner.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How long the threads of a process and its children have waited for a processor, by /proc/PID/task/TID/schedstat (linux v7.3
 * Documentation/scheduler/sched-stats.rst). Without these files, as elsewhere than on Linux, nothing is known and they have never waited.
 */
final class Waiting {
    private final ProcessHandle process;
    private final Path proc;
    /** By the thread's folder: the account of a thread goes with it, what it has waited does not. */
    private final Map<Path, Long> known = new HashMap<>();

    private long total;

    Waiting(final ProcessHandle process) {
        this(process, Path.of("/proc"));
    }

    /** The same by another folder of accounts. */
    Waiting(final ProcessHandle process, final Path proc) {
        this.process = process;
        this.proc = proc;
    }

    /** Nanoseconds, summed up; never less than before. */
    synchronized long total() {
        Stream.concat(Stream.of(process), process.descendants()).forEach(p -> {
            try (Stream<Path> threads = Files.list(proc.resolve(p.pid() + "/task"))) {
                threads.forEach(this::add);
            } catch (final IOException | UncheckedIOException e) {
                // The process has ended meanwhile.
            }
        });
        return total;
    }

    private void add(final Path thread) {
        final long now = waited(thread.resolve("schedstat"));
        final Long before = known.put(thread, now);
        total += Math.max(0, now - (before == null ? 0 : before));
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
