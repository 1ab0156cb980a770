package org.kernelentry.kernel.entry;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;

/**
 * The idle loop of a CPU: RCU stops watching while it waits for an interrupt.
 *
 * <p>Source: linux v7.3 kernel/sched/idle.c do_idle(), cpuidle_idle_call().
 */
public final class Idle {
    public static final Step DO_IDLE = Step.of("do_idle", "kernel/sched/idle.c do_idle()");
    /** The hardware waits; an injector may raise an interrupt here. */
    public static final Step WAIT_FOR_INTERRUPT =
            Step.of("wait for interrupt", "kernel/sched/idle.c default_idle_call()");

    private final Kernel k;

    public Idle(final Kernel kernel) {
        this.k = kernel;
    }

    /** One round: enters idle, takes the interrupts {@code wait} makes arrive, leaves idle. Called with the idle task current. */
    public void doIdle(final CpuLocal cpu, final Runnable wait) {
        k.steps.enter(cpu, DO_IDLE, 0);
        Irqs.localIrqDisable(cpu);
        cpu.ct.idleEnter(cpu);
        Irqs.traceHardirqsOn(cpu);
        cpu.lockdep.hardirqsOnPrepare(cpu);
        cpu.lockdep.hardirqsOn(cpu);
        cpu.irqsEnabled = true;
        wait.run();
        k.steps.at(cpu, WAIT_FOR_INTERRUPT);
        Irqs.deliverPending(cpu);
        cpu.irqsEnabled = false;
        cpu.lockdep.hardirqsOff(cpu);
        cpu.ct.idleExit(cpu);
        Irqs.traceHardirqsOff(cpu);
        Irqs.localIrqEnable(cpu);
        k.steps.leave(cpu, DO_IDLE);
    }
}
