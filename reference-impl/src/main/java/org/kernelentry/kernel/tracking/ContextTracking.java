package org.kernelentry.kernel.tracking;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;

/**
 * RCU's view of a CPU and the user/kernel context state.
 *
 * <p>Two counters: {@code nesting} counts process-level entries, {@code nmiNesting} interrupts and NMIs. Forcing the second to a known
 * value at idle and user transitions is what hides where an imbalance came from (CTX-02..CTX-04). Each method is given the CPU that this belongs
 * to. Source: linux v7.3 kernel/context_tracking.c.
 */
public final class ContextTracking {
    /** {@code CT_NESTING_IRQ_NONIDLE}: the interrupt nesting of a CPU that is in the kernel for a task. */
    public static final long CT_NESTING_IRQ_NONIDLE = Long.MAX_VALUE / 2 + 1;

    /** {@code enum ctx_state}. */
    public enum State {
        KERNEL,
        IDLE,
        USER,
        GUEST
    }

    private static final State[] STATES = State.values();
    private static final int KERNEL = number(State.KERNEL);
    private static final int IDLE = number(State.IDLE);
    private static final int USER = number(State.USER);

    public static final Step USER_EXIT = Step.of("user_exit_irqoff", "kernel/context_tracking.c __ct_user_exit()");
    public static final Step USER_ENTER = Step.of("user_enter_irqoff", "kernel/context_tracking.c __ct_user_enter()");
    public static final Step IRQ_ENTER = Step.of("ct_irq_enter", "kernel/context_tracking.c ct_irq_enter()");
    public static final Step IRQ_EXIT = Step.of("ct_irq_exit", "kernel/context_tracking.c ct_irq_exit()");
    public static final Step NMI_ENTER = Step.of("ct_nmi_enter", "kernel/context_tracking.c ct_nmi_enter()");
    public static final Step NMI_EXIT = Step.of("ct_nmi_exit", "kernel/context_tracking.c ct_nmi_exit()");
    public static final Step IDLE_ENTER = Step.of("ct_idle_enter", "kernel/context_tracking.c ct_idle_enter()");
    public static final Step IDLE_EXIT = Step.of("ct_idle_exit", "kernel/context_tracking.c ct_idle_exit()");
    public static final Step RCU_IRQ_ENTER_CHECK_TICK =
            Step.of("rcu_irq_enter_check_tick", "kernel/rcu/tree.c __rcu_irq_enter_check_tick()");

    private static final String FILE = "kernel/context_tracking.c ";

    private final boolean active;
    /** {@code CONFIG_CONTEXT_TRACKING_IDLE}: without it the functions that count are empty, and RCU watches for ever. */
    private final boolean counts;

    private @Nullable Step omitted;
    /** Number of a {@link State}: every system call writes it twice, and a number needs no barrier of the garbage collector. */
    private int state = KERNEL;

    private boolean watching = true;
    private long nesting = 1;
    private long nmiNesting = CT_NESTING_IRQ_NONIDLE;

    public ContextTracking(final CpuLocal cpu) {
        this.active = cpu.kernel.config.has(Option.CONTEXT_TRACKING_USER);
        this.counts = !cpu.kernel.config.has(Option.TINY_RCU);
    }

    @SuppressWarnings("EnumOrdinal") // Read back by this class alone, through STATES.
    private static int number(final State state) {
        return state.ordinal();
    }

    public State state() {
        return STATES[state];
    }

    /** {@code rcu_is_watching_curr_cpu()}. */
    public boolean rcuWatching() {
        return watching;
    }

    public long nesting() {
        return nesting;
    }

    public long nmiNesting() {
        return nmiNesting;
    }

    /** {@code context_tracking_enabled_this_cpu()}. */
    public boolean active() {
        return active;
    }

    /** {@code user_exit_irqoff()}: entry from user mode. */
    public void userExitIrqoff(final CpuLocal cpu) {
        if (omit(USER_EXIT)) {
            return;
        }
        if (active && state == USER) {
            kernelEnter(cpu);
            state = KERNEL;
            cpu.kernel.trace.event(cpu, "context_tracking:user_exit", "");
        }
        cpu.kernel.steps.at(cpu, USER_EXIT);
    }

