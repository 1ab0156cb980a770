package org.kernelentry.kernel.step;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.entry.Irqs;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.ThreadFlags;

/**
 * Makes something happen at exactly one step of a run: an interrupt, an NMI or a reschedule request.
 *
 * <p>Counts the steps a run takes; at number {@code target} (from 1) it acts, right after the step took effect. An interrupt raised while
 * interrupts are off waits for the step that enables them, as on hardware. What the injected handler itself does is not counted, so that
 * step numbers are the same with and without injection.
 */
public final class Injector implements StepObserver {
    /** What is injected. */
    public enum Event {
        /** A device interrupt whose handler does nothing. */
        INTERRUPT,
        /** A non-maskable interrupt (FIQ on arm). */
        NMI,
        /** A non-maskable interrupt at the first user instruction after the step. */
        NMI_OF_USER_MODE,
        /** A reschedule interrupt: its handler sets TIF_NEED_RESCHED of the interrupted task. */
        RESCHEDULE
    }

    private final Event event;
    private final long target;
    private final String targetName;
    private final @Nullable StepObserver next;
    /** Instructions of virtual time that pass before the event; see {@link #rescheduleLater}. */
    private final long delay;

    private long named;
    private long count;
    private boolean inside;
    private boolean fired;
    private String where = "";

    /**
     * Prepares one injection.
     *
     * @param target number of the step after which it happens; 0 only counts
     * @param next another observer that sees every step as well, or null
     */
    public Injector(final Event event, final long target, final @Nullable StepObserver next) {
        this(event, target, "", 0, next);
    }

    private Injector(
            final Event event,
            final long target,
            final String targetName,
            final long delay,
            final @Nullable StepObserver next) {
        this.event = event;
        this.target = target;
        this.targetName = targetName;
        this.delay = delay;
        this.next = next;
    }

    /** Prepares one injection after the n-th time (from 1) that the named step has run; after its end, where it is a scope. */
    public static Injector after(
            final Event event, final String step, final long occurrence, final @Nullable StepObserver next) {
        return new Injector(event, occurrence, step, 0, next);
    }

    /**
     * Prepares a timer interrupt that asks for a reschedule some instructions after the n-th time (from 1) that the named step has run, so that it can
     * arrive in the middle of user mode.
     *
     * @param instructions more than 0
     */
    public static Injector rescheduleLater(
            final String step, final long occurrence, final long instructions, final @Nullable StepObserver next) {
        return new Injector(Event.RESCHEDULE, occurrence, step, instructions, next);
    }

    /** Steps seen so far, the injected handler's own not counted. */
    public long count() {
        return count;
    }

    /** Whether the target step was reached. */
    public boolean fired() {
        return fired;
    }

    /** Name of the step it happened at; empty before. */
    public String where() {
        return where;
    }

    @Override
    public void at(final CpuLocal cpu, final Step step, final long detail) {
        if (next != null) {
            next.at(cpu, step, detail);
        }
        count(cpu, step, true);
    }

    @Override
    public void enter(final CpuLocal cpu, final Step scope, final long detail) {
        if (next != null) {
            next.enter(cpu, scope, detail);
        }
        count(cpu, scope, false);
    }

    @Override
    public void leave(final CpuLocal cpu, final Step scope) {
        if (next != null) {
            next.leave(cpu, scope);
        }
        count(cpu, scope, true);
    }

    private void count(final CpuLocal cpu, final Step step, final boolean complete) {
        if (inside || !counts(cpu)) {
            return;
        }
        count++;
        if (!targetName.isEmpty() && complete && step.name().equals(targetName)) {
            named++;
        }
        final boolean here = targetName.isEmpty() ? count == target : named == target;
        if (!here || fired) {
            return;
        }
        fired = true;
        where = step.name();
        inside = true;
        try {
            inject(cpu);
        } finally {
            inside = false;
        }
    }

    /** Whether a step of {@code cpu} now is one of the path under test: those of the harness task are the observer's own calls. */
    static boolean counts(final CpuLocal cpu) {
        return !cpu.current.harness && !cpu.inUser;
    }

    private void inject(final CpuLocal cpu) {
        switch (event) {
            case INTERRUPT -> Irqs.raise(cpu, new Irq("injected interrupt", () -> {}));
            case RESCHEDULE -> {
                final Runnable handler = () -> cpu.kernel.current().setTif(ThreadFlags.TIF_NEED_RESCHED);
                if (delay == 0) {
                    Irqs.raise(cpu, new Irq("reschedule", handler));
                } else {
                    cpu.kernel.timers.at(cpu.kernel.timers.now() + delay, handler);
                }
            }
            case NMI_OF_USER_MODE -> cpu.userNmi = new Irq("injected NMI", () -> {});
            case NMI -> cpu.kernel.arch.nmiFromKernel(cpu, new Irq("injected NMI", () -> {}));
        }
    }
}
