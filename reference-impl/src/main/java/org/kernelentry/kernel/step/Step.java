package org.kernelentry.kernel.step;

/**
 * A named point of the entry and exit paths: one state update, or a scope that nests others.
 *
 * <p>Identity matters, not equality: each is a constant of the class whose code it marks. The name is the kernel's own function or, for
 * entry stubs, the words of the assembly step.
 */
public final class Step {
    /** What the number means that a step is reported with. */
    public enum Detail {
        /** A number or nothing: of a system call, a signal, a task. */
        NUMBER,
        /** Bits of {@code SYSCALL_WORK_*}: why the step ran. */
        SYSCALL_WORK,
        /** Bits of {@code TIF_*} that returning to user mode looks at: why the step ran. */
        TIF
    }

    private final String name;
    private final String source;
    private final boolean frame;
    private final Detail detail;

    private Step(final String name, final String source, final boolean frame, final Detail detail) {
        this.name = name;
        this.source = source;
        this.frame = frame;
        this.detail = detail;
    }

    /**
     * Names a step.
     *
     * @param name kernel function name ({@code ct_irq_enter}) or stub step ({@code swapgs})
     * @param source where the kernel does it, form {@code kernel/entry/common.c irqentry_enter()}
     */
    public static Step of(final String name, final String source) {
        return new Step(name, source, false, Detail.NUMBER);
    }

    /**
     * Names a scope that is one kernel entry as a whole, stub included: all nesting state must be the same at its end as at its start.
     * Only such a scope is checked by {@link BalanceChecker}.
     */
    public static Step frame(final String name, final String source) {
        return new Step(name, source, true, Detail.NUMBER);
    }

    /** The same step, reported with what {@code newDetail} says. */
    public Step carrying(final Detail newDetail) {
        return new Step(name, source, frame, newDetail);
    }

    /** What the number means that it is reported with. */
    public Detail detail() {
        return detail;
    }

    /** Whether it was made by {@link #frame}. */
    public boolean isFrame() {
        return frame;
    }

    public String name() {
        return name;
    }

    public String source() {
        return source;
    }

    @Override
    public String toString() {
        return name;
    }
}
