package org.kernelentry.kernel.task;

import static org.kernelentry.kernel.task.CloneArgs.*;
import static org.kernelentry.kernel.task.ThreadFlags.*;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.fs.FileTable;
import org.kernelentry.kernel.fs.FsStruct;
import org.kernelentry.kernel.ptrace.Ptrace;
import org.kernelentry.kernel.signal.SigHand;
import org.kernelentry.kernel.signal.SignalStruct;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.machine.memory.AddressSpace;

/**
 * A new task as a copy of current.
 *
 * <p>Source: linux v7.3 kernel/fork.c kernel_clone(), copy_process(), wait_for_vfork_done(); kernel/sched/core.c schedule_tail();
 * include/linux/ptrace.h ptrace_init_task().
 */
final class Fork {
    /** Detail: pid of the child. */
    static final Step COPY_PROCESS = Step.of("copy_process", "kernel/fork.c copy_process()");

    static final Step SCHEDULE_TAIL = Step.of("schedule_tail", "kernel/sched/core.c schedule_tail()");

    private final Kernel k;
    private final Processes processes;

    Fork(final Kernel kernel, final Processes processes) {
        this.k = kernel;
        this.processes = processes;
    }

    /** {@code kernel_clone()}: pid of the child, or a negative error or restart code. */
    long kernelClone(final Task current, final CloneArgs args) {
        final int event = traceEvent(current, args);
        final long error = checkFlags(current, args);
        if (error != 0) {
            return error;
        }
        // Signals that came before are to be delivered before, so that they cannot seem to hit the child too (RST-34).
        k.signals.recalcSigpending(current);
        if (current.testTif(TIF_SIGPENDING)) {
            return -Errno.ERESTARTNOINTR;
        }
        if (processes.full()) {
            return -Errno.EAGAIN;
        }
        if (args.setTid() != 0 && processes.find(args.setTid()) != null) {
            return -Errno.EEXIST;
        }
        final Mm mm = copyMm(current, args);
        if (mm == null && current.mm != null) {
            return -Errno.ENOMEM;
        }
        final Task child = copyProcess(current, args, mm, event != 0);
        k.steps.at(k.cpu, COPY_PROCESS, child.pid);
        if (args.has(CLONE_PARENT_SETTID)) {
            k.user.put(current, args.parentTid(), 4, child.pid);
        }
        final Completion vfork = args.has(CLONE_VFORK) ? new Completion(k.sched) : null;
        child.vforkDone = vfork;
        wakeUpNewTask(child);
        if (event != 0) {
            k.ptrace.event(current, event, child.pid);
        }
        if (vfork != null) {
            if (vfork.waitKillable(current)) {
                k.ptrace.event(current, Ptrace.PTRACE_EVENT_VFORK_DONE, child.pid);
            } else {
                child.vforkDone = null;
            }
        }
        return child.pid;
    }

    /** The event the tracer asked for and is to get, or 0. */
    private int traceEvent(final Task current, final CloneArgs args) {
        if (args.has(CLONE_UNTRACED)) {
            return 0;
        }
        final int event;
        if (args.has(CLONE_VFORK)) {
            event = Ptrace.PTRACE_EVENT_VFORK;
        } else {
            event = args.exitSignal() == Signals.SIGCHLD ? Ptrace.PTRACE_EVENT_FORK : Ptrace.PTRACE_EVENT_CLONE;
        }
        return k.ptrace.eventEnabled(current, event) ? event : 0;
    }

    private static long checkFlags(final Task current, final CloneArgs args) {
        final boolean wrong = args.has(CLONE_THREAD) && !args.has(CLONE_SIGHAND)
                || args.has(CLONE_SIGHAND) && !args.has(CLONE_VM)
                || args.has(CLONE_PARENT) && (current.harness || current.signal.has(SignalStruct.SIGNAL_UNKILLABLE))
                || args.has(CLONE_NAMESPACES | CLONE_INTO_CGROUP)
                // No descriptors for processes in the model.
                || args.has(CLONE_PIDFD);
        return wrong ? -Errno.EINVAL : 0;
    }

    private static @org.jspecify.annotations.Nullable Mm copyMm(final Task current, final CloneArgs args) {
        final Mm mm = current.mm;
        if (mm == null) {
            return null;
        }
        if (args.has(CLONE_VM)) {
            mm.users++;
            return mm;
        }
        final AddressSpace space = mm.space.fork();
        return space == null ? null : mm.copy(space);
    }

