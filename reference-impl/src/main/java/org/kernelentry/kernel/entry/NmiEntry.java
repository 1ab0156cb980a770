package org.kernelentry.kernel.entry;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;

/**
 * NMI entry and exit of the generic code.
 *
 * <p>Source: linux v7.3 kernel/entry/common.c irqentry_nmi_enter(), irqentry_nmi_exit(); include/linux/hardirq.h __nmi_enter().
 */
public final class NmiEntry {
    public static final Step IRQENTRY_NMI_ENTER =
            Step.of("irqentry_nmi_enter", "kernel/entry/common.c irqentry_nmi_enter()");
    public static final Step IRQENTRY_NMI_EXIT =
            Step.of("irqentry_nmi_exit", "kernel/entry/common.c irqentry_nmi_exit()");
    public static final Step NMI_COUNT_ENTER = Step.of("__nmi_enter", "include/linux/hardirq.h __nmi_enter()");
    public static final Step NMI_COUNT_EXIT = Step.of("__nmi_exit", "include/linux/hardirq.h __nmi_exit()");
    public static final Step FTRACE_NMI_ENTER =
            Step.of("ftrace_nmi_enter", "include/linux/ftrace_irq.h ftrace_nmi_enter()");
    public static final Step FTRACE_NMI_EXIT =
            Step.of("ftrace_nmi_exit", "include/linux/ftrace_irq.h ftrace_nmi_exit()");

    private final Kernel k;

    public NmiEntry(final Kernel kernel) {
        this.k = kernel;
    }

    /**
     * The preemption counter comes first because lockdep and RCU rely on {@code in_nmi()} (NMI-03).
     *
     * @return whether lockdep had interrupts enabled: {@link #irqentryNmiExit} needs it
     */
    public boolean irqentryNmiEnter(final CpuLocal cpu) {
        k.steps.enter(cpu, IRQENTRY_NMI_ENTER, 0);
        final boolean lockdepWasOn = cpu.lockdep.hardirqsEnabled();
        nmiCountEnter(cpu);
        cpu.lockdep.hardirqsOff(cpu);
        cpu.lockdep.hardirqEnter(cpu);
        cpu.ct.nmiEnter(cpu);
        Irqs.traceHardirqsOff(cpu);
        k.steps.at(cpu, FTRACE_NMI_ENTER);
        k.steps.leave(cpu, IRQENTRY_NMI_ENTER);
        return lockdepWasOn;
    }

    /** The mirror; tracing and lockdep are told "on" only if lockdep had interrupts on at entry (NMI-02). */
    public void irqentryNmiExit(final CpuLocal cpu, final boolean lockdepWasOn) {
        k.steps.enter(cpu, IRQENTRY_NMI_EXIT, 0);
        k.steps.at(cpu, FTRACE_NMI_EXIT);
        if (lockdepWasOn) {
            Irqs.traceHardirqsOn(cpu);
            cpu.lockdep.hardirqsOnPrepare(cpu);
        }
        cpu.ct.nmiExit(cpu);
        cpu.lockdep.hardirqExit(cpu);
        if (lockdepWasOn) {
            cpu.lockdep.hardirqsOn(cpu);
        }
        nmiCountExit(cpu);
        k.steps.leave(cpu, IRQENTRY_NMI_EXIT);
    }

    /** {@code __nmi_enter()}: preempt count only. */
    public void nmiCountEnter(final CpuLocal cpu) {
        if ((cpu.preemptCount & CpuLocal.NMI_MASK) == CpuLocal.NMI_MASK) {
            k.log.warnOnce("include/linux/hardirq.h __nmi_enter", "NMI nesting overflow");
        }
        cpu.preemptCount += CpuLocal.NMI_OFFSET + CpuLocal.HARDIRQ_OFFSET;
        k.steps.at(cpu, NMI_COUNT_ENTER);
    }

    public void nmiCountExit(final CpuLocal cpu) {
        if (!cpu.inNmi()) {
            k.log.warnOnce("include/linux/hardirq.h __nmi_exit", "not in an NMI");
        }
        cpu.preemptCount -= CpuLocal.NMI_OFFSET + CpuLocal.HARDIRQ_OFFSET;
        k.steps.at(cpu, NMI_COUNT_EXIT);
    }
}
