package org.kernelentry.kernel.task;

import static org.kernelentry.kernel.signal.JobControl.JOBCTL_LISTENING;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.signal.JobControl;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.SignalStruct;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Errno;

/**
 * wait4(2) and waitid(2).
 *
 * <p>Source: linux v7.3 kernel/exit.c do_wait(), wait_consider_task(), wait_task_zombie(), wait_task_stopped(), wait_task_continued().
 */
public final class Wait {
    public static final int WNOHANG = 1;
    public static final int WUNTRACED = 2;
    public static final int WSTOPPED = WUNTRACED;
    public static final int WEXITED = 4;
    public static final int WCONTINUED = 8;
    public static final int WNOWAIT = 0x100_0000;
    /** Own children only, not those of the group's other threads ({@code __WNOTHREAD}). */
    public static final int WNOTHREAD = 0x2000_0000;
    /** All children, whatever signal they report with ({@code __WALL}). */
    public static final int WALL = 0x4000_0000;
    /** Only children that report with another signal than SIGCHLD ({@code __WCLONE}). */
    public static final int WCLONE = 0x8000_0000;

    public static final int P_ALL = 0;
    public static final int P_PID = 1;
    public static final int P_PGID = 2;
    public static final int P_PIDFD = 3;

    private final Kernel k;
    private final Processes processes;
    private final Task current;
    private final int which;
    private final int id;
    private final int options;
    private long notaskError;

    /** wait4(2)'s status word. */
    public int status;
    /** waitid(2)'s {@code si_pid}; 0 when there was nothing to report. */
    public int pid;
    /** waitid(2)'s {@code si_code}. */
    public int cause;
    /** waitid(2)'s {@code si_status}. */
    public int infoStatus;

    private Wait(final Kernel kernel, final Task current, final int which, final int id, final int options) {
        this.k = kernel;
        this.processes = kernel.processes;
        this.current = current;
        this.which = which;
        this.id = id;
        this.options = options;
    }

    /** A wait of wait4(2)'s kind, or an error: {@code pid} positive, -1, 0, or a negated process group. */
    static long wait4(final Kernel k, final Task current, final long pid, final int options, final int[] status) {
        if ((options & ~(WNOHANG | WUNTRACED | WCONTINUED | WNOTHREAD | WCLONE | WALL)) != 0) {
            return -Errno.EINVAL;
        }
        if (pid == Integer.MIN_VALUE) {
            return -Errno.ESRCH;
        }
        final int which;
        final int id;
        if (pid == -1) {
            which = P_ALL;
            id = 0;
        } else if (pid > 0) {
            which = P_PID;
            id = (int) pid;
        } else {
            which = P_PGID;
            id = pid == 0 ? current.pgid : (int) -pid;
        }
        final Wait wait = new Wait(k, current, which, id, options | WEXITED);
        final long result = wait.doWait();
        status[0] = wait.status;
        return result;
    }

    /** A wait of waitid(2)'s kind; its fields say what was found when {@link #doWait} returns a pid. */
    public static @Nullable Wait waitid(
            final Kernel k, final Task current, final int which, final int id, final int options) {
        final int known = WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | WNOTHREAD | WCLONE | WALL;
        if ((options & ~known) != 0 || (options & (WEXITED | WSTOPPED | WCONTINUED)) == 0) {
            return null;
        }
        return switch (which) {
            case P_ALL -> new Wait(k, current, which, 0, options);
            case P_PID -> id > 0 ? new Wait(k, current, which, id, options) : null;
            case P_PGID -> id < 0 ? null : new Wait(k, current, which, id == 0 ? current.pgid : id, options);
            default -> null;
        };
    }

    private boolean has(final int option) {
        return (options & option) != 0;
    }

    /** {@code do_wait()}: a pid, 0 with WNOHANG, or a negative error or restart code (RST-34). */
    public long doWait() {
        final WaitQueue queue = current.signal.waitChildExit;
        queue.waiters.add(current);
        try {
            while (true) {
                current.state = TaskState.INTERRUPTIBLE;
                final long result = tryWait();
                if (result != -Errno.ERESTARTSYS || k.signals.signalPending(current)) {
                    return result;
                }
                k.sched.schedule();
            }
        } finally {
            current.state = TaskState.RUNNING;
            queue.waiters.remove(current);
        }
    }

