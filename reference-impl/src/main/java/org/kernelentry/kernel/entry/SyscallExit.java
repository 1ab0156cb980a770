package org.kernelentry.kernel.entry;

import static org.kernelentry.kernel.task.ThreadFlags.*;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.tracking.ContextTracking;

/**
 * System call exit of the generic entry code.
 *
 * <p>Source: linux v7.3 include/linux/entry-common.h syscall_exit_to_user_mode(), syscall_exit_work().
 */
public final class SyscallExit {
    /** Detail: the number. */
    public static final Step SYSCALL_EXIT_TO_USER_MODE =
            Step.of("syscall_exit_to_user_mode", "include/linux/entry-common.h syscall_exit_to_user_mode()");
    /** Detail: the work word. */
    public static final Step SYSCALL_EXIT_WORK = Step.of(
                    "syscall_exit_work", "include/linux/entry-common.h syscall_exit_work()")
            .carrying(Step.Detail.SYSCALL_WORK);

    public static final Step SUD_ROLLED_BACK =
            Step.of("syscall user dispatch: rolled back", "include/linux/entry-common.h syscall_exit_work()");
    public static final Step AUDIT_SYSCALL_EXIT =
            Step.of("audit_syscall_exit", "kernel/auditsc.c __audit_syscall_exit()");
    public static final Step TRACE_SYS_EXIT =
            Step.of("trace_sys_exit", "kernel/entry/syscall-common.c trace_syscall_exit()");
    public static final Step PTRACE_REPORT_SYSCALL_EXIT = Step.of(
                    "ptrace_report_syscall_exit", "include/linux/ptrace.h ptrace_report_syscall_exit()")
            .carrying(Step.Detail.SYSCALL_WORK);
    public static final Step RSEQ_DEBUG_SYSCALL_RETURN = Step.of("rseq_debug_syscall_return", "kernel/rseq.c");

    private SyscallExit() {}

    /**
     * One-time exit work, the exit-to-user loop and the final transition. Called with interrupts on and the return register stored; on
     * return interrupts are off and user registers may be restored.
     *
     * @return whether the port is to restart the call inside the kernel: only ever true with the proposed generic fast restart
     */
    public static boolean syscallExitToUserMode(final Kernel k, final Task task, final PtRegs regs) {
        k.steps.enter(k.cpu, SYSCALL_EXIT_TO_USER_MODE, task.syscallNr);
        syscallExitToUserModeWork(k, task, regs);
        Irqs.localIrqDisable(k.cpu);
        final boolean restart = ExitToUserMode.syscallExitToUserModePrepare(k, task, regs);
        if (!restart) {
            UserTransition.exitToUserMode(k.cpu);
        }
        k.steps.leave(k.cpu, SYSCALL_EXIT_TO_USER_MODE);
        return restart;
    }

    /** The part with interrupts on: checks, then the slow path if an exit work bit is set now (ENT-33). */
    private static void syscallExitToUserModeWork(final Kernel k, final Task task, final PtRegs regs) {
        final CpuLocal cpu = k.cpu;
        cpu.ct.expect(cpu, ContextTracking.State.KERNEL, "syscall_exit_to_user_mode_prepare");
        if (!cpu.irqsEnabled && k.config.has(Option.PROVE_LOCKING)) {
            k.log.warn("syscall_exit_to_user_mode_prepare", "syscall " + task.syscallNr + " left IRQs disabled");
            Irqs.localIrqEnable(cpu);
        }
        k.rseq.debugSyscallReturn(task, regs);
        final int work = task.syscallWork;
        if ((work & SYSCALL_WORK_EXIT) != 0) {
            syscallExitWork(k, task, regs, work);
        }
    }

    /** Exit work in this order: rolled-back test, audit, tracepoint, ptrace exit-stop or step report (ENT-30). */
    private static void syscallExitWork(final Kernel k, final Task task, final PtRegs regs, final int work) {
        k.steps.enter(k.cpu, SYSCALL_EXIT_WORK, work);
        try {
            // A rolled-back call was hidden from the entry side, so its exit is hidden too (ENT-31).
            if ((work & SYSCALL_WORK_SYSCALL_USER_DISPATCH) != 0 && task.syscallDispatch.onDispatch) {
                task.syscallDispatch.onDispatch = false;
                k.steps.at(k.cpu, SUD_ROLLED_BACK);
                return;
            }
            if (task.audit != null) {
                k.steps.at(k.cpu, AUDIT_SYSCALL_EXIT);
                k.audit.syscallExit(task, regs);
            }
            if ((work & SYSCALL_WORK_SYSCALL_TRACEPOINT) != 0) {
                k.steps.at(k.cpu, TRACE_SYS_EXIT);
                k.rawSyscalls.sysExit(task, regs);
            }
            final boolean step = reportSingleStep(work);
            if (step || (work & SYSCALL_WORK_SYSCALL_TRACE) != 0) {
                k.steps.enter(k.cpu, PTRACE_REPORT_SYSCALL_EXIT, work);
                k.arch.ptraceReportSyscallExit(task, regs, step);
                k.steps.leave(k.cpu, PTRACE_REPORT_SYSCALL_EXIT);
            }
        } finally {
            k.steps.leave(k.cpu, SYSCALL_EXIT_WORK);
        }
    }

    /** While EMU is on, the entry-stop was the report of this instruction already (EMU-08). */
    private static boolean reportSingleStep(final int work) {
        return (work & SYSCALL_WORK_SYSCALL_EMU) == 0 && (work & SYSCALL_WORK_SYSCALL_EXIT_TRAP) != 0;
    }
}
