package org.kernelentry.perf;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.step.StepObserver;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.machine.memory.AccessCount;

/**
 * What one operation of a workload costs in figures that no neighbour on the machine can change. All are exact, since virtual time is; what stops
 * and continues the guest between batches is part of them.
 *
 * @param instructions of the guest's program
 * @param steps of the entry and exit paths, scopes included
 * @param loads of guest memory, by the program and by the kernel
 * @param stores of guest memory
 * @param bytes that the reference allocates, to the next multiple of eight, as objects have it
 */
public record Counts(double instructions, double steps, double loads, double stores, long bytes) {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Until hot blocks are translated: that allocates. */
    private static final int WARM_UP_BATCHES = 2;

    private static final int BATCHES = 3;

    /** Counts while a guest runs. */
    private static final class StepCount implements StepObserver {
        private long steps;

        @Override
        public void at(final CpuLocal cpu, final Step step, final long detail) {
            steps++;
        }

        @Override
        public void enter(final CpuLocal cpu, final Step scope, final long detail) {
            steps++;
        }

        @Override
        public void leave(final CpuLocal cpu, final Step scope) {
            // Counted where it was entered.
        }
    }

    /** Runs a batch to count, and others to see what is allocated when nothing is. */
    public static Counts of(final Workload<?> workload) {
        final double operations = workload.operations();
        try (Workload<?>.Running run = workload.open()) {
            final Guest guest = run.guest();
            final StepCount steps = new StepCount();
            final AccessCount accesses = new AccessCount();
            guest.kernel.steps.observe(steps);
            guest.space.count(accesses);
            final long before = guest.kernel.cpu.machine.retired();
            run.batch();
            final long instructions = guest.kernel.cpu.machine.retired() - before;
            guest.kernel.steps.observe(null);
            guest.space.count(null);
            return new Counts(
                    instructions / operations,
                    steps.steps / operations,
                    accesses.loads / operations,
                    accesses.stores / operations,
                    Math.round(allocated(run) / operations / Long.BYTES) * Long.BYTES);
        }
    }

    /** Bytes per batch: the least of some, since the JVM allocates for itself now and then. */
    private static double allocated(final Workload<?>.Running run) {
        for (int i = 0; i < WARM_UP_BATCHES; i++) {
            run.batch();
        }
        long least = Long.MAX_VALUE;
        for (int i = 0; i < BATCHES; i++) {
            final Map<Long, Long> before = allocated();
            run.batch();
            long sum = 0;
            for (final Map.Entry<Long, Long> now : allocated().entrySet()) {
                sum += now.getValue() - before.getOrDefault(now.getKey(), 0L);
            }
            least = Math.min(least, sum);
        }
        return least;
    }

    /** Of all threads: a guest runs on its own. Those of a guest before may be about to end. */
    private static Map<Long, Long> allocated() {
        final long[] ids = THREADS.getAllThreadIds();
        final long[] bytes = THREADS.getThreadAllocatedBytes(ids);
        final Map<Long, Long> each = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            if (bytes[i] >= 0) {
                each.put(ids[i], bytes[i]);
            }
        }
        return each;
    }

    /** The heading of {@link #row}. */
    public static String heading() {
        return String.format(
                Locale.ROOT,
                "%-24s%-15s%14s%10s%10s%10s%9s",
                "operation",
                "guest",
                "instructions",
                "steps",
                "loads",
                "stores",
                "bytes");
    }

    /** One line of a table. */
    public String row(final Workload<?> workload) {
        return String.format(
                Locale.ROOT,
                "%-24s%-15s%14.3f%10.3f%10.3f%10.3f%9d",
                workload.name(),
                workload.guest(),
                instructions,
                steps,
                loads,
                stores,
                bytes);
    }
}