    /** {@code user_enter_irqoff()}: the last kernel step before user mode. */
    public void userEnterIrqoff(final CpuLocal cpu) {
        if (omit(USER_ENTER)) {
            return;
        }
        if (active && state == KERNEL) {
            cpu.kernel.trace.event(cpu, "context_tracking:user_enter", "");
            state = USER;
            kernelExit(cpu);
        }
        cpu.kernel.steps.at(cpu, USER_ENTER);
    }

    /**
     * {@code exception_enter()}: ends the user context where an interrupt found it (CTX-12), so that the CPU may go to another task.
     *
     * @return whether {@link #exceptionExit} must begin it again
     */
    public boolean exceptionEnter(final CpuLocal cpu) {
        if (cpu.kernel.arch.hasContextTrackingUserOffstack() || !active || state != USER) {
            return false;
        }
        userExitIrqoff(cpu);
        return true;
    }

    /** {@code exception_exit()}, on the CPU that runs the task now. */
    public void exceptionExit(final CpuLocal cpu, final boolean userContext) {
        if (userContext) {
            userEnterIrqoff(cpu);
        }
    }

    public void idleEnter(final CpuLocal cpu) {
        if (cpu.irqsEnabled) {
            warn(cpu, "ct_idle_enter", "interrupts are enabled");
        }
        if (counts) {
            state = IDLE;
            kernelExit(cpu);
        }
        cpu.kernel.steps.at(cpu, IDLE_ENTER);
    }

    public void idleExit(final CpuLocal cpu) {
        if (counts) {
            kernelEnter(cpu);
            state = KERNEL;
        }
        cpu.kernel.steps.at(cpu, IDLE_EXIT);
    }

    /** {@code ct_kernel_exit()}: RCU stops watching unless a nested process level remains. */
    private void kernelExit(final CpuLocal cpu) {
        if (!counts) {
            return;
        }
        if (nmiNesting != CT_NESTING_IRQ_NONIDLE) {
            warn(cpu, "ct_kernel_exit", "interrupt nesting is " + relative(nmiNesting) + " on the way to " + state());
        }
        nmiNesting = 0;
        if (nesting != 1) {
            nesting--;
            return;
        }
        event(cpu, "End", nesting, 0);
        nesting = 0;
        stopWatching(cpu);
    }

    /** {@code ct_kernel_enter()}. */
    private void kernelEnter(final CpuLocal cpu) {
        if (!counts) {
            return;
        }
        if (nesting != 0) {
            nesting++;
            return;
        }
        startWatching(cpu);
        event(cpu, "Start", nesting, 1);
        nesting = 1;
        if (nmiNesting != 0) {
            warn(cpu, "ct_kernel_enter", "interrupt nesting is " + nmiNesting + " on the way from " + state());
        }
        nmiNesting = CT_NESTING_IRQ_NONIDLE;
    }

    public void nmiEnter(final CpuLocal cpu) {
        if (omit(NMI_ENTER)) {
            return;
        }
        enterNested(cpu, "Startirq");
        cpu.kernel.steps.at(cpu, NMI_ENTER);
    }

    public void nmiExit(final CpuLocal cpu) {
        if (omit(NMI_EXIT)) {
            return;
        }
        exitNested(cpu, "Endirq");
        cpu.kernel.steps.at(cpu, NMI_EXIT);
    }

    /** Leaves the next run of one of this class's steps out, as code that forgets the call would: to show that the checks find it. */
    public void omitOnce(final Step step) {
        omitted = step;
    }

    private boolean omit(final Step step) {
        if (omitted != step) {
            return false;
        }
        omitted = null;
        return true;
    }

    public void irqEnter(final CpuLocal cpu) {
        if (omit(IRQ_ENTER)) {
            return;
        }
        cpu.lockdep.assertIrqsDisabled(cpu, "ct_irq_enter");
        enterNested(cpu, "Startirq");
        cpu.kernel.steps.at(cpu, IRQ_ENTER);
    }

    public void irqExit(final CpuLocal cpu) {
        if (omit(IRQ_EXIT)) {
            return;
        }
        cpu.lockdep.assertIrqsDisabled(cpu, "ct_irq_exit");
        exitNested(cpu, "Endirq");
        cpu.kernel.steps.at(cpu, IRQ_EXIT);
    }

