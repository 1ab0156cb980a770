package org.kernelentry.perf;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** The price of reading the clock on this machine: the yardstick beside every other figure of a run. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ClockBenchmark {

    /**
     * Reads the monotonic clock once.
     *
     * @return nanoseconds since an arbitrary origin
     */
    @Benchmark
    public long readMonotonicClock() {
        return System.nanoTime();
    }
}
