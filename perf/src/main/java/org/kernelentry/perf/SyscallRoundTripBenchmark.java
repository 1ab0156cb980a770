package org.kernelentry.perf;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * One getppid of a guest: its loop in user mode, the system call instruction, the whole entry and exit path of the reference with saved and live
 * registers apart, no observer, no work bit set.
 *
 * <p>The guest runs in batches of {@link #CALLS}, so that what happens between two of them is less than a hundredth of it.
 */
public class SyscallRoundTripBenchmark extends GuestBenchmark {
    /** Calls in one batch: about a millisecond, which often passes without an interruption by the host. */
    public static final int CALLS = 20_000;

    static final String PROGRAM = """
            forever {
              loop %d {
                getppid
              }
              B: break
            }
            """.formatted(CALLS);

    /** Mode and flavour: x86 has the generic flavour only; {@code x64-partial} saves six registers less (PARTIAL_PT_REGS). */
    @Param({
        "x64-generic",
        "x64-partial",
        "ia32-generic",
        "a64-generic",
        "a64-native",
        "a32-native",
        "arm-generic",
        "arm-native",
        "thumb-native"
    })
    public String guest = "x64-generic";

    /** Boots a kernel and lets the guest run to the end of its first batch. */
    @Setup
    public void boot() {
        running = new Guest(guest, PROGRAM, true, false);
    }

    /** Runs {@link #CALLS} round trips. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void getppid() {
        running.batch();
    }
}
