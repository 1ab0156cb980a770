package org.kernelentry.perf;

import org.kernelentry.kernel.step.Journal;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The round trip of {@link SyscallRoundTripBenchmark} with every step written down, against none. */
public class JournalBenchmark extends GuestBenchmark {
    /** Calls in one batch: about thirty steps each, less than {@link Journal#LIMIT} together. */
    public static final int CALLS = 10_000;

    /** Mode and flavour. */
    @Param({"x64-generic", "a64-generic", "a64-native", "arm-generic", "arm-native"})
    public String guest = "x64-generic";

    /** Whether the journal is kept. */
    @Param({"false", "true"})
    public boolean journal;

    private final Journal steps = new Journal();

    /** Boots a kernel and lets the guest run to the end of its first batch. */
    @Setup
    public void boot() {
        running = new Guest(guest, """
                forever {
                  loop %d {
                    getppid
                  }
                  B: break
                }
                """.formatted(CALLS), true, false);
        if (journal) {
            running.kernel.steps.observe(steps);
        }
    }

    /** Runs {@link #CALLS} round trips. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void getppid() {
        running.batch();
        Guest.require(!steps.truncated(), "the journal is full");
        steps.clear();
    }
}