    /** {@code rcu_irq_enter_check_tick()}: an interrupt of a kernel context that RCU watches; no counter moves. */
    public void irqEnterCheckTick(final CpuLocal cpu) {
        if (!watching) {
            warn(cpu, "rcu_irq_enter_check_tick", "RCU is not watching");
        }
        cpu.kernel.steps.at(cpu, RCU_IRQ_ENTER_CHECK_TICK);
    }

    /**
     * {@code rcu_irq_exit_check_preempt()}: before an interrupt may preempt, the nesting must be that of a task in the kernel and RCU must watch.
     */
    public void irqExitCheckPreempt(final CpuLocal cpu) {
        cpu.lockdep.assertIrqsDisabled(cpu, "rcu_irq_exit_check_preempt");
        final String where = "kernel/rcu/tree.c rcu_irq_exit_check_preempt";
        if (nesting <= 0) {
            cpu.kernel.log.warnOnce(where, "process nesting is " + nesting);
        }
        if (nmiNesting != CT_NESTING_IRQ_NONIDLE) {
            cpu.kernel.log.warnOnce(where, "interrupt nesting is " + relative(nmiNesting));
        }
        if (!watching) {
            cpu.kernel.log.warnOnce(where, "RCU is not watching");
        }
    }

    /** {@code CT_WARN_ON(ct_state() != expected)}. */
    public void expect(final CpuLocal cpu, final State expected, final String where) {
        if (active && state != number(expected)) {
            // WARN_ON, not WARN_ON_ONCE: every entry says so (IRQ-02).
            cpu.kernel.log.warn(FILE + where, "context is " + state() + ", not " + expected);
        }
    }

    private void enterNested(final CpuLocal cpu, final String outermost) {
        if (!counts) {
            return;
        }
        if (nmiNesting < 0) {
            warn(cpu, "ct_nmi_enter", "interrupt nesting is " + nmiNesting);
        }
        final int by;
        if (watching) {
            by = 2;
            if (!cpu.inNmi()) {
                irqEnterCheckTick(cpu);
            }
            event(cpu, "++=", nmiNesting, nmiNesting + 2);
        } else {
            startWatching(cpu);
            by = 1;
            event(cpu, outermost, nmiNesting, nmiNesting + 1);
        }
        nmiNesting += by;
    }

    private void exitNested(final CpuLocal cpu, final String outermost) {
        if (!counts) {
            return;
        }
        if (nmiNesting <= 0) {
            warn(cpu, "ct_nmi_exit", "interrupt nesting is " + nmiNesting);
        }
        if (!watching) {
            warn(cpu, "ct_nmi_exit rcu_is_watching_curr_cpu", "RCU is not watching");
        }
        if (nmiNesting != 1) {
            event(cpu, "--=", nmiNesting, nmiNesting - 2);
            nmiNesting -= 2;
            return;
        }
        event(cpu, outermost, nmiNesting, 0);
        nmiNesting = 0;
        stopWatching(cpu);
    }

    /**
     * {@code ct_kernel_enter_state()}: RCU watches where the counter in {@code ct->state} is odd, and every transition counts it up. A
     * transition too few or too many therefore turns the meaning round for good; forcing the nesting does not repair that (CTX-03).
     */
    private void startWatching(final CpuLocal cpu) {
        watching = !watching;
        if (!watching) {
            warn(cpu, "ct_kernel_enter_state", "RCU is not watching");
        }
    }

    /** {@code ct_kernel_exit_state()}. */
    private void stopWatching(final CpuLocal cpu) {
        watching = !watching;
        if (watching) {
            warn(cpu, "ct_kernel_exit_state", "RCU is watching");
        }
    }

    private void event(final CpuLocal cpu, final String what, final long from, final long to) {
        if (cpu.kernel.trace.enabled("rcu:rcu_watching")) {
            cpu.kernel.trace.event(cpu, "rcu:rcu_watching", what + " " + relative(from) + " " + relative(to));
        }
    }

    /** {@code base+2} for values near the non-idle constant, so that traces stay readable and independent of its size. */
    public static String relative(final long value) {
        final long delta = value - CT_NESTING_IRQ_NONIDLE;
        if (Math.abs(delta) > 1000) {
            return Long.toString(value);
        }
        return delta == 0 ? "base" : delta > 0 ? "base+" + delta : "base" + delta;
    }

    private void warn(final CpuLocal cpu, final String where, final String what) {
        cpu.kernel.log.warnOnce(FILE + where, what);
    }
}
