package org.kernelentry.kernel.task;

import static org.kernelentry.kernel.task.ThreadFlags.TIF_NEED_RESCHED;
import static org.kernelentry.kernel.task.ThreadFlags.TIF_NEED_RESCHED_LAZY;
import static org.kernelentry.kernel.task.ThreadFlags.TIF_NOTIFY_SIGNAL;
import static org.kernelentry.kernel.task.ThreadFlags.TIF_SIGPENDING;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.entry.Irqs;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.Step;

/**
 * Who runs.
 *
 * <p>Every choice depends on the model's own state only, so the same input gives the same order: run queues are first in first out per CPU,
 * a slice is {@link #SLICE} of virtual time, and several CPUs take turns of {@link #turn} or until they fall idle. A CPU that waits for its
 * turn stands between two user instructions or idles: kernel code is never interleaved with another CPU's. Which Java thread that means is
 * {@link Baton}'s part.
 *
 * <p>Source: linux v7.3 kernel/sched/core.c.
 */
public final class Scheduler {
    /** Virtual nanoseconds a task runs before another one of its CPU gets its turn. */
    public static final long SLICE = 4_000_000;
    /** Instructions a kernel may spend unless {@link #setBudget} says otherwise. */
    public static final long DEFAULT_BUDGET = 200_000_000;

    public static final Step DO_SCHEDULE = Step.of("__schedule", "kernel/sched/core.c __schedule()");
    /** Detail: pid of the task that gets the CPU. */
    public static final Step CONTEXT_SWITCH = Step.of("context_switch", "kernel/sched/core.c context_switch()");

    public static final Step SWITCH_TO = Step.of("switch_to", "arch/*/kernel/process.c __switch_to()");
    public static final Step FINISH_TASK_SWITCH =
            Step.of("finish_task_switch", "kernel/sched/core.c finish_task_switch()");

    final Kernel k;
    /** Virtual nanoseconds of a CPU's turn while another one has work. */
    public long turn = 20_000;

    private final Baton baton;
    private final Tick tick;

    public Scheduler(final Kernel kernel) {
        this.k = kernel;
        this.baton = new Baton(kernel, this);
        this.tick = new Tick(kernel, this, baton);
    }

    // ---- giving the CPU away

    /**
     * {@code schedule()}: gives the CPU away according to the state of current; returns when it runs again. Interrupts are on.
     *
     * @throws GuestEvent to the harness task only, when what it waits for cannot come
     */
    public void schedule() {
        do {
            k.cpu.preemptCount += CpuLocal.PREEMPT_OFFSET;
            doSchedule(false);
            k.cpu.preemptCount -= CpuLocal.PREEMPT_OFFSET;
        } while (k.cpu.current.testTif(TIF_NEED_RESCHED));
        baton.deliverEvent(k.cpu.current);
    }

    /** {@code preempt_schedule_irq()}: called and left with interrupts disabled, loops while need-resched. */
    public void preemptScheduleIrq() {
        final boolean userContext = k.cpu.ct.exceptionEnter(k.cpu);
        do {
            k.cpu.preemptCount += CpuLocal.PREEMPT_OFFSET;
            Irqs.localIrqEnable(k.cpu);
            doSchedule(true);
            Irqs.localIrqDisable(k.cpu);
            k.cpu.preemptCount -= CpuLocal.PREEMPT_OFFSET;
        } while (k.cpu.current.testTif(TIF_NEED_RESCHED));
        k.cpu.ct.exceptionExit(k.cpu, userContext);
    }

    /** {@code cond_resched()}. */
    public void condResched() {
        if (k.cpu.preemptCount == 0 && k.cpu.current.testTif(TIF_NEED_RESCHED)) {
            schedule();
        }
    }

