package org.kernelentry.kernel.step;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.kernelentry.kernel.task.CpuLocal;

/**
 * Notes, for every step an {@link Injector} would count, the path it is on: the scopes around it, its name, and the work that is set for the
 * task. Two steps with the same path are the same place of the entry code, reached the same way and with the same still to do.
 */
public final class PathRecorder implements StepObserver {
    private final List<String> paths = new ArrayList<>();
    private final Map<Integer, Deque<String>> scopes = new HashMap<>();

    /** Path of step number {@code i + 1} at index {@code i}. */
    public List<String> paths() {
        return Collections.unmodifiableList(paths);
    }

    private Deque<String> stack(final CpuLocal cpu) {
        return scopes.computeIfAbsent(
                cpu.current.idle ? -1 - cpu.id : cpu.current.pid, k -> new ArrayDeque<>(List.of("")));
    }

    private void note(final CpuLocal cpu, final String scope, final String what) {
        if (Injector.counts(cpu)) {
            paths.add(scope + what + " " + Integer.toHexString(cpu.current.syscallWork) + "/"
                    + Integer.toHexString(cpu.current.flags));
        }
    }

    @Override
    public void at(final CpuLocal cpu, final Step step, final long detail) {
        note(cpu, stack(cpu).element(), step.name());
    }

    @Override
    public void enter(final CpuLocal cpu, final Step scope, final long detail) {
        final Deque<String> stack = stack(cpu);
        note(cpu, stack.element(), "+" + scope.name());
        stack.push(stack.element() + scope.name() + "/");
    }

    @Override
    public void leave(final CpuLocal cpu, final Step scope) {
        final Deque<String> stack = stack(cpu);
        if (stack.size() > 1) {
            stack.pop();
        }
        note(cpu, stack.element(), "-" + scope.name());
    }
}
