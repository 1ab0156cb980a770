package org.kernelentry.kernel.ptrace;

import static org.kernelentry.kernel.ptrace.PtraceRequest.*;
import static org.kernelentry.kernel.signal.JobControl.*;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.dispatch.SyscallUserDispatch;
import org.kernelentry.kernel.rseq.Rseq;
import org.kernelentry.kernel.signal.PendingSignals;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.SigInfoCodec;
import org.kernelentry.kernel.signal.SigSet;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;
import org.kernelentry.kernel.task.ThreadFlags;

/** The requests of ptrace(2). Source: linux v7.3 kernel/ptrace.c sys_ptrace(), ptrace_check_attach(), ptrace_request(). */
final class PtraceRequests {
    /** What a request does with the tracee, which stays stopped meanwhile. */
    interface Action {
        long on(Task child);
    }

    private static final int SIGSET_SIZE = 8;

    private final Kernel k;
    private final PtraceAttach attach;
    private final PtraceResume resume;
    private final TraceeAccess access;
    private final SyscallInfo syscallInfo;

    PtraceRequests(final Kernel kernel, final PtraceAttach attach, final TraceeAccess access) {
        this.k = kernel;
        this.attach = attach;
        this.access = access;
        this.resume = new PtraceResume(kernel);
        this.syscallInfo = new SyscallInfo(kernel);
    }

    /** The whole call; {@code buffer} stands for the memory {@code data} points to. */
    long ptrace(
            final Task tracer,
            final int request,
            final int pid,
            final long address,
            final long data,
            final TracerBuffer buffer) {
        if (request == PTRACE_TRACEME) {
            return attach.traceme(tracer);
        }
        final Task child = k.processes.find(pid);
        if (child == null) {
            return -Errno.ESRCH;
        }
        if (request == PTRACE_ATTACH || request == PTRACE_SEIZE) {
            return attach.attach(tracer, child, request == PTRACE_SEIZE, address, data);
        }
        if (request == PTRACE_KILL || request == PTRACE_INTERRUPT) {
            // These two do not need the tracee to be stopped.
            if (child.ptrace.flags == 0 || child.parent != tracer) {
                return -Errno.ESRCH;
            }
            return anyState(child, request);
        }
        return attached(tracer, child, request, c -> stopped(tracer, c, request, address, data, buffer));
    }

    /** {@link #attached(Task, Task, int, Action)} for a request that leaves the tracee stopped. */
    long attached(final Task tracer, final int pid, final Action action) {
        final Task child = k.processes.find(pid);
        return child == null ? -Errno.ESRCH : attached(tracer, child, -1, action);
    }

    /** {@code ptrace_check_attach()}, the action, {@code ptrace_unfreeze_traced()}: -ESRCH unless stopped for this very tracer. */
    private long attached(final Task tracer, final Task child, final int request, final Action action) {
        if (child.ptrace.flags == 0 || child.parent != tracer || !freeze(child)) {
            return -Errno.ESRCH;
        }
        final long result = action.on(child);
        if (result != 0 || request != PTRACE_DETACH) {
            unfreeze(child);
        }
        return result;
    }

    /** A listening tracee counts as running; one that is about to die does too. */
    private static boolean freeze(final Task child) {
        if (has(child, JOBCTL_LISTENING)
                || !isTraced(child)
                || spuriousPid(child)
                || child.pending.set.has(Signals.SIGKILL)) {
            return false;
        }
        child.jobctl |= JOBCTL_PTRACE_FROZEN;
        return true;
    }

    /** A SIGKILL that came while the request was in progress takes effect now. */
    private void unfreeze(final Task child) {
        child.jobctl &= ~JOBCTL_PTRACE_FROZEN;
        if (child.pending.set.has(Signals.SIGKILL)) {
            child.jobctl &= ~JOBCTL_TRACED;
            k.sched.wakeUpState(child, TaskState.TRACED);
        }
    }

    /** {@code looks_like_a_spurious_pid()}: exec changed the pid and the tracer has not waited for the event yet. */
    private static boolean spuriousPid(final Task child) {
        return child.ptrace.stopCode == (Ptrace.PTRACE_EVENT_EXEC << 8 | Signals.SIGTRAP)
                && child.ptrace.message != child.pid;
    }

    private long anyState(final Task child, final int request) {
        if (request == PTRACE_KILL) {
            k.signals.send(child, SigInfo.kernel(Signals.SIGKILL), false);
            return 0;
        }
        // INTERRUPT: EIO for a task that was attached rather than seized (PTR-43).
        if (!child.ptrace.seized()) {
            return -Errno.EIO;
        }
        if (setPending(child, JOBCTL_TRAP_STOP)) {
            k.signals.ptraceWakeUp(child, has(child, JOBCTL_LISTENING));
        }
        return 0;
    }

