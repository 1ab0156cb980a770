package org.kernelentry.perf;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What all benchmarks of a running guest share: how they are measured, and that the kernel must have had nothing to complain about. */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // JMH calls the benchmark's boot() before anything else
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public abstract class GuestBenchmark {
    /** Made by the benchmark's own boot(). */
    Guest running;

    private final Yardstick yardstick = new Yardstick();

    /** For benchmarks of this package. */
    GuestBenchmark() {}

    /** Before each iteration; what it takes is not the benchmark's. */
    @Setup(Level.Iteration)
    public void measureBefore() {
        yardstick.before();
    }

    /** After each iteration. */
    @TearDown(Level.Iteration)
    public void measureAfter() {
        yardstick.after();
    }

    /** Ends the kernel's threads. */
    @TearDown
    public void end() {
        yardstick.write();
        running.requireSilence();
        running.close();
    }
}
