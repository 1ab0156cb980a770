package org.kernelentry.x86.ptrace;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.CpuState;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.X86Thread;

/** Selectors and bases of a task: the CPU's while it is current, else what the context switch kept. */
public final class X86Segments {
    private final Kernel k;

    public X86Segments(final Kernel k) {
        this.k = k;
    }

    private boolean current(final Task task) {
        return k.cpu.current == task;
    }

    private CpuState live() {
        return k.cpu.live;
    }

    /** @param slot one of DS, ES, FS, GS, FS_BASE, GS_BASE of {@link X86Regs} */
    public long get(final Task task, final int slot) {
        if (current(task)) {
            return live().r[slot];
        }
        final X86Thread thread = (X86Thread) task.thread;
        return switch (slot) {
            case X86Regs.DS -> thread.ds;
            case X86Regs.ES -> thread.es;
            case X86Regs.FS -> thread.fsIndex;
            case X86Regs.GS -> thread.gsIndex;
            case X86Regs.FS_BASE -> thread.fsBase;
            default -> thread.gsBase;
        };
    }

    /** @param slot as for {@link #get} */
    public void set(final Task task, final int slot, final long value) {
        if (current(task)) {
            live().r[slot] = value;
            return;
        }
        final X86Thread thread = (X86Thread) task.thread;
        switch (slot) {
            case X86Regs.DS -> thread.ds = value;
            case X86Regs.ES -> thread.es = value;
            case X86Regs.FS -> thread.fsIndex = value;
            case X86Regs.GS -> thread.gsIndex = value;
            case X86Regs.FS_BASE -> thread.fsBase = value;
            default -> thread.gsBase = value;
        }
    }

    /** Replaces thread-local descriptor {@code n}. */
    public void setTls(final Task task, final int n, final long descriptor) {
        ((X86Thread) task.thread).tls[n] = descriptor;
        if (current(task)) {
            live().r[X86Regs.TLS + n] = descriptor;
        }
    }
}
