package org.kernelentry.kernel.signal;

import static org.kernelentry.kernel.task.ThreadFlags.*;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;
import org.kernelentry.kernel.task.ThreadFlags;

/**
 * Sending, choosing and delivering signals: what the rest of the kernel calls. Source: linux v7.3 kernel/signal.c.
 *
 * <p>Where a method takes {@code current}, it must be the running task. No lock is modelled: nothing here can be interrupted but where it sleeps
 * or reports a step.
 */
public final class SignalCore {
    /** Detail: the signal. */
    static final Step SIGNAL_SETUP_DONE = Step.of("signal_setup_done", "kernel/signal.c signal_setup_done()");

    final Kernel k;
    private final SendSignal sender;
    private final SignalMask mask;
    private final ForceSignal forcer;
    private final ParentNotify notify;
    private final GetSignal getter;
    private final AltStack altStack;

    public SignalCore(final Kernel kernel) {
        this.k = kernel;
        this.sender = new SendSignal(kernel);
        this.mask = new SignalMask(sender);
        this.forcer = new ForceSignal(kernel, sender);
        this.notify = new ParentNotify(kernel, sender);
        final GroupStop groupStop = new GroupStop(kernel, sender, notify);
        this.getter = new GetSignal(kernel, sender, mask, groupStop, notify);
        this.altStack = new AltStack(kernel);
    }

    // ---- sending

    /** {@code send_signal_locked()} to a thread or (group) a process; 0 or a negative error. */
    public int send(final Task target, final SigInfo info, final boolean group) {
        return sender.send(target, info, group);
    }

    /** {@code force_sig_info()}: cannot be blocked or ignored; the default action is forced then. */
    public void force(final Task task, final SigInfo info) {
        forcer.force(task, info, ForceSignal.Handler.CURRENT);
    }

    /** {@code force_fatal_sig()}: the default action whatever the handler; a tracer still sees it. */
    public void forceFatal(final Task task, final SigInfo info) {
        forcer.force(task, info, ForceSignal.Handler.SIG_DFL);
    }

    /** {@code force_exit_sig()}: forced with the immutable mark, nobody may catch or see it (FRM-24). */
    public void forceExit(final Task task, final SigInfo info) {
        forcer.force(task, info, ForceSignal.Handler.EXIT);
    }

    /** {@code force_sigsegv()} after a failed frame for {@code sig}. */
    public void forceSigsegv(final Task task, final int sig) {
        forcer.forceSigsegv(task, sig);
    }

    /** {@code zap_other_threads()}: SIGKILL for all other threads of the group; how many there are. */
    public int zapOtherThreads(final Task task) {
        return sender.zapOtherThreads(task);
    }

    /** {@code signal_wake_up()}. */
    public void wakeUp(final Task task, final boolean fatal) {
        sender.wakeUp(task, fatal);
    }

    /** {@code ptrace_signal_wake_up()}. */
    public void ptraceWakeUp(final Task task, final boolean resume) {
        sender.ptraceWakeUp(task, resume);
    }

    /** Makes a task in group-stop leave it for a ptrace-stop. */
    public void wakeUpStopped(final Task task) {
        sender.wakeUpStopped(task);
    }

    /** {@code set_notify_signal()}: wakes a sleeper after TIF_NOTIFY_SIGNAL was set. */
    public void wakeUpNotifySignal(final Task task) {
        if (!k.sched.wakeUpState(task, TaskState.INTERRUPTIBLE)) {
            k.sched.kickProcess(task);
        }
    }

    // ---- delivering

    /** {@code get_signal()}: the next signal for a handler, or null; stops and deaths happen inside. */
    public @Nullable KSignal getSignal(final Task current, final PtRegs regs) {
        return getter.getSignal(current);
    }

