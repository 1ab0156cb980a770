package org.kernelentry.kernel.step;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.task.CpuLocal;

/** Where the kernel code reports its steps. With no observer each report is one field test, which compiled code folds away. */
public final class Steps {
    private @Nullable StepObserver observer;

    public void observe(final @Nullable StepObserver newObserver) {
        this.observer = newObserver;
    }

    public @Nullable StepObserver observer() {
        return observer;
    }

    public void at(final CpuLocal cpu, final Step step) {
        final StepObserver o = observer;
        if (o != null) {
            o.at(cpu, step, 0);
        }
    }

    public void at(final CpuLocal cpu, final Step step, final long detail) {
        final StepObserver o = observer;
        if (o != null) {
            o.at(cpu, step, detail);
        }
    }

    public void enter(final CpuLocal cpu, final Step scope, final long detail) {
        final StepObserver o = observer;
        if (o != null) {
            o.enter(cpu, scope, detail);
        }
    }

    public void leave(final CpuLocal cpu, final Step scope) {
        final StepObserver o = observer;
        if (o != null) {
            o.leave(cpu, scope);
        }
    }
}
