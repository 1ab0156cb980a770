package org.kernelentry.kernel.ptrace;

import java.util.List;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;

/**
 * ptrace(2) and the stops: what the rest of the kernel and tracers written in Java call.
 *
 * <p>Source: linux v7.3 kernel/ptrace.c, include/linux/ptrace.h, kernel/signal.c ptrace_stop().
 */
public final class Ptrace {
    public static final int PTRACE_EVENT_FORK = 1;
    public static final int PTRACE_EVENT_VFORK = 2;
    public static final int PTRACE_EVENT_CLONE = 3;
    public static final int PTRACE_EVENT_EXEC = 4;
    public static final int PTRACE_EVENT_VFORK_DONE = 5;
    public static final int PTRACE_EVENT_EXIT = 6;
    public static final int PTRACE_EVENT_SECCOMP = 7;
    public static final int PTRACE_EVENT_STOP = 128;
    public static final int PTRACE_EVENTMSG_SYSCALL_ENTRY = 1;
    public static final int PTRACE_EVENTMSG_SYSCALL_EXIT = 2;

    final Kernel k;
    private final PtraceStop stop;
    private final PtraceAttach attach;
    private final TraceeAccess access;
    private final PtraceRequests requests;

    public Ptrace(final Kernel kernel) {
        this.k = kernel;
        this.stop = new PtraceStop(kernel);
        this.attach = new PtraceAttach(kernel);
        this.access = new TraceeAccess(kernel);
        this.requests = new PtraceRequests(kernel, attach, access);
    }

    // ---- the tracee's side

    /** {@code ptrace_report_syscall_entry()}: returns whether a fatal signal is pending. */
    public boolean reportSyscallEntry(final Task task, final PtRegs regs) {
        return stop.reportSyscall(task, PTRACE_EVENTMSG_SYSCALL_ENTRY);
    }

    /** {@code ptrace_report_syscall_exit()}: an exit-stop, or the step report when {@code step}. */
    public void reportSyscallExit(final Task task, final PtRegs regs, final boolean step) {
        if (step) {
            k.arch.userSingleStepReport(task, regs);
        } else {
            stop.reportSyscall(task, PTRACE_EVENTMSG_SYSCALL_EXIT);
        }
    }

    /** {@code ptrace_event()}, {@code ptrace_event_pid()}: stops with the event if the tracer asked for it. */
    public void event(final Task task, final int event, final long message) {
        stop.event(task, event, message);
    }

    /** {@code ptrace_event_enabled()}. */
    public boolean eventEnabled(final Task task, final int event) {
        return task.ptrace.option(1 << event);
    }

    /** The stops themselves, for the signal code. */
    public PtraceStop stop() {
        return stop;
    }

    /** {@code ptrace_reparented()}: the tracer is another process than the real parent. */
    public boolean reparented(final Task task) {
        final Task real = task.realParent;
        final Task parent = task.parent;
        return real != parent && (real == null || parent == null || real.signal != parent.signal);
    }

    // ---- birth and death

    /** {@code ptrace_init_task()} for a child just added to {@code parent}'s children; {@code trace}: its tracer is the parent's. */
    public void initTask(final Task parent, final Task child, final boolean trace) {
        attach.initTask(parent, child, trace);
    }

    /** {@code ptrace_unlink()}: no longer traced, if it was. */
    public void unlink(final Task task) {
        if (task.ptrace.flags != 0) {
            attach.unlink(task);
        }
    }

    /** {@code exit_ptrace()}: what a dying tracer leaves; the returned zombies are to be released by the caller. */
    public List<Task> exitPtrace(final Task tracer) {
        return attach.exitPtrace(tracer);
    }

    // ---- the tracer's side

    /** ptrace(2) by {@code tracer}; pointers are addresses in the tracer's guest memory. Value or negative error. */
    public long ptrace(final Task tracer, final int request, final int pid, final long address, final long data) {
        return requests.ptrace(tracer, request, pid, address, data, TracerBuffer.guest(tracer, data));
    }

