package org.kernelentry.kernel.task;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;

/** Birth, exec, exit and wait of tasks. Source: linux v7.3 kernel/fork.c, kernel/exit.c, fs/exec.c. */
public final class Processes {
    final Kernel k;

    public Processes(final Kernel kernel) {
        this.k = kernel;
    }

    /** The runner's own task: parent and tracer of what it spawns; its user mode is Java. */
    public Task createHarness(final String comm) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Makes a process with a fresh address space as a child of {@code parent}; it does not run before {@link #startFirst}. */
    public Task create(
            final Task parent, final String comm, final String mode, final Mm mm, final long pc, final long sp) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Lets a task made by {@link #create} enter user mode. */
    public void startFirst(final Task task) {
        throw new UnsupportedOperationException("not built yet");
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
        throw new UnsupportedOperationException("not built yet");
    }

    /** All live tasks in order of pid. */
    public java.util.List<Task> all() {
        throw new UnsupportedOperationException("not built yet");
    }
}
