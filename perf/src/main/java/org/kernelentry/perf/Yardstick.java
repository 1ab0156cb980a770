package org.kernelentry.perf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How fast the processor is just now. A virtual machine shares its cores with others of its host: while the other thread of a core is busy, code
 * takes up to half again as long, for a tenth of a second or for minutes, and nothing but the time tells of it. A loop that keeps the core's units
 * busy is timed before and after each batch: it tells which batches had the core for themselves, whatever they ran.
 *
 * <p>Property {@code perf.yardstick} names the file for its times, one a batch in their order, in nanoseconds, the longer one of before and after;
 * without it nothing is done. Property {@code perf.yardstick.known} is its time on a core of one's own, if that is known already.
 */
public final class Yardstick {
    /** More than this many times the time on a core of one's own, and the core is shared. */
    public static final double TOLERANCE = 1.05;

    private static final String FILE = System.getProperty("perf.yardstick", "");
    private static final double KNOWN = Double.parseDouble(System.getProperty("perf.yardstick.known", "0"));
    /** About 50 microseconds: far less than a batch, far more than what the clock is good for. */
    private static final int ROUNDS = 40_000;
    /** How long to wait for the core, all batches together: 5 seconds. */
    private static final long PATIENCE = 5_000_000_000L;

    private long[] times = new long[1024];
    private int count;
    private long before;
    private long shortest = Long.MAX_VALUE;
    private long waited;
    /** What the loop begins with and leaves behind: its result is wanted. */
    private long mixed;

    /** For benchmarks of this package. */
    Yardstick() {}

    /** To be called just before a batch: waits until the core seems to be free. */
    void before() {
        if (FILE.isEmpty()) {
            return;
        }
        before = time();
        while (before > TOLERANCE * (KNOWN > 0 ? KNOWN : shortest) && waited < PATIENCE) {
            waited += before;
            before = time();
        }
    }

    /** To be called just after it. */
    void after() {
        if (FILE.isEmpty()) {
            return;
        }
        if (count == times.length) {
            times = Arrays.copyOf(times, 2 * count);
        }
        times[count++] = Math.max(before, time());
    }

    /** To be called when all batches are over. */
    void write() {
        if (FILE.isEmpty()) {
            return;
        }
        try {
            Files.write(
                    Path.of(FILE),
                    Arrays.stream(times, 0, count).mapToObj(Long::toString).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long time() {
        final long began = System.nanoTime();
        mixed = work(mixed);
        final long time = System.nanoTime() - began;
        shortest = Math.min(shortest, time);
        return time;
    }

    /** Six chains that do not wait for one another: more than the units can take at a time. */
    private static long work(final long seed) {
        long a = seed;
        long b = seed + 1;
        long c = seed + 2;
        long d = seed + 3;
        long e = seed + 4;
        long f = seed + 5;
        for (int i = 0; i < ROUNDS; i++) {
            a = (a ^ i) + 3;
            b = (b ^ i) + 5;
            c = (c ^ i) + 7;
            d = (d ^ i) + 11;
            e = (e ^ i) + 13;
            f = (f ^ i) + 17;
        }
        return a ^ b ^ c ^ d ^ e ^ f;
    }
}