    /** {@code __schedule()}; returns with interrupts on, perhaps on another CPU. */
    private void doSchedule(final boolean preempt) {
        final CpuLocal cpu = k.cpu;
        final Task prev = cpu.current;
        baton.check(prev);
        k.steps.enter(cpu, DO_SCHEDULE, prev.pid);
        Irqs.localIrqDisable(cpu);
        if (!preempt && prev.state != TaskState.RUNNING) {
            if (signalPendingState(prev)) {
                prev.state = TaskState.RUNNING;
            } else {
                prev.onRq = false;
            }
        }
        putPrevPickNext(cpu, prev);
        if (cpu.current != prev) {
            baton.passOn(cpu, prev);
        }
        Irqs.localIrqEnable(k.cpu);
        k.steps.at(k.cpu, FINISH_TASK_SWITCH);
        k.steps.leave(k.cpu, DO_SCHEDULE);
    }

    /** {@code signal_pending_state()}: a sleeper that signals wake does not fall asleep with one pending. */
    private static boolean signalPendingState(final Task task) {
        return switch (task.state) {
            case INTERRUPTIBLE -> (task.flags & (TIF_SIGPENDING | TIF_NOTIFY_SIGNAL)) != 0;
            case KILLABLE, STOPPED -> task.testTif(TIF_SIGPENDING) && task.pending.set.has(Signals.SIGKILL);
            default -> false;
        };
    }

    /** Puts {@code prev} behind the others if it can go on, and makes the next task, or the idle task, current. */
    void putPrevPickNext(final CpuLocal cpu, final Task prev) {
        prev.clearTif(TIF_NEED_RESCHED | TIF_NEED_RESCHED_LAZY);
        if (prev.onRq && !prev.idle) {
            enqueue(allowed(prev, cpu) ? cpu : selectCpu(prev), prev);
        }
        final Task next = cpu.runQueue.poll();
        switchTo(cpu, prev, next == null ? cpu.idle : next);
    }

    /** {@code context_switch()}: everything but the Java thread. */
    void switchTo(final CpuLocal cpu, final Task prev, final Task next) {
        tick.changed();
        cpu.sliceEnd = k.timers.now() + SLICE;
        if (next == prev) {
            return;
        }
        k.steps.at(cpu, CONTEXT_SWITCH, next.pid);
        k.rseq.schedSwitchEvent(prev);
        prev.savedPreemptCount = cpu.preemptCount;
        cpu.current = next;
        next.cpu = cpu.id;
        cpu.preemptCount = next.savedPreemptCount;
        // A task without memory borrows what is loaded.
        final Mm mm = next.mm;
        if (mm != null) {
            cpu.machine.switchTo(mm.space);
        }
        k.arch.switchTo(cpu, prev, next);
        k.steps.at(cpu, SWITCH_TO);
    }

    // ---- run queues

    /** {@code wake_up_process()}: makes a sleeping task runnable; false when it was running, stopped or gone. */
    public boolean wakeUp(final Task task) {
        return switch (task.state) {
            case INTERRUPTIBLE, UNINTERRUPTIBLE, KILLABLE -> tryToWakeUp(task);
            default -> false;
        };
    }

    /** {@code wake_up_state()} with the given states. */
    public boolean wakeUpState(final Task task, final TaskState... states) {
        for (final TaskState state : states) {
            if (task.state == state) {
                return tryToWakeUp(task);
            }
        }
        return false;
    }

    private boolean tryToWakeUp(final Task task) {
        task.state = TaskState.RUNNING;
        if (!task.onRq) {
            task.onRq = true;
            final CpuLocal last = k.cpus[task.cpu];
            enqueue(allowed(task, last) ? last : selectCpu(task), task);
        }
        return true;
    }

    /**
     * Queues a task. The harness task goes to the front, so that a tracer does not wait for other guests' slices; it preempts only when an
     * interrupt woke it, so that what a guest itself does never costs it the CPU in the middle.
     */
    void enqueue(final CpuLocal cpu, final Task task) {
        tick.changed();
        final long now = k.timers.now();
        if (cpu.runQueue.isEmpty() && now >= cpu.sliceEnd) {
            cpu.sliceEnd = now + SLICE;
        }
        if (task.cpu != cpu.id) {
            task.cpu = cpu.id;
            k.rseq.setIdsChanged(task);
        }
        if (task.harness) {
            cpu.runQueue.addFirst(task);
        } else {
            cpu.runQueue.addLast(task);
        }
        if (cpu.current.idle || task.harness && k.cpu.inHardirq()) {
            reschedCurr(cpu);
        }
    }

