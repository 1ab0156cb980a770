package org.kernelentry.kernel.task;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.tracking.ContextTracking;
import org.kernelentry.kernel.tracking.Lockdep;
import org.kernelentry.machine.Cpu;
import org.kernelentry.machine.CpuState;

/** What the kernel keeps per CPU: the machine, who runs, and the nesting state that entry and exit must balance. */
public final class CpuLocal {
    /** {@code include/linux/preempt.h}: units of the fields of {@link #preemptCount}. */
    public static final int PREEMPT_OFFSET = 1;

    public static final int SOFTIRQ_OFFSET = 1 << 8;
    public static final int HARDIRQ_OFFSET = 1 << 16;
    public static final int NMI_OFFSET = 1 << 20;
    public static final int NMI_MASK = 0xf << 20;
    public static final int HARDIRQ_MASK = 0xf << 16;
    public static final int SOFTIRQ_MASK = 0xff << 8;

    public final Kernel kernel;
    public final int id;
    public final Cpu machine;
    /** The registers of {@link #machine}. */
    public final CpuState live;
    /** What the port's entry code keeps for this CPU. */
    public final Object entry;
    /** {@code tick_nohz_full_cpu()}: this CPU's tick may stop. */
    public final boolean nohzFull;
    /** The idle task of this CPU. */
    public final Task idle;
    /** Who runs here. */
    public Task current;
    /** The interrupt enable of the hardware. The model starts in the kernel with interrupts on. */
    public boolean irqsEnabled = true;
    /** {@code preempt_count()} of what runs here; switched with the task. */
    public int preemptCount;
    /** RCU and context tracking. */
    public final ContextTracking ct;
    /** What lockdep believes about interrupts, and its context counts. */
    public final Lockdep lockdep = new Lockdep();
    /** What the irq-flag tracepoints were told last: hardirqs off. */
    public boolean tracedHardirqsOff;
    /** User instructions are running (set by {@link UserLoop} around the machine). */
    public boolean inUser;
    /** Interrupts that wait for {@link #irqsEnabled}. */
    public final ArrayDeque<Irq> pending = new ArrayDeque<>();
    /** A non-maskable interrupt that is to hit the next user instruction. */
    public @Nullable Irq userNmi;

    // ---- the scheduler's run queue
    /** Tasks that may run here, next first; the current one is not among them. */
    final ArrayDeque<Task> runQueue = new ArrayDeque<>();
    /** Virtual time at which the current task's slice ends. */
    long sliceEnd;
    /** Virtual time at which another CPU gets its turn. */
    long turnEnd;
    /** Value of {@code machine.retired()} at which the current budget ends, while {@link #budgetEpoch} is the scheduler's. */
    long budgetEnd;

    int budgetEpoch = -1;
    /** The tick of this CPU. */
    final Irq timerInterrupt;
    /** The rescheduling interrupt: nothing to do but to pass through the exit path. */
    final Irq rescheduleInterrupt = new Irq("reschedule", () -> {});

    public CpuLocal(final Kernel kernel, final int id, final Cpu machine) {
        this.kernel = kernel;
        this.id = id;
        this.machine = machine;
        this.live = machine.state();
        this.entry = kernel.arch.newEntryState();
        this.nohzFull = kernel.config.has(Option.NO_HZ_FULL);
        this.ct = new ContextTracking(this);
        this.idle = Task.idle(kernel, id);
        this.current = idle;
        this.timerInterrupt = new Irq("timer", () -> kernel.sched.timerInterrupt(this));
    }

    /** {@code in_nmi()}. */
    public boolean inNmi() {
        return (preemptCount & NMI_MASK) != 0;
    }

    /** {@code in_hardirq()}. */
    public boolean inHardirq() {
        return (preemptCount & HARDIRQ_MASK) != 0;
    }
}
