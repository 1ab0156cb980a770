package org.kernelentry.kernel.entry;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.tracking.ContextTracking;

/**
 * The first and the last state updates between user mode and kernel.
 *
 * <p>Source: linux v7.3 include/linux/irq-entry-common.h enter_from_user_mode(), exit_to_user_mode().
 */
public final class UserTransition {
    public static final Step ENTER_FROM_USER_MODE =
            Step.of("enter_from_user_mode", "include/linux/irq-entry-common.h enter_from_user_mode()");
    public static final Step EXIT_TO_USER_MODE =
            Step.of("exit_to_user_mode", "include/linux/irq-entry-common.h exit_to_user_mode()");
    public static final Step ARCH_ENTER_FROM_USER_MODE =
            Step.of("arch_enter_from_user_mode", "include/linux/irq-entry-common.h arch_enter_from_user_mode()");
    public static final Step ARCH_EXIT_TO_USER_MODE =
            Step.of("arch_exit_to_user_mode", "include/linux/irq-entry-common.h arch_exit_to_user_mode()");

    private final Kernel k;

    public UserTransition(final Kernel kernel) {
        this.k = kernel;
    }

    /**
     * Establishes kernel state on entry from user mode.
     *
     * <ol>
     *   <li>arch: sanity checks on the saved registers
     *   <li>lockdep: interrupts off
     *   <li>context tracking: RCU watches, state is kernel
     *   <li>tracing: interrupts off
     * </ol>
     *
     * Called with interrupts disabled, before anything may be instrumented; on return interrupts are still disabled.
     */
    public void enterFromUserMode(final CpuLocal cpu, final PtRegs regs) {
        k.steps.enter(cpu, ENTER_FROM_USER_MODE, 0);
        k.arch.enterFromUserMode(cpu, regs);
        k.steps.at(cpu, ARCH_ENTER_FROM_USER_MODE);
        cpu.lockdep.hardirqsOff();
        cpu.ct.expect(ContextTracking.State.USER, "enter_from_user_mode");
        cpu.ct.userExitIrqoff();
        k.irqs.traceHardirqsOff(cpu);
        k.steps.leave(cpu, ENTER_FROM_USER_MODE);
    }

    /**
     * Establishes user state, the mirror of {@link #enterFromUserMode}. Called with interrupts disabled and no exit work left; nothing may be
     * instrumented afterwards.
     */
    public void exitToUserMode(final CpuLocal cpu) {
        k.steps.enter(cpu, EXIT_TO_USER_MODE, 0);
        k.irqs.traceHardirqsOn(cpu);
        cpu.lockdep.hardirqsOnPrepare();
        cpu.ct.userEnterIrqoff();
        k.arch.exitToUserMode(cpu);
        k.steps.at(cpu, ARCH_EXIT_TO_USER_MODE);
        cpu.lockdep.hardirqsOn();
        k.steps.leave(cpu, EXIT_TO_USER_MODE);
    }
}
