package org.kernelentry.kernel.tracing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.task.CpuLocal;

/** Trace events as tracefs shows them: which are on, and what they recorded. */
public final class TraceEvents {
    /** Events kept; older ones are overwritten, as the ring buffer does. */
    public static final int CAPACITY = 1 << 16;

    /** One recorded event. */
    public record Event(int cpu, int pid, String name, String text) {
        /** The part of a line of {@code trace} after the time: {@code sys_enter: NR 39 (0, 0, 0, 0, 0, 0)}. */
        public String line() {
            return name.substring(name.indexOf(':') + 1) + ": " + text;
        }
    }

    /** Told when an event goes on or off. */
    @FunctionalInterface
    public interface Switch {
        void switched(boolean on);
    }

    private final Set<String> enabled = new HashSet<>();
    /** Whether any is: all that entry code looks at otherwise. */
    private boolean any;

    private final List<Event> events = new ArrayList<>();
    private final Map<String, Switch> switches = new HashMap<>();
    private long overrun;
    private @Nullable Consumer<Event> listener;

    /** Tells {@code reader} of each event as it is recorded ({@code trace_pipe}). */
    public void listen(final Consumer<Event> reader) {
        listener = reader;
    }

    /** Names who has to act when the event is switched ({@code TRACE_EVENT_FN}). */
    void whenSwitched(final String name, final Switch action) {
        switches.put(name, action);
    }

    /** {@code events/SYSTEM/NAME/enable}, name in the form {@code raw_syscalls:sys_enter}. */
    public void enable(final String name) {
        if (enabled.add(name)) {
            any = true;
            tell(name, true);
        }
    }

    public void disable(final String name) {
        if (enabled.remove(name)) {
            any = !enabled.isEmpty();
            tell(name, false);
        }
    }

    private void tell(final String name, final boolean on) {
        final Switch action = switches.get(name);
        if (action != null) {
            action.switched(on);
        }
    }

    public boolean enabled(final String name) {
        return any && enabled.contains(name);
    }

    /** Records the event if it is on. */
    public void event(final CpuLocal cpu, final String name, final String text) {
        if (enabled(name)) {
            if (events.size() == CAPACITY) {
                events.subList(0, CAPACITY / 2).clear();
                overrun += CAPACITY / 2;
            }
            final Event event = new Event(cpu.id, cpu.current.pid, name, text);
            events.add(event);
            final Consumer<Event> reader = listener;
            if (reader != null) {
                reader.accept(event);
            }
        }
    }

    public List<Event> events() {
        return Collections.unmodifiableList(events);
    }

    /** Events lost because the buffer was full. */
    public long overrun() {
        return overrun;
    }

    public void clear() {
        events.clear();
        overrun = 0;
    }
}
