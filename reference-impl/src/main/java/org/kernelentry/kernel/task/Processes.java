package org.kernelentry.kernel.task;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.entry.Irqs;
import org.kernelentry.kernel.signal.SigHand;
import org.kernelentry.kernel.signal.SignalStruct;
import org.kernelentry.kernel.signal.Signals;

/** Birth, exec, exit and wait of tasks. Source: linux v7.3 kernel/fork.c, kernel/exit.c, fs/exec.c. */
public final class Processes {
    /** First pid of a guest, apart from the small ones of harness tasks, so that traces read well. */
    public static final int FIRST_GUEST_PID = 100;
    /** Tasks a kernel takes ({@code max_threads}): each has a Java thread. */
    public static final int MAX_THREADS = 512;

    final Kernel k;
    /** Interval timers. */
    public final Itimers itimers;

    /** execve(2) and the programs it can start. */
    public final Exec exec;

    private final Fork fork;
    private final Exit exit;
    private final TreeMap<Integer, Task> tasks = new TreeMap<>();
    private int nextHarnessPid = 1;
    private int nextPid = FIRST_GUEST_PID;

    public Processes(final Kernel kernel) {
        this.k = kernel;
        this.itimers = new Itimers(kernel);
        this.fork = new Fork(kernel, this);
        this.exit = new Exit(kernel, this);
        this.exec = new Exec(kernel, this);
    }

    // ---- birth

    /**
     * The runner's own task: parent and tracer of what it spawns; its user mode is Java on the calling thread. The first one stands for init
     * (pid 1) and acts at once; a later one is a child of it and acts by {@link Scheduler#actAs}.
     */
    public Task createHarness(final String comm) {
        final Task task = newTask(nextHarnessPid++, comm, new SignalStruct(), new SigHand());
        task.harness = true;
        task.realParent = tasks.isEmpty() ? null : init();
        task.parent = task.realParent;
        task.exitSignal = Signals.SIGCHLD;
        task.signal.flags = SignalStruct.SIGNAL_UNKILLABLE;
        task.pgid = task.pid;
        task.sid = task.pid;
        add(task);
        k.sched.adoptHarness(task);
        return task;
    }

    /**
     * Makes a process with a fresh address space as a child of {@code parent}; it does not run before {@link #startFirst}.
     *
     * @param mode of {@link org.kernelentry.kernel.arch.Arch#modes}
     * @param pc first instruction
     * @param sp initial stack pointer
     */
    public Task create(
            final Task parent, final String comm, final String mode, final Mm mm, final long pc, final long sp) {
        final Task task = newTask(allocPid(), comm, new SignalStruct(), new SigHand());
        task.mm = mm;
        task.mode = mode;
        task.files = k.console.newTable();
        task.realParent = parent;
        task.parent = parent;
        task.exitSignal = Signals.SIGCHLD;
        task.pgid = task.pid;
        task.sid = task.pid;
        k.audit.alloc(parent, task);
        k.rawSyscalls.copy(parent, task);
        k.arch.startThread(task, mode, pc, sp);
        add(task);
        return task;
    }

    /** Lets a task made by {@link #create} enter user mode: the exit-to-user loop, but no system call's exit work. */
    public void startFirst(final Task task) {
        k.sched.start(task, () -> {
            k.signals.calculateSigpending(task);
            Irqs.localIrqDisable(k.cpu);
            k.irqEntry.irqentryExitToUserMode(task, task.regs);
            k.arch.restoreUserRegisters(k.cpu, task);
            k.userLoop.run(task);
        });
    }

    /** clone(2), fork(2), vfork(2); child's pid or a negative error or restart code. */
    public long kernelClone(
            final Task parent,
            final long flags,
            final long sp,
            final long parentTid,
            final long childTid,
            final long tls,
            final int exitSignal) {
        return kernelClone(parent, new CloneArgs(flags, sp, parentTid, childTid, tls, exitSignal, 0));
    }

