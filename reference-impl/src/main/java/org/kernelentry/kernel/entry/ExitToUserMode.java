package org.kernelentry.kernel.entry;

import static org.kernelentry.kernel.task.ThreadFlags.*;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;

/**
 * The exit-to-user loop: what has to be done before user code may run again, until nothing is left.
 *
 * <p>Source: linux v7.3 kernel/entry/common.c exit_to_user_mode_loop(); include/linux/irq-entry-common.h
 * __exit_to_user_mode_prepare(), __exit_to_user_mode_validate().
 */
public final class ExitToUserMode {
    /** Detail: the TIF word that made the loop run. */
    public static final Step EXIT_TO_USER_MODE_LOOP = Step.of(
                    "exit_to_user_mode_loop", "kernel/entry/common.c exit_to_user_mode_loop()")
            .carrying(Step.Detail.TIF);

    public static final Step EXIT_TO_USER_MODE_PREPARE =
            Step.of("exit_to_user_mode_prepare", "include/linux/irq-entry-common.h __exit_to_user_mode_prepare()");
    public static final Step RCU_NOCB_FLUSH_DEFERRED_WAKEUP =
            Step.of("rcu_nocb_flush_deferred_wakeup", "include/linux/tick.h tick_nohz_user_enter_prepare()");
    public static final Step SCHEDULE = Step.of("schedule", "kernel/sched/core.c schedule()");
    public static final Step UPROBE_NOTIFY_RESUME = Step.of("uprobe_notify_resume", "kernel/events/uprobes.c");
    public static final Step KLP_UPDATE_PATCH_STATE =
            Step.of("klp_update_patch_state", "kernel/livepatch/transition.c");
    public static final Step ARCH_DO_SIGNAL_OR_RESTART = Step.of(
                    "arch_do_signal_or_restart", "kernel/entry/common.c exit_to_user_mode_loop()")
            .carrying(Step.Detail.TIF);
    public static final Step RESUME_USER_MODE_WORK =
            Step.of("resume_user_mode_work", "include/linux/resume_user_mode.h resume_user_mode_work()");
    public static final Step ARCH_EXIT_TO_USER_MODE_WORK =
            Step.of("arch_exit_to_user_mode_work", "include/linux/irq-entry-common.h arch_exit_to_user_mode_work()");
    public static final Step ARCH_EXIT_TO_USER_MODE_PREPARE = Step.of(
            "arch_exit_to_user_mode_prepare", "include/linux/irq-entry-common.h arch_exit_to_user_mode_prepare()");
    public static final Step EXIT_VALIDATE =
            Step.of("exit_to_user_mode_validate", "include/linux/irq-entry-common.h __exit_to_user_mode_validate()");

    private ExitToUserMode() {}

    /** For system calls. Interrupts are off on entry and on return. Returns whether the call is to be restarted inside the kernel. */
    public static boolean syscallExitToUserModePrepare(final Kernel k, final Task task, final PtRegs regs) {
        final boolean restart = prepare(k, task, regs);
        if (!restart) {
            k.rseq.syscallExitToUserMode(task);
        }
        return restart;
    }

    /** For interrupts and exceptions from user mode (IRQ-12). */
    public static void irqentryExitToUserModePrepare(final Kernel k, final Task task, final PtRegs regs) {
        prepare(k, task, regs);
        k.rseq.irqentryExitToUserMode(task);
    }

    private static boolean prepare(final Kernel k, final Task task, final PtRegs regs) {
        final CpuLocal cpu = k.cpu;
        k.steps.enter(cpu, EXIT_TO_USER_MODE_PREPARE, 0);
        cpu.lockdep.assertIrqsDisabled(cpu, "exit_to_user_mode_prepare");
        if (cpu.nohzFull) {
            // Before the flags are read: what it wakes may want this CPU (EXL-01).
            k.steps.at(cpu, RCU_NOCB_FLUSH_DEFERRED_WAKEUP);
        }
        final int work = task.flags;
        boolean restart = false;
        if ((work & EXIT_TO_USER_MODE_WORK) != 0) {
            restart = loop(k, task, regs, work);
        }
        if (!restart) {
            k.arch.exitToUserModePrepare(k.cpu, task, regs);
            k.steps.at(k.cpu, ARCH_EXIT_TO_USER_MODE_PREPARE);
            validate(k.cpu, task);
        }
        k.steps.leave(k.cpu, EXIT_TO_USER_MODE_PREPARE);
        return restart;
    }