    /** Requests for a stopped tracee: {@code arch_ptrace()} and what it leaves to {@code ptrace_request()}. */
    private long stopped(
            final Task tracer,
            final Task child,
            final int request,
            final long address,
            final long data,
            final TracerBuffer buffer) {
        if (resumes(request) && defined(request)) {
            return resume.resume(child, request, data);
        }
        return switch (request) {
            case PTRACE_PEEKTEXT, PTRACE_PEEKDATA -> {
                final byte[] word = new byte[buffer.wordSize];
                yield !access.peek(child, address, word) ? -Errno.EIO : fault(buffer.write(word, word.length));
            }
            case PTRACE_POKETEXT, PTRACE_POKEDATA -> access.pokeWord(child, address, data, buffer.wordSize);
            case PTRACE_PEEKUSR -> {
                final long[] value = new long[1];
                final long error = k.arch.peekUser(child, address, value);
                yield error != 0 ? error : fault(buffer.writeWord(value[0]));
            }
            case PTRACE_POKEUSR -> k.arch.pokeUser(child, address, data);
            case PTRACE_SETOPTIONS -> setOptions(tracer, child, data);
            case PTRACE_GETEVENTMSG -> fault(buffer.writeWord(child.ptrace.message));
            case PTRACE_GETSIGINFO -> getSigInfo(child, buffer);
            case PTRACE_SETSIGINFO -> setSigInfo(child, buffer);
            case PTRACE_PEEKSIGINFO -> peekSigInfo(tracer, child, address, data);
            case PTRACE_GETSIGMASK -> getSigMask(child, address, buffer);
            case PTRACE_SETSIGMASK -> setSigMask(child, address, buffer);
            case PTRACE_LISTEN -> listen(child);
            case PTRACE_DETACH -> attach.detach(tracer, child, data);
            case PTRACE_GETREGSET, PTRACE_SETREGSET -> access.regset(child, request, (int) address, buffer);
            case PTRACE_GET_SYSCALL_INFO -> {
                final byte[] info = new byte[SyscallInfo.SIZE];
                final int size = syscallInfo.get(child, info);
                final int length = Long.compareUnsigned(address, size) < 0 ? (int) address : size;
                yield buffer.write(info, length) ? size : -Errno.EFAULT;
            }
            case PTRACE_SET_SYSCALL_INFO -> setSyscallInfo(child, address, buffer);
            case PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG -> setDispatchConfig(child, address, buffer);
            case PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG -> getDispatchConfig(child, address, buffer);
            case PTRACE_GET_RSEQ_CONFIGURATION -> getRseqConfiguration(child, address, buffer);
            default ->
                request == PTRACE_OLDSETOPTIONS && defined(request)
                        ? setOptions(tracer, child, data)
                        : k.arch.archPtrace(tracer, child, request, address, data);
        };
    }

    private boolean defined(final int request) {
        return switch (request) {
            case PTRACE_SYSEMU, PTRACE_SYSEMU_SINGLESTEP, PTRACE_SINGLEBLOCK, PTRACE_OLDSETOPTIONS ->
                k.arch.definesRequest(request);
            default -> true;
        };
    }

    private static long fault(final boolean copied) {
        return copied ? 0 : -Errno.EFAULT;
    }

    // ---- options and signals

    private long setOptions(final Task tracer, final Task child, final long data) {
        final long error = attach.checkOptions(tracer, data);
        if (error == 0) {
            child.ptrace.flags = child.ptrace.flags & ~(PTRACE_O_MASK << PtraceState.PT_OPT_FLAG_SHIFT)
                    | (int) data << PtraceState.PT_OPT_FLAG_SHIFT;
        }
        return error;
    }

    private static long getSigInfo(final Task child, final TracerBuffer buffer) {
        final SigInfo info = child.ptrace.lastSigInfo;
        return info == null
                ? -Errno.EINVAL
                : fault(buffer.write(SigInfoCodec.encode(info, buffer.wordSize), SigInfoCodec.SIZE));
    }

    private static long setSigInfo(final Task child, final TracerBuffer buffer) {
        final byte[] bytes = new byte[SigInfoCodec.SIZE];
        if (!buffer.read(bytes, bytes.length)) {
            return -Errno.EFAULT;
        }
        final SigInfo info = SigInfoCodec.decode(bytes, buffer.wordSize);
        if (buffer.wordSize == 8 && !SigInfoCodec.fits(bytes, info.signo())) {
            return -Errno.E2BIG;
        }
        if (child.ptrace.lastSigInfo == null) {
            return -Errno.EINVAL;
        }
        child.ptrace.lastSigInfo = info;
        return 0;
    }

