package org.kernelentry.kernel.entry;

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

    private Irqs() {}

    /** {@code local_irq_enable()}: trace, lockdep, hardware; what waited is delivered before it returns. */
    public static void localIrqEnable(final CpuLocal cpu) {
        if (!cpu.lockdep.hardirqsEnabled()) {
            traceHardirqsOn(cpu);
            cpu.lockdep.hardirqsOnPrepare(cpu);
            cpu.lockdep.hardirqsOn(cpu);
        }
        cpu.irqsEnabled = true;
        cpu.kernel.steps.at(cpu, LOCAL_IRQ_ENABLE);
        deliverPending(cpu);
    }

    /** {@code local_irq_disable()}: hardware, lockdep, trace. */
    public static void localIrqDisable(final CpuLocal cpu) {
        final boolean were = cpu.irqsEnabled;
        cpu.irqsEnabled = false;
        if (were) {
            cpu.lockdep.hardirqsOff(cpu);
            traceHardirqsOff(cpu);
        }
        cpu.kernel.steps.at(cpu, LOCAL_IRQ_DISABLE);
    }

    /** {@code trace_hardirqs_off_finish()}: the tracer is told once per transition. */
    public static void traceHardirqsOff(final CpuLocal cpu) {
        if (!cpu.tracedHardirqsOff) {
            cpu.tracedHardirqsOff = true;
            cpu.kernel.trace.event(cpu, "preemptirq:irq_disable", "");
        }
        cpu.kernel.steps.at(cpu, TRACE_HARDIRQS_OFF);
    }

    /** {@code trace_hardirqs_on_prepare()}. */
    public static void traceHardirqsOn(final CpuLocal cpu) {
        if (cpu.tracedHardirqsOff) {
            cpu.tracedHardirqsOff = false;
            cpu.kernel.trace.event(cpu, "preemptirq:irq_enable", "");
        }
        cpu.kernel.steps.at(cpu, TRACE_HARDIRQS_ON);
    }

    /** Raises an interrupt: taken now when the kernel context of {@code cpu} allows it, else when interrupts go on. */
    public static void raise(final CpuLocal cpu, final Irq irq) {
        cpu.pending.add(irq);
        if (cpu == cpu.kernel.cpu && cpu.irqsEnabled && cpu.kernel.inKernel(cpu)) {
            deliverPending(cpu);
        } else {
            cpu.machine.requestInterrupt();
        }
    }

    /** Takes what waits while kernel code runs with interrupts on. */
    public static void deliverPending(final CpuLocal cpu) {
        while (cpu.irqsEnabled && !cpu.pending.isEmpty()) {
            cpu.kernel.arch.interruptFromKernel(cpu, cpu.pending.remove());
        }
    }
}
