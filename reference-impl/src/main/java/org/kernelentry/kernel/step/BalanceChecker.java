package org.kernelentry.kernel.step;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.entry.IrqEntry;
import org.kernelentry.kernel.entry.NmiEntry;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.tracking.ContextTracking;
import org.kernelentry.kernel.tracking.Lockdep;

/**
 * Checks, while a path runs, that every state update that opens something is undone in the same frame.
 *
 * <p>The kernel's own warning about an interrupt nesting that is off comes at the next idle or user transition, on whatever CPU that is
 * (CTX-04, CTX-07). This observer names the step: an opening update left open when its frame ends, a closing one with nothing to close, and any
 * member of {@link NestingState} that differs between the start and the end of a kernel-mode frame. Frames are the scopes made by
 * {@link Step#frame}.
 */
public final class BalanceChecker implements StepObserver {
    private static final Map<Step, Step> CLOSES = Map.of(
            ContextTracking.IRQ_EXIT, ContextTracking.IRQ_ENTER,
            ContextTracking.NMI_EXIT, ContextTracking.NMI_ENTER,
            ContextTracking.IDLE_EXIT, ContextTracking.IDLE_ENTER,
            Lockdep.HARDIRQ_EXIT, Lockdep.HARDIRQ_ENTER,
            IrqEntry.IRQ_EXIT_RCU, IrqEntry.IRQ_ENTER_RCU,
            NmiEntry.NMI_COUNT_EXIT, NmiEntry.NMI_COUNT_ENTER);

    private static final Set<Step> OPENERS = Set.copyOf(CLOSES.values());

    /** A frame that has begun on a CPU. */
    private static final class Frame {
        final Step scope;
        final NestingState before;
        final Deque<Step> open = new ArrayDeque<>();

        Frame(final Step scope, final NestingState before) {
            this.scope = scope;
            this.before = before;
        }
    }

    private final @Nullable StepObserver next;
    /** Frames of each context: a task keeps its frames when it is switched out in the middle of one. */
    private final Map<Integer, Deque<Frame>> frames = new HashMap<>();

    private final List<String> findings = new ArrayList<>();
    private boolean tracerLags;

    /** Checks, and lets {@code next} see every step first. */
    public BalanceChecker(final @Nullable StepObserver next) {
        this.next = next;
    }

    /** One sentence for each imbalance, in the order found; empty when all was balanced. */
    public List<String> findings() {
        return Collections.unmodifiableList(findings);
    }

    private Deque<Frame> stack(final CpuLocal cpu) {
        final int key = cpu.current.idle ? -1 - cpu.id : cpu.current.pid;
        return frames.computeIfAbsent(key, k -> new ArrayDeque<>());
    }

    @Override
    public void at(final CpuLocal cpu, final Step step, final long detail) {
        if (next != null) {
            next.at(cpu, step, detail);
        }
        final Deque<Frame> stack = stack(cpu);
        final Frame frame = stack.peek();
        if (frame == null) {
            return;
        }
        if (OPENERS.contains(step)) {
            frame.open.push(step);
            return;
        }
        final Step opener = CLOSES.get(step);
        if (opener != null && !frame.open.removeFirstOccurrence(opener)) {
            findings.add(step + " in " + frame.scope + " closes nothing: " + opener + " was not run in this frame");
        }
    }

    @Override
    public void enter(final CpuLocal cpu, final Step scope, final long detail) {
        if (next != null) {
            next.enter(cpu, scope, detail);
        }
        if (scope.isFrame()) {
            stack(cpu).push(new Frame(scope, NestingState.of(cpu)));
        }
    }

    @Override
    public void leave(final CpuLocal cpu, final Step scope) {
        if (next != null) {
            next.leave(cpu, scope);
        }
        if (!scope.isFrame()) {
            return;
        }
        final Deque<Frame> stack = stack(cpu);
        final Frame frame = stack.poll();
        if (frame == null || frame.scope != scope) {
            findings.add(scope + " ends but " + (frame == null ? "no frame" : frame.scope + "") + " is open");
            return;
        }
        for (final Step open : frame.open) {
            findings.add(open + " in " + scope + " is not undone when the frame ends");
        }
        // Between telling the tracer "on" and telling lockdep, an NMI goes by what lockdep believes and leaves the
        // tracer at "off" until the
        // next transition (NMI-02): the kernel's own behaviour, and no counter.
        tracerLags |= !frame.before.tracedOff() && !frame.before.hardirqsEnabled();
        for (final String difference : NestingState.of(cpu).differences(frame.before)) {
            if (tracerLags && difference.startsWith(NestingState.TRACED_OFF)) {
                continue;
            }
            findings.add("after " + scope + " the " + difference);
        }
    }
}
