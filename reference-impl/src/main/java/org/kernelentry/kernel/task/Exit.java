package org.kernelentry.kernel.task;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.fs.FileTable;
import org.kernelentry.kernel.ptrace.Ptrace;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.SignalStruct;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.Step;

/**
 * The end of a task: what it leaves, whom it tells, who inherits its children.
 *
 * <p>Source: linux v7.3 kernel/exit.c do_exit(), do_group_exit(), exit_notify(), forget_original_parent(), release_task(); kernel/fork.c
 * mm_release().
 */
final class Exit {
    /** Detail: the exit code. */
    static final Step DO_EXIT = Step.of("do_exit", "kernel/exit.c do_exit()");

    static final Step EXIT_MM = Step.of("exit_mm", "kernel/exit.c exit_mm()");
    static final Step EXIT_NOTIFY = Step.of("exit_notify", "kernel/exit.c exit_notify()");
    /** Detail: pid. */
    static final Step RELEASE_TASK = Step.of("release_task", "kernel/exit.c release_task()");

    private final Kernel k;
    private final Processes processes;

    Exit(final Kernel kernel, final Processes processes) {
        this.k = kernel;
        this.processes = processes;
    }

    /** {@code do_group_exit()}: all threads of the group; a death that began before decides the code. */
    RuntimeException doGroupExit(final Task current, final int code) {
        final SignalStruct signal = current.signal;
        int exitCode = code;
        if (signal.has(SignalStruct.SIGNAL_GROUP_EXIT)) {
            exitCode = signal.groupExitCode;
        } else if (signal.groupExecTask != null) {
            exitCode = 0;
        } else {
            signal.groupExitCode = code;
            signal.flags = SignalStruct.SIGNAL_GROUP_EXIT;
            k.signals.zapOtherThreads(current);
        }
        return doExit(current, exitCode);
    }

    /** {@code do_exit()}. */
    RuntimeException doExit(final Task current, final int code) {
        if (current.harness || current.idle) {
            throw new IllegalStateException(current + " cannot exit");
        }
        k.steps.enter(k.cpu, DO_EXIT, code);
        synchronizeGroupExit(current, code);
        k.ptrace.event(current, Ptrace.PTRACE_EVENT_EXIT, code);
        k.signals.exitSignals(current);
        final boolean groupDead = current.signal.threads.stream().allMatch(thread -> thread.exiting);
        if (groupDead) {
            k.processes.itimers.cancel(current.signal);
        }
        k.seccomp.release(current);
        k.audit.free(current);
        current.exitCode = code;
        exitMm(current);
        final FileTable files = current.files;
        current.files = null;
        if (files != null) {
            files.release();
        }
        k.taskWork.run(current);
        exitNotify(current, groupDead);
        k.steps.leave(k.cpu, DO_EXIT);
        return k.sched.taskDead();
    }

    /** The last thread of a group that nobody killed leaves its code as the group's. */
    private static void synchronizeGroupExit(final Task current, final int code) {
        current.inDoExit = true;
        final SignalStruct signal = current.signal;
        if (!signal.has(SignalStruct.SIGNAL_GROUP_EXIT)
                && signal.threads.stream().allMatch(thread -> thread.inDoExit)) {
            signal.flags = SignalStruct.SIGNAL_GROUP_EXIT;
            signal.groupExitCode = code;
            signal.groupStopCount = 0;
        }
    }

    private void exitMm(final Task current) {
        final Mm mm = current.mm;
        mmRelease(current);
        if (mm != null) {
            current.mm = null;
            mm.put();
        }
        k.steps.at(k.cpu, EXIT_MM);
    }

    /** {@code mm_release()}, {@code futex_exit_release()}: who waits for this task through memory learns that it is gone. Also for exec. */
    void mmRelease(final Task current) {
        final Mm mm = current.mm;
        if (mm != null) {
            k.futexes.exitRobustList(current);
            if (current.clearChildTid != 0) {
                // The value stays for a debugger when nobody shares the memory.
                if (mm.users > 1) {
                    k.user.put(current, current.clearChildTid, 4, 0);
                    k.futexes.wake(current, current.clearChildTid, 1);
                }
                current.clearChildTid = 0;
            }
        }
        final Completion vfork = current.vforkDone;
        if (vfork != null) {
            current.vforkDone = null;
            vfork.complete();
        }
    }

    // ---- telling

