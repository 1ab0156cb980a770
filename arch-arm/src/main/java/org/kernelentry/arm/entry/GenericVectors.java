package org.kernelentry.arm.entry;

import org.kernelentry.arm.ArmPtRegs;
import org.kernelentry.arm.ArmThread;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.entry.Irqs;
import org.kernelentry.kernel.entry.SyscallExit;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.CpuExit;

/**
 * Aborts, undefined instructions, interrupts and FIQs of an arm that has moved to the generic entry code: the same vectors around {@code
 * irqentry_enter()} and {@code irqentry_exit()} (DIF-ARM-11 to DIF-ARM-15).
 *
 * <p>None of them is a system call: the saved number is forgotten (DIF-ARM-17).
 */
final class GenericVectors {
    private static final String FILE = "arch/arm/kernel/entry-armv.S ";
    static final Step DABT_USR = Step.frame("__dabt_usr (generic entry)", FILE + "__dabt_usr");
    static final Step PABT_USR = Step.frame("__pabt_usr (generic entry)", FILE + "__pabt_usr");
    static final Step UND_USR = Step.frame("__und_usr (generic entry)", FILE + "__und_usr");
    static final Step IRQ_USR = Step.frame("__irq_usr (generic entry)", FILE + "__irq_usr");
    static final Step IRQ_SVC = Step.frame("__irq_svc (generic entry)", FILE + "__irq_svc");
    static final Step FIQ_USR = Step.frame("__fiq_usr (generic entry)", FILE + "__fiq_usr");
    static final Step FIQ_SVC = Step.frame("__fiq_svc (generic entry)", FILE + "__fiq_svc");

    private final Kernel k;
    private final Faults faults;

    GenericVectors(final Kernel k, final Faults faults) {
        this.k = k;
        this.faults = faults;
    }

    private void save(final CpuLocal cpu, final Task task) {
        UserRegisters.save(k, cpu, task.regs, false);
        ArmThread.of(task).abiSyscall = ArmThread.NO_SYSCALL;
    }

    /** Everything but a SWI. */
    void exception(final CpuLocal cpu, final Task task, final int exit) {
        if (exit == CpuExit.UNDEFINED) {
            k.steps.enter(cpu, UND_USR, 0);
            save(cpu, task);
            k.irqEntry.irqentryEnter(cpu, task.regs);
            Irqs.localIrqEnable(cpu);
            faults.undefinedInstruction(task, task.regs);
            leave(task, UND_USR);
        } else if (Faults.isPrefetch(cpu.machine, exit)) {
            k.steps.enter(cpu, PABT_USR, 0);
            faults.latch(cpu);
            save(cpu, task);
            k.irqEntry.irqentryEnter(cpu, task.regs);
            faults.prefetchAbort(task, task.regs, exit);
            leave(task, PABT_USR);
        } else {
            k.steps.enter(cpu, DABT_USR, 0);
            faults.latch(cpu);
            save(cpu, task);
            k.irqEntry.irqentryEnter(cpu, task.regs);
            faults.dataAbort(task, exit);
            leave(task, DABT_USR);
        }
    }

    private void leave(final Task task, final Step frame) {
        Irqs.localIrqDisable(k.cpu);
        k.irqEntry.irqentryExit(task.regs, false);
        UserRegisters.restore(k, k.cpu, task);
        k.steps.leave(k.cpu, frame);
    }

    void irqUsr(final CpuLocal cpu, final Task task, final Irq irq) {
        k.steps.enter(cpu, IRQ_USR, 0);
        save(cpu, task);
        k.irqEntry.irqentryEnter(cpu, task.regs);
        k.irqEntry.handle(cpu, irq);
        k.irqEntry.irqentryExit(task.regs, false);
        UserRegisters.restore(k, k.cpu, task);
        k.steps.leave(k.cpu, IRQ_USR);
    }

    void irqSvc(final CpuLocal cpu, final Irq irq) {
        k.steps.enter(cpu, IRQ_SVC, 0);
        final PtRegs frame = svcEntry(cpu);
        // The state value travels with the frame (IRQ-13).
        final boolean exitRcu = k.irqEntry.irqentryEnter(cpu, frame);
        k.irqEntry.handle(cpu, irq);
        k.irqEntry.irqentryExit(frame, exitRcu);
        svcExit(frame, IRQ_SVC);
    }

    void exceptionSvc(final CpuLocal cpu, final Step vector, final Runnable handler) {
        k.steps.enter(cpu, vector, 0);
        final PtRegs frame = svcEntry(cpu);
        final boolean exitRcu = k.irqEntry.irqentryEnter(cpu, frame);
        handler.run();
        k.irqEntry.irqentryExit(frame, exitRcu);
        svcExit(frame, vector);
    }

    private PtRegs svcEntry(final CpuLocal cpu) {
        final PtRegs frame = new PtRegs(ArmPtRegs.SLOTS);
        frame.user = false;
        frame.irqsOn = cpu.irqsEnabled;
        cpu.irqsEnabled = false;
        k.steps.at(cpu, NativeVectors.SVC_ENTRY);
        return frame;
    }

    private void svcExit(final PtRegs frame, final Step scope) {
        final CpuLocal cpu = k.cpu;
        k.steps.at(cpu, NativeVectors.SVC_EXIT);
        cpu.irqsEnabled = frame.irqsOn;
        k.steps.leave(cpu, scope);
    }

    void fiqUsr(final CpuLocal cpu, final Task task, final Irq fiq) {
        k.steps.enter(cpu, FIQ_USR, 0);
        UserRegisters.save(k, cpu, task.regs, false);
        nmi(cpu, fiq);
        UserRegisters.restore(k, cpu, task);
        k.steps.leave(cpu, FIQ_USR);
    }

    void fiqSvc(final CpuLocal cpu, final Irq fiq) {
        k.steps.enter(cpu, FIQ_SVC, 0);
        final PtRegs frame = svcEntry(cpu);
        nmi(cpu, fiq);
        svcExit(frame, FIQ_SVC);
    }

    private void nmi(final CpuLocal cpu, final Irq fiq) {
        final boolean lockdepWasOn = k.nmiEntry.irqentryNmiEnter(cpu);
        fiq.handler().run();
        k.nmiEntry.irqentryNmiExit(cpu, lockdepWasOn);
    }

    /** {@code ret_from_fork}: the child leaves as if from the call that made it, exit work included (DIF-ARM-08). */
    void retFromFork(final Task task) {
        k.steps.at(k.cpu, NativeVectors.RET_FROM_FORK);
        SyscallExit.syscallExitToUserMode(k, task, task.regs);
        UserRegisters.restore(k, k.cpu, task);
    }
}
