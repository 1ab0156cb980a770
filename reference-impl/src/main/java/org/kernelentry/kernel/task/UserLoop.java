package org.kernelentry.kernel.task;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.machine.CpuExit;

/** What a task does while it lives: run user instructions, enter the kernel, run again. */
public final class UserLoop {
    private final Kernel k;

    public UserLoop(final Kernel kernel) {
        this.k = kernel;
    }

    /**
     * Runs {@code task} on its own context for ever; leaves only by the scheduler's unwinding when the task has died. Called with the
     * machine's registers restored and the state of user mode established.
     */
    public void run(final Task task) {
        while (true) {
            final CpuLocal cpu = k.cpu;
            cpu.irqsEnabled = true;
            cpu.inUser = true;
            final long budget = cpu.pending.isEmpty() && cpu.userNmi == null ? k.sched.budget(cpu) : 0;
            final int exit = budget > 0 ? cpu.machine.run(budget) : CpuExit.INTERRUPT_WINDOW;
            cpu.inUser = false;
            // Every entry from user mode comes with interrupts disabled by the hardware.
            cpu.irqsEnabled = false;
            final Irq nmi = cpu.userNmi;
            if (exit == CpuExit.INTERRUPT_WINDOW && nmi != null) {
                cpu.userNmi = null;
                k.arch.nmiFromUser(cpu, task, nmi);
            } else if (exit == CpuExit.INTERRUPT_WINDOW) {
                final Irq waiting = cpu.pending.poll();
                final Irq irq = waiting != null ? waiting : k.sched.tick(cpu);
                // Nothing to take when only another CPU had its turn.
                if (irq != null) {
                    k.arch.interruptFromUser(cpu, task, irq);
                }
            } else {
                k.arch.enterFromUser(cpu, task, exit);
            }
        }
    }
}
