package org.kernelentry.arm.entry;

import static org.kernelentry.kernel.task.ThreadFlags.TIF_NEED_RESCHED;

import org.kernelentry.arm.ArmThread;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.entry.IrqEntry;
import org.kernelentry.kernel.entry.Irqs;
import org.kernelentry.kernel.entry.NmiEntry;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.CpuExit;

/**
 * Aborts, undefined instructions, interrupts and FIQs of the native path.
 *
 * <p>Source: linux v7.3 arch/arm/kernel/entry-armv.S usr_entry, __dabt_usr, __pabt_usr, __und_usr, __irq_usr, __irq_svc, __fiq_usr,
 * __fiq_svc; arch/arm/kernel/traps.c handle_fiq_as_nmi(); kernel/irq/handle.c generic_handle_arch_irq().
 */
final class NativeVectors {
    private static final String FILE = "arch/arm/kernel/entry-armv.S ";
    static final Step DABT_USR = Step.frame("__dabt_usr", FILE + "__dabt_usr");
    static final Step PABT_USR = Step.frame("__pabt_usr", FILE + "__pabt_usr");
    static final Step UND_USR = Step.frame("__und_usr", FILE + "__und_usr");
    static final Step IRQ_USR = Step.frame("__irq_usr", FILE + "__irq_usr");
    static final Step DABT_SVC = Step.frame("__dabt_svc", FILE + "__dabt_svc");
    static final Step UND_SVC = Step.frame("__und_svc", FILE + "__und_svc");
    static final Step IRQ_SVC = Step.frame("__irq_svc", FILE + "__irq_svc");
    static final Step FIQ_USR = Step.frame("__fiq_usr", FILE + "__fiq_usr");
    static final Step FIQ_SVC = Step.frame("__fiq_svc", FILE + "__fiq_svc");
    static final Step SVC_ENTRY = Step.of("svc_entry", FILE + "svc_entry");
    static final Step SVC_EXIT = Step.of("svc_exit", "arch/arm/kernel/entry-header.S svc_exit");
    static final Step HANDLE_ARCH_IRQ =
            Step.of("generic_handle_arch_irq", "kernel/irq/handle.c generic_handle_arch_irq()");
    static final Step HANDLE_FIQ_AS_NMI = Step.of("handle_fiq_as_nmi", "arch/arm/kernel/traps.c handle_fiq_as_nmi()");
    static final Step RET_FROM_EXCEPTION = Step.of("ret_from_exception", FILE + "ret_from_exception");

    static final Step RET_FROM_FORK = Step.of("ret_from_fork", "arch/arm/kernel/entry-common.S ret_from_fork");

    private final Kernel k;
    private final Faults faults;
    private final NativeReturn returns;

    NativeVectors(final Kernel k, final Faults faults, final NativeReturn returns) {
        this.k = k;
        this.faults = faults;
        this.returns = returns;
    }

    /** {@code usr_entry} with tracing: told "off" first, then the user context ends (IRQ-18, TRC-17). */
    private void usrEntry(final CpuLocal cpu, final Task task) {
        UserRegisters.save(k, cpu, task.regs, false);
        Context.traceHardirqsOff(cpu);
        Context.userExit(cpu);
    }

    /** Everything but a SWI. */
    void exception(final CpuLocal cpu, final Task task, final int exit) {
        if (exit == CpuExit.UNDEFINED) {
            k.steps.enter(cpu, UND_USR, 0);
            usrEntry(cpu, task);
            // The instruction is read from user memory, which may fault.
            Irqs.localIrqEnable(cpu);
            faults.undefinedInstruction(task, task.regs);
            fromException(task, UND_USR);
        } else if (Faults.isPrefetch(cpu.machine, exit)) {
            k.steps.enter(cpu, PABT_USR, 0);
            faults.latch(cpu);
            usrEntry(cpu, task);
            faults.prefetchAbort(task, task.regs, exit);
            fromException(task, PABT_USR);
        } else {
            k.steps.enter(cpu, DABT_USR, 0);
            faults.latch(cpu);
            usrEntry(cpu, task);
            faults.dataAbort(task, exit);
            fromException(task, DABT_USR);
        }
    }

    /** {@code ret_from_exception}: the slow exit, not as a system call (ARM-25). */
    private void fromException(final Task task, final Step frame) {
        k.steps.at(k.cpu, RET_FROM_EXCEPTION);
        ArmThread.of(task).why = false;
        returns.slow(k, task, task.regs);
        k.steps.leave(k.cpu, frame);
    }

    /** {@code __irq_usr}: back through the same loop as a call, flags tested with interrupts still off (ARM-26). */
    void irqUsr(final CpuLocal cpu, final Task task, final Irq irq) {
        k.steps.enter(cpu, IRQ_USR, 0);
        usrEntry(cpu, task);
        handleArchIrq(cpu, irq);
        ArmThread.of(task).why = false;
        returns.fromIrq(k, task, task.regs);
        k.steps.leave(k.cpu, IRQ_USR);
    }

