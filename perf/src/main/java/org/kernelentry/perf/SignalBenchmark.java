package org.kernelentry.perf;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A signal that a program sends to itself: the call, delivery to an empty handler, and the return from it. */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // JMH calls boot() before anything else
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SignalBenchmark {
    /** Signals in one batch. */
    public static final int SIGNALS = 1_000;

    /** Mode and flavour. */
    @Param({"x64-generic", "a64-generic", "a64-native", "arm-generic", "arm-native"})
    public String guest = "x64-generic";

    private Guest running;

    /** Boots a kernel and lets the guest run to the end of its first batch. */
    @Setup
    public void boot() {
        running = new Guest(guest, """
                handle SIGUSR1 {
                }
                forever {
                  loop %d {
                    raise SIGUSR1
                  }
                  raise SIGSTOP
                }
                """.formatted(SIGNALS), false, false);
    }

    /** Sends {@link #SIGNALS} signals. */
    @Benchmark
    @OperationsPerInvocation(SIGNALS)
    public void deliveryAndReturn() {
        running.batch();
    }

    /** Ends the kernel's threads. */
    @TearDown
    public void end() {
        running.requireSilence();
        running.close();
    }
}