    private static boolean allowed(final Task task, final CpuLocal cpu) {
        return task.pinnedCpu < 0 || task.pinnedCpu == cpu.id;
    }

    /** {@code select_task_rq()}: the least loaded CPU it may use, the lowest of equals. */
    private CpuLocal selectCpu(final Task task) {
        CpuLocal best = null;
        for (final CpuLocal cpu : k.cpus) {
            if (allowed(task, cpu) && (best == null || load(cpu) < load(best))) {
                best = cpu;
            }
        }
        return best == null ? k.cpus[0] : best;
    }

    private static int load(final CpuLocal cpu) {
        return cpu.runQueue.size() + (cpu.current.idle || cpu.current.harness ? 0 : 1);
    }

    /** {@code resched_curr()}: asks {@code cpu} to reschedule; another CPU is told by an interrupt. */
    public void reschedCurr(final CpuLocal cpu) {
        if (cpu.current.testTif(TIF_NEED_RESCHED)) {
            return;
        }
        cpu.current.setTif(TIF_NEED_RESCHED);
        if (cpu != k.cpu) {
            Irqs.raise(cpu, cpu.rescheduleInterrupt);
        }
    }

    /** {@code kick_process()}: sends a task that runs on another CPU through the kernel, so that it sees its changed flags. */
    public void kickProcess(final Task task) {
        final CpuLocal cpu = k.cpus[task.cpu];
        if (cpu != k.cpu && cpu.current == task) {
            Irqs.raise(cpu, cpu.rescheduleInterrupt);
        }
    }

    /** {@code set_cpus_allowed_ptr()}: takes a task off a CPU it may no longer use; a sleeper moves when it wakes. */
    public void migrate(final Task task) {
        final CpuLocal cpu = k.cpus[task.cpu];
        if (allowed(task, cpu)) {
            return;
        }
        if (cpu.runQueue.remove(task)) {
            enqueue(selectCpu(task), task);
        } else if (cpu.current == task) {
            reschedCurr(cpu);
        }
    }

    /** Whether a task runs on some CPU right now ({@code task_curr()}). */
    public boolean isCurrent(final Task task) {
        return k.cpus[task.cpu].current == task;
    }

    // ---- sleeping

    /**
     * {@code schedule_timeout()} until a virtual time (Long.MAX_VALUE for ever); the state has been set by the caller.
     *
     * @return true when woken before
     */
    public boolean scheduleTimeout(final long deadline) {
        final Task current = k.current();
        if (deadline == Long.MAX_VALUE) {
            schedule();
            return true;
        }
        if (deadline <= k.timers.now()) {
            current.state = TaskState.RUNNING;
            return false;
        }
        final Object timer = k.timers.at(deadline, () -> wakeUp(current));
        try {
            schedule();
        } finally {
            k.timers.cancel(timer);
        }
        return k.timers.now() < deadline;
    }

    /** Sleeps on a queue: {@code prepare_to_wait()}, schedule, {@code finish_wait()}; the state is the sleeper's. */
    public void waitOn(final WaitQueue queue, final TaskState state) {
        waitOn(queue, state, Long.MAX_VALUE);
    }

    /** {@link #waitOn} until a virtual time at the latest; true when woken before. */
    public boolean waitOn(final WaitQueue queue, final TaskState state, final long deadline) {
        final Task current = k.current();
        queue.waiters.add(current);
        current.state = state;
        try {
            return scheduleTimeout(deadline);
        } finally {
            queue.waiters.remove(current);
            current.state = TaskState.RUNNING;
        }
    }