    /** {@code kernel_clone()} of current. */
    public long kernelClone(final Task current, final CloneArgs args) {
        return fork.kernelClone(current, args);
    }

    Task newTask(final int pid, final String comm, final SignalStruct signal, final SigHand sighand) {
        return new Task(k, pid, comm, k.arch.newPtRegs(), k.arch.newThread(), signal, sighand);
    }

    int allocPid() {
        while (tasks.containsKey(nextPid)) {
            nextPid++;
        }
        return nextPid++;
    }

    boolean full() {
        return tasks.size() >= MAX_THREADS;
    }

    /** Makes a task visible: to its parent if it is a process, to its group, and by its pid. */
    void add(final Task task) {
        tasks.put(task.pid, task);
        task.signal.threads.add(task);
        final Task parent = task.realParent;
        if (parent != null && task.groupLeader == task) {
            parent.children.add(task);
        }
    }

    /** {@code __unhash_process()}. */
    void remove(final Task task) {
        tasks.remove(task.pid);
        task.signal.threads.remove(task);
        if (task.signal.currTarget == task) {
            task.signal.currTarget = null;
        }
        final Task parent = task.realParent;
        if (parent != null) {
            parent.children.remove(task);
        }
    }

    // ---- death and wait

    /** {@code do_exit()} of current with a wait status; does not return. */
    public RuntimeException doExit(final Task current, final int code) {
        return exit.doExit(current, code);
    }

    /** {@code do_group_exit()} of current with a wait status; does not return. */
    public RuntimeException doGroupExit(final Task current, final int code) {
        return exit.doGroupExit(current, code);
    }

    /** {@code release_task()}. */
    void release(final Task task) {
        exit.releaseTask(task);
    }

    /** {@code mm_release()} for exec. */
    void mmRelease(final Task current) {
        exit.mmRelease(current);
    }

    /**
     * wait4(2): pid, 0 with WNOHANG, or a negative error or restart code; the status goes to {@code status[0]}.
     *
     * @throws GuestEvent to the harness task, when no child can ever change state
     */
    public long wait4(final Task waiter, final long pid, final int options, final int[] status) {
        return Wait.wait4(k, waiter, pid, options, status);
    }

    /** Lets the guests run for some virtual time while the harness task sleeps. */
    public void sleep(final Task harness, final long nanoseconds) {
        harness.state = TaskState.UNINTERRUPTIBLE;
        k.sched.scheduleTimeout(Timers.after(k.timers.now(), nanoseconds));
    }

    /** {@code exchange_tids()} and what follows in de_thread(): current takes the pid and the place of its dead leader, which goes unnoticed. */
    void exchangeTids(final Task current) {
        final Task leader = current.groupLeader;
        final int pid = current.pid;
        current.pid = leader.pid;
        leader.pid = pid;
        tasks.put(current.pid, current);
        tasks.put(leader.pid, leader);
        final Task parent = leader.realParent;
        if (parent != null) {
            parent.children.set(parent.children.indexOf(leader), current);
        }
        current.groupLeader = current;
        leader.groupLeader = current;
        leader.exitSignal = -1;
        leader.state = TaskState.DEAD;
        final Task tracer = leader.parent;
        if (leader.ptrace.flags != 0 && tracer != null) {
            k.signals.wakeUpParent(tracer);
        }
        release(leader);
        current.signal.threads.remove(current);
        current.signal.threads.add(0, current);
    }

    // ---- finding

    /** The first harness task. */
    Task init() {
        return tasks.firstEntry().getValue();
    }

    /** Task by pid, or null. */
    public @Nullable Task find(final int pid) {
        return tasks.get(pid);
    }

    /** All tasks in order of pid, zombies included. */
    public List<Task> all() {
        return new ArrayList<>(tasks.values());
    }

    /** Leaders of the processes of a group, in order of pid. */
    public List<Task> processGroup(final int pgid) {
        return tasks.values().stream()
                .filter(task -> task.pgid == pgid && task.groupLeader == task)
                .toList();
    }
}
