package org.kernelentry.kernel.signal;

import java.util.List;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;

/**
 * kill(2) and its relatives.
 *
 * <p>Source: linux v7.3 kernel/signal.c kill_something_info(), do_send_specific(), do_rt_sigqueueinfo(). Every task of the model is root, so
 * {@code check_kill_permission()} refuses bad numbers only.
 */
final class SendCalls {
    private final Kernel k;

    SendCalls(final Kernel kernel) {
        this.k = kernel;
    }

    long sysKill(final Task current) {
        final int pid = (int) current.args[0];
        final SigInfo info = SigInfo.user((int) current.args[1], current.tgid);
        if (pid > 0) {
            return killProcess(pid, info);
        }
        if (pid == Integer.MIN_VALUE) {
            return -Errno.ESRCH;
        }
        return pid == -1 ? killAll(current, info) : killGroup(pid == 0 ? current.pgid : -pid, info);
    }

    /** {@code kill_pid_info()}: any thread's number means its process. */
    private long killProcess(final int pid, final SigInfo info) {
        final Task target = k.processes.find(pid);
        return target == null ? -Errno.ESRCH : groupSend(target, info);
    }

    /** {@code __kill_pgrp_info()}: success if one member was reached. */
    private long killGroup(final int pgid, final SigInfo info) {
        long result = -Errno.ESRCH;
        boolean success = false;
        for (final Task task : k.processes.all()) {
            if (task.groupLeader == task && task.pgid == pgid) {
                result = groupSend(task, info);
                success |= result == 0;
            }
        }
        return success ? 0 : result;
    }

    /** All processes but init, for which the runner's own task stands, and the caller's. */
    private long killAll(final Task current, final SigInfo info) {
        long result = -Errno.ESRCH;
        for (final Task task : List.copyOf(k.processes.all())) {
            if (task.groupLeader == task && !task.harness && !task.kernelThread && task.signal != current.signal) {
                result = groupSend(task, info);
            }
        }
        return result;
    }

    /** {@code group_send_sig_info()}: signal 0 only probes. */
    private long groupSend(final Task target, final SigInfo info) {
        if (!Signals.valid(info.signo())) {
            return -Errno.EINVAL;
        }
        if (info.signo() == 0) {
            return 0;
        }
        return target.state == TaskState.DEAD ? -Errno.ESRCH : k.signals.send(target, info, true);
    }

    long sysTkill(final Task current) {
        final int pid = (int) current.args[0];
        if (pid <= 0) {
            return -Errno.EINVAL;
        }
        return sendSpecific(0, pid, SigInfo.tkill((int) current.args[1], current.tgid));
    }

    long sysTgkill(final Task current) {
        final int tgid = (int) current.args[0];
        final int pid = (int) current.args[1];
        if (pid <= 0 || tgid <= 0) {
            return -Errno.EINVAL;
        }
        return sendSpecific(tgid, pid, SigInfo.tkill((int) current.args[2], current.tgid));
    }

    /** {@code do_send_specific()}: to one thread, of the process {@code tgid} if that is given. */
    private long sendSpecific(final int tgid, final int pid, final SigInfo info) {
        final Task target = k.processes.find(pid);
        if (target == null || tgid > 0 && target.tgid != tgid) {
            return -Errno.ESRCH;
        }
        if (!Signals.valid(info.signo())) {
            return -Errno.EINVAL;
        }
        // A thread that is just going away would have died after taking it.
        return info.signo() == 0 || target.state == TaskState.DEAD ? 0 : k.signals.send(target, info, false);
    }

    long sysRtSigqueueinfo(final Task current) {
        final int pid = (int) current.args[0];
        final long address = current.args[2];
        final SigInfo[] info = new SigInfo[1];
        final long error = read(current, (int) current.args[1], address, info);
        if (error != 0) {
            return error;
        }
        return impersonates(current, pid, info[0]) ? -Errno.EPERM : killProcess(pid, info[0]);
    }

    long sysRtTgsigqueueinfo(final Task current) {
        final int tgid = (int) current.args[0];
        final int pid = (int) current.args[1];
        final SigInfo[] info = new SigInfo[1];
        final long error = read(current, (int) current.args[2], current.args[3], info);
        if (error != 0) {
            return error;
        }
        if (pid <= 0 || tgid <= 0) {
            return -Errno.EINVAL;
        }
        return impersonates(current, pid, info[0]) ? -Errno.EPERM : sendSpecific(tgid, pid, info[0]);
    }

    /** {@code __copy_siginfo_from_user()}: the number is the call's argument, whatever the siginfo says. */
    private long read(final Task current, final int signo, final long address, final SigInfo[] into) {
        final byte[] bytes = new byte[SigInfoCodec.SIZE];
        if (!k.user.copyFrom(current, address, bytes, 0, bytes.length)) {
            return -Errno.EFAULT;
        }
        new GuestStruct(bytes).put(0, 4, signo);
        final int word = k.arch.abi(current).wordSize();
        if (word == 8 && !SigInfoCodec.fits(bytes, signo)) {
            return -Errno.E2BIG;
        }
        into[0] = SigInfoCodec.decode(bytes, word);
        return 0;
    }

    /** Only to itself may a task send what looks like it came from the kernel, kill(2) or tkill(2). */
    private static boolean impersonates(final Task current, final int pid, final SigInfo info) {
        return (info.code() >= 0 || info.code() == SigInfo.SI_TKILL) && current.pid != pid;
    }
}
