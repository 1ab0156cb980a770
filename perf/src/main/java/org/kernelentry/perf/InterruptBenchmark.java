package org.kernelentry.perf;

import java.util.concurrent.TimeUnit;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.task.CpuLocal;
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

/** One interrupt with an empty handler, from the first step of the stub to the return: out of user mode, out of the kernel, and an NMI of each. */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // JMH calls boot() before anything else
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class InterruptBenchmark {
    /** Interrupts in one batch. */
    public static final int INTERRUPTS = 1_000;

    /** Mode and flavour. */
    @Param({"x64-generic", "a64-generic", "a64-native", "arm-generic", "arm-native"})
    public String guest = "x64-generic";

    private Guest running;
    private CpuLocal cpu;
    private int left;
    private final Irq nothing = new Irq("benchmark", () -> {});
    /** Each raises the next, which waits until the user's registers are restored: not one user instruction lies between. */
    private final Irq chain = new Irq("benchmark", this::next);

    private final Irq nmiChain = new Irq("benchmark NMI", this::nextNmi);

    /** Boots a kernel and lets the guest run to its breakpoint. */
    @Setup
    public void boot() {
        running = new Guest(guest, """
                forever {
                  B: break
                }
                """, true, false);
        cpu = running.kernel.cpu;
    }

    private void next() {
        if (--left > 0) {
            cpu.pending.add(chain);
        }
    }

    private void nextNmi() {
        if (--left > 0) {
            cpu.userNmi = nmiChain;
        }
    }

    /** Out of user mode. An NMI begins the chain there. */
    @Benchmark
    @OperationsPerInvocation(INTERRUPTS)
    public void interruptFromUser() {
        left = INTERRUPTS;
        cpu.userNmi = new Irq("first", () -> cpu.pending.add(chain));
        running.batch();
        Guest.require(left == 0, "interrupts are left");
    }

    /** Out of the kernel, with interrupts on. */
    @Benchmark
    @OperationsPerInvocation(INTERRUPTS)
    public void interruptFromKernel() {
        for (int i = 0; i < INTERRUPTS; i++) {
            running.kernel.arch.interruptFromKernel(cpu, nothing);
        }
    }

    /** Out of user mode. */
    @Benchmark
    @OperationsPerInvocation(INTERRUPTS)
    public void nmiFromUser() {
        left = INTERRUPTS;
        cpu.userNmi = nmiChain;
        running.batch();
        Guest.require(left == 0, "NMIs are left");
    }

    /** Out of the kernel. */
    @Benchmark
    @OperationsPerInvocation(INTERRUPTS)
    public void nmiFromKernel() {
        for (int i = 0; i < INTERRUPTS; i++) {
            running.kernel.arch.nmiFromKernel(cpu, nothing);
        }
    }

    /** Ends the kernel's threads. */
    @TearDown
    public void end() {
        running.requireSilence();
        running.close();
    }
}
