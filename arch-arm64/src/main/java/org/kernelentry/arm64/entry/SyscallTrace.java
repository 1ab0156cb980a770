package org.kernelentry.arm64.entry;

import static org.kernelentry.arm64.Arm64PtRegs.NO_SYSCALL;
import static org.kernelentry.kernel.task.ThreadFlags.*;

import org.kernelentry.arm64.Arm64PtRegs;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.entry.SyscallEntry;
import org.kernelentry.kernel.entry.SyscallExit;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.Task;

/**
 * arm64's own system call entry and exit work, flavour {@code native}.
 *
 * <p>Neither user dispatch nor the rseq time slice has a place in it (ENT-41). Source: linux v7.3 arch/arm64/kernel/ptrace.c
 * syscall_trace_enter(), syscall_trace_exit(), report_syscall().
 */
final class SyscallTrace {
    /** {@code _TIF_SYSCALL_WORK}. */
    static final int SYSCALL_WORK = SYSCALL_WORK_SYSCALL_TRACE
            | SYSCALL_WORK_SYSCALL_AUDIT
            | SYSCALL_WORK_SYSCALL_TRACEPOINT
            | SYSCALL_WORK_SECCOMP
            | SYSCALL_WORK_SYSCALL_EMU;

    /** Detail: the work word. */
    static final Step SYSCALL_TRACE_ENTER = Step.of(
                    "syscall_trace_enter", "arch/arm64/kernel/ptrace.c syscall_trace_enter()")
            .carrying(Step.Detail.SYSCALL_WORK);
    /** Detail: the work word. */
    static final Step SYSCALL_TRACE_EXIT = Step.of(
                    "syscall_trace_exit", "arch/arm64/kernel/ptrace.c syscall_trace_exit()")
            .carrying(Step.Detail.SYSCALL_WORK);

    /** Detail: the direction shown in x7 or r12. */
    static final Step REPORT_SYSCALL = Step.of("report_syscall", "arch/arm64/kernel/ptrace.c report_syscall()");

    private static final int DIR_ENTER = 0;
    private static final int DIR_EXIT = 1;
    private static final int HINT_X7 = 7;
    private static final int HINT_R12 = 12;

    private final Kernel k;

    SyscallTrace(final Kernel kernel) {
        this.k = kernel;
    }

    /** The number to run, or NO_SYSCALL to skip. Ptrace is judged by a snapshot, seccomp and tracepoint by the live word (ENT-42). */
    int enter(final Task task, final PtRegs regs) {
        final int work = task.syscallWork;
        k.steps.enter(k.cpu, SYSCALL_TRACE_ENTER, work);
        final int nr = enterWork(task, regs, work);
        k.steps.leave(k.cpu, SYSCALL_TRACE_ENTER);
        return nr;
    }

    private int enterWork(final Task task, final PtRegs regs, final int work) {
        if ((work & (SYSCALL_WORK_SYSCALL_EMU | SYSCALL_WORK_SYSCALL_TRACE)) != 0) {
            final boolean fatal = reportEntry(task, regs);
            // 6.1 went on to seccomp with the number forgotten (ENT-45).
            if (fatal && k.config.version() >= KernelConfig.V7_3 || (work & SYSCALL_WORK_SYSCALL_EMU) != 0) {
                return NO_SYSCALL;
            }
        }
        if ((task.syscallWork & SYSCALL_WORK_SECCOMP) != 0) {
            k.steps.enter(k.cpu, SyscallEntry.SECURE_COMPUTING, task.syscallWork);
            final boolean permitted = k.seccomp.secureComputing(task, regs);
            k.steps.leave(k.cpu, SyscallEntry.SECURE_COMPUTING);
            if (!permitted) {
                return NO_SYSCALL;
            }
        }
        task.syscallNr = Arm64PtRegs.syscallno(regs);
        if ((task.syscallWork & SYSCALL_WORK_SYSCALL_TRACEPOINT) != 0) {
            k.steps.at(k.cpu, SyscallEntry.TRACE_SYS_ENTER, task.syscallNr);
            k.rawSyscalls.sysEnter(task, regs);
        }
        // The helper tests the context itself; asked on every traced call (DIF-A64-18).
        if (task.audit != null) {
            k.steps.at(k.cpu, SyscallEntry.AUDIT_SYSCALL_ENTRY, task.syscallNr);
            k.audit.syscallEntry(task, regs);
        }
        return Arm64PtRegs.syscallno(regs);
    }

    void exit(final Task task, final PtRegs regs) {
        final int work = task.syscallWork;
        k.steps.enter(k.cpu, SYSCALL_TRACE_EXIT, work);
        final boolean step = task.testTif(TIF_SINGLESTEP);
        if (task.audit != null) {
            k.steps.at(k.cpu, SyscallExit.AUDIT_SYSCALL_EXIT);
            k.audit.syscallExit(task, regs);
        }
        if ((work & SYSCALL_WORK_SYSCALL_TRACEPOINT) != 0) {
            k.steps.at(k.cpu, SyscallExit.TRACE_SYS_EXIT);
            k.rawSyscalls.sysExit(task, regs);
        }
        if ((work & SYSCALL_WORK_SYSCALL_TRACE) != 0 || step) {
            reportExit(task, regs);
        }
        // After the exit-stop, unlike the generic code (ENT-40).
        k.rseq.debugSyscallReturn(task, regs);
        k.steps.leave(k.cpu, SYSCALL_TRACE_EXIT);
    }

    private static int hint(final Task task) {
        return task.is32Bit() ? HINT_R12 : HINT_X7;
    }

    /** The entry-stop, with 0 in x7 or r12 meanwhile; what the tracer writes there is lost (PTR-28, PTR-29). */
    private boolean reportEntry(final Task task, final PtRegs regs) {
        final int register = hint(task);
        final long saved = regs.slot[register];
        regs.slot[register] = DIR_ENTER;
        k.steps.enter(k.cpu, REPORT_SYSCALL, DIR_ENTER);
        final boolean fatal = k.ptrace.reportSyscallEntry(task, regs);
        if (fatal) {
            Arm64PtRegs.forgetSyscall(regs);
        }
        regs.slot[register] = saved;
        k.steps.leave(k.cpu, REPORT_SYSCALL);
        return fatal;
    }

    /** The exit-stop with 1 in the register, or the pseudo-step report with its true value (PTR-32). */
    private void reportExit(final Task task, final PtRegs regs) {
        final int register = hint(task);
        final long saved = regs.slot[register];
        regs.slot[register] = DIR_EXIT;
        k.steps.enter(k.cpu, REPORT_SYSCALL, DIR_EXIT);
        if (task.testTif(TIF_SINGLESTEP)) {
            regs.slot[register] = saved;
            k.ptrace.reportSyscallExit(task, regs, true);
        } else {
            k.ptrace.reportSyscallExit(task, regs, false);
            regs.slot[register] = saved;
        }
        k.steps.leave(k.cpu, REPORT_SYSCALL);
    }
}