    /**
     * {@code signal_setup_done()}: after a frame was built the handler's mask and the signal are blocked (FRM-20) and a stepping tracer sees the
     * handler's first instruction (STP-12); after a failure SIGSEGV is forced (FRM-21).
     */
    public void setupDone(final Task current, final KSignal signal, final boolean failed, final boolean stepping) {
        k.steps.at(k.cpu, SIGNAL_SETUP_DONE, signal.sig());
        if (failed) {
            forceSigsegv(current, signal.sig());
            return;
        }
        // The mask to be restored is in the frame.
        current.clearTif(TIF_RESTORE_SIGMASK);
        SigSet blocked = current.blocked.plus(signal.action().mask());
        if (!signal.action().has(SigAction.SA_NODEFER)) {
            blocked = blocked.plus(signal.sig());
        }
        setCurrentBlocked(current, blocked);
        if ((current.sasFlags & AltStack.SS_AUTODISARM) != 0) {
            AltStack.reset(current);
        }
        if (stepping) {
            k.ptrace.stop().ptraceNotify(current, Signals.SIGTRAP, 0);
        }
    }

    /** {@code sigmask_to_save()}. */
    public SigSet sigmaskToSave(final Task task) {
        return task.testTif(TIF_RESTORE_SIGMASK) ? task.savedSigmask : task.blocked;
    }

    /** {@code restore_saved_sigmask()}: when no handler ran (RST-29). */
    public void restoreSavedSigmask(final Task current) {
        if (current.testAndClearTif(TIF_RESTORE_SIGMASK)) {
            mask.setBlocked(current, current.savedSigmask);
        }
    }

    // ---- masks and the pending flag

    /** {@code set_current_blocked()}: SIGKILL and SIGSTOP stay unblocked. */
    public void setCurrentBlocked(final Task current, final SigSet set) {
        mask.setBlocked(current, set.minus(SigSet.UNBLOCKABLE));
    }

    /** {@code set_user_sigmask()}: a mask for the time of one call (ppoll, pselect6); restored on the way out. */
    public void setUserSigmask(final Task current, final SigSet set) {
        current.setTif(TIF_RESTORE_SIGMASK);
        current.savedSigmask = current.blocked;
        setCurrentBlocked(current, set);
    }

    /** {@code restore_saved_sigmask_unless()}: at the end of such a call; an interrupted one leaves it to the signal code. */
    public void restoreSavedSigmaskUnless(final Task current, final boolean interrupted) {
        if (!interrupted) {
            restoreSavedSigmask(current);
        } else if (!signalPending(current)) {
            k.log.warn("restore_saved_sigmask_unless", "interrupted without a signal");
        }
    }

    /** {@code recalc_sigpending()}. */
    public void recalcSigpending(final Task current) {
        mask.recalc(current);
    }

    /** {@code recalc_sigpending_tsk()}: sets the flag if something is pending, never clears it. */
    public boolean recalcSigpendingTask(final Task task) {
        return mask.recalcTask(task);
    }

    /** {@code calculate_sigpending()}: what a new task does first. */
    public void calculateSigpending(final Task current) {
        current.setTif(TIF_SIGPENDING);
        mask.recalc(current);
    }

    /** {@code __set_task_blocked()} without the check for no change; for sigtimedwait. */
    void setTaskBlocked(final Task current, final SigSet set) {
        mask.setTaskBlocked(current, set);
    }

    /** {@code dequeue_signal()} outside of the exit path; null when none is pending outside of {@code blocked}. */
    @Nullable
    SigInfo dequeue(final Task current, final SigSet blocked) {
        final GetSignal.Taken taken = getter.dequeue(current, blocked);
        return taken == null ? null : taken.info();
    }

    /** {@code signal_pending()}: a signal or notify-signal. */
    public boolean signalPending(final Task task) {
        return task.testTif(TIF_NOTIFY_SIGNAL) || task.testTif(TIF_SIGPENDING);
    }

    /** {@code fatal_signal_pending()}. */
    public boolean fatalSignalPending(final Task task) {
        return task.testTif(ThreadFlags.TIF_SIGPENDING) && task.pending.set.has(Signals.SIGKILL);
    }

    /** {@code signal_pending_state()}: whether a task about to sleep in {@code state} has to stay awake. */
    public boolean signalPendingState(final TaskState state, final Task task) {
        return switch (state) {
            case INTERRUPTIBLE -> signalPending(task);
            case KILLABLE, STOPPED -> signalPending(task) && task.pending.set.has(Signals.SIGKILL);
            default -> false;
        };
    }

