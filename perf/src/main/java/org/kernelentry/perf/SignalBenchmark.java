package org.kernelentry.perf;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** A signal that a program sends to itself: the call, delivery to an empty handler, and the return from it. */
public class SignalBenchmark extends GuestBenchmark {
    /** Signals in one batch. */
    public static final int SIGNALS = 1_000;

    /** Mode and flavour. */
    @Param({"x64-generic", "a64-generic", "a64-native", "arm-generic", "arm-native"})
    public String guest = "x64-generic";

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
}
