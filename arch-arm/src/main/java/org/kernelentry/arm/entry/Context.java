package org.kernelentry.arm.entry;

import org.kernelentry.kernel.entry.Irqs;
import org.kernelentry.kernel.task.CpuLocal;

/**
 * The C functions that arm's assembly calls for tracing and context tracking.
 *
 * <p>Source: linux v7.3 kernel/trace/trace_preemptirq.c trace_hardirqs_on(), trace_hardirqs_off(); kernel/context_tracking.c
 * user_exit_callable(), user_enter_callable().
 */
final class Context {
    private Context() {}

    /** {@code asm_trace_hardirqs_on}. */
    static void traceHardirqsOn(final CpuLocal cpu) {
        Irqs.traceHardirqsOn(cpu);
        cpu.lockdep.hardirqsOnPrepare(cpu);
        cpu.lockdep.hardirqsOn(cpu);
    }

    /** {@code asm_trace_hardirqs_off}. */
    static void traceHardirqsOff(final CpuLocal cpu) {
        cpu.lockdep.hardirqsOff(cpu);
        Irqs.traceHardirqsOff(cpu);
    }

    /** {@code ct_user_exit}: saves and restores the interrupt enable around the transition. */
    static void userExit(final CpuLocal cpu) {
        final boolean on = cpu.irqsEnabled && cpu.ct.active();
        if (on) {
            Irqs.localIrqDisable(cpu);
        }
        cpu.ct.userExitIrqoff(cpu);
        if (on) {
            Irqs.localIrqEnable(cpu);
        }
    }

    /** {@code ct_user_enter}, with interrupts off. */
    static void userEnter(final CpuLocal cpu) {
        cpu.ct.userEnterIrqoff(cpu);
    }
}
