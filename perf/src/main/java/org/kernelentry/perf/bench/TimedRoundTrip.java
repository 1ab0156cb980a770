package org.kernelentry.perf.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.kernelentry.perf.SteadyJvm;
import org.kernelentry.perf.Workload;

/**
 * A process of its own that measures the round trip of one guest, in a JVM like those of the gate: of three guests in one JVM, those that run later
 * find code that was compiled for others.
 */
final class TimedRoundTrip {
    private static final long SLICE = 300_000_000L;

    private TimedRoundTrip() {}

    /**
     * Starts it.
     *
     * @param guest mode and flavour
     * @param warmUp nanoseconds
     */
    static SliceProcess start(final String guest, final long warmUp) throws IOException {
        final List<String> command = new ArrayList<>(SteadyJvm.command(List.of()));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), TimedRoundTrip.class.getName()));
        command.addAll(List.of(guest, String.valueOf(warmUp)));
        return new SliceProcess("round trip of " + guest, command);
    }

    /**
     * The process. A slice is told as the median nanoseconds of a round trip.
     *
     * @param args guest, nanoseconds to warm up
     */
    public static void main(final String... args) throws IOException {
        final Workload<?> workload = Workload.roundTrip(args[0]);
        try (Workload<?>.Running run = workload.open();
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            Timing.of(workload, run, Long.parseLong(args[1]));
            System.out.println("warm");
            while (in.readLine() != null) {
                System.out.println(Timing.of(workload, run, SLICE).median());
            }
        }
        // The threads of guests that are stopped do not end by themselves.
        System.exit(0);
    }
}
