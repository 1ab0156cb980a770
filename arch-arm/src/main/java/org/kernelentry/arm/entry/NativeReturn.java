package org.kernelentry.arm.entry;

import static org.kernelentry.kernel.task.ThreadFlags.TIF_NEED_RESCHED;
import static org.kernelentry.kernel.task.ThreadFlags.TIF_NOTIFY_RESUME;
import static org.kernelentry.kernel.task.ThreadFlags.TIF_NOTIFY_SIGNAL;
import static org.kernelentry.kernel.task.ThreadFlags.TIF_RSEQ;
import static org.kernelentry.kernel.task.ThreadFlags.TIF_SIGPENDING;
import static org.kernelentry.kernel.task.ThreadFlags.TIF_UPROBE;

import org.kernelentry.arm.ArmPtRegs;
import org.kernelentry.arm.ArmThread;
import org.kernelentry.arm.signal.DoSignal;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.entry.ExitToUserMode;
import org.kernelentry.kernel.entry.Irqs;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;

/**
 * The ways back to user mode of the native path, and the work loop before them.
 *
 * <p>Source: linux v7.3 arch/arm/kernel/entry-common.S ret_fast_syscall, ret_slow_syscall, ret_to_user_from_irq;
 * arch/arm/kernel/signal.c do_work_pending().
 */
final class NativeReturn {
    static final Step RET_FAST_SYSCALL = Step.of("ret_fast_syscall", "arch/arm/kernel/entry-common.S ret_fast_syscall");
    static final Step RET_SLOW_SYSCALL = Step.of("ret_slow_syscall", "arch/arm/kernel/entry-common.S ret_slow_syscall");
    static final Step RET_TO_USER_FROM_IRQ =
            Step.of("ret_to_user_from_irq", "arch/arm/kernel/entry-common.S ret_to_user_from_irq");
    static final Step DISABLE_IRQ =
            Step.of("disable_irq_notrace", "arch/arm/include/asm/assembler.h disable_irq_notrace");
    static final Step STORE_RESULT = Step.of("store r0", "arch/arm/kernel/entry-common.S ret_fast_syscall");
    static final Step NO_WORK_PENDING = Step.of("no_work_pending", "arch/arm/kernel/entry-common.S no_work_pending");
    /** Detail: the flags of the pass. */
    static final Step DO_WORK_PENDING = Step.of("do_work_pending", "arch/arm/kernel/signal.c do_work_pending()")
            .carrying(Step.Detail.TIF);

    /**
     * {@code _TIF_WORK_MASK}: what the assembly tests by shifting the flag word left by 16. On arm the rseq work has no bit of its own: it is
     * resume work (EXL-23).
     */
    static final int TIF_WORK_MASK =
            TIF_SIGPENDING | TIF_NEED_RESCHED | TIF_NOTIFY_RESUME | TIF_UPROBE | TIF_NOTIFY_SIGNAL | TIF_RSEQ;

    private final NativeTrace trace;
    private final DoSignal signals;
    private final boolean storesResultFirst;

    NativeReturn(final Kernel k, final NativeTrace trace, final DoSignal signals) {
        this.trace = trace;
        this.signals = signals;
        this.storesResultFirst = k.config.has(Option.PROVE_LOCKING) || k.config.has(Option.CONTEXT_TRACKING_USER);
    }

    /**
     * {@code ret_fast_syscall}: after an untraced call. Work bits set meanwhile that are not among the low flag bits are not seen (ENT-34).
     *
     * @return 0 when user registers are restored, positive to start the call over, negative to start restart_syscall
     */
    int fast(final Kernel k, final Task task, final PtRegs regs, final long result) {
        final CpuLocal cpu = k.cpu;
        k.steps.at(cpu, RET_FAST_SYSCALL);
        if (storesResultFirst) {
            // Instead of leaving argument 0 in the frame (ARM-03, ARM-04).
            regs.slot[ArmPtRegs.R0] = result;
            k.steps.at(cpu, STORE_RESULT);
        }
        disableIrq(cpu);
        final int work = task.flags & TIF_WORK_MASK;
        if (work == 0) {
            toUser(k, task);
            cpu.live.r[0] = result;
            return 0;
        }
        if (!storesResultFirst) {
            regs.slot[ArmPtRegs.R0] = result;
            k.steps.at(cpu, STORE_RESULT);
        }
        if ((work & TIF_NOTIFY_SIGNAL) != 0) {
            // In the shifted word this bit lies where the test for system call work looks (ARM-35).
            cpu.irqsEnabled = true;
            Irqs.deliverPending(cpu);
            trace.exit(task, regs);
            return slow(k, task, regs);
        }
        return slowWorkPending(k, task, regs);
    }

