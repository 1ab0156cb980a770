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

/** The round trip of {@link SyscallRoundTripBenchmark} with each reason for the slow path alone; {@code none} for comparison. */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // JMH calls boot() before anything else
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WorkBitBenchmark {
    /** Calls in one batch. */
    public static final int CALLS = 1_000;

    private static final int LONG_FILTER = 100;
    private static final String DISPATCHED = "sud-dispatched";

    private static final String DISPATCH = """
            byte selector
            handle SIGSYS {
              poke selector SYSCALL_DISPATCH_FILTER_ALLOW
            }
            prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
            """;

    /** Mode and flavour. */
    @Param({"x64-generic", "a64-generic", "a64-native", "arm-generic", "arm-native"})
    public String guest = "x64-generic";

    /**
     * Why the call takes the slow path: {@code trace} with a stop on entry and one on exit, {@code seccomp-1} and {@code seccomp-100} by the length of
     * the filter, {@code tracepoint} and {@code audit} with a record of each call, {@code sud-allowed} and {@code sud-dispatched} on x86 only.
     */
    @Param({"none", "trace", "seccomp-1", "seccomp-100", "tracepoint", "audit", "sud-allowed", "sud-dispatched"})
    public String work = "none";

    private Guest running;

    /** Boots a kernel and lets the guest run to the end of its first batch. */
    @Setup
    public void boot() {
        running = new Guest(guest, program(work), !work.equals(DISPATCHED), work.equals("audit"));
        if (work.equals("tracepoint")) {
            running.kernel.rawSyscalls.enable();
        }
    }

    /** Runs {@link #CALLS} round trips. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void getppid() {
        if (work.equals("trace")) {
            running.batchOfStops(2 * CALLS);
            return;
        }
        running.batch();
        // What is written down for each call must not fill the heap.
        running.kernel.log.clear();
        running.kernel.audit.clearRecords();
    }

    /** Ends the kernel's threads. */
    @TearDown
    public void end() {
        running.requireSilence();
        running.close();
    }

    private static String program(final String work) {
        final String before = switch (work) {
            case "none", "trace", "tracepoint", "audit" -> "";
            case "seccomp-1" -> filter("");
            case "seccomp-100" -> filter("sched_yield -> ERRNO 1\n".repeat((LONG_FILTER - 2) / 2));
            case "sud-allowed", DISPATCHED -> DISPATCH;
            default -> throw new IllegalArgumentException("no work is named " + work);
        };
        return work.equals(DISPATCHED) ? before + """
                forever {
                  loop %d {
                    poke selector SYSCALL_DISPATCH_FILTER_BLOCK
                    getppid
                  }
                  raise SIGSTOP
                }
                """.formatted(CALLS) : before + """
                forever {
                  loop %d {
                    getppid
                  }
                  B: break
                }
                """.formatted(CALLS);
    }

    private static String filter(final String rows) {
        return """
                filter F {
                %sdefault -> ALLOW
                }
                install F
                """.formatted(rows);
    }
}
