package org.kernelentry.perf;

import java.util.Objects;
import org.kernelentry.kernel.fs.FileTable;
import org.kernelentry.kernel.fs.OpenFile;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * A call that has to begin again, once: a read which finds {@code TIF_SIGPENDING} set, as it is when another thread has taken the signal, and then
 * ends. No handler runs. Arm's own entry code starts over inside the kernel (RST-16); all others return to user mode, at the system call instruction.
 */
public class RestartBenchmark extends GuestBenchmark {
    /** Calls in one batch, each begun twice. */
    public static final int CALLS = 1_000;

    private static final int DESCRIPTOR = 9;

    /** Mode and flavour. */
    @Param({"x64-generic", "a64-generic", "a64-native", "arm-generic", "arm-native"})
    public String guest = "x64-generic";

    private final Interrupted file = new Interrupted();

    /** Every other read is interrupted before it has begun. */
    private static final class Interrupted extends OpenFile {
        long reads;

        @Override
        public long read(final Task current, final long address, final long count) {
            reads++;
            if ((reads & 1) == 0) {
                return 0;
            }
            current.setTif(ThreadFlags.TIF_SIGPENDING);
            return -Errno.ERESTARTNOINTR;
        }
    }

    /** Boots a kernel and lets the guest run to the end of its first batch, whose reads find no file. */
    @Setup
    public void boot() {
        running = new Guest(guest, """
                buffer buf 8
                forever {
                  loop %d {
                    read %d &buf 1
                  }
                  B: break
                }
                """.formatted(CALLS, DESCRIPTOR), true, false);
        final FileTable files = Objects.requireNonNull(running.task.files, "the guest has no files");
        Guest.require(files.replace(DESCRIPTOR, file, false) == DESCRIPTOR, "the file cannot be opened");
    }

    /** Runs {@link #CALLS} reads with a restart each. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void restart() {
        final long before = file.reads;
        running.batch();
        Guest.require(file.reads - before == 2 * CALLS, "the calls were not begun twice");
    }
}
