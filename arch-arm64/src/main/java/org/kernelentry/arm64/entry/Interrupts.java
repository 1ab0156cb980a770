package org.kernelentry.arm64.entry;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.entry.IrqEntry;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;

/**
 * Interrupts from user mode and from the kernel, and the pseudo-NMI: an interrupt of higher priority than the mask, which only counts as an NMI
 * where it hit code that had interrupts masked (NMI-10).
 *
 * <p>Source: linux v7.3 arch/arm64/kernel/entry-common.c el0_interrupt(), el1_interrupt(), __el1_irq(), __el1_pnmi().
 */
public final class Interrupts {
    public static final Step EL0_INTERRUPT =
            Step.frame("el0_interrupt", "arch/arm64/kernel/entry-common.c el0_interrupt()");
    public static final Step EL1_IRQ = Step.frame("el1_irq", "arch/arm64/kernel/entry-common.c __el1_irq()");
    public static final Step EL1_PNMI = Step.frame("el1_pnmi", "arch/arm64/kernel/entry-common.c __el1_pnmi()");
    public static final Step DAIF_PROCCTX_NOIRQ =
            Step.of("daif = DAIF_PROCCTX_NOIRQ", "arch/arm64/kernel/entry-common.c el0_interrupt(), el1_interrupt()");
    public static final Step RESTORE_KERNEL_REGISTERS =
            Step.of("restore kernel registers, eret", "arch/arm64/kernel/entry.S kernel_exit 1");

    private final Kernel k;

    Interrupts(final Kernel kernel) {
        this.k = kernel;
    }

    /** From saved registers to the end of the exit work. */
    void fromUser(final CpuLocal cpu, final Task task, final Irq irq) {
        final PtRegs regs = task.regs;
        k.steps.enter(cpu, EL0_INTERRUPT, 0);
        k.irqEntry.irqentryEnterFromUserMode(cpu, regs);
        k.steps.at(cpu, DAIF_PROCCTX_NOIRQ);
        k.irqEntry.handle(cpu, irq);
        UserExit.exitToUserMode(k, task, regs);
        k.steps.leave(k.cpu, EL0_INTERRUPT);
    }

    void fromKernel(final CpuLocal cpu, final Irq irq) {
        k.steps.enter(cpu, EL1_IRQ, 0);
        final PtRegs frame = takeFrame(cpu);
        k.steps.at(cpu, DAIF_PROCCTX_NOIRQ);
        final boolean exitRcu = k.irqEntry.irqentryEnter(cpu, frame);
        k.irqEntry.handle(cpu, irq);
        k.irqEntry.irqentryExit(frame, exitRcu);
        k.steps.at(k.cpu, RESTORE_KERNEL_REGISTERS);
        k.cpu.irqsEnabled = frame.irqsOn;
        k.steps.leave(k.cpu, EL1_IRQ);
    }

    void nmiFromKernel(final CpuLocal cpu, final Irq nmi) {
        if (cpu.irqsEnabled) {
            fromKernel(cpu, nmi);
            return;
        }
        k.steps.enter(cpu, EL1_PNMI, 0);
        k.steps.at(cpu, DAIF_PROCCTX_NOIRQ);
        final boolean lockdepWasOn = k.nmiEntry.irqentryNmiEnter(cpu);
        k.steps.enter(cpu, IrqEntry.HANDLER, 0);
        nmi.handler().run();
        k.steps.leave(cpu, IrqEntry.HANDLER);
        k.nmiEntry.irqentryNmiExit(cpu, lockdepWasOn);
        k.steps.at(cpu, RESTORE_KERNEL_REGISTERS);
        k.steps.leave(cpu, EL1_PNMI);
    }

    /** What the exception does to the CPU: interrupts off, and whether they were on goes into the frame. */
    private PtRegs takeFrame(final CpuLocal cpu) {
        final PtRegs frame = k.arch.newPtRegs();
        frame.user = false;
        frame.irqsOn = cpu.irqsEnabled;
        cpu.irqsEnabled = false;
        return frame;
    }
}
