package org.kernelentry.runner.steps;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.kernelentry.kernel.step.Injector;
import org.kernelentry.kernel.step.Injector.Event;
import org.kernelentry.kernel.step.PathRecorder;
import org.kernelentry.kernel.step.StepObserver;
import org.kernelentry.runner.steps.Script.Row;
import org.kernelentry.runner.system.Guest;

/**
 * Injects an interrupt, an NMI and a reschedule request after every step of every path that scenarios take.
 *
 * <p>A place counts once: the same step inside the same scopes, on the same system and mode, is not injected into again for a later scenario. Each
 * injected run must show what the scenario showed, without kernel warning and with all nesting state balanced.
 */
public final class EveryStep {
    private static final List<Event> EVENTS = List.of(Event.INTERRUPT, Event.NMI, Event.RESCHEDULE);

    /** Paths injected into, by system and mode. */
    private final Map<String, Set<String>> done = new HashMap<>();

    private final AtomicLong injections = new AtomicLong();

    /** Injections made so far. */
    public long injections() {
        return injections.get();
    }

    /** Repeats a scenario that passed, once for each event and each place of its path not seen before. */
    void scenario(final World world) {
        final PathRecorder recorder = new PathRecorder();
        final List<String> baseline = run(world, null, recorder, world.actions, "without injection", true);
        for (final int step : newPlaces(world, recorder.paths())) {
            for (final Event event : EVENTS) {
                // Which of several tasks is reported first is no one's promise once the scheduler is asked: then only
                // balance counts.
                inject(world, event, step, world.actions, baseline, event != Event.RESCHEDULE || !world.severalTasks());
                injections.incrementAndGet();
            }
        }
    }

    /** Numbers of the steps, from 1, whose path no scenario took before on this system in this mode. */
    private List<Integer> newPlaces(final World world, final List<String> paths) {
        final List<Integer> steps = new ArrayList<>();
        final String where = world.system.name() + " " + world.mode().label();
        synchronized (done) {
            final Set<String> known = done.computeIfAbsent(where, w -> new HashSet<>());
            for (int i = 0; i < paths.size(); i++) {
                if (known.add(paths.get(i))) {
                    steps.add(i + 1);
                }
            }
        }
        return steps;
    }

    /** One run with {@code event} after step number {@code n}; fails unless it stays balanced and, with {@code sameOrder}, shows {@code baseline}. */
    static void inject(
            final World world,
            final Event event,
            final long n,
            final List<Map<String, String>> actions,
            final List<String> baseline,
            final boolean sameOrder) {
        final Injector injector = new Injector(event, n, null);
        final String what = "with " + event.name().toLowerCase(Locale.ROOT) + " after step " + n;
        final List<String> seen = run(world, injector, injector, actions, what, sameOrder);
        if (!injector.fired()) {
            throw new AssertionError(what + ": the step was not reached");
        }
        if (sameOrder && !seen.equals(baseline)) {
            throw new AssertionError(what + " (" + injector.where() + "): saw " + seen + " instead of " + baseline);
        }
    }

    static List<String> run(
            final World world, final Injector injector, final List<Map<String, String>> actions, final String what) {
        return run(world, injector, injector, actions, what, true);
    }

    /** One run of the actions on a fresh system; returns everything observable. */
    private static List<String> run(
            final World world,
            final @org.jspecify.annotations.Nullable Injector injector,
            final StepObserver observer,
            final List<Map<String, String>> actions,
            final String what,
            final boolean strict) {
        final List<String> seen = new ArrayList<>();
        try (Guest guest = world.boot(observer)) {
            final List<Row> rows = new Script(guest, (action, stop) -> seen.add(action + " -> " + stop)).run(actions);
            final String where = injector == null ? "" : " (" + injector.where() + ")";
            final Row last = rows.get(rows.size() - 1);
            if (strict && !last.matches()) {
                throw new AssertionError(what + where + ": at `" + last.action() + "` expected `" + last.expected()
                        + "`, seen `" + last.seen() + "`");
            }
            guest.notes().forEach(note -> seen.add("note " + note.text() + " " + note.value()));
            seen.add("output " + guest.output());
            final List<String> problems = new ArrayList<>(guest.kernelWarnings());
            final var balance = world.balance();
            if (balance != null) {
                problems.addAll(balance.findings());
            }
            if (!problems.isEmpty()) {
                throw new AssertionError(what + where + ": " + String.join("; ", problems));
            }
        }
        return seen;
    }
}
