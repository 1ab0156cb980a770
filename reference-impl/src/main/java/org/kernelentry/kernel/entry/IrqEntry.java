package org.kernelentry.kernel.entry;

import static org.kernelentry.kernel.task.ThreadFlags.TIF_NEED_RESCHED;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;

/**
 * Interrupt and exception entry and exit of the generic code.
 *
 * <p>Source: linux v7.3 kernel/entry/common.c irqentry_enter(), irqentry_exit(); include/linux/irq-entry-common.h
 * irqentry_enter_from_kernel_mode(), irqentry_exit_to_kernel_mode(); kernel/softirq.c irq_enter_rcu(), irq_exit_rcu().
 */
public final class IrqEntry {
    public static final Step IRQENTRY_ENTER = Step.of("irqentry_enter", "kernel/entry/common.c irqentry_enter()");
    public static final Step IRQENTRY_EXIT = Step.of("irqentry_exit", "kernel/entry/common.c irqentry_exit()");
    public static final Step IRQ_ENTER_RCU = Step.of("irq_enter_rcu", "kernel/softirq.c irq_enter_rcu()");
    public static final Step IRQ_EXIT_RCU = Step.of("irq_exit_rcu", "kernel/softirq.c irq_exit_rcu()");
    public static final Step HANDLER = Step.of("interrupt handler", "kernel/irq/handle.c");
    public static final Step PREEMPT_SCHEDULE_IRQ =
            Step.of("preempt_schedule_irq", "kernel/sched/core.c preempt_schedule_irq()");

    private final Kernel k;

    public IrqEntry(final Kernel kernel) {
        this.k = kernel;
    }

    /**
     * Handles entry from user or kernel mode, by the saved registers.
     *
     * @return {@code exit_rcu}: whether {@link #irqentryExit} must undo {@code ct_irq_enter()}; the caller keeps it with the frame
     */
    public boolean irqentryEnter(final CpuLocal cpu, final PtRegs regs) {
        k.steps.enter(cpu, IRQENTRY_ENTER, 0);
        final boolean exitRcu;
        if (regs.user) {
            irqentryEnterFromUserMode(cpu, regs);
            exitRcu = false;
        } else {
            exitRcu = irqentryEnterFromKernelMode(cpu);
        }
        k.steps.leave(cpu, IRQENTRY_ENTER);
        return exitRcu;
    }

    /** {@code irqentry_enter_from_user_mode()}: the only entry that notes the interrupt for rseq (IRQ-01). */
    public void irqentryEnterFromUserMode(final CpuLocal cpu, final PtRegs regs) {
        UserTransition.enterFromUserMode(cpu, regs);
        cpu.current.rseq.userIrq = true;
    }

    /** {@code irqentry_enter_from_kernel_mode()}. */
    private boolean irqentryEnterFromKernelMode(final CpuLocal cpu) {
        // Idle always, even if RCU happens to watch: a nested tick must not take itself for the outermost level
        // (IRQ-03).
        if (!k.config.has(Option.TINY_RCU) && (cpu.current.idle || k.arch.inRcuEqs(cpu))) {
            cpu.lockdep.hardirqsOff(cpu);
            cpu.ct.irqEnter(cpu);
            Irqs.traceHardirqsOff(cpu);
            return true;
        }
        cpu.lockdep.hardirqsOff(cpu);
        cpu.ct.irqEnterCheckTick(cpu);
        Irqs.traceHardirqsOff(cpu);
        return false;
    }

    /**
     * Leaves to user or kernel mode, by the saved registers and not by the state value (IRQ-13).
     *
     * @param exitRcu what {@link #irqentryEnter} returned for this frame
     */
    public void irqentryExit(final PtRegs regs, final boolean exitRcu) {
        k.steps.enter(k.cpu, IRQENTRY_EXIT, 0);
        if (regs.user) {
            irqentryExitToUserMode(k.cpu.current, regs);
        } else {
            irqentryExitToKernelMode(regs, exitRcu);
        }
        k.steps.leave(k.cpu, IRQENTRY_EXIT);
    }

