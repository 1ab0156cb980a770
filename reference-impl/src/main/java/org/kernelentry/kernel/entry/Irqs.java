package org.kernelentry.kernel.entry;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;

/** The interrupt enable of a CPU as kernel code switches it, and the delivery of what waited meanwhile. */
public final class Irqs {
    public static final Step LOCAL_IRQ_ENABLE =
            Step.of("local_irq_enable", "include/linux/irqflags.h local_irq_enable()");
    public static final Step LOCAL_IRQ_DISABLE =
            Step.of("local_irq_disable", "include/linux/irqflags.h local_irq_disable()");
    public static final Step TRACE_HARDIRQS_OFF =
            Step.of("trace_hardirqs_off", "kernel/trace/trace_preemptirq.c trace_hardirqs_off_finish()");
    public static final Step TRACE_HARDIRQS_ON =
            Step.of("trace_hardirqs_on", "kernel/trace/trace_preemptirq.c trace_hardirqs_on_prepare()");

    private final Kernel k;

    public Irqs(final Kernel kernel) {
        this.k = kernel;
    }

    /** {@code local_irq_enable()}: trace, lockdep, hardware; what waited is delivered before it returns. */
    public void localIrqEnable(final CpuLocal cpu) {
        if (!cpu.lockdep.hardirqsEnabled()) {
            traceHardirqsOn(cpu);
            cpu.lockdep.hardirqsOnPrepare();
            cpu.lockdep.hardirqsOn();
        }
        cpu.irqsEnabled = true;
        k.steps.at(cpu, LOCAL_IRQ_ENABLE);
        deliverPending(cpu);
    }

    /** {@code local_irq_disable()}: hardware, lockdep, trace. */
    public void localIrqDisable(final CpuLocal cpu) {
        final boolean were = cpu.irqsEnabled;
        cpu.irqsEnabled = false;
        if (were) {
            cpu.lockdep.hardirqsOff();
            traceHardirqsOff(cpu);
        }
        k.steps.at(cpu, LOCAL_IRQ_DISABLE);
    }

    /** {@code trace_hardirqs_off_finish()}: the tracer is told once per transition. */
    public void traceHardirqsOff(final CpuLocal cpu) {
        if (!cpu.tracedHardirqsOff) {
            cpu.tracedHardirqsOff = true;
            k.trace.event(cpu, "preemptirq:irq_disable", "");
        }
        k.steps.at(cpu, TRACE_HARDIRQS_OFF);
    }

    /** {@code trace_hardirqs_on_prepare()}. */
    public void traceHardirqsOn(final CpuLocal cpu) {
        if (cpu.tracedHardirqsOff) {
            cpu.tracedHardirqsOff = false;
            k.trace.event(cpu, "preemptirq:irq_enable", "");
        }
        k.steps.at(cpu, TRACE_HARDIRQS_ON);
    }

    /** Raises an interrupt: taken now when the kernel context of {@code cpu} allows it, else when interrupts go on. */
    public void raise(final CpuLocal cpu, final Irq irq) {
        cpu.pending.add(irq);
        if (cpu == k.cpu && cpu.irqsEnabled && k.inKernel(cpu)) {
            deliverPending(cpu);
        } else {
            cpu.machine.requestInterrupt();
        }
    }

    /** Takes what waits while kernel code runs with interrupts on. */
    public void deliverPending(final CpuLocal cpu) {
        while (cpu.irqsEnabled && !cpu.pending.isEmpty()) {
            k.arch.interruptFromKernel(cpu, cpu.pending.remove());
        }
    }
}
