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

    private UserTransition() {}

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
    public static void enterFromUserMode(final CpuLocal cpu, final PtRegs regs) {
        final Kernel k = cpu.kernel;
        k.steps.enter(cpu, ENTER_FROM_USER_MODE, 0);
        k.arch.enterFromUserMode(cpu, regs);
        k.steps.at(cpu, ARCH_ENTER_FROM_USER_MODE);
        cpu.lockdep.hardirqsOff(cpu);
        cpu.ct.expect(cpu, ContextTracking.State.USER, "enter_from_user_mode");
        cpu.ct.userExitIrqoff(cpu);
        Irqs.traceHardirqsOff(cpu);
        k.steps.leave(cpu, ENTER_FROM_USER_MODE);
    }

    /**
     * Establishes user state, the mirror of {@link #enterFromUserMode}. Called with interrupts disabled and no exit work left; nothing may be
     * instrumented afterwards.
     */
    public static void exitToUserMode(final CpuLocal cpu) {
        final Kernel k = cpu.kernel;
        k.steps.enter(cpu, EXIT_TO_USER_MODE, 0);
        Irqs.traceHardirqsOn(cpu);
        cpu.lockdep.hardirqsOnPrepare(cpu);
        cpu.ct.userEnterIrqoff(cpu);
        k.arch.exitToUserMode(cpu);
        k.steps.at(cpu, ARCH_EXIT_TO_USER_MODE);
        cpu.lockdep.hardirqsOn(cpu);
        k.steps.leave(cpu, EXIT_TO_USER_MODE);
    }
}