    /** The passes, then the update for rseq with interrupts off; where that fails, more passes (RSQ-13). */
    private static boolean loop(final Kernel k, final Task task, final PtRegs regs, final int snapshot) {
        int work = snapshot;
        while (true) {
            if (passes(k, task, regs, work)) {
                return true;
            }
            if (!k.rseq.exitToUserModeRestart(task, regs, task.flags)) {
                return false;
            }
            work = task.flags;
        }
    }

    /**
     * Each pass handles every bit of the snapshot in a fixed order (EXL-03); bits that appear meanwhile cause another pass (EXL-05). The last
     * look at the flags is with interrupts off, so nothing can slip in before user mode (EXL-04).
     */
    private static boolean passes(final Kernel k, final Task task, final PtRegs regs, final int snapshot) {
        int work = snapshot;
        while ((work & EXIT_TO_USER_MODE_WORK & ~TIF_RSEQ) != 0) {
            k.steps.enter(k.cpu, EXIT_TO_USER_MODE_LOOP, work & EXIT_TO_USER_MODE_WORK);
            Irqs.localIrqEnable(k.cpu);
            if ((work & (TIF_NEED_RESCHED | TIF_NEED_RESCHED_LAZY)) != 0 && !k.rseq.grantSliceExtension(task, work)) {
                k.steps.at(k.cpu, SCHEDULE);
                k.sched.schedule();
            }
            if ((work & TIF_UPROBE) != 0) {
                task.clearTif(TIF_UPROBE);
                k.steps.at(k.cpu, UPROBE_NOTIFY_RESUME);
            }
            if ((work & TIF_PATCH_PENDING) != 0) {
                task.clearTif(TIF_PATCH_PENDING);
                k.steps.at(k.cpu, KLP_UPDATE_PATCH_STATE);
            }
            if ((work & (TIF_SIGPENDING | TIF_NOTIFY_SIGNAL)) != 0) {
                k.steps.enter(k.cpu, ARCH_DO_SIGNAL_OR_RESTART, work);
                final boolean restart = k.arch.doSignalOrRestart(task, regs);
                k.steps.leave(k.cpu, ARCH_DO_SIGNAL_OR_RESTART);
                if (restart && k.config.has(Option.PROPOSED_GENERIC_FAST_RESTART)) {
                    k.steps.leave(k.cpu, EXIT_TO_USER_MODE_LOOP);
                    return true;
                }
            }
            if ((work & TIF_NOTIFY_RESUME) != 0) {
                k.steps.at(k.cpu, RESUME_USER_MODE_WORK);
                k.taskWork.resumeUserModeWork(task, regs);
            }
            k.arch.exitToUserModeWork(k.cpu, task, regs, work);
            k.steps.at(k.cpu, ARCH_EXIT_TO_USER_MODE_WORK);
            Irqs.localIrqDisable(k.cpu);
            k.steps.leave(k.cpu, EXIT_TO_USER_MODE_LOOP);
            work = task.flags;
        }
        return false;
    }

    /** The last checks before user mode (EXL-24). */
    private static void validate(final CpuLocal cpu, final Task task) {
        if (cpu.irqsEnabled) {
            cpu.kernel.log.warnOnce("exit_to_user_mode_validate", "interrupts are enabled");
        }
        cpu.lockdep.assertIrqsDisabled(cpu, "exit_to_user_mode_validate");
        cpu.lockdep.sysExit(cpu, task);
        cpu.kernel.steps.at(cpu, EXIT_VALIDATE);
    }
}
