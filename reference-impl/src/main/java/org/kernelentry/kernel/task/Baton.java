package org.kernelentry.kernel.task;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.entry.Irqs;

/**
 * Which Java thread runs: exactly one holds the baton.
 *
 * <p>Each task's kernel stack is a Java thread. Idle CPUs have none: the thread that gives the baton away runs their idle rounds until some CPU
 * has a task to run. When there is nothing left to wait for, the harness task is woken with a {@link GuestEvent}, so that no guest can make
 * the runner wait for ever.
 */
final class Baton {
    /** What a round of the idle loop costs of the budget, in instructions: a machine that only idles must come to an end too. */
    static final long IDLE_ROUND_COST = 1_000;

    private final Kernel k;
    private final Scheduler sched;
    /** Begun and not ended, in order of creation. */
    private final Set<KernelStack> stacks = new LinkedHashSet<>();

    private long idleRounds;
    /** The harness task that acts; others stand still. */
    private @Nullable Task harness;

    private @Nullable GuestEvent event;
    private @Nullable ModelError failure;
    private boolean shutDown;
    private volatile @Nullable KernelStack closer;

    Baton(final Kernel kernel, final Scheduler sched) {
        this.k = kernel;
        this.sched = sched;
    }

    long idleRounds() {
        return idleRounds;
    }

    // ---- stacks

    int liveStacks() {
        return stacks.size();
    }

    /** A stack for {@code task} that begins with {@code body} when it first gets the baton. */
    KernelStack newStack(final Task task, final Runnable body) {
        return KernelStack.of(() -> bottom(task, body));
    }

    /** The bottom of every kernel stack but the harness's. */
    private void bottom(final Task task, final Runnable body) {
        KernelStack next = null;
        try {
            stacks.add(stack(task));
            try {
                body.run();
                throw new IllegalStateException(task + " returned from its kernel entry");
            } catch (final TaskUnwind left) {
                next = closer;
            }
            stacks.remove(stack(task));
            if (next == null) {
                next = lastSwitch(task);
            }
        } catch (final Throwable mistake) {
            next = fail(task, mistake);
        }
        next.giveBaton();
    }

    /** The last {@code __schedule()} of a task. */
    private KernelStack lastSwitch(final Task task) {
        final CpuLocal cpu = k.cpu;
        Irqs.localIrqDisable(cpu);
        task.onRq = false;
        sched.putPrevPickNext(cpu, task);
        return dispatch(cpu);
    }

    private static KernelStack stack(final Task task) {
        if (task.context instanceof KernelStack stack) {
            return stack;
        }
        throw new IllegalStateException(task + " has no kernel stack");
    }

    /** Makes the calling thread the stack of a harness task and the task the one that acts; whether it is the first. */
    boolean adopt(final Task task) {
        final Task before = harness;
        if (before == null) {
            task.context = KernelStack.ofCallingThread();
            harness = task;
            return true;
        }
        if (task.context == null) {
            task.context = before.context;
        } else {
            harness = task;
        }
        return false;
    }

    /** That the calling thread may act for {@code task}. */
    void check(final Task task) {
        if (!stack(task).isCallingThread()) {
            throw new IllegalStateException(task + " scheduled by a thread that is not its kernel stack");
        }
        if (closer != null) {
            throw new TaskUnwind();
        }
        if (failure != null) {
            throw failure;
        }
    }

    // ---- passing it

    /** {@code prev} has given up {@code cpu}: lets others run until it has a CPU again. */
    void passOn(final CpuLocal cpu, final Task prev) {
        hand(stack(prev), dispatch(cpu));
    }

    /** Between two user instructions of {@code cpu}'s current task: each other CPU with work has its turn first. */
    void takeTurns(final CpuLocal cpu) {
        hand(stack(cpu.current), dispatchOthers(cpu));
    }

