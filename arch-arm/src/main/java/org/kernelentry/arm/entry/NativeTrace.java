package org.kernelentry.arm.entry;

import static org.kernelentry.kernel.task.ThreadFlags.SYSCALL_WORK_SECCOMP;
import static org.kernelentry.kernel.task.ThreadFlags.SYSCALL_WORK_SYSCALL_TRACE;
import static org.kernelentry.kernel.task.ThreadFlags.SYSCALL_WORK_SYSCALL_TRACEPOINT;

import org.kernelentry.arm.ArmPtRegs;
import org.kernelentry.arm.ArmThread;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.entry.SyscallEntry;
import org.kernelentry.kernel.entry.SyscallExit;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.Task;

/** Entry and exit work of the native path. Each piece tests its own flag (ENT-35). Source: linux v7.3 arch/arm/kernel/ptrace.c. */
final class NativeTrace {
    static final Step SYSCALL_TRACE_ENTER = Step.of(
                    "syscall_trace_enter", "arch/arm/kernel/ptrace.c syscall_trace_enter()")
            .carrying(Step.Detail.SYSCALL_WORK);
    static final Step SYSCALL_TRACE_EXIT = Step.of(
                    "syscall_trace_exit", "arch/arm/kernel/ptrace.c syscall_trace_exit()")
            .carrying(Step.Detail.SYSCALL_WORK);

    private static final int ENTRY = 0;
    private static final int EXIT = 1;

    private final Kernel k;

    NativeTrace(final Kernel k) {
        this.k = k;
    }

    /**
     * {@code syscall_trace_enter()}: ptrace, seccomp, tracepoint, audit (ENT-43).
     *
     * @return number to run; -1 skips the call
     */
    int enter(final Task task, final PtRegs regs) {
        k.steps.enter(k.cpu, SYSCALL_TRACE_ENTER, task.syscallWork);
        if ((task.syscallWork & SYSCALL_WORK_SYSCALL_TRACE) != 0) {
            k.steps.enter(k.cpu, SyscallEntry.PTRACE_REPORT_SYSCALL_ENTRY, task.syscallWork);
            // A fatal signal only makes the number -1: seccomp, tracepoint and audit still run (ENT-44).
            k.arch.ptraceReportSyscallEntry(task, regs);
            k.steps.leave(k.cpu, SyscallEntry.PTRACE_REPORT_SYSCALL_ENTRY);
        }
        if ((task.syscallWork & SYSCALL_WORK_SECCOMP) != 0) {
            k.steps.enter(k.cpu, SyscallEntry.SECURE_COMPUTING, task.syscallWork);
            task.syscallNr = SwiDecode.syscallGetNr(k, ArmThread.of(task));
            final boolean permitted = k.seccomp.secureComputing(task, regs);
            k.steps.leave(k.cpu, SyscallEntry.SECURE_COMPUTING);
            if (!permitted) {
                k.steps.leave(k.cpu, SYSCALL_TRACE_ENTER);
                return ArmThread.NO_SYSCALL;
            }
        }
        final int number = SwiDecode.syscallGetNr(k, ArmThread.of(task));
        task.syscallNr = number;
        if ((task.syscallWork & SYSCALL_WORK_SYSCALL_TRACEPOINT) != 0) {
            k.steps.at(k.cpu, SyscallEntry.TRACE_SYS_ENTER, number);
            k.rawSyscalls.sysEnter(task, regs);
        }
        if (task.audit != null) {
            k.steps.at(k.cpu, SyscallEntry.AUDIT_SYSCALL_ENTRY, number);
            // r0 as the tracer left it, where seccomp and the tracepoint saw ORIG_r0 (ARM-34).
            final long[] slot = regs.slot;
            k.audit.syscallEntry(task, number, slot[0], slot[1], slot[2], slot[3]);
        }
        k.steps.leave(k.cpu, SYSCALL_TRACE_ENTER);
        return number;
    }

    /** {@code syscall_trace_exit()}: audit, tracepoint, ptrace. */
    void exit(final Task task, final PtRegs regs) {
        k.steps.enter(k.cpu, SYSCALL_TRACE_EXIT, task.syscallWork);
        if (task.audit != null) {
            k.steps.at(k.cpu, SyscallExit.AUDIT_SYSCALL_EXIT);
            k.audit.syscallExit(task, regs);
        }
        if ((task.syscallWork & SYSCALL_WORK_SYSCALL_TRACEPOINT) != 0) {
            k.steps.at(k.cpu, SyscallExit.TRACE_SYS_EXIT);
            k.rawSyscalls.sysExit(task, regs);
        }
        if ((task.syscallWork & SYSCALL_WORK_SYSCALL_TRACE) != 0) {
            k.steps.enter(k.cpu, SyscallExit.PTRACE_REPORT_SYSCALL_EXIT, task.syscallWork);
            k.arch.ptraceReportSyscallExit(task, regs, false);
            k.steps.leave(k.cpu, SyscallExit.PTRACE_REPORT_SYSCALL_EXIT);
        }
        k.steps.leave(k.cpu, SYSCALL_TRACE_EXIT);
    }

    /** {@code report_syscall()} at entry: ip tells the tracer which stop it is and gets its own value back (PTR-30). */
    static boolean reportEntry(final Kernel k, final Task task, final PtRegs regs) {
        final long ip = regs.slot[ArmPtRegs.IP];
        regs.slot[ArmPtRegs.IP] = ENTRY;
        final boolean fatal = k.ptrace.reportSyscallEntry(task, regs);
        if (fatal) {
            ArmThread.of(task).abiSyscall = ArmThread.NO_SYSCALL;
        }
        regs.slot[ArmPtRegs.IP] = ip;
        return fatal;
    }

    /** {@code report_syscall()} at exit. */
    static void reportExit(final Kernel k, final Task task, final PtRegs regs) {
        final long ip = regs.slot[ArmPtRegs.IP];
        regs.slot[ArmPtRegs.IP] = EXIT;
        k.ptrace.reportSyscallExit(task, regs, false);
        regs.slot[ArmPtRegs.IP] = ip;
    }
}
