package org.kernelentry.arm64.entry;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.CpuExit;

/** The exception vectors: each entry from the live registers through the kernel and back to them. */
public final class Entries {
    public static final Step RET_FROM_FORK = Step.of("ret_from_fork", "arch/arm64/kernel/entry.S ret_from_fork");

    private final Kernel k;
    private final KernelEntry kernelEntry;
    private final UserExit userExit;
    private final El0Svc svc;
    private final El0Sync sync;
    private final Interrupts interrupts;

    public Entries(final Kernel kernel) {
        this.k = kernel;
        this.kernelEntry = new KernelEntry(kernel);
        this.userExit = new UserExit(kernel);
        this.svc = new El0Svc(kernel, userExit);
        this.sync = new El0Sync(kernel, userExit);
        this.interrupts = new Interrupts(kernel, userExit);
    }

    /** A synchronous exception. */
    public void fromUser(final CpuLocal cpu, final Task task, final int exit) {
        kernelEntry.fromUser(cpu, task, exit);
        if (exit == CpuExit.SYSCALL) {
            svc.handle(cpu, task);
        } else {
            sync.handle(cpu, task, exit);
        }
        toUser(task);
    }

    public void interruptFromUser(final CpuLocal cpu, final Task task, final Irq irq) {
        kernelEntry.fromUser(cpu, task, CpuExit.INTERRUPT_WINDOW);
        interrupts.fromUser(cpu, task, irq);
        toUser(task);
    }

    public void interruptFromKernel(final CpuLocal cpu, final Irq irq) {
        interrupts.fromKernel(cpu, irq);
    }

    public void nmiFromKernel(final CpuLocal cpu, final Irq nmi) {
        interrupts.nmiFromKernel(cpu, nmi);
    }

    /** The child of a fork: only the exit loop (ENT-50); around the generic code all of the system call's exit (DIF-A64-10). */
    public void returnFromFork(final CpuLocal cpu, final Task task) {
        k.steps.enter(cpu, RET_FROM_FORK, 0);
        if (k.config.generic()) {
            k.syscallExit.syscallExitToUserMode(task, task.regs);
        } else {
            userExit.syscallExitToUserMode(task, task.regs);
        }
        k.steps.leave(k.cpu, RET_FROM_FORK);
        toUser(task);
    }

    /** Saved registers to live ones, no work. */
    public void restoreUserRegisters(final CpuLocal cpu, final Task task) {
        kernelEntry.toUser(cpu, task);
    }

    /** Back to EL0; a step that is due is taken at once, before any instruction (STP-05). */
    private void toUser(final Task task) {
        kernelEntry.toUser(k.cpu, task);
        while (KernelEntry.stepIsPending(task)) {
            kernelEntry.fromUser(k.cpu, task, CpuExit.SINGLE_STEP);
            sync.handle(k.cpu, task, CpuExit.SINGLE_STEP);
            kernelEntry.toUser(k.cpu, task);
        }
    }
}
