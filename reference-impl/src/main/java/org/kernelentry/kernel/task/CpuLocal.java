package org.kernelentry.kernel.task;

import java.util.ArrayDeque;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.tracking.ContextTracking;
import org.kernelentry.kernel.tracking.Lockdep;
import org.kernelentry.machine.Cpu;

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
    public final Lockdep lockdep;
    /** What the irq-flag tracepoints were told last: hardirqs off. */
    public boolean tracedHardirqsOff;
    /** User instructions are running (set by {@link UserLoop} around the machine). */
    public boolean inUser;
    /** Interrupts that wait for {@link #irqsEnabled}. */
    public final ArrayDeque<Irq> pending = new ArrayDeque<>();

    public CpuLocal(final Kernel kernel, final int id, final Cpu machine) {
        this.kernel = kernel;
        this.id = id;
        this.machine = machine;
        this.ct = new ContextTracking(this);
        this.lockdep = new Lockdep(this);
        this.idle = Task.idle(kernel, id);
        this.current = idle;
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