    /** Body of ptrace(2). A request number beyond {@code int} is none the kernel knows. */
    public long sysPtrace(final Task current) {
        final long request = current.args[0];
        final boolean sane = request == (int) request || request == (request & 0xffff_ffffL) && wordSize(current) == 4;
        return ptrace(current, sane ? (int) request : -1, (int) current.args[1], current.args[2], current.args[3]);
    }

    private static int wordSize(final Task task) {
        return TracerBuffer.wordSize(task);
    }

    /** A request whose data are the Java array {@code buffer}, in the layout of the kernel's native tracers. */
    public long ptrace(final Task tracer, final int request, final int pid, final long address, final byte[] buffer) {
        return requests.ptrace(tracer, request, pid, address, 0, TracerBuffer.java(tracer, buffer));
    }

    /** PTRACE_GETREGSET: bytes stored (at most {@code into.length}), or a negative error. */
    public long getRegset(final Task tracer, final int pid, final int noteType, final byte[] into) {
        return requests.attached(
                tracer, pid, child -> access.getRegset(child, noteType, TracerBuffer.java(tracer, into), into.length));
    }

    /** PTRACE_SETREGSET from the whole of {@code from}: bytes taken, or a negative error. */
    public long setRegset(final Task tracer, final int pid, final int noteType, final byte[] from) {
        return requests.attached(
                tracer, pid, child -> access.setRegset(child, noteType, TracerBuffer.java(tracer, from), from.length));
    }

    /** Fills {@code into} from the tracee's memory at {@code address}, permissions ignored; 0 or -EIO, -ESRCH. */
    public long peekData(final Task tracer, final int pid, final long address, final byte[] into) {
        return requests.attached(tracer, pid, child -> access.peek(child, address, into) ? 0 : -Errno.EIO);
    }

    /** Stores {@code from} into the tracee's memory at {@code address}, permissions ignored; 0 or -EIO, -ESRCH. */
    public long pokeData(final Task tracer, final int pid, final long address, final byte[] from) {
        return requests.attached(tracer, pid, child -> access.poke(child, address, from) ? 0 : -Errno.EIO);
    }

    /** PTRACE_GETSIGINFO: the siginfo in {@code into[0]}; 0, or -EINVAL in a stop that has none (a group-stop). */
    public long getSigInfo(final Task tracer, final int pid, final SigInfo[] into) {
        return requests.attached(tracer, pid, child -> {
            final SigInfo info = child.ptrace.lastSigInfo;
            if (info == null) {
                return -Errno.EINVAL;
            }
            into[0] = info;
            return 0;
        });
    }

    /** PTRACE_SETSIGINFO; 0 or a negative error. */
    public long setSigInfo(final Task tracer, final int pid, final SigInfo info) {
        return requests.attached(tracer, pid, child -> {
            if (child.ptrace.lastSigInfo == null) {
                return -Errno.EINVAL;
            }
            child.ptrace.lastSigInfo = info;
            return 0;
        });
    }

    /** PTRACE_GETEVENTMSG into {@code into[0]}; 0 or a negative error. */
    public long getEventMessage(final Task tracer, final int pid, final long[] into) {
        return requests.attached(tracer, pid, child -> {
            into[0] = child.ptrace.message;
            return 0;
        });
    }

    /** PTRACE_GET_SYSCALL_INFO: bytes available, which may be more than {@code into} takes; see {@link SyscallInfo} for the offsets. */
    public long getSyscallInfo(final Task tracer, final int pid, final byte[] into) {
        return ptrace(tracer, PtraceRequest.PTRACE_GET_SYSCALL_INFO, pid, into.length, into);
    }

    /** PTRACE_SET_SYSCALL_INFO; 0 or a negative error. */
    public long setSyscallInfo(final Task tracer, final int pid, final byte[] from) {
        return ptrace(tracer, PtraceRequest.PTRACE_SET_SYSCALL_INFO, pid, from.length, from);
    }

    /** PTRACE_PEEKUSR into {@code into[0]}; 0 or a negative error. */
    public long peekUser(final Task tracer, final int pid, final long offset, final long[] into) {
        return requests.attached(tracer, pid, child -> k.arch.peekUser(child, offset, into));
    }
}
