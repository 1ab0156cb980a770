package org.kernelentry.kernel.ptrace;

import static org.kernelentry.kernel.ptrace.PtraceRequest.*;
import static org.kernelentry.kernel.signal.JobControl.*;
import static org.kernelentry.kernel.task.ThreadFlags.*;

import java.util.ArrayList;
import java.util.List;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.seccomp.SeccompState;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.SignalStruct;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;

/**
 * Becoming and ceasing to be a tracer.
 *
 * <p>Source: linux v7.3 kernel/ptrace.c ptrace_attach(), ptrace_traceme(), __ptrace_unlink(), __ptrace_detach(), exit_ptrace();
 * include/linux/ptrace.h ptrace_init_task(). Every task of the model is root, so the permission checks never refuse.
 */
final class PtraceAttach {
    private final Kernel k;

    PtraceAttach(final Kernel kernel) {
        this.k = kernel;
    }

    /** PTRACE_TRACEME: 0 or -EPERM when somebody traces current already. */
    long traceme(final Task current) {
        if (current.ptrace.flags != 0) {
            return -Errno.EPERM;
        }
        final Task parent = current.realParent;
        if (parent != null && !parent.exiting) {
            current.ptrace.flags = PtraceState.PT_PTRACED;
            link(current, parent);
        }
        return 0;
    }

    /** PTRACE_ATTACH and PTRACE_SEIZE; the latter takes options in {@code data} and does not stop the task. */
    long attach(final Task current, final Task task, final boolean seize, final long address, final long data) {
        int flags = PtraceState.PT_PTRACED;
        if (seize) {
            // EIO here, EINVAL from SETOPTIONS: the two have always differed.
            if (address != 0 || (data & ~PTRACE_O_MASK) != 0) {
                return -Errno.EIO;
            }
            final long error = checkOptions(current, data);
            if (error != 0) {
                return error;
            }
            flags |= PtraceState.PT_SEIZED | (int) data << PtraceState.PT_OPT_FLAG_SHIFT;
        }
        // The runner's own task never comes to a stop that a tracer could see.
        if (task.kernelThread || task.harness || task.signal == current.signal) {
            return -Errno.EPERM;
        }
        if (task.state == TaskState.ZOMBIE || task.state == TaskState.DEAD || task.ptrace.flags != 0) {
            return -Errno.EPERM;
        }
        task.ptrace.flags = flags;
        link(task, current);
        if (!seize) {
            k.signals.send(task, SigInfo.kernel(Signals.SIGSTOP), false);
        }
        // A task in group-stop is led over to a ptrace-stop; the tracer does not see it run meanwhile.
        if (isStopped(task) && setPending(task, JOBCTL_TRAP_STOP | JOBCTL_TRAPPING)) {
            k.signals.wakeUpStopped(task);
        }
        while (has(task, JOBCTL_TRAPPING) && !k.signals.fatalSignalPending(current)) {
            k.sched.waitOn(task.ptrace.trapping, TaskState.KILLABLE);
        }
        return 0;
    }

    /** {@code check_ptrace_options()}. */
    long checkOptions(final Task current, final long options) {
        if ((options & ~PTRACE_O_MASK) != 0) {
            return -Errno.EINVAL;
        }
        if ((options & PTRACE_O_SUSPEND_SECCOMP) != 0) {
            if (!k.config.has(Option.SECCOMP_FILTER)) {
                return -Errno.EINVAL;
            }
            // A filtered tracer must not get rid of filters through a tracee (PTR-44).
            if (!current.seccomp.capSysAdmin
                    || current.seccomp.mode != SeccompState.SECCOMP_MODE_DISABLED
                    || current.ptrace.option(PTRACE_O_SUSPEND_SECCOMP)) {
                return -Errno.EPERM;
            }
        }
        return 0;
    }

    private static void link(final Task task, final Task tracer) {
        tracer.ptraced.add(task);
        task.parent = tracer;
    }

    /** {@code ptrace_init_task()}: a new task is nobody's tracee, or that of its parent's tracer, with a stop pending. */
    void initTask(final Task parent, final Task child, final boolean trace) {
        child.jobctl = 0;
        child.ptrace.flags = 0;
        child.parent = child.realParent;
        final Task tracer = parent.parent;
        if (trace && parent.ptrace.flags != 0 && tracer != null) {
            child.ptrace.flags = parent.ptrace.flags;
            link(child, tracer);
            if (child.ptrace.seized()) {
                setPending(child, JOBCTL_TRAP_STOP);
            } else {
                // Only the bit: nobody is to be woken and nothing was sent.
                child.pending.set = child.pending.set.plus(Signals.SIGSTOP);
            }
        }
    }

    /** {@code __ptrace_unlink()}: back to the real parent; the task runs on, or goes to the group-stop its group is in (PTR-18). */
    void unlink(final Task task) {
        task.clearSyscallWork(SYSCALL_WORK_SYSCALL_TRACE | SYSCALL_WORK_SYSCALL_EMU);
        final Task tracer = task.parent;
        if (tracer != null) {
            tracer.ptraced.remove(task);
        }
        task.parent = task.realParent;
        task.ptrace.flags = 0;
        clearPending(task, JOBCTL_TRAP_MASK);
        clearTrapping(task);
        final SignalStruct signal = task.signal;
        if (!task.exiting && (signal.has(SignalStruct.SIGNAL_STOP_STOPPED) || signal.groupStopCount != 0)) {
            task.jobctl |= JOBCTL_STOP_PENDING;
        }
        if (has(task, JOBCTL_STOP_PENDING) || isTraced(task)) {
            k.signals.ptraceWakeUp(task, true);
        }
    }

    /** {@code __ptrace_detach()}: whether the task is a zombie that nobody else will reap. */
    private boolean unlinkDead(final Task tracer, final Task task) {
        unlink(task);
        if (task.state != TaskState.ZOMBIE) {
            return false;
        }
        boolean dead = task.groupLeader != task;
        if (!dead && task.signal.threads.size() <= 1) {
            final Task parent = task.realParent;
            if (parent == null || parent.signal != tracer.signal) {
                dead = k.signals.doNotifyParent(task, task.exitSignal);
            } else if (k.signals.ignoringChildren(tracer)) {
                k.signals.wakeUpParent(tracer);
                dead = true;
            }
        }
        return dead;
    }

    /** PTRACE_DETACH with the signal to go on with. */
    long detach(final Task tracer, final Task child, final long data) {
        if (!Signals.valid(data)) {
            return -Errno.EIO;
        }
        k.arch.userDisableSingleStep(child);
        child.ptrace.stopCode = (int) data;
        unlinkDead(tracer, child);
        return 0;
    }

    /** {@code exit_ptrace()}: lets all tracees go, or kills them; returns the zombies to be reaped now. */
    List<Task> exitPtrace(final Task tracer) {
        final List<Task> dead = new ArrayList<>();
        for (final Task task : List.copyOf(tracer.ptraced)) {
            if (task.ptrace.option(PTRACE_O_EXITKILL)) {
                k.signals.send(task, SigInfo.kernel(Signals.SIGKILL), false);
            }
            if (unlinkDead(tracer, task)) {
                dead.add(task);
            }
        }
        return dead;
    }
}
