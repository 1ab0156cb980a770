package org.kernelentry.arm64.entry;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.entry.SyscallExit;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.CpuExit;

/** The exception vectors: each entry from the live registers through the kernel and back to them. */
public final class Entries {
    public static final Step RET_FROM_FORK = Step.of("ret_from_fork", "arch/arm64/kernel/entry.S ret_from_fork");

    private static final String VECTORS = "arch/arm64/kernel/entry.S vectors";
    public static final Step EL0T_64_SYNC = Step.frame("el0t_64_sync", VECTORS);
    public static final Step EL0T_32_SYNC = Step.frame("el0t_32_sync", VECTORS);
    public static final Step EL0T_64_IRQ = Step.frame("el0t_64_irq", VECTORS);
    public static final Step EL0T_32_IRQ = Step.frame("el0t_32_irq", VECTORS);

    private final Kernel k;
    private final KernelEntry kernelEntry;
    private final El0Svc svc;
    private final El0Sync sync;
    private final Interrupts interrupts;

    public Entries(final Kernel kernel) {
        this.k = kernel;
        this.kernelEntry = new KernelEntry(kernel);
        this.svc = new El0Svc(kernel);
        this.sync = new El0Sync(kernel);
        this.interrupts = new Interrupts(kernel);
    }

    /** A synchronous exception. */
    public void fromUser(final Task task, final int exit) {
        if (exit == CpuExit.SYSCALL) {
            systemCall(task);
        } else {
            synchronous(task, exit);
        }
        takePendingStep(task);
    }

    /**
     * The CPU is read from where the exit reads it again: compiled code then knows that it is the same if nothing was called meanwhile. Apart from
     * the other exceptions, for the first of these would have the JVM compile this anew, and then in two pieces.
     */
    private void systemCall(final Task task) {
        final CpuLocal cpu = k.cpu;
        final Step vector = task.is32Bit() ? EL0T_32_SYNC : EL0T_64_SYNC;
        k.steps.enter(cpu, vector, 0);
        kernelEntry.fromUser(cpu, task, CpuExit.SYSCALL);
        svc.handle(k, task);
        kernelEntry.toUser(k.cpu, task);
        k.steps.leave(k.cpu, vector);
    }

    private void synchronous(final Task task, final int exit) {
        final CpuLocal cpu = k.cpu;
        final Step vector = task.is32Bit() ? EL0T_32_SYNC : EL0T_64_SYNC;
        k.steps.enter(cpu, vector, 0);
        kernelEntry.fromUser(cpu, task, exit);
        sync.handle(cpu, task, exit);
        kernelEntry.toUser(k.cpu, task);
        k.steps.leave(k.cpu, vector);
    }

    public void interruptFromUser(final CpuLocal cpu, final Task task, final Irq irq) {
        final Step vector = task.is32Bit() ? EL0T_32_IRQ : EL0T_64_IRQ;
        k.steps.enter(cpu, vector, 0);
        kernelEntry.fromUser(cpu, task, CpuExit.INTERRUPT_WINDOW);
        interrupts.fromUser(cpu, task, irq);
        kernelEntry.toUser(k.cpu, task);
        k.steps.leave(k.cpu, vector);
        takePendingStep(task);
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
            SyscallExit.syscallExitToUserMode(k, task, task.regs);
        } else {
            UserExit.syscallExitToUserMode(k, task, task.regs);
        }
        kernelEntry.toUser(k.cpu, task);
        k.steps.leave(k.cpu, RET_FROM_FORK);
        takePendingStep(task);
    }

    /** Saved registers to live ones, no work. */
    public void restoreUserRegisters(final CpuLocal cpu, final Task task) {
        kernelEntry.toUser(cpu, task);
    }

    /** A step that is due when user mode is reached is taken at once, before any instruction (STP-05). */
    private void takePendingStep(final Task task) {
        while (KernelEntry.stepIsPending(task)) {
            synchronous(task, CpuExit.SINGLE_STEP);
        }
    }
}
