package org.kernelentry.kernel.entry;

import static org.kernelentry.kernel.task.ThreadFlags.*;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;

/**
 * System call entry of the generic entry code.
 *
 * <p>Source: linux v7.3 include/linux/entry-common.h syscall_enter_from_user_mode(), syscall_trace_enter();
 * kernel/entry/syscall-common.c.
 */
public final class SyscallEntry {
    /** Detail: the number decoded. */
    public static final Step SYSCALL_ENTER_FROM_USER_MODE =
            Step.of("syscall_enter_from_user_mode", "include/linux/entry-common.h syscall_enter_from_user_mode()");

    /** Detail: the number decoded. */
    public static final Step SYSCALL_ENTER_FROM_USER_MODE_WORK = Step.of(
            "syscall_enter_from_user_mode_work", "include/linux/entry-common.h syscall_enter_from_user_mode_work()");

    public static final Step ADD_RANDOM_KSTACK_OFFSET =
            Step.of("add_random_kstack_offset", "include/linux/randomize_kstack.h add_random_kstack_offset()");
    /** Detail: the work word. */
    public static final Step SYSCALL_TRACE_ENTER = Step.of(
                    "syscall_trace_enter", "include/linux/entry-common.h syscall_trace_enter()")
            .carrying(Step.Detail.SYSCALL_WORK);

    public static final Step SYSCALL_USER_DISPATCH =
            Step.of("syscall_user_dispatch", "kernel/entry/syscall_user_dispatch.c syscall_user_dispatch()");
    public static final Step RSEQ_SYSCALL_ENTER_WORK =
            Step.of("rseq_syscall_enter_work", "kernel/rseq.c rseq_syscall_enter_work()");
    public static final Step PTRACE_REPORT_SYSCALL_ENTRY = Step.of(
                    "ptrace_report_syscall_entry", "include/linux/ptrace.h ptrace_report_syscall_entry()")
            .carrying(Step.Detail.SYSCALL_WORK);
    public static final Step SECURE_COMPUTING =
            Step.of("secure_computing", "kernel/seccomp.c __secure_computing()").carrying(Step.Detail.SYSCALL_WORK);
    public static final Step TRACE_SYS_ENTER =
            Step.of("trace_sys_enter", "kernel/entry/syscall-common.c trace_syscall_enter()");
    public static final Step AUDIT_SYSCALL_ENTRY =
            Step.of("audit_syscall_entry", "kernel/auditsc.c __audit_syscall_entry()");

    private SyscallEntry() {}

    /**
     * Establishes kernel state, enables interrupts and does the entry work.
     *
     * <p>Called by the arch stub with interrupts disabled, the registers saved, {@link Task#syscallNr} set to the number decoded and the
     * return register preset where the port does that.
     *
     * @return whether the body may run; {@link Task#syscallNr} is then the number to run
     */
    public static boolean syscallEnterFromUserMode(final CpuLocal cpu, final Task task, final PtRegs regs) {
        final Kernel k = cpu.kernel;
        k.steps.enter(cpu, SYSCALL_ENTER_FROM_USER_MODE, task.syscallNr);
        UserTransition.enterFromUserMode(cpu, regs);
        k.steps.at(cpu, ADD_RANDOM_KSTACK_OFFSET);
        Irqs.localIrqEnable(cpu);
        final boolean permit = syscallEnterFromUserModeWork(cpu, task, regs);
        k.steps.leave(k.cpu, SYSCALL_ENTER_FROM_USER_MODE);
        return permit;
    }

    /** The part after interrupts are on: the slow path only if a work bit is set. */
    public static boolean syscallEnterFromUserModeWork(final CpuLocal cpu, final Task task, final PtRegs regs) {
        final int work = task.syscallWork;
        if ((work & SYSCALL_WORK_ENTER) == 0) {
            return true;
        }
        final Kernel k = cpu.kernel;
        k.steps.enter(cpu, SYSCALL_ENTER_FROM_USER_MODE_WORK, task.syscallNr);
        final boolean permit = syscallTraceEnter(k, task, regs, work);
        k.steps.leave(k.cpu, SYSCALL_ENTER_FROM_USER_MODE_WORK);
        return permit;
    }

    /**
     * Entry work, in this order: user dispatch, rseq slice, ptrace, seccomp, tracepoint, audit.
     *
     * <p>A step that says skip ends it: what comes later does not run (ENT-05, ENT-07, ENT-08, ENT-12).
     */
    private static boolean syscallTraceEnter(final Kernel k, final Task task, final PtRegs regs, final int sampled) {
        int work = sampled;
        k.steps.enter(k.cpu, SYSCALL_TRACE_ENTER, work);
        try {
            // First: the ABI of a dispatched call is unknown, so nobody may interpret it.
            if ((work & SYSCALL_WORK_SYSCALL_USER_DISPATCH) != 0) {
                k.steps.enter(k.cpu, SYSCALL_USER_DISPATCH, 0);
                final boolean taken = k.dispatch.syscallUserDispatch(task, regs);
                k.steps.leave(k.cpu, SYSCALL_USER_DISPATCH);
                if (taken) {
                    return false;
                }
            }
            if ((work & SYSCALL_WORK_SYSCALL_RSEQ_SLICE) != 0) {
                k.steps.at(k.cpu, RSEQ_SYSCALL_ENTER_WORK);
                k.rseq.syscallEnterWork(task, task.syscallNr);
            }
            if ((work & (SYSCALL_WORK_SYSCALL_TRACE | SYSCALL_WORK_SYSCALL_EMU)) != 0) {
                k.steps.enter(k.cpu, PTRACE_REPORT_SYSCALL_ENTRY, work);
                final boolean fatal = k.arch.ptraceReportSyscallEntry(task, regs);
                k.steps.leave(k.cpu, PTRACE_REPORT_SYSCALL_ENTRY);
                // EMU is judged by the sampled word: a resume that clears it does not bring the body back (ENT-08).
                if (fatal || (work & SYSCALL_WORK_SYSCALL_EMU) != 0) {
                    return false;
                }
                // The tracer may have switched other work on or off meanwhile (ENT-09).
                work = task.syscallWork;
            }
            // After ptrace, so that the filter judges what the tracer left (ENT-11).
            if ((work & SYSCALL_WORK_SECCOMP) != 0) {
                k.steps.enter(k.cpu, SECURE_COMPUTING, work);
                final boolean permitted = k.seccomp.secureComputing(task, regs);
                k.steps.leave(k.cpu, SECURE_COMPUTING);
                if (!permitted) {
                    return false;
                }
            }
            // Ptrace or seccomp may have changed the number.
            task.syscallNr = k.arch.syscallGetNr(task, regs);
            if ((work & SYSCALL_WORK_SYSCALL_TRACEPOINT) != 0) {
                k.steps.at(k.cpu, TRACE_SYS_ENTER, task.syscallNr);
                k.rawSyscalls.sysEnter(task, regs);
            }
            // The context decides, not the work bit (ENT-14).
            if (task.audit != null) {
                k.steps.at(k.cpu, AUDIT_SYSCALL_ENTRY, task.syscallNr);
                k.audit.syscallEntry(task, regs);
            }
            task.syscallNr = k.arch.syscallGetNr(task, regs);
            return true;
        } finally {
            k.steps.leave(k.cpu, SYSCALL_TRACE_ENTER);
        }
    }
}