    private void hand(final KernelStack own, final KernelStack next) {
        if (next == own) {
            return;
        }
        next.giveBaton();
        own.awaitBaton();
        if (closer != null) {
            throw new TaskUnwind();
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Whose turn it is: {@code cpu}'s task if it has one, else the next CPU's. */
    private KernelStack dispatch(final CpuLocal cpu) {
        return cpu.current.idle ? dispatchOthers(cpu) : stack(cpu.current);
    }

    private KernelStack dispatchOthers(final CpuLocal last) {
        while (true) {
            for (int i = 1; i <= k.cpus.length; i++) {
                final CpuLocal cpu = k.cpus[(last.id + i) % k.cpus.length];
                k.cpu = cpu;
                while (cpu.current.idle && !cpu.pending.isEmpty()) {
                    idleRound(cpu, () -> {});
                }
                if (cpu.current.idle && !cpu.runQueue.isEmpty()) {
                    scheduleIdle(cpu);
                }
                if (!cpu.current.idle) {
                    cpu.turnEnd = k.timers.now() + sched.turn;
                    sched.deadlinesChanged();
                    return stack(cpu.current);
                }
            }
            waitForSomething();
        }
    }

    /** All CPUs idle and nothing is on its way: time jumps to the next timer. */
    private void waitForSomething() {
        if (k.timers.next() == Long.MAX_VALUE) {
            post(new GuestEvent.GuestStuck(
                    "every task is asleep and nothing is left that could wake one: " + sleepers()));
        } else if (sched.budgetExceeded()) {
            post(new GuestEvent.BudgetExceeded("the guests used up the instructions they were given"));
        } else {
            final CpuLocal cpu = k.timers.nextCpu();
            k.cpu = cpu;
            idleRound(cpu, () -> {
                k.timers.skipToNext();
                Irqs.raise(cpu, cpu.timerInterrupt);
            });
        }
    }

    private void idleRound(final CpuLocal cpu, final Runnable wait) {
        idleRounds++;
        k.idle.doIdle(cpu, wait);
    }

    /** {@code schedule_idle()}. */
    private void scheduleIdle(final CpuLocal cpu) {
        Irqs.localIrqDisable(cpu);
        sched.putPrevPickNext(cpu, cpu.idle);
    }

    /** Whether a CPU other than {@code mine} has a task to run or an interrupt to take. */
    boolean othersHaveWork(final CpuLocal mine) {
        for (final CpuLocal cpu : k.cpus) {
            if (cpu != mine && !(cpu.current.idle && cpu.runQueue.isEmpty() && cpu.pending.isEmpty())) {
                return true;
            }
        }
        return false;
    }

    // ---- the harness

    private Task harness() {
        final Task task = harness;
        if (task == null) {
            throw new IllegalStateException("nothing to run, and no harness task to tell");
        }
        return task;
    }

    /** Whether the harness task sleeps, or waits in the queue of {@code cpu}. */
    boolean harnessWaitsFor(final CpuLocal cpu) {
        final Task task = harness();
        return !task.onRq || task.cpu == cpu.id;
    }

    /** Wakes the harness task with an event, ahead of all others; nothing when it is awake. */
    void post(final GuestEvent news) {
        final Task task = harness();
        if (task.onRq) {
            return;
        }
        event = news;
        task.state = TaskState.RUNNING;
        task.onRq = true;
        sched.enqueue(k.cpus[task.cpu], task);
        sched.reschedCurr(k.cpus[task.cpu]);
    }

    /** Throws what was posted, on the harness's own thread. */
    void deliverEvent(final Task current) {
        final GuestEvent news = event;
        if (news != null && current == harness) {
            event = null;
            news.fillInStackTrace();
            throw news;
        }
    }

    private String sleepers() {
        final StringBuilder text = new StringBuilder();
        for (final Task task : k.processes.all()) {
            if (task.state != TaskState.ZOMBIE && task.state != TaskState.DEAD && !(task.harness && task != harness)) {
                text.append(text.length() == 0 ? "" : ", ")
                        .append(task)
                        .append(' ')
                        .append(task.state);
            }
        }
        return text.toString();
    }

    // ---- the end

    /** The model's own mistake: the harness gets the CPU at once and learns of it. */
    private KernelStack fail(final Task task, final Throwable mistake) {
        stacks.remove(stack(task));
        final KernelStack end = closer;
        if (end != null) {
            return end;
        }
        failure = new ModelError("the kernel side of " + task + " failed: " + mistake, mistake);
        final Task teller = harness();
        k.cpu = k.cpus[teller.cpu];
        k.cpu.current = teller;
        return stack(teller);
    }

    void shutdown() {
        if (shutDown) {
            return;
        }
        shutDown = true;
        k.steps.observe(null);
        final KernelStack mine = KernelStack.ofCallingThread();
        closer = mine;
        for (final KernelStack stack : List.copyOf(stacks)) {
            stack.giveBaton();
            mine.awaitBaton();
        }
    }
}
