package org.kernelentry.x86.entry;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;

/**
 * Device interrupts and NMIs.
 *
 * <p>Source: linux v7.3 arch/x86/entry/entry_64.S asm_common_interrupt, asm_exc_nmi; arch/x86/include/asm/idtentry.h
 * DEFINE_IDTENTRY_IRQ(); arch/x86/kernel/nmi.c exc_nmi().
 */
final class Interrupts {
    static final Step ASM_COMMON_INTERRUPT =
            Step.frame("asm_common_interrupt", "arch/x86/entry/entry_64.S asm_common_interrupt");
    static final Step ASM_EXC_NMI = Step.frame("asm_exc_nmi", "arch/x86/entry/entry_64.S asm_exc_nmi");
    static final Step EXC_NMI = Step.of("exc_nmi", "arch/x86/kernel/nmi.c exc_nmi()");
    static final Step SWITCH_TO_NMI_STACK =
            Step.of("NMI stack", "arch/x86/entry/entry_64.S asm_exc_nmi; interrupt stack table (X86-31)");
    static final Step RETURN_TO_KERNEL =
            Step.of("iretq to kernel", "arch/x86/entry/entry_64.S restore_regs_and_return_to_kernel");

    private final Kernel k;
    private final ExceptionFrame frames;
    private final ReturnToUser returns;

    Interrupts(final Kernel k, final ExceptionFrame frames, final ReturnToUser returns) {
        this.k = k;
        this.frames = frames;
        this.returns = returns;
    }

    void interruptFromUser(final CpuLocal cpu, final Task task, final Irq irq) {
        k.steps.enter(cpu, ASM_COMMON_INTERRUPT, 0);
        frames.errorEntry(cpu, task);
        k.irqEntry.irqentryEnter(cpu, task.regs);
        k.irqEntry.handle(cpu, irq);
        k.irqEntry.irqentryExit(task.regs, false);
        returns.iret(k.cpu, task);
        k.steps.leave(k.cpu, ASM_COMMON_INTERRUPT);
    }

    void interruptFromKernel(final CpuLocal cpu, final Irq irq) {
        k.steps.enter(cpu, ASM_COMMON_INTERRUPT, 0);
        final PtRegs frame = frames.enterFromKernel(cpu);
        final boolean exitRcu = k.irqEntry.irqentryEnter(cpu, frame);
        k.irqEntry.handle(cpu, irq);
        k.irqEntry.irqentryExit(frame, exitRcu);
        // A preemption may have moved the interrupted code to another CPU.
        frames.returnToKernel(k.cpu, frame);
        k.steps.at(k.cpu, RETURN_TO_KERNEL);
        k.steps.leave(k.cpu, ASM_COMMON_INTERRUPT);
    }

    /** From user mode the NMI runs on the task's stack, and returns without the exit-to-user loop. */
    void nmiFromUser(final CpuLocal cpu, final Task task, final Irq nmi) {
        k.steps.enter(cpu, ASM_EXC_NMI, 0);
        frames.nmiEntry(cpu, task);
        excNmi(cpu, nmi);
        returns.iret(cpu, task);
        k.steps.leave(cpu, ASM_EXC_NMI);
    }

    /**
     * From kernel mode, at any point: whether SWAPGS is needed is decided by the GS base and not by the interrupted mode, because the entry
     * stubs themselves run with the user's for a moment (X86-28).
     */
    void nmiFromKernel(final CpuLocal cpu, final Irq nmi) {
        final EntryCpu e = EntryCpu.of(cpu);
        k.steps.enter(cpu, ASM_EXC_NMI, 0);
        final boolean taskStack = e.onTaskStack;
        final PtRegs frame = frames.enterFromKernel(cpu);
        e.onTaskStack = false;
        k.steps.at(cpu, SWITCH_TO_NMI_STACK);
        final boolean swap = !e.kernelGs;
        if (swap) {
            Stub.swapgs(k, cpu, e);
        }
        excNmi(cpu, nmi);
        if (swap) {
            Stub.swapgs(k, cpu, e);
        }
        frames.returnToKernel(cpu, frame);
        e.onTaskStack = taskStack;
        k.steps.at(cpu, RETURN_TO_KERNEL);
        k.steps.leave(cpu, ASM_EXC_NMI);
    }

    private void excNmi(final CpuLocal cpu, final Irq nmi) {
        k.steps.enter(cpu, EXC_NMI, 0);
        final boolean lockdep = k.nmiEntry.irqentryNmiEnter(cpu);
        nmi.handler().run();
        k.nmiEntry.irqentryNmiExit(cpu, lockdep);
        k.steps.leave(cpu, EXC_NMI);
    }
}
