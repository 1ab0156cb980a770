package org.kernelentry.kernel.signal;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Task;

/** SIGCHLD and the wake-up of those who wait. Source: linux v7.3 kernel/signal.c do_notify_parent(), do_notify_parent_cldstop(). */
final class ParentNotify {
    private final Kernel k;
    private final SendSignal send;

    ParentNotify(final Kernel kernel, final SendSignal send) {
        this.k = kernel;
        this.send = send;
    }

    /** Tells of a death; returns whether the parent does not care and the task is to be reaped at once. */
    boolean notifyParent(final Task task, final int exitSignal) {
        final Task parent = task.parent;
        if (parent == null) {
            return true;
        }
        final int exit = task.exitCode;
        final int code;
        int status = exit & 0x7f;
        if ((exit & 0x80) != 0) {
            code = SigInfo.CLD_DUMPED;
        } else if (status != 0) {
            code = SigInfo.CLD_KILLED;
        } else {
            code = SigInfo.CLD_EXITED;
            status = exit >> 8;
        }
        int sig = exitSignal;
        boolean autoreap = false;
        final SigAction action = parent.sighand.action[Signals.SIGCHLD];
        if (task.ptrace.flags == 0 && sig == Signals.SIGCHLD && ignoresChildren(action)) {
            autoreap = true;
            if (action.handler() == SigAction.SIG_IGN) {
                sig = 0;
            }
        }
        if (Signals.valid(sig) && sig != 0) {
            send.send(parent, new SigInfo(sig, 0, code, task.pid, 0, 0, status, 0), true, false);
        }
        wakeUpParent(parent);
        return autoreap;
    }

    /** {@code ignoring_children()}: children reap themselves. */
    static boolean ignoresChildren(final SigAction sigchld) {
        return sigchld.handler() == SigAction.SIG_IGN || sigchld.has(SigAction.SA_NOCLDWAIT);
    }

    /**
     * Tells of a stop or continuation: the tracer of the task itself, or the real parent of its group.
     *
     * @param why {@code CLD_STOPPED}, {@code CLD_TRAPPED} or {@code CLD_CONTINUED}
     */
    void notifyCldstop(final Task task, final boolean forPtracer, final int why) {
        final Task child = forPtracer ? task : task.groupLeader;
        final Task parent = forPtracer ? child.parent : child.realParent;
        if (parent == null) {
            return;
        }
        final int status = switch (why) {
            case SigInfo.CLD_CONTINUED -> Signals.SIGCONT;
            case SigInfo.CLD_STOPPED -> child.signal.groupExitCode & 0x7f;
            case SigInfo.CLD_TRAPPED -> child.ptrace.stopCode & 0x7f;
            default -> throw new IllegalArgumentException("not a stop or continuation: " + why);
        };
        final SigAction action = parent.sighand.action[Signals.SIGCHLD];
        if (action.handler() != SigAction.SIG_IGN && !action.has(SigAction.SA_NOCLDSTOP)) {
            send.send(parent, new SigInfo(Signals.SIGCHLD, 0, why, child.pid, 0, 0, status, 0), true);
        }
        wakeUpParent(parent);
    }

    /** {@code __wake_up_parent()}: also without SIGCHLD a waiter looks again. */
    void wakeUpParent(final Task parent) {
        k.sched.wakeAll(parent.signal.waitChildExit);
    }
}
