package org.kernelentry.kernel.signal;

import java.util.Map;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.syscall.SyscallBody;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;
import org.kernelentry.kernel.task.ThreadFlags;

/** Bodies of the signal system calls; their arguments are in {@link Task#args}. Source: linux v7.3 kernel/signal.c. */
public final class SignalCalls {
    private static final int SIGSET_SIZE = 8;
    private static final int SIG_BLOCK = 0;
    private static final int SIG_UNBLOCK = 1;
    private static final int SIG_SETMASK = 2;
    private static final long NANOSECONDS = 1_000_000_000L;

    private final Kernel k;
    private final SendCalls sendCalls;
    private final ActionCalls actionCalls;

    public SignalCalls(final Kernel kernel) {
        this.k = kernel;
        this.sendCalls = new SendCalls(kernel);
        this.actionCalls = new ActionCalls(kernel);
    }

    /** All bodies by the kernel's name of the call. */
    public Map<String, SyscallBody> bodies() {
        return Map.ofEntries(
                Map.entry("restart_syscall", this::sysRestartSyscall),
                Map.entry("kill", sendCalls::sysKill),
                Map.entry("tkill", sendCalls::sysTkill),
                Map.entry("tgkill", sendCalls::sysTgkill),
                Map.entry("rt_sigqueueinfo", sendCalls::sysRtSigqueueinfo),
                Map.entry("rt_tgsigqueueinfo", sendCalls::sysRtTgsigqueueinfo),
                Map.entry("rt_sigaction", actionCalls::sysRtSigaction),
                Map.entry("sigaction", actionCalls::sysSigaction),
                Map.entry("signal", actionCalls::sysSignal),
                Map.entry("rt_sigprocmask", this::sysRtSigprocmask),
                Map.entry("sigprocmask", this::sysSigprocmask),
                Map.entry("sgetmask", this::sysSgetmask),
                Map.entry("ssetmask", this::sysSsetmask),
                Map.entry("rt_sigpending", this::sysRtSigpending),
                Map.entry("sigpending", this::sysSigpending),
                Map.entry("rt_sigsuspend", this::sysRtSigsuspend),
                Map.entry("sigsuspend", this::sysSigsuspend),
                Map.entry("pause", this::sysPause),
                Map.entry("rt_sigtimedwait", this::sysRtSigtimedwait),
                Map.entry("rt_sigtimedwait_time64", this::sysRtSigtimedwaitTime64),
                Map.entry("sigaltstack", this::sysSigaltstack));
    }

    /** Goes on with the call that armed the block; -EINTR when none did (RST-20). */
    long sysRestartSyscall(final Task current) {
        return current.restartBlock.restart(current);
    }

    // ---- masks

    long sysRtSigprocmask(final Task current) {
        final long newAddress = current.args[1];
        final long oldAddress = current.args[2];
        if (current.args[3] != SIGSET_SIZE) {
            return -Errno.EINVAL;
        }
        final SigSet old = current.blocked;
        if (newAddress != 0) {
            if (!k.user.get(current, newAddress, SIGSET_SIZE)) {
                return -Errno.EFAULT;
            }
            final long error = change(current, (int) current.args[0], new SigSet(k.user.value), -1L);
            if (error != 0) {
                return error;
            }
        }
        return put(current, oldAddress, SIGSET_SIZE, old);
    }

    /** The call of the 32-bit ABIs that knows the first word of the set only. */
    long sysSigprocmask(final Task current) {
        final int word = k.arch.abi(current).wordSize();
        final SigSet old = current.blocked;
        if (current.args[1] != 0) {
            if (!k.user.get(current, current.args[1], word)) {
                return -Errno.EFAULT;
            }
            final long error =
                    change(current, (int) current.args[0], new SigSet(k.user.value), word == 8 ? -1L : 0xffff_ffffL);
            if (error != 0) {
                return error;
            }
        }
        return put(current, current.args[2], word, old);
    }

    /** {@code sigprocmask()} on the signals of {@code reach}. */
    private long change(final Task current, final int how, final SigSet set, final long reach) {
        final SigSet blocked = current.blocked;
        switch (how) {
            case SIG_BLOCK -> k.signals.setCurrentBlocked(current, blocked.plus(set));
            case SIG_UNBLOCK -> k.signals.setCurrentBlocked(current, blocked.minus(set));
            case SIG_SETMASK ->
                k.signals.setCurrentBlocked(current, new SigSet(blocked.bits() & ~reach | set.bits() & reach));
            default -> {
                return -Errno.EINVAL;
            }
        }
        return 0;
    }

    private long put(final Task current, final long address, final int size, final SigSet set) {
        return address == 0 || k.user.put(current, address, size, set.bits()) ? 0 : -Errno.EFAULT;
    }

    long sysSgetmask(final Task current) {
        return current.blocked.bits() & 0xffff_ffffL;
    }

    long sysSsetmask(final Task current) {
        final long old = current.blocked.bits() & 0xffff_ffffL;
        k.signals.setCurrentBlocked(current, new SigSet(current.args[0] & 0xffff_ffffL));
        return old;
    }