    /** {@code __do_wait()}: -ERESTARTSYS stands for "nothing yet". */
    private long tryWait() {
        notaskError = -Errno.ECHILD;
        for (final Task thread : has(WNOTHREAD) ? List.of(current) : List.copyOf(current.signal.threads)) {
            for (final Task child : List.copyOf(thread.children)) {
                final long found = consider(child, false);
                if (found != 0) {
                    return found;
                }
            }
            for (final Task tracee : List.copyOf(thread.ptraced)) {
                final long found = consider(tracee, true);
                if (found != 0) {
                    return found;
                }
            }
        }
        if (notaskError == 0 && !has(WNOHANG)) {
            return -Errno.ERESTARTSYS;
        }
        return notaskError;
    }

    private boolean eligible(final Task task, final boolean ptrace) {
        final boolean named = switch (which) {
            case P_ALL -> true;
            case P_PID -> task.pid == id;
            default -> task.pgid == id;
        };
        if (!named) {
            return false;
        }
        return ptrace || has(WALL) || (task.exitSignal != Signals.SIGCHLD) == has(WCLONE);
    }

    /** {@code wait_consider_task()}: a pid, or 0 to go on looking. */
    private long consider(final Task task, final boolean asTracer) {
        if (task.state == TaskState.DEAD || !eligible(task, asTracer)) {
            return 0;
        }
        // A child traced by its own parent is seen once, as a tracee: group-stops are hidden then.
        final boolean ptrace = asTracer || task.ptrace.flags != 0 && !k.ptrace.reparented(task);
        if (task.state == TaskState.ZOMBIE) {
            final boolean delayed = task.groupLeader == task && task.signal.threads.size() > 1;
            // The tracer buries first; the real parent hears afterwards.
            if (!delayed && (ptrace || task.ptrace.flags == 0)) {
                return zombie(task);
            }
            if (!ptrace || has(WCONTINUED | WEXITED)) {
                notaskError = 0;
            }
        } else {
            notaskError = 0;
        }
        final long stopped = stopped(task, ptrace);
        return stopped != 0 ? stopped : continued(task);
    }

    private long zombie(final Task task) {
        if (!has(WEXITED)) {
            return 0;
        }
        final boolean group = task.signal.has(SignalStruct.SIGNAL_GROUP_EXIT);
        status = group ? task.signal.groupExitCode : task.exitCode;
        pid = task.pid;
        if ((status & 0x7f) == 0) {
            cause = SigInfo.CLD_EXITED;
            infoStatus = status >> 8;
        } else {
            cause = (status & 0x80) != 0 ? SigInfo.CLD_DUMPED : SigInfo.CLD_KILLED;
            infoStatus = status & 0x7f;
        }
        if (has(WNOWAIT)) {
            return pid;
        }
        boolean dead = true;
        if (k.ptrace.reparented(task) && task.groupLeader == task) {
            k.ptrace.unlink(task);
            dead = k.signals.doNotifyParent(task, task.exitSignal);
        }
        if (dead) {
            processes.release(task);
        }
        return pid;
    }

    private long stopped(final Task task, final boolean ptrace) {
        if (!ptrace && !has(WUNTRACED)) {
            return 0;
        }
        final int code;
        if (ptrace) {
            code = JobControl.isTraced(task) && !JobControl.has(task, JOBCTL_LISTENING) ? task.ptrace.stopCode : 0;
        } else {
            code = task.signal.has(SignalStruct.SIGNAL_STOP_STOPPED) ? task.signal.groupExitCode : 0;
        }
        if (code == 0) {
            return 0;
        }
        if (!has(WNOWAIT)) {
            if (ptrace) {
                task.ptrace.stopCode = 0;
            } else {
                task.signal.groupExitCode = 0;
            }
        }
        status = code << 8 | 0x7f;
        cause = ptrace ? SigInfo.CLD_TRAPPED : SigInfo.CLD_STOPPED;
        infoStatus = code;
        pid = task.pid;
        return pid;
    }

    private long continued(final Task task) {
        if (!has(WCONTINUED) || !task.signal.has(SignalStruct.SIGNAL_STOP_CONTINUED)) {
            return 0;
        }
        if (!has(WNOWAIT)) {
            task.signal.flags &= ~SignalStruct.SIGNAL_STOP_CONTINUED;
        }
        status = 0xffff;
        cause = SigInfo.CLD_CONTINUED;
        infoStatus = Signals.SIGCONT;
        pid = task.pid;
        return pid;
    }
}
