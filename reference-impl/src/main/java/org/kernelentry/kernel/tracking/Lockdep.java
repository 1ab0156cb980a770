package org.kernelentry.kernel.tracking;

import java.util.ArrayList;
import java.util.List;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;

/**
 * What lockdep believes about the interrupt state of a CPU, with the checks that PROVE_LOCKING makes.
 *
 * <p>Its belief is separate from the hardware's interrupt enable: entry code must tell it, in the documented order, and a wrong order is
 * what the checks find. Each method is given the CPU that this belongs to. Source: linux v7.3 kernel/locking/lockdep.c lockdep_hardirqs_off(),
 * lockdep_hardirqs_on_prepare(), lockdep_hardirqs_on(); include/linux/lockdep.h lockdep_assert_irqs_disabled().
 */
public final class Lockdep {
    public static final Step HARDIRQS_OFF =
            Step.of("lockdep_hardirqs_off", "kernel/locking/lockdep.c lockdep_hardirqs_off()");
    public static final Step HARDIRQS_ON_PREPARE =
            Step.of("lockdep_hardirqs_on_prepare", "kernel/locking/lockdep.c lockdep_hardirqs_on_prepare()");
    public static final Step HARDIRQS_ON =
            Step.of("lockdep_hardirqs_on", "kernel/locking/lockdep.c lockdep_hardirqs_on()");
    public static final Step HARDIRQ_ENTER =
            Step.of("lockdep_hardirq_enter", "include/linux/irqflags.h lockdep_hardirq_enter()");
    public static final Step HARDIRQ_EXIT =
            Step.of("lockdep_hardirq_exit", "include/linux/irqflags.h lockdep_hardirq_exit()");

    private boolean hardirqsEnabled = true;
    private boolean prepared;
    private int hardirqContext;
    /** By its class: asked on every way to user mode. */
    private final ArrayList<String> heldLocks = new ArrayList<>();

    /** {@code lockdep_hardirqs_enabled()}. */
    public boolean hardirqsEnabled() {
        return hardirqsEnabled;
    }

    /** {@code lockdep_hardirq_context()}: nesting of hard interrupts and NMIs. */
    public int hardirqContext() {
        return hardirqContext;
    }

    /** Locks held by what runs on this CPU, oldest first. */
    public List<String> heldLocks() {
        return heldLocks;
    }

    /** The hardware has disabled interrupts. */
    public void hardirqsOff(final CpuLocal cpu) {
        if (cpu.irqsEnabled) {
            warn(cpu, "lockdep_hardirqs_off", "interrupts are enabled in hardware");
        }
        // Told twice, nothing changes: an NMI between "prepare" and "on" leaves the preparation as it is.
        if (hardirqsEnabled) {
            hardirqsEnabled = false;
            prepared = false;
        }
        cpu.kernel.steps.at(cpu, HARDIRQS_OFF);
    }

    /** Interrupts are about to go on; still off now. */
    public void hardirqsOnPrepare(final CpuLocal cpu) {
        if (hardirqsEnabled) {
            cpu.kernel.steps.at(cpu, HARDIRQS_ON_PREPARE);
            return;
        }
        if (cpu.irqsEnabled) {
            warn(cpu, "lockdep_hardirqs_on_prepare", "interrupts are already enabled in hardware");
        }
        if (hardirqContext != 0 && !cpu.inNmi()) {
            warn(cpu, "lockdep_hardirqs_on_prepare", "in hard interrupt context");
        }
        prepared = true;
        cpu.kernel.steps.at(cpu, HARDIRQS_ON_PREPARE);
    }

    /** The last word before the hardware enables interrupts. */
    public void hardirqsOn(final CpuLocal cpu) {
        if (!hardirqsEnabled) {
            if (cpu.irqsEnabled) {
                warn(cpu, "lockdep_hardirqs_on", "interrupts are already enabled in hardware");
            }
            if (!prepared && !cpu.inNmi()) {
                warn(cpu, "lockdep_hardirqs_on", "lockdep_hardirqs_on_prepare was not called");
            }
        }
        hardirqsEnabled = true;
        prepared = false;
        cpu.kernel.steps.at(cpu, HARDIRQS_ON);
    }

    public void hardirqEnter(final CpuLocal cpu) {
        hardirqContext++;
        cpu.kernel.steps.at(cpu, HARDIRQ_ENTER);
    }

    public void hardirqExit(final CpuLocal cpu) {
        hardirqContext--;
        if (hardirqContext < 0) {
            warn(cpu, "lockdep_hardirq_exit", "hard interrupt context left more often than entered");
        }
        cpu.kernel.steps.at(cpu, HARDIRQ_EXIT);
    }

    /** {@code lockdep_assert_irqs_disabled()}: its belief, not the hardware, is tested. */
    public void assertIrqsDisabled(final CpuLocal cpu, final String where) {
        if (hardirqsEnabled && !cpu.inNmi()) {
            warn(cpu, where, "lockdep believes interrupts are enabled");
        }
    }

    /** {@code lockdep_assert_irqs_enabled()}. */
    public void assertIrqsEnabled(final CpuLocal cpu, final String where) {
        if (!hardirqsEnabled && !cpu.inNmi()) {
            warn(cpu, where, "lockdep believes interrupts are disabled");
        }
    }

    /** {@code lockdep_sys_exit()}: locks held while leaving for user mode. */
    public void sysExit(final CpuLocal cpu, final Task task) {
        if (!heldLocks.isEmpty()) {
            warn(
                    cpu,
                    "lockdep_sys_exit",
                    "lock held when returning to user space: " + heldLocks + " (" + task + ", syscall " + task.syscallNr
                            + ")");
            heldLocks.clear();
        }
    }

    private void warn(final CpuLocal cpu, final String where, final String what) {
        cpu.kernel.log.warnOnce("kernel/locking/lockdep.c " + where, what);
    }
}