    long sysRtSigpending(final Task current) {
        final long size = current.args[1];
        if (Long.compareUnsigned(size, SIGSET_SIZE) > 0) {
            return -Errno.EINVAL;
        }
        final byte[] bytes = new GuestStruct(SIGSET_SIZE)
                .put(0, SIGSET_SIZE, pending(current).bits())
                .bytes;
        return k.user.copyTo(current, current.args[0], bytes, 0, (int) size) ? 0 : -Errno.EFAULT;
    }

    long sysSigpending(final Task current) {
        final int word = k.arch.abi(current).wordSize();
        return k.user.put(current, current.args[0], word, pending(current).bits()) ? 0 : -Errno.EFAULT;
    }

    private static SigSet pending(final Task current) {
        return current.pending.set.plus(current.signal.sharedPending.set).and(current.blocked);
    }

    // ---- waiting

    /** Ended by a handler only: a stop, a continuation or an ignored signal leads back here (RST-30). */
    long sysPause(final Task current) {
        waitForSignal(current);
        return -Errno.ERESTARTNOHAND;
    }

    long sysRtSigsuspend(final Task current) {
        if (current.args[1] != SIGSET_SIZE) {
            return -Errno.EINVAL;
        }
        if (!k.user.get(current, current.args[0], SIGSET_SIZE)) {
            return -Errno.EFAULT;
        }
        return sigsuspend(current, new SigSet(k.user.value));
    }

    /** The mask is the third argument; the first two are historical. */
    long sysSigsuspend(final Task current) {
        return sigsuspend(current, new SigSet(current.args[2] & 0xffff_ffffL));
    }

    private long sigsuspend(final Task current, final SigSet set) {
        current.savedSigmask = current.blocked;
        k.signals.setCurrentBlocked(current, set);
        waitForSignal(current);
        current.setTif(ThreadFlags.TIF_RESTORE_SIGMASK);
        return -Errno.ERESTARTNOHAND;
    }

    private void waitForSignal(final Task current) {
        while (!k.signals.signalPending(current)) {
            current.state = TaskState.INTERRUPTIBLE;
            k.sched.schedule();
        }
    }

    long sysRtSigtimedwait(final Task current) {
        return sigtimedwait(current, k.arch.abi(current).wordSize());
    }

    long sysRtSigtimedwaitTime64(final Task current) {
        return sigtimedwait(current, 8);
    }

    private long sigtimedwait(final Task current, final int timeWord) {
        if (current.args[3] != SIGSET_SIZE) {
            return -Errno.EINVAL;
        }
        if (!k.user.get(current, current.args[0], SIGSET_SIZE)) {
            return -Errno.EFAULT;
        }
        // Everything else stays blocked, SIGKILL and SIGSTOP are nobody's to wait for.
        final SigSet others = new SigSet(k.user.value).minus(SigSet.UNBLOCKABLE).complement();
        long timeout = Long.MAX_VALUE;
        if (current.args[2] != 0) {
            final byte[] bytes = new byte[2 * timeWord];
            if (!k.user.copyFrom(current, current.args[2], bytes, 0, bytes.length)) {
                return -Errno.EFAULT;
            }
            final GuestStruct time = new GuestStruct(bytes);
            final long seconds = timeWord == 8 ? time.word(0, 8) : (int) time.word(0, 4);
            final long nanos = nanoseconds(time, timeWord);
            if (seconds < 0 || nanos < 0 || nanos >= NANOSECONDS) {
                return -Errno.EINVAL;
            }
            timeout = seconds >= Long.MAX_VALUE / NANOSECONDS ? Long.MAX_VALUE : seconds * NANOSECONDS + nanos;
        }
        SigInfo info = k.signals.dequeue(current, others);
        boolean interrupted = false;
        if (info == null && timeout != 0) {
            // Unblocked while it sleeps, so that a sender wakes it; realBlocked keeps them from being dropped or fatal.
            current.realBlocked = current.blocked;
            current.blocked = current.blocked.and(others);
            k.signals.recalcSigpending(current);
            current.state = TaskState.INTERRUPTIBLE;
            final long deadline = timeout == Long.MAX_VALUE ? timeout : saturated(k.timers.now(), timeout);
            interrupted = k.sched.scheduleTimeout(deadline);
            k.signals.setTaskBlocked(current, current.realBlocked);
            current.realBlocked = SigSet.EMPTY;
            info = k.signals.dequeue(current, others);
        }
        if (info == null) {
            return interrupted ? -Errno.EINTR : -Errno.EAGAIN;
        }
        final long infoAddress = current.args[1];
        if (infoAddress != 0) {
            final byte[] bytes = SigInfoCodec.encode(info, k.arch.abi(current).wordSize());
            if (!k.user.copyTo(current, infoAddress, bytes, 0, bytes.length)) {
                return -Errno.EFAULT;
            }
        }
        return info.signo();
    }

    /** A 32-bit task's 64-bit time has padding above the nanoseconds. */
    private long nanoseconds(final GuestStruct time, final int timeWord) {
        return timeWord == 8 ? time.word(8, 8) : (int) time.word(4, 4);
    }

    private static long saturated(final long now, final long delta) {
        return delta > Long.MAX_VALUE - 1 - now ? Long.MAX_VALUE - 1 : now + delta;
    }

    long sysSigaltstack(final Task current) {
        return k.signals.altStack().sigaltstack(current, current.args[0], current.args[1]);
    }
}
