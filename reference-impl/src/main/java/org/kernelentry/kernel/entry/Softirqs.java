package org.kernelentry.kernel.entry;

import java.util.ArrayDeque;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;

/** Soft interrupts: run at the end of the outermost hard interrupt, with interrupts on. Source: linux v7.3 kernel/softirq.c. */
public final class Softirqs {
    public static final Step DO_SOFTIRQ = Step.of("__do_softirq", "kernel/softirq.c handle_softirqs()");

    private final Kernel k;
    private final ArrayDeque<Runnable> pending = new ArrayDeque<>();

    public Softirqs(final Kernel kernel) {
        this.k = kernel;
    }

    /** {@code raise_softirq()}. */
    public void raise(final Runnable work) {
        pending.add(work);
    }

    /** {@code irq_exit_rcu()} part: runs what is pending unless this is a nested interrupt or a soft interrupt already. */
    public void invokeIfPending(final CpuLocal cpu) {
        if (pending.isEmpty()
                || (cpu.preemptCount & (CpuLocal.HARDIRQ_MASK | CpuLocal.SOFTIRQ_MASK | CpuLocal.NMI_MASK)) != 0) {
            return;
        }
        k.steps.enter(cpu, DO_SOFTIRQ, 0);
        cpu.preemptCount += CpuLocal.SOFTIRQ_OFFSET;
        // lockdep counts the hard interrupt as over while soft interrupts run with interrupts on.
        cpu.lockdep.hardirqExit(cpu);
        Irqs.localIrqEnable(cpu);
        while (!pending.isEmpty()) {
            pending.remove().run();
        }
        Irqs.localIrqDisable(cpu);
        cpu.lockdep.hardirqEnter(cpu);
        cpu.preemptCount -= CpuLocal.SOFTIRQ_OFFSET;
        k.steps.leave(cpu, DO_SOFTIRQ);
    }
}
