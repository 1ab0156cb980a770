package org.kernelentry.kernel.step;

/**
 * A named point of the entry and exit paths: one state update, or a scope that nests others.
 *
 * <p>Identity matters, not equality: each is a constant of the class whose code it marks. The name is the kernel's own function or, for
 * entry stubs, the words of the assembly step.
 */
public final class Step {
    private final String name;
    private final String source;

    private final boolean frame;

    private Step(final String name, final String source, final boolean frame) {
        this.name = name;
        this.source = source;
        this.frame = frame;
    }

    /**
     * Names a step.
     *
     * @param name kernel function name ({@code ct_irq_enter}) or stub step ({@code swapgs})
     * @param source where the kernel does it, form {@code kernel/entry/common.c irqentry_enter()}
     */
    public static Step of(final String name, final String source) {
        return new Step(name, source, false);
    }

    /**
     * Names a scope that is one kernel entry as a whole, stub included: all nesting state must be the same at its end as at its start.
     * Only such a scope is checked by {@link BalanceChecker}.
     */
    public static Step frame(final String name, final String source) {
        return new Step(name, source, true);
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
