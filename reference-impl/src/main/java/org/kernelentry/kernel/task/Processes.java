package org.kernelentry.kernel.task;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.signal.SigHand;
import org.kernelentry.kernel.signal.SignalStruct;

/** Birth, exec, exit and wait of tasks. Source: linux v7.3 kernel/fork.c, kernel/exit.c, fs/exec.c. */
public final class Processes {
    /** First pid of a guest, apart from the small ones of harness tasks, so that traces read well. */
    public static final int FIRST_GUEST_PID = 100;

    final Kernel k;
    private final TreeMap<Integer, Task> tasks = new TreeMap<>();
    private int nextHarnessPid = 1;
    private int nextPid = FIRST_GUEST_PID;

    public Processes(final Kernel kernel) {
        this.k = kernel;
    }

    /**
     * The runner's own task: parent and tracer of what it spawns; its user mode is Java on the calling thread. The first one stands for init
     * (pid 1) and acts at once; a later one is a child of it and acts by {@link Scheduler#actAs}.
     */
    public Task createHarness(final String comm) {
        final Task task = newTask(nextHarnessPid++, comm, new SignalStruct(), new SigHand());
        task.harness = true;
        task.realParent = tasks.isEmpty() ? null : init();
        task.parent = task.realParent;
        task.pgid = task.pid;
        task.sid = task.pid;
        addProcess(task);
        k.sched.adoptHarness(task);
        return task;
    }

    /** The first harness task. */
    Task init() {
        return tasks.firstEntry().getValue();
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
        final Task task = newTask(nextPid++, comm, new SignalStruct(), new SigHand());
        task.mm = mm;
        task.realParent = parent;
        task.parent = parent;
        task.exitSignal = org.kernelentry.kernel.signal.Signals.SIGCHLD;
        task.pgid = task.pid;
        task.sid = task.pid;
        k.arch.startThread(task, mode, pc, sp);
        addProcess(task);
        return task;
    }

    private Task newTask(final int pid, final String comm, final SignalStruct signal, final SigHand sighand) {
        return new Task(k, pid, comm, k.arch.newPtRegs(), k.arch.newThread(), signal, sighand);
    }

    private void addProcess(final Task task) {
        tasks.put(task.pid, task);
        task.signal.threads.add(task);
        final Task parent = task.realParent;
        if (parent != null) {
            parent.children.add(task);
        }
    }

    /** Lets a task made by {@link #create} enter user mode: it leaves the kernel by the path every return takes. */
    public void startFirst(final Task task) {
        k.sched.start(task, () -> {
            k.arch.returnFromFork(k.cpu, task);
            k.userLoop.run(task);
        });
    }

    /** clone(2), fork(2), vfork(2), clone3(2); child's pid or a negative error. */
    public long kernelClone(
            final Task parent,
            final long flags,
            final long sp,
            final long parentTid,
            final long childTid,
            final long tls,
            final int exitSignal) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code do_exit()} with a wait status; does not return. */
    public RuntimeException doExit(final Task task, final int code) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** {@code do_group_exit()}; does not return. */
    public RuntimeException doGroupExit(final Task task, final int code) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** wait4(2) for kernel-side callers: pid or a negative error; the status goes to {@code status[0]}. */
    public long wait4(final Task waiter, final long pid, final int options, final int[] status) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Task by pid, or null. */
    public @Nullable Task find(final int pid) {
        return tasks.get(pid);
    }

    /** All tasks in order of pid, zombies included. */
    public List<Task> all() {
        return new ArrayList<>(tasks.values());
    }
}
