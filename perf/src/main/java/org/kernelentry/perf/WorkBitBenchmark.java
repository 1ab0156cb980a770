package org.kernelentry.perf;

import static org.kernelentry.kernel.task.ThreadFlags.SYSCALL_WORK_ENTER;
import static org.kernelentry.kernel.task.ThreadFlags.SYSCALL_WORK_SECCOMP;
import static org.kernelentry.kernel.task.ThreadFlags.SYSCALL_WORK_SYSCALL_AUDIT;
import static org.kernelentry.kernel.task.ThreadFlags.SYSCALL_WORK_SYSCALL_TRACEPOINT;
import static org.kernelentry.kernel.task.ThreadFlags.SYSCALL_WORK_SYSCALL_USER_DISPATCH;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The round trip of {@link SyscallRoundTripBenchmark} with each reason for the slow path alone; {@code none} for comparison. */
public class WorkBitBenchmark extends GuestBenchmark {
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
     * the filter, {@code tracepoint} and {@code audit} with a record of each call, {@code sud-allowed} and {@code sud-dispatched} where the kernel has
     * user dispatch: x86 and generic entry.
     */
    @Param({"none", "trace", "seccomp-1", "seccomp-100", "tracepoint", "audit", "sud-allowed", "sud-dispatched"})
    public String work = "none";

    /**
     * Boots a kernel and lets the guest run to the end of its first batch.
     *
     * @throws IllegalStateException if the kernel does not know such work, as user dispatch on the native kernels of arm64 and arm
     */
    @Setup
    public void boot() {
        running = new Guest(guest, program(work), !work.equals(DISPATCHED), work.equals("audit"));
        if (work.equals("tracepoint")) {
            running.kernel.rawSyscalls.enable();
        }
        final int set = running.task.syscallWork & SYSCALL_WORK_ENTER;
        Guest.require(
                set == bit(work), guest + " does not take the slow path for " + work + " alone: work bits " + set);
    }

    /** The work bit between two batches; tracing is switched on with the batch. */
    private static int bit(final String work) {
        return switch (work) {
            case "seccomp-1", "seccomp-100" -> SYSCALL_WORK_SECCOMP;
            case "tracepoint" -> SYSCALL_WORK_SYSCALL_TRACEPOINT;
            case "audit" -> SYSCALL_WORK_SYSCALL_AUDIT;
            case "sud-allowed", DISPATCHED -> SYSCALL_WORK_SYSCALL_USER_DISPATCH;
            default -> 0;
        };
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
