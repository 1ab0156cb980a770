package org.kernelentry.kernel.ptrace;

import static org.kernelentry.kernel.ptrace.PtraceRequest.*;
import static org.kernelentry.kernel.signal.JobControl.*;
import static org.kernelentry.kernel.task.ThreadFlags.*;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;

/** Letting a stopped tracee go on. Source: linux v7.3 kernel/ptrace.c ptrace_resume(). */
final class PtraceResume {
    private final Kernel k;

    PtraceResume(final Kernel kernel) {
        this.k = kernel;
    }

    /**
     * Updates TRACE, then EMU, then stepping, then wakes the tracee. A bad signal number fails before anything is changed (PTR-15); stepping a
     * port cannot do fails with the work bits already changed and the tracee still stopped (PTR-16, STP-09).
     */
    long resume(final Task child, final int request, final long data) {
        if (!Signals.valid(data)) {
            return -Errno.EIO;
        }
        setWork(child, SYSCALL_WORK_SYSCALL_TRACE, request == PTRACE_SYSCALL);
        setWork(child, SYSCALL_WORK_SYSCALL_EMU, request == PTRACE_SYSEMU || request == PTRACE_SYSEMU_SINGLESTEP);
        if (request == PTRACE_SINGLEBLOCK) {
            if (!k.arch.hasBlockStep()) {
                return -Errno.EIO;
            }
            k.arch.userEnableBlockStep(child);
        } else if (request == PTRACE_SINGLESTEP || request == PTRACE_SYSEMU_SINGLESTEP) {
            if (!k.arch.hasSingleStep()) {
                return -Errno.EIO;
            }
            k.arch.userEnableSingleStep(child);
        } else {
            k.arch.userDisableSingleStep(child);
        }
        child.ptrace.stopCode = (int) data;
        child.jobctl &= ~JOBCTL_TRACED;
        k.sched.wakeUpState(child, TaskState.TRACED);
        return 0;
    }

    private static void setWork(final Task child, final int bit, final boolean on) {
        if (on) {
            child.setSyscallWork(bit);
        } else {
            child.clearSyscallWork(bit);
        }
    }
}
