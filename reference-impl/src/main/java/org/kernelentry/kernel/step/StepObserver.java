package org.kernelentry.kernel.step;

import org.kernelentry.kernel.task.CpuLocal;

/** Sees every step of the entry and exit paths: a journal, an injector, or a chain of both. None is attached on the fast path. */
public interface StepObserver {
    /** A state update has just taken effect. {@code detail} is step specific (a work word, a number), 0 when there is none. */
    void at(CpuLocal cpu, Step step, long detail);

    /** A scope begins: the steps until the matching {@link #leave} belong to it. */
    void enter(CpuLocal cpu, Step scope, long detail);

    /** The scope ends, also when it is left by a kernel-internal unwinding. */
    void leave(CpuLocal cpu, Step scope);
}