    /** {@code ret_slow_syscall}, also of forks and exceptions. Interrupts may be on. As {@link #fast}. */
    int slow(final Kernel k, final Task task, final PtRegs regs) {
        k.steps.at(k.cpu, RET_SLOW_SYSCALL);
        disableIrq(k.cpu);
        return fromIrq(k, task, regs);
    }

    /** {@code ret_to_user_from_irq}: interrupts are off. */
    int fromIrq(final Kernel k, final Task task, final PtRegs regs) {
        k.steps.at(k.cpu, RET_TO_USER_FROM_IRQ);
        if ((task.flags & TIF_WORK_MASK) != 0) {
            return slowWorkPending(k, task, regs);
        }
        toUser(k, task);
        return 0;
    }

    /** {@code disable_irq_notrace}: nobody is told. */
    private static void disableIrq(final CpuLocal cpu) {
        cpu.irqsEnabled = false;
        cpu.kernel.steps.at(cpu, DISABLE_IRQ);
    }

    private int slowWorkPending(final Kernel k, final Task task, final PtRegs regs) {
        final int restart = doWorkPending(k, task, regs);
        if (restart == 0) {
            toUser(k, task);
        }
        return restart;
    }

    /** Tracing, then context tracking, then the registers (EXL-28). */
    private static void toUser(final Kernel k, final Task task) {
        final CpuLocal cpu = k.cpu;
        k.steps.at(cpu, NO_WORK_PENDING);
        Context.traceHardirqsOn(cpu);
        Context.userEnter(cpu);
        UserRegisters.restore(k, cpu, task);
    }

    /**
     * One kind of work a pass (EXL-17). The flags handed over by the assembly are shifted away, so the first pass always does the resume work
     * (EXL-18); rescheduling is called with interrupts off (EXL-19).
     *
     * @return not 0 when the call is to be restarted without leaving the kernel; interrupts are on then (EXL-21)
     */
    private int doWorkPending(final Kernel k, final Task task, final PtRegs regs) {
        final ArmThread thread = ArmThread.of(task);
        Context.traceHardirqsOff(k.cpu);
        int flags = 0;
        do {
            k.steps.enter(k.cpu, DO_WORK_PENDING, flags);
            if ((flags & TIF_NEED_RESCHED) != 0) {
                k.steps.at(k.cpu, ExitToUserMode.SCHEDULE);
                k.sched.schedule();
            } else {
                if (!regs.user) {
                    k.steps.leave(k.cpu, DO_WORK_PENDING);
                    return 0;
                }
                Irqs.localIrqEnable(k.cpu);
                if ((flags & (TIF_SIGPENDING | TIF_NOTIFY_SIGNAL)) != 0) {
                    final int restart = signals.doSignal(task, regs, thread.why);
                    if (restart != 0) {
                        k.steps.leave(k.cpu, DO_WORK_PENDING);
                        return restart;
                    }
                    // Only the first signal pass may restart (EXL-20, RST-23).
                    thread.why = false;
                } else if ((flags & TIF_UPROBE) != 0) {
                    task.clearTif(TIF_UPROBE);
                    k.steps.at(k.cpu, ExitToUserMode.UPROBE_NOTIFY_RESUME);
                } else {
                    task.clearTif(TIF_RSEQ);
                    k.steps.at(k.cpu, ExitToUserMode.RESUME_USER_MODE_WORK);
                    k.taskWork.resumeUserModeWork(task, regs);
                }
            }
            Irqs.localIrqDisable(k.cpu);
            k.steps.leave(k.cpu, DO_WORK_PENDING);
            flags = task.flags;
        } while ((flags & TIF_WORK_MASK) != 0);
        return 0;
    }
}
