package org.kernelentry.perf.gate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.kernelentry.perf.OneProcessor;
import org.kernelentry.perf.SteadyJvm;

/**
 * One {@linkplain SteadyJvm JVM} that runs one benchmark of one jar in short batches, and beside each a yardstick that tells whether it had the core for itself.
 *
 * <p>It is bound to one processor where {@code taskset} is: a batch hands over between two threads, and a virtual processor that slept a millisecond
 * wakes up wherever its host has room.
 *
 * @param jar what is measured; its libraries are beside it
 * @param shots batches to measure, after as many to warm up
 * @param slowdown part of its time by which each batch is made longer, to test the gate
 * @param jvm more options of the JVM
 */
record Fork(Path jar, int shots, double slowdown, List<String> jvm) {
    private static final long PATIENCE_MINUTES = 10;

    Fork(final Path jar, final int shots, final double slowdown) {
        this(jar, shots, slowdown, List.of());
    }

    /**
     * Runs it.
     *
     * @param known nanoseconds of the yardstick on a core of its own; 0 if that is not known, NaN to use none
     * @throws GateException if the jar does not have the benchmark or the benchmark fails
     */
    Shots run(final Item item, final double known) {
        try {
            final Path json = Files.createTempFile("kernel-entry-fork", ".json");
            final Path yardstick = Files.createTempFile("kernel-entry-yardstick", ".txt");
            try {
                final double[] times = times(item, json, yardstick, known);
                return new Shots(times, last(Files.readAllLines(yardstick), times.length));
            } finally {
                Files.delete(json);
                Files.delete(yardstick);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those of the batches that count come after those of the warm-up. */
    private static double[] last(final List<String> lines, final int count) {
        return lines.subList(Math.max(0, lines.size() - count), lines.size()).stream()
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    private double[] times(final Item item, final Path json, final Path yardstick, final double known)
            throws IOException {
        final List<String> command = new ArrayList<>(OneProcessor.PREFIX);
        command.addAll(SteadyJvm.command(jvm));
        if (!Double.isNaN(known)) {
            command.addAll(List.of("-Dperf.yardstick=" + yardstick, "-Dperf.yardstick.known=" + known));
        }
        command.addAll(List.of("-Dperf.slowdown=" + slowdown, "-jar", jar.toString()));
        command.addAll(item.arguments());
        final String count = Integer.toString(shots);
        command.addAll(List.of("-bm", "ss", "-f", "0", "-tu", "ns", "-wi", count, "-i", count, "-foe", "true"));
        command.addAll(List.of("-rf", "json", "-rff", json.toString()));
        final String output = output(command, PATIENCE_MINUTES);
        final JsonNode runs = Files.size(json) == 0
                ? new ObjectMapper().createArrayNode()
                : new ObjectMapper().readTree(json.toFile());
        if (runs.size() != 1) {
            throw new GateException(
                    item.label() + " is not one benchmark of " + jar + "; it said: " + lastLine(output));
        }
        final JsonNode times = runs.get(0).path("primaryMetric").path("rawData").path(0);
        final double[] values = new double[times.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = times.get(i).asDouble();
        }
        return values;
    }

    /**
     * How a command ended.
     *
     * @param status its exit status
     * @param output what it printed, errors included
     */
    record Ended(int status, String output) {}

    /** The jar this is run from. */
    static Path ownJar() {
        try {
            return Path.of(Fork.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new GateException("the jar this is run from cannot be found.");
        }
    }

    /** Runs a command to its end; what it prints, errors included. */
    static String output(final List<String> command, final long minutes) throws IOException {
        return end(command, minutes).output();
    }

    /** Runs a command to its end. */
    static Ended end(final List<String> command, final long minutes) throws IOException {
        final Path output = Files.createTempFile("kernel-entry-fork", ".txt");
        try {
            final Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            final int status;
            try {
                if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
                    throw new GateException(
                            "a fork did not end within " + minutes + " minutes: " + String.join(" ", command) + ".");
                }
                status = process.exitValue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new GateException("interrupted while a fork ran.");
            } finally {
                process.destroyForcibly();
            }
            return new Ended(status, Files.readString(output, StandardCharsets.UTF_8));
        } finally {
            Files.delete(output);
        }
    }

    static String lastLine(final String output) {
        return output.lines()
                .filter(line -> !line.isBlank())
                .reduce((first, second) -> second)
                .orElse("nothing");
    }
}