    /** {@code ptrace_peek_siginfo()}: {@code address} points to offset, flags and count; returns how many siginfos were copied. */
    private long peekSigInfo(final Task tracer, final Task child, final long address, final long data) {
        final byte[] bytes = new byte[16];
        if (!TracerBuffer.guest(tracer, address).read(bytes, bytes.length)) {
            return -Errno.EFAULT;
        }
        final var args = java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        final long offset = args.getLong(0);
        final int flags = args.getInt(8);
        final int count = args.getInt(12);
        final int shared = 1;
        if ((flags & ~shared) != 0 || count < 0) {
            return -Errno.EINVAL;
        }
        final PendingSignals pending = flags == shared ? child.signal.sharedPending : child.pending;
        int copied = 0;
        while (copied < count && Long.compareUnsigned(offset, pending.queue.size() - copied) < 0) {
            final TracerBuffer at = TracerBuffer.guest(tracer, data + (long) copied * SigInfoCodec.SIZE);
            final SigInfo info = pending.queue.get((int) offset + copied);
            if (!at.write(SigInfoCodec.encode(info, at.wordSize), SigInfoCodec.SIZE)) {
                return copied > 0 ? copied : -Errno.EFAULT;
            }
            copied++;
            if (k.signals.signalPending(tracer)) {
                break;
            }
        }
        return copied;
    }

    private static long getSigMask(final Task child, final long size, final TracerBuffer buffer) {
        if (size != SIGSET_SIZE) {
            return -Errno.EINVAL;
        }
        final byte[] bytes = new byte[SIGSET_SIZE];
        final long bits = child.kernel.signals.sigmaskToSave(child).bits();
        for (int i = 0; i < SIGSET_SIZE; i++) {
            bytes[i] = (byte) (bits >>> 8 * i);
        }
        return fault(buffer.write(bytes, SIGSET_SIZE));
    }

    /** The tracee looks for signals it no longer blocks when it goes on. */
    private static long setSigMask(final Task child, final long size, final TracerBuffer buffer) {
        if (size != SIGSET_SIZE) {
            return -Errno.EINVAL;
        }
        final byte[] bytes = new byte[SIGSET_SIZE];
        if (!buffer.read(bytes, SIGSET_SIZE)) {
            return -Errno.EFAULT;
        }
        long bits = 0;
        for (int i = SIGSET_SIZE - 1; i >= 0; i--) {
            bits = bits << 8 | bytes[i] & 0xff;
        }
        child.blocked = new SigSet(bits).minus(SigSet.UNBLOCKABLE);
        child.clearTif(ThreadFlags.TIF_RESTORE_SIGMASK);
        return 0;
    }

    /** PTRACE_LISTEN: only in a PTRACE_EVENT_STOP of a seized task, else EIO (PTR-43). */
    private long listen(final Task child) {
        final SigInfo info = child.ptrace.lastSigInfo;
        if (!child.ptrace.seized() || info == null || info.code() >> 8 != Ptrace.PTRACE_EVENT_STOP) {
            return -Errno.EIO;
        }
        child.jobctl |= JOBCTL_LISTENING;
        // Something has changed since the stop began: it is shown at once.
        if (has(child, JOBCTL_TRAP_NOTIFY)) {
            k.signals.ptraceWakeUp(child, true);
        }
        return 0;
    }

    private long setSyscallInfo(final Task child, final long size, final TracerBuffer buffer) {
        if (k.config.version() < KernelConfig.V7_3) {
            return -Errno.EIO;
        }
        if (Long.compareUnsigned(size, SyscallInfo.SIZE) < 0) {
            return -Errno.EINVAL;
        }
        final byte[] info = new byte[SyscallInfo.SIZE];
        return buffer.read(info, info.length) ? syscallInfo.set(child, info) : -Errno.EFAULT;
    }

    private long getDispatchConfig(final Task child, final long size, final TracerBuffer buffer) {
        if (!k.dispatch.hasPtraceConfig()) {
            return -Errno.EIO;
        }
        final byte[] config = new byte[SyscallUserDispatch.PTRACE_SUD_CONFIG_SIZE];
        final long error = k.dispatch.getConfig(child, size, config);
        return error != 0 ? error : fault(buffer.write(config, config.length));
    }

    private long setDispatchConfig(final Task child, final long size, final TracerBuffer buffer) {
        if (!k.dispatch.hasPtraceConfig()) {
            return -Errno.EIO;
        }
        final byte[] config = new byte[SyscallUserDispatch.PTRACE_SUD_CONFIG_SIZE];
        // A wrong size or missing support is noticed before the pointer.
        if (!k.dispatch.supported() || size != config.length) {
            return -Errno.EINVAL;
        }
        return buffer.read(config, config.length) ? k.dispatch.setConfig(child, size, config) : -Errno.EFAULT;
    }

    /** As much of the structure as fits in {@code size}; its full size is the result (RSQ-18). */
    private long getRseqConfiguration(final Task child, final long size, final TracerBuffer buffer) {
        if (!k.config.has(KernelConfig.Option.RSEQ)) {
            return -Errno.EIO;
        }
        final byte[] configuration = new byte[Rseq.PTRACE_RSEQ_CONFIGURATION_SIZE];
        k.rseq.getConfiguration(child, configuration);
        final boolean part = Long.compareUnsigned(size, configuration.length) < 0;
        final int length = part ? (int) size : configuration.length;
        return buffer.write(configuration, length) ? configuration.length : -Errno.EFAULT;
    }
}
