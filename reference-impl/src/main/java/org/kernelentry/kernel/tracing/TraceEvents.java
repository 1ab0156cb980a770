package org.kernelentry.kernel.tracing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.kernelentry.kernel.task.CpuLocal;

/** Trace events as tracefs shows them: which are on, and what they recorded. */
public final class TraceEvents {
    /** One recorded event. */
    public record Event(int cpu, int pid, String name, String text) {}

    private final Set<String> enabled = new HashSet<>();
    private final List<Event> events = new ArrayList<>();

    /** {@code events/SYSTEM/NAME/enable}, name in the form {@code raw_syscalls:sys_enter}. */
    public void enable(final String name) {
        enabled.add(name);
    }

    public void disable(final String name) {
        enabled.remove(name);
    }

    public boolean enabled(final String name) {
        return !enabled.isEmpty() && enabled.contains(name);
    }

    /** Records the event if it is on. */
    public void event(final CpuLocal cpu, final String name, final String text) {
        if (enabled(name)) {
            events.add(new Event(cpu.id, cpu.current.pid, name, text));
        }
    }

    public List<Event> events() {
        return events;
    }

    public void clear() {
        events.clear();
    }
}
