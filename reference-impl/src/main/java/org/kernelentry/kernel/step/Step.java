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

    private Step(final String name, final String source) {
        this.name = name;
        this.source = source;
    }

    /**
     * Names a step.
     *
     * @param name kernel function name ({@code ct_irq_enter}) or stub step ({@code swapgs})
     * @param source where the kernel does it, form {@code kernel/entry/common.c irqentry_enter()}
     */
    public static Step of(final String name, final String source) {
        return new Step(name, source);
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