    // ---- stack

    /** {@code sigsp()}: stack to build the frame on for this action, before alignment. */
    public long signalStack(final Task task, final long sp, final SigAction action) {
        return AltStack.signalStack(task, sp, action);
    }

    /** {@code on_sig_stack()}. */
    public boolean onSigStack(final Task task, final long sp) {
        return AltStack.onStack(task, sp);
    }

    /** {@code __save_altstack()}: the {@code stack_t} of a frame, in the layout of {@code wordSize}. */
    public byte[] saveAltstack(final Task current, final int wordSize) {
        return altStack.save(current, wordSize);
    }

    /** {@code restore_altstack()} from the {@code stack_t} at {@code address}; false is -EFAULT. */
    public boolean restoreAltstack(final Task current, final long address) {
        return altStack.restore(current, address);
    }

    AltStack altStack() {
        return altStack;
    }

    // ---- processes

    /** {@code do_notify_parent()}: SIGCHLD for a death; whether the task is to be reaped at once. */
    public boolean doNotifyParent(final Task task, final int exitSignal) {
        return notify.notifyParent(task, exitSignal);
    }

    /** {@code do_notify_parent_cldstop()}. */
    public void doNotifyParentCldstop(final Task task, final boolean forPtracer, final int why) {
        notify.notifyCldstop(task, forPtracer, why);
    }

    /** {@code __wake_up_parent()}. */
    public void wakeUpParent(final Task parent) {
        notify.wakeUpParent(parent);
    }

    /** {@code ignoring_children()}: children of {@code parent} reap themselves. */
    public boolean ignoringChildren(final Task parent) {
        return ParentNotify.ignoresChildren(parent.sighand.action[Signals.SIGCHLD]);
    }

    /** {@code task_join_group_stop()}: for a thread that current has just made. */
    public void joinGroupStop(final Task current, final Task child) {
        GroupStop.join(current, child);
    }

    /** {@code task_participate_group_stop()}. */
    public boolean participateGroupStop(final Task task) {
        return GroupStop.participate(task);
    }

    /** {@code exit_signals()}: the task takes no more group signals; others take over what it was woken for. */
    public void exitSignals(final Task current) {
        final SignalStruct signal = current.signal;
        current.exiting = true;
        if (signal.threads.size() <= 1
                || signal.has(SignalStruct.SIGNAL_GROUP_EXIT)
                || !current.testTif(TIF_SIGPENDING)) {
            return;
        }
        mask.retargetSharedPending(current, current.blocked.complement());
        if (JobControl.has(current, JobControl.JOBCTL_STOP_PENDING) && GroupStop.participate(current)) {
            notify.notifyCldstop(current, false, SigInfo.CLD_STOPPED);
        }
    }

    /** {@code flush_signal_handlers()}: handlers go back to default at exec; ignored stays ignored unless {@code forceDefault}. */
    public void flushSignalHandlers(final Task task, final boolean forceDefault) {
        final SigAction[] action = task.sighand.action;
        for (int sig = 1; sig < action.length; sig++) {
            final boolean ignore = !forceDefault && action[sig].handler() == SigAction.SIG_IGN;
            action[sig] = ignore ? new SigAction(SigAction.SIG_IGN, 0, 0, SigSet.EMPTY) : SigAction.DEFAULT;
        }
    }

    /** {@code sas_ss_reset()}: no alternate stack. */
    public void resetAltstack(final Task task) {
        AltStack.reset(task);
    }

    /** {@code is_current_pgrp_orphaned()}: no parent of the group's members is in another group of the same session. */
    boolean pgrpOrphaned(final Task current) {
        final List<Task> tasks = k.processes.all();
        for (final Task member : tasks) {
            final Task parent = member.realParent;
            if (member.groupLeader != member || member.pgid != current.pgid || parent == null || parent.harness) {
                continue;
            }
            final boolean dead = member.state == TaskState.ZOMBIE && member.signal.threads.size() <= 1;
            if (!dead && parent.pgid != member.pgid && parent.sid == member.sid) {
                return false;
            }
        }
        return true;
    }
}
