package org.kernelentry.perf.bench;

import java.util.Arrays;
import org.kernelentry.perf.Workload;

/**
 * Nanoseconds per operation of a workload in this JVM. One compilation of many: for a look, and for ratios of several; two commits are compared by
 * the gate.
 *
 * @param low the low decile of the batches
 * @param median of the batches
 */
record Timing(double low, double median) {
    private static final int LEAST_BATCHES = 10;

    /** Runs batches for so long, at least ten. */
    static Timing of(final Workload<?> workload, final Workload<?>.Running run, final long nanoseconds) {
        double[] times = new double[LEAST_BATCHES];
        int count = 0;
        final long end = System.nanoTime() + nanoseconds;
        while (count < LEAST_BATCHES || System.nanoTime() < end) {
            if (count == times.length) {
                times = Arrays.copyOf(times, 2 * count);
            }
            final long began = System.nanoTime();
            run.batch();
            times[count++] = (double) (System.nanoTime() - began) / workload.operations();
        }
        final double[] sorted = Arrays.copyOf(times, count);
        Arrays.sort(sorted);
        return new Timing(sorted[count / 10], sorted[count / 2]);
    }
}
