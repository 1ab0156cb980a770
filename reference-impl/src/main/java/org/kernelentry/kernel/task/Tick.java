package org.kernelentry.kernel.task;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.entry.Irqs;

/**
 * When user instructions have to stop: for a timer, the end of a slice or of a CPU's turn, or because the guests have used up what they were
 * given. Source: linux v7.3 kernel/sched/core.c sched_tick(); kernel/time/hrtimer.c hrtimer_interrupt().
 */
final class Tick {
    private final Kernel k;
    private final Scheduler sched;
    private final Baton baton;
    /** Changes with everything that {@link #compute} looks at. */
    private int epoch;

    private long spendingLimit = Scheduler.DEFAULT_BUDGET;

    Tick(final Kernel kernel, final Scheduler sched, final Baton baton) {
        this.k = kernel;
        this.sched = sched;
        this.baton = baton;
    }

    void changed() {
        epoch++;
    }

    void setBudget(final long instructions) {
        spendingLimit = Timers.after(spent(), instructions);
        epoch++;
    }

    private long spent() {
        long spent = baton.idleRounds() * Baton.IDLE_ROUND_COST;
        for (final CpuLocal cpu : k.cpus) {
            spent += cpu.machine.retired();
        }
        return spent;
    }

    boolean budgetExceeded() {
        return spent() >= spendingLimit;
    }

    long budget(final CpuLocal cpu) {
        if (cpu.budgetEpoch != epoch) {
            compute(cpu);
        }
        return Math.max(cpu.budgetEnd - cpu.machine.retired(), 0);
    }

    private void compute(final CpuLocal cpu) {
        final long now = k.timers.now();
        long end = Math.min(k.timers.next(), Timers.after(now, spendingLimit - spent()));
        if (!cpu.runQueue.isEmpty()) {
            end = Math.min(end, cpu.sliceEnd);
        }
        if (baton.othersHaveWork(cpu)) {
            end = Math.min(end, cpu.turnEnd);
        }
        cpu.budgetEnd = cpu.machine.retired() + (end - now);
        cpu.budgetEpoch = epoch;
    }

    @Nullable
    Irq tick(final CpuLocal cpu) {
        if (tickDue(cpu)) {
            return cpu.timerInterrupt;
        }
        for (final CpuLocal other : k.cpus) {
            if (other != cpu && k.timers.due(other) && !other.pending.contains(other.timerInterrupt)) {
                Irqs.raise(other, other.timerInterrupt);
            }
        }
        if (baton.othersHaveWork(cpu)) {
            baton.takeTurns(cpu);
        }
        cpu.turnEnd = k.timers.now() + sched.turn;
        epoch++;
        return cpu.pending.poll();
    }

    private boolean tickDue(final CpuLocal cpu) {
        return k.timers.due(cpu) || sliceOver(cpu) || budgetExceeded() && baton.harnessWaitsFor(cpu);
    }

    private boolean sliceOver(final CpuLocal cpu) {
        return !cpu.runQueue.isEmpty() && k.timers.now() >= cpu.sliceEnd;
    }

    /** The tick: timers, end of slice, end of budget. Runs as an interrupt handler on {@code cpu}. */
    void timerInterrupt(final CpuLocal cpu) {
        k.timers.expire(cpu);
        if (budgetExceeded()) {
            baton.post(new GuestEvent.BudgetExceeded("the guests used up the instructions they were given"));
            if (baton.harnessWaitsFor(cpu)) {
                sched.reschedCurr(cpu);
            }
        }
        if (sliceOver(cpu)) {
            sched.reschedCurr(cpu);
            // A task that is let run on, by a slice extension, is asked again a tick later and not at once.
            cpu.sliceEnd = k.timers.now() + Scheduler.SLICE;
            epoch++;
        }
    }
}