    /** Whatever was interrupted, the nesting of context tracking moves (IRQ-17). */
    private void handleArchIrq(final CpuLocal cpu, final Irq irq) {
        k.steps.enter(cpu, HANDLE_ARCH_IRQ, 0);
        k.irqEntry.irqEnter(cpu);
        k.steps.enter(cpu, IrqEntry.HANDLER, 0);
        irq.handler().run();
        k.steps.leave(cpu, IrqEntry.HANDLER);
        k.irqEntry.irqExit(cpu);
        k.steps.leave(cpu, HANDLE_ARCH_IRQ);
    }

    /** {@code __irq_svc}. */
    void irqSvc(final CpuLocal cpu, final Irq irq) {
        k.steps.enter(cpu, IRQ_SVC, 0);
        final boolean interruptsWereOn = svcEntry(cpu);
        Context.traceHardirqsOff(cpu);
        handleArchIrq(cpu, irq);
        if (k.config.has(Option.PREEMPTION) && cpu.preemptCount == 0 && cpu.current.testTif(TIF_NEED_RESCHED)) {
            k.steps.at(cpu, IrqEntry.PREEMPT_SCHEDULE_IRQ);
            k.sched.preemptScheduleIrq();
        }
        // An interrupt can only have been taken with interrupts on, so "on" is told without a look at the saved status.
        Context.traceHardirqsOn(k.cpu);
        svcExit(interruptsWereOn, IRQ_SVC);
    }

    /**
     * {@code __dabt_svc} and {@code __und_svc}: an exception of kernel code; its return never preempts (IRQ-19), and "on" is told if it was on
     * (IRQ-20).
     */
    void exceptionSvc(final CpuLocal cpu, final Step vector, final Runnable handler) {
        k.steps.enter(cpu, vector, 0);
        final boolean interruptsWereOn = svcEntry(cpu);
        Context.traceHardirqsOff(cpu);
        handler.run();
        k.cpu.irqsEnabled = false;
        k.steps.at(k.cpu, NativeReturn.DISABLE_IRQ);
        if (interruptsWereOn) {
            Context.traceHardirqsOn(k.cpu);
        } else {
            Context.traceHardirqsOff(k.cpu);
        }
        svcExit(interruptsWereOn, vector);
    }

    private boolean svcEntry(final CpuLocal cpu) {
        final boolean on = cpu.irqsEnabled;
        cpu.irqsEnabled = false;
        k.steps.at(cpu, SVC_ENTRY);
        return on;
    }

    private void svcExit(final boolean interruptsWereOn, final Step frame) {
        final CpuLocal cpu = k.cpu;
        k.steps.at(cpu, SVC_EXIT);
        cpu.irqsEnabled = interruptsWereOn;
        k.steps.leave(cpu, frame);
    }

    /** {@code __fiq_usr}: no look at pending work, and the user context never ends (NMI-12). */
    void fiqUsr(final CpuLocal cpu, final Task task, final Irq fiq) {
        k.steps.enter(cpu, FIQ_USR, 0);
        UserRegisters.save(k, cpu, task.regs, false);
        handleFiqAsNmi(cpu, fiq);
        UserRegisters.restore(k, cpu, task);
        k.steps.leave(cpu, FIQ_USR);
    }

    /** {@code __fiq_svc}. */
    void fiqSvc(final CpuLocal cpu, final Irq fiq) {
        k.steps.enter(cpu, FIQ_SVC, 0);
        final boolean interruptsWereOn = svcEntry(cpu);
        handleFiqAsNmi(cpu, fiq);
        svcExit(interruptsWereOn, FIQ_SVC);
    }

    /** {@code nmi_enter()}, the handler, {@code nmi_exit()}, and nothing else (NMI-12). */
    private void handleFiqAsNmi(final CpuLocal cpu, final Irq fiq) {
        k.steps.enter(cpu, HANDLE_FIQ_AS_NMI, 0);
        k.nmiEntry.nmiCountEnter(cpu);
        cpu.lockdep.hardirqEnter(cpu);
        cpu.ct.nmiEnter(cpu);
        k.steps.at(cpu, NmiEntry.FTRACE_NMI_ENTER);
        fiq.handler().run();
        k.steps.at(cpu, NmiEntry.FTRACE_NMI_EXIT);
        cpu.ct.nmiExit(cpu);
        cpu.lockdep.hardirqExit(cpu);
        k.nmiEntry.nmiCountExit(cpu);
        k.steps.leave(cpu, HANDLE_FIQ_AS_NMI);
    }

    /** {@code ret_from_fork} of a user task: not a system call, no exit work of one (ENT-50, ARM-18). */
    void retFromFork(final Task task) {
        k.steps.at(k.cpu, RET_FROM_FORK);
        ArmThread.of(task).why = false;
        returns.slow(k, task, task.regs);
    }
}