    /** {@code wake_up()}: wakes all waiters. */
    public void wakeAll(final WaitQueue queue) {
        for (int i = 0; i < queue.waiters.size(); i++) {
            wakeUp(queue.waiters.get(i));
        }
    }

    // ---- birth and death

    /**
     * {@code wake_up_new_task()}: gives a new task its kernel stack and makes it runnable.
     *
     * @param body its kernel entry, called with interrupts on; it never returns normally
     */
    public void start(final Task task, final Runnable body) {
        // As copy_process() leaves it: the first schedule_tail() undoes it.
        task.savedPreemptCount = CpuLocal.PREEMPT_OFFSET;
        task.context = baton.newStack(task, () -> {
            Irqs.localIrqEnable(k.cpu);
            k.steps.at(k.cpu, FINISH_TASK_SWITCH);
            k.cpu.preemptCount -= CpuLocal.PREEMPT_OFFSET;
            body.run();
        });
        task.state = TaskState.RUNNING;
        task.onRq = true;
        final CpuLocal cpu = selectCpu(task);
        task.cpu = cpu.id;
        enqueue(cpu, task);
    }

    /** {@code do_task_dead()}: the task, already a zombie or dead, has left for good; does not return. */
    public RuntimeException taskDead() {
        throw new TaskUnwind();
    }

    /** Makes the calling Java thread the kernel stack of {@code task}; the first such task runs at once, as if idle had chosen it. */
    void adoptHarness(final Task task) {
        final boolean first = baton.adopt(task);
        task.state = TaskState.RUNNING;
        if (first) {
            k.cpu.idle.savedPreemptCount = CpuLocal.PREEMPT_OFFSET;
            for (final CpuLocal cpu : k.cpus) {
                if (cpu != k.cpu) {
                    cpu.preemptCount = CpuLocal.PREEMPT_OFFSET;
                }
            }
            task.onRq = true;
            switchTo(k.cpu, k.cpu.current, task);
            k.cpu.idle.savedPreemptCount = CpuLocal.PREEMPT_OFFSET;
        }
    }

    /** Lets another harness task than the current one act; they share the runner's thread. */
    public void actAs(final Task task) {
        final Task prev = k.current();
        if (!prev.harness || !task.harness) {
            throw new IllegalArgumentException("only harness tasks share a thread: " + prev + ", " + task);
        }
        if (prev != task) {
            prev.onRq = false;
            task.onRq = true;
            task.savedPreemptCount = k.cpu.preemptCount;
            switchTo(k.cpu, prev, task);
            baton.adopt(task);
        }
    }

    /** Ends the threads of all tasks, wherever they stand. Called by the runner's thread; later calls do nothing. */
    public void shutdown() {
        baton.shutdown();
    }

    /** Kernel stacks that have begun and not ended: none after {@link #shutdown}. */
    public int liveStacks() {
        return baton.liveStacks();
    }

    // ---- time

    /** Gives the guests {@code instructions} from now on; a round of the idle loop counts as {@link Baton#IDLE_ROUND_COST}. */
    public void setBudget(final long instructions) {
        tick.setBudget(instructions);
    }

    boolean budgetExceeded() {
        return tick.budgetExceeded();
    }

    /** Timers, a run queue or a current task changed: budgets are to be computed anew. */
    void deadlinesChanged() {
        tick.changed();
    }

    /** Instructions the current task of {@code cpu} may run before the next timer or end of slice; 0 when something is due already. */
    public long budget(final CpuLocal cpu) {
        return tick.budget(cpu);
    }

    /**
     * What ends a budget. Called between two user instructions; other CPUs may run before it returns.
     *
     * @return the timer interrupt or one that came meanwhile, or null when nothing is to be delivered
     */
    public @Nullable Irq tick(final CpuLocal cpu) {
        return tick.tick(cpu);
    }

    /** Handler of the timer interrupt of {@code cpu}. */
    void timerInterrupt(final CpuLocal cpu) {
        tick.timerInterrupt(cpu);
    }
}
