package org.kernelentry.kernel.step;

import java.util.ArrayList;
import java.util.List;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.tracking.ContextTracking;

/**
 * The state that every enter and exit must balance, as it was at one moment on one CPU.
 *
 * @param preemptCount {@code preempt_count()}
 * @param ctState context tracking state
 * @param nesting process-level nesting of context tracking
 * @param nmiNesting interrupt nesting of context tracking
 * @param rcuWatching whether RCU watches
 * @param hardirqsEnabled what lockdep believes
 * @param hardirqContext lockdep's hard interrupt nesting
 * @param tracedOff what the irq-flag tracer was told last
 * @param irqsEnabled the hardware's interrupt enable
 */
public record NestingState(
        int preemptCount,
        ContextTracking.State ctState,
        long nesting,
        long nmiNesting,
        boolean rcuWatching,
        boolean hardirqsEnabled,
        int hardirqContext,
        boolean tracedOff,
        boolean irqsEnabled) {

    /** How a difference of {@link #tracedOff} begins. */
    static final String TRACED_OFF = "traced hardirqs off";

    /** The state of {@code cpu} now. */
    public static NestingState of(final CpuLocal cpu) {
        return new NestingState(
                cpu.preemptCount,
                cpu.ct.state(),
                cpu.ct.nesting(),
                cpu.ct.nmiNesting(),
                cpu.ct.rcuWatching(),
                cpu.lockdep.hardirqsEnabled(),
                cpu.lockdep.hardirqContext(),
                cpu.tracedHardirqsOff,
                cpu.irqsEnabled);
    }

    /** What differs from {@code expected}, one sentence a member, in the order of the members; empty when balanced. */
    public List<String> differences(final NestingState expected) {
        final List<String> out = new ArrayList<>();
        difference(out, "preempt count", Integer.toHexString(expected.preemptCount), Integer.toHexString(preemptCount));
        difference(out, "context state", expected.ctState, ctState);
        difference(out, "process nesting", expected.nesting, nesting);
        difference(
                out,
                "interrupt nesting",
                ContextTracking.relative(expected.nmiNesting),
                ContextTracking.relative(nmiNesting));
        difference(out, "RCU watching", expected.rcuWatching, rcuWatching);
        difference(out, "lockdep hardirqs enabled", expected.hardirqsEnabled, hardirqsEnabled);
        difference(out, "lockdep hardirq context", expected.hardirqContext, hardirqContext);
        difference(out, TRACED_OFF, expected.tracedOff, tracedOff);
        difference(out, "interrupts enabled", expected.irqsEnabled, irqsEnabled);
        return out;
    }

    private static void difference(
            final List<String> out, final String what, final Object expected, final Object seen) {
        if (!expected.equals(seen)) {
            out.add(what + " is " + seen + ", was " + expected);
        }
    }
}