    private Task copyProcess(
            final Task current,
            final CloneArgs args,
            final @org.jspecify.annotations.Nullable Mm mm,
            final boolean trace) {
        final boolean thread = args.has(CLONE_THREAD);
        final SignalStruct signal = thread ? current.signal : new SignalStruct();
        final SigHand sighand = args.has(CLONE_SIGHAND) ? current.sighand : current.sighand.copy();
        final int pid = args.setTid() != 0 ? args.setTid() : processes.allocPid();
        final Task child = processes.newTask(pid, current.comm, signal, sighand);
        child.mm = mm;
        dupTaskStruct(current, child);
        child.setChildTid = args.has(CLONE_CHILD_SETTID) ? args.childTid() : 0;
        child.clearChildTid = args.has(CLONE_CHILD_CLEARTID) ? args.childTid() : 0;
        k.audit.alloc(current, child);
        final FileTable files = current.files;
        child.files = files == null ? null : args.has(CLONE_FILES) ? files.share() : files.copy();
        final FsStruct fs = current.fs;
        child.fs = fs == null || args.has(CLONE_FS) ? fs : fs.copy();
        if (args.has(CLONE_CLEAR_SIGHAND)) {
            k.signals.flushSignalHandlers(child, false);
        }
        k.arch.copyThread(current, child, args.sp(), args.has(CLONE_SETTLS), args.tls());
        // With the memory shared the stack would be too.
        if (args.has(CLONE_VM) && !args.has(CLONE_VFORK)) {
            k.signals.resetAltstack(child);
        }
        // Whatever becomes of CLONE_PTRACE: nobody has asked for this task's calls or steps (ENT-51, STP-17).
        k.arch.userDisableSingleStep(child);
        child.clearSyscallWork(SYSCALL_WORK_SYSCALL_TRACE | SYSCALL_WORK_SYSCALL_EMU);
        if (thread) {
            child.groupLeader = current.groupLeader;
            child.tgid = current.tgid;
        }
        if (args.has(CLONE_PARENT) || thread) {
            child.realParent = current.realParent;
            child.exitSignal = thread ? -1 : current.groupLeader.exitSignal;
        } else {
            child.realParent = current;
            child.exitSignal = args.exitSignal();
        }
        k.rseq.fork(current, child, args.has(CLONE_VM));
        k.seccomp.copy(current, child);
        k.ptrace.initTask(current, child, args.has(CLONE_PTRACE) || trace);
        if (thread) {
            k.signals.joinGroupStop(current, child);
        }
        processes.add(child);
        k.rawSyscalls.copy(current, child);
        return child;
    }

    /** {@code dup_task_struct()} and what copy_process() leaves as copied. */
    private void dupTaskStruct(final Task current, final Task child) {
        child.flags = current.flags & ~(TIF_NEED_RESCHED | TIF_NEED_RESCHED_LAZY);
        child.syscallWork = current.syscallWork;
        child.syscallNr = current.syscallNr;
        System.arraycopy(current.args, 0, child.args, 0, child.args.length);
        child.syscallDispatch.onDispatch = current.syscallDispatch.onDispatch;
        child.syscallDispatch.selector = current.syscallDispatch.selector;
        child.syscallDispatch.offset = current.syscallDispatch.offset;
        child.syscallDispatch.len = current.syscallDispatch.len;
        // The words stay and can be read, but dispatch is off (SUD-20).
        k.dispatch.clear(child);
        child.cpu = current.cpu;
        child.pinnedCpu = current.pinnedCpu;
        child.pgid = current.pgid;
        child.sid = current.sid;
        child.blocked = current.blocked;
        child.realBlocked = current.realBlocked;
        child.savedSigmask = current.savedSigmask;
        child.sasSp = current.sasSp;
        child.sasSize = current.sasSize;
        child.sasFlags = current.sasFlags;
        child.restartBlock = current.restartBlock;
        child.mode = current.mode;
        child.personality = current.personality;
    }

    private void wakeUpNewTask(final Task child) {
        k.sched.start(child, () -> {
            scheduleTail(child);
            k.arch.returnFromFork(k.cpu, child);
            k.userLoop.run(child);
        });
    }

    /** What a new task does first in the kernel. */
    private void scheduleTail(final Task child) {
        k.steps.at(k.cpu, SCHEDULE_TAIL);
        if (child.setChildTid != 0) {
            k.user.put(child, child.setChildTid, 4, child.pid);
        }
        k.signals.calculateSigpending(child);
    }
}
