package org.kernelentry.arm64.entry;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.entry.ExitToUserMode;
import org.kernelentry.kernel.entry.Irqs;
import org.kernelentry.kernel.entry.UserTransition;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;

/**
 * The ends of the C part of an entry from EL0: unmasking after the entry bookkeeping, and the way out (A64-19, A64-20).
 *
 * <p>Source: linux v7.3 arch/arm64/kernel/entry-common.c arm64_exit_to_user_mode(), arm64_syscall_exit_to_user_mode().
 */
final class UserExit {
    static final Step DAIF_PROCCTX =
            Step.of("local_daif_restore(DAIF_PROCCTX)", "arch/arm64/include/asm/daifflags.h local_daif_restore()");
    static final Step DAIF_MASK = Step.of("local_daif_mask", "arch/arm64/include/asm/daifflags.h local_daif_mask()");
    static final Step MTE_CHECK_TFSR_EXIT =
            Step.of("mte_check_tfsr_exit", "arch/arm64/include/asm/mte.h mte_check_tfsr_exit()");

    private UserExit() {}

    /** Debug, SError, IRQ and FIQ are open from here on. */
    static void daifRestoreProcctx(final CpuLocal cpu) {
        cpu.kernel.steps.at(cpu, DAIF_PROCCTX);
        Irqs.localIrqEnable(cpu);
    }

    /** For interrupts and exceptions. */
    static void exitToUserMode(final Kernel k, final Task task, final PtRegs regs) {
        Irqs.localIrqDisable(k.cpu);
        ExitToUserMode.irqentryExitToUserModePrepare(k, task, regs);
        leave(k);
    }

    /** For system calls and the first return of a child. */
    static void syscallExitToUserMode(final Kernel k, final Task task, final PtRegs regs) {
        Irqs.localIrqDisable(k.cpu);
        ExitToUserMode.syscallExitToUserModePrepare(k, task, regs);
        leave(k);
    }

    private static void leave(final Kernel k) {
        k.steps.at(k.cpu, DAIF_MASK);
        k.steps.at(k.cpu, MTE_CHECK_TFSR_EXIT);
        UserTransition.exitToUserMode(k.cpu);
    }
}