    /** {@code irqentry_exit_to_user_mode()}. */
    public void irqentryExitToUserMode(final Task task, final PtRegs regs) {
        ExitToUserMode.irqentryExitToUserModePrepare(k, task, regs);
        UserTransition.exitToUserMode(k.cpu);
    }

    private void irqentryExitToKernelMode(final PtRegs regs, final boolean exitRcu) {
        k.cpu.lockdep.assertIrqsDisabled(k.cpu, "irqentry_exit");
        if (!regs.irqsOn) {
            // The interrupted context had interrupts off: nothing may be traced as going on, nobody may be preempted
            // (IRQ-08).
            if (exitRcu) {
                k.cpu.ct.irqExit(k.cpu);
            }
            return;
        }
        if (exitRcu) {
            Irqs.traceHardirqsOn(k.cpu);
            k.cpu.lockdep.hardirqsOnPrepare(k.cpu);
            k.cpu.ct.irqExit(k.cpu);
            k.cpu.lockdep.hardirqsOn(k.cpu);
            return;
        }
        if (k.config.has(Option.PREEMPTION)) {
            irqentryExitCondResched(k.cpu);
        }
        // After a preemption this may be another CPU.
        Irqs.traceHardirqsOn(k.cpu);
        k.cpu.lockdep.hardirqsOnPrepare(k.cpu);
        k.cpu.lockdep.hardirqsOn(k.cpu);
    }

    /**
     * {@code dynamic_irqentry_exit_cond_resched()}, {@code raw_irqentry_exit_cond_resched()}: not switched off at boot, preempt count 0, need-resched,
     * and the port allows it (IRQ-09).
     */
    public void irqentryExitCondResched(final CpuLocal cpu) {
        if (k.config.has(Option.PREEMPT_NONE_AT_BOOT) || cpu.preemptCount != 0) {
            return;
        }
        cpu.ct.irqExitCheckPreempt(cpu);
        if (cpu.current.testTif(TIF_NEED_RESCHED) && k.arch.irqentryExitNeedResched(cpu)) {
            k.steps.at(cpu, PREEMPT_SCHEDULE_IRQ);
            k.sched.preemptScheduleIrq();
        }
    }

    /** A device interrupt's handler proper: preempt count and lockdep context around it, RCU untouched (IRQ-16). */
    public void handle(final CpuLocal cpu, final Irq irq) {
        irqEnterRcu(cpu);
        k.steps.enter(cpu, HANDLER, 0);
        irq.handler().run();
        k.steps.leave(cpu, HANDLER);
        irqExitRcu(cpu);
    }

    public void irqEnterRcu(final CpuLocal cpu) {
        cpu.preemptCount += CpuLocal.HARDIRQ_OFFSET;
        cpu.lockdep.hardirqEnter(cpu);
        k.steps.at(cpu, IRQ_ENTER_RCU);
    }

    public void irqExitRcu(final CpuLocal cpu) {
        leaveHardirq(cpu);
        cpu.lockdep.hardirqExit(cpu);
        k.steps.at(cpu, IRQ_EXIT_RCU);
    }

    /** {@code __irq_exit_rcu()}. */
    private void leaveHardirq(final CpuLocal cpu) {
        cpu.preemptCount -= CpuLocal.HARDIRQ_OFFSET;
        k.softirqs.invokeIfPending(cpu);
    }

    /** {@code irq_enter()}: the old wrapper that also moves context tracking (IRQ-17). */
    public void irqEnter(final CpuLocal cpu) {
        cpu.ct.irqEnter(cpu);
        irqEnterRcu(cpu);
    }

    /** {@code irq_exit()}: context tracking first, lockdep's context last. */
    public void irqExit(final CpuLocal cpu) {
        leaveHardirq(cpu);
        k.steps.at(cpu, IRQ_EXIT_RCU);
        cpu.ct.irqExit(cpu);
        cpu.lockdep.hardirqExit(cpu);
    }
}