    private void exitNotify(final Task current, final boolean groupDead) {
        k.steps.enter(k.cpu, EXIT_NOTIFY, 0);
        final List<Task> dead = new ArrayList<>(k.ptrace.exitPtrace(current));
        forgetOriginalParent(current, dead);
        if (groupDead) {
            killOrphanedPgrp(current.groupLeader, null);
        }
        current.state = TaskState.ZOMBIE;
        final boolean leader = current.groupLeader == current;
        final boolean alone = current.signal.threads.size() <= 1;
        final boolean autoreap;
        if (current.ptrace.flags != 0) {
            final boolean own = leader && alone && !k.ptrace.reparented(current);
            autoreap = k.signals.doNotifyParent(current, own ? current.exitSignal : Signals.SIGCHLD);
        } else if (leader) {
            autoreap = alone && k.signals.doNotifyParent(current, current.exitSignal);
        } else {
            autoreap = true;
        }
        if (autoreap) {
            current.state = TaskState.DEAD;
            dead.add(current);
        }
        // A thread that execs waits for the old leader to become a zombie, and for the others to go.
        final Task execer = current.signal.groupExecTask;
        if (execer != null) {
            k.sched.wakeUp(execer);
        }
        k.steps.leave(k.cpu, EXIT_NOTIFY);
        dead.forEach(this::releaseTask);
    }

    /** Children go to another thread of the group, else to the next subreaper among the ancestors, else to init. */
    private void forgetOriginalParent(final Task father, final List<Task> dead) {
        if (father.children.isEmpty()) {
            return;
        }
        final Task reaper = findNewReaper(father);
        for (final Task child : List.copyOf(father.children)) {
            for (final Task thread : child.signal.threads) {
                thread.realParent = reaper;
                if (thread.ptrace.flags == 0) {
                    thread.parent = reaper;
                }
                if (thread.pdeathSignal != 0) {
                    k.signals.send(thread, SigInfo.user(thread.pdeathSignal, 0), true);
                }
            }
            if (reaper.signal != father.signal) {
                reparentLeader(father, child, dead);
            }
        }
        reaper.children.addAll(father.children);
        father.children.clear();
    }

    private Task findNewReaper(final Task father) {
        final Task thread = aliveThread(father);
        if (thread != null) {
            return thread;
        }
        for (Task ancestor = father.realParent; ancestor != null; ancestor = ancestor.realParent) {
            final Task alive = ancestor.groupLeader.childSubreaper ? aliveThread(ancestor) : null;
            if (alive != null) {
                return alive;
            }
        }
        return processes.init();
    }

    private static @Nullable Task aliveThread(final Task member) {
        for (final Task thread : member.signal.threads) {
            if (!thread.exiting) {
                return thread;
            }
        }
        return null;
    }

    private void reparentLeader(final Task father, final Task child, final List<Task> dead) {
        if (child.state == TaskState.DEAD) {
            return;
        }
        // Nobody sends init anything else.
        child.exitSignal = Signals.SIGCHLD;
        if (child.ptrace.flags == 0
                && child.state == TaskState.ZOMBIE
                && child.signal.threads.size() <= 1
                && k.signals.doNotifyParent(child, child.exitSignal)) {
            child.state = TaskState.DEAD;
            dead.add(child);
        }
        killOrphanedPgrp(child, father);
    }

    /**
     * {@code kill_orphaned_pgrp()}: a group with stopped members that loses its last tie to the session gets SIGHUP and SIGCONT.
     *
     * @param parent the dying parent of {@code task}, or null when {@code task} itself dies
     */
    private void killOrphanedPgrp(final Task task, final @Nullable Task parent) {
        final Task tie = parent != null ? parent : task.realParent;
        final Task ignored = parent != null ? null : task;
        if (tie == null || tie.pgid == task.pgid || tie.sid != task.sid) {
            return;
        }
        final List<Task> group = processes.processGroup(task.pgid);
        if (!willBecomeOrphaned(group, ignored)
                || group.stream().noneMatch(member -> member.signal.has(SignalStruct.SIGNAL_STOP_STOPPED))) {
            return;
        }
        for (final int sig : new int[] {Signals.SIGHUP, Signals.SIGCONT}) {
            for (final Task member : group) {
                k.signals.send(member, SigInfo.kernel(sig), true);
            }
        }
    }

    private static boolean willBecomeOrphaned(final List<Task> group, final @Nullable Task ignored) {
        for (final Task member : group) {
            final Task parent = member.realParent;
            final boolean gone = member.state == TaskState.ZOMBIE && member.signal.threads.size() <= 1;
            if (member == ignored || gone || parent == null || parent.harness) {
                continue;
            }
            if (parent.pgid != member.pgid && parent.sid == member.sid) {
                return false;
            }
        }
        return true;
    }

    // ---- the last of it

    /** {@code release_task()}: the pid is free; the last thread that goes reports a leader that died before it. */
    void releaseTask(final Task first) {
        Task task = first;
        while (true) {
            k.steps.at(k.cpu, RELEASE_TASK, task.pid);
            k.ptrace.unlink(task);
            task.state = TaskState.DEAD;
            processes.remove(task);
            final Task leader = task.groupLeader;
            if (leader == task
                    || leader.signal.threads.size() > 1
                    || leader.state != TaskState.ZOMBIE
                    || !k.signals.doNotifyParent(leader, leader.exitSignal)) {
                return;
            }
            task = leader;
        }
    }
}
