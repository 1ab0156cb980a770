package org.kernelentry.perf;

import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.task.CpuLocal;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** One interrupt with a handler that does next to nothing, from the first step of the stub to the return: out of user mode, out of the kernel, and an NMI of each. */
@SuppressWarnings("NullAway.Init") // JMH calls boot() before anything else
public class InterruptBenchmark extends GuestBenchmark {
    /** Interrupts in one batch, out of user mode. */
    public static final int INTERRUPTS = 1_000;

    /** Mode and flavour. */
    @Param({"x64-generic", "a64-generic", "a64-native", "arm-generic", "arm-native"})
    public String guest = "x64-generic";

    private CpuLocal cpu;
    private int left;
    private long taken;
    private final Irq counted = new Irq("benchmark", () -> taken++);
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
    public void interruptFromKernel() {
        final long before = taken;
        running.kernel.arch.interruptFromKernel(cpu, counted);
        Guest.require(taken == before + 1, "the interrupt was not taken");
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
    public void nmiFromKernel() {
        final long before = taken;
        running.kernel.arch.nmiFromKernel(cpu, counted);
        Guest.require(taken == before + 1, "the NMI was not taken");
    }
}
