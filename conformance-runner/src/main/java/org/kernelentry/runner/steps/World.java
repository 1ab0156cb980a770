package org.kernelentry.runner.steps;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.step.BalanceChecker;
import org.kernelentry.kernel.step.Injector;
import org.kernelentry.kernel.step.Journal;
import org.kernelentry.kernel.step.StepObserver;
import org.kernelentry.runner.spec.Mode;
import org.kernelentry.runner.system.Guest;
import org.kernelentry.runner.system.GuestOptions;
import org.kernelentry.runner.system.ReferenceGuest;
import org.kernelentry.runner.system.SetupException;
import org.kernelentry.runner.system.Stop;
import org.kernelentry.runner.system.SystemUnderTest;

/** What one scenario has set up and seen so far. */
final class World {
    private static final ThreadLocal<World> CURRENT = ThreadLocal.withInitial(World::new);

    final SystemUnderTest system = Current.system();
    final GuestOptions options = new GuestOptions();
    private @Nullable Mode mode;
    private @Nullable String program;
    private @Nullable String traceHow;
    private List<String> traceOptions = List.of();
    private @Nullable Guest guest;
    private final Journal journal = new Journal();
    private @Nullable BalanceChecker balance;
    private Injector.@Nullable Event injected;
    private String injectedAfter = "";
    private int injectedOccurrence;
    private int injectedLater;
    private @Nullable Injector injector;
    /** What an observer saw, in order: the canonical trace. */
    final List<String> seen = new ArrayList<>();

    /** Every row of the scripts with all values that were read, also the row that ended the scenario. */
    final List<Script.Row> rows = new ArrayList<>();

    boolean notesAsserted;
    boolean outputAsserted;
    boolean eventsAsserted;
    boolean auditAsserted;
    boolean imbalanceAsserted;
    /** How the main task ended, once it has. */
    @Nullable
    String end;
    /** What to do to the freshly booted kernel, for internal scenarios. */
    final List<java.util.function.Consumer<ReferenceGuest>> preparations = new ArrayList<>();

    /** The world of the scenario that runs on this thread. */
    static World current() {
        return CURRENT.get();
    }

    static World renew() {
        CURRENT.remove();
        return CURRENT.get();
    }

    void program(final Mode newMode, final String text) {
        if (program != null) {
            throw new SetupException("the scenario has two guest programs");
        }
        mode = newMode;
        program = text;
    }

    void trace(final String how, final List<String> names) {
        traceHow = how;
        traceOptions = names;
    }

    /** One event is to be injected after the n-th run of a step. */
    void inject(final Injector.Event event, final String step, final int occurrence) {
        if (injected != null) {
            throw new SetupException("the scenario has two events that arrive after a step: after '" + injectedAfter
                    + "' and after '" + step + "'; it may have one");
        }
        injected = event;
        injectedAfter = step;
        injectedOccurrence = occurrence;
    }

    /** A reschedule request is to arrive some instructions after the n-th run of a step. */
    void injectLater(final int instructions, final String step, final int occurrence) {
        if (instructions <= 0) {
            throw new SetupException("an event cannot arrive " + instructions + " instructions after a step");
        }
        inject(Injector.Event.RESCHEDULE, step, occurrence);
        injectedLater = instructions;
    }

    /** The injection that was asked for but has not happened, as a sentence; empty otherwise. */
    String missedInjection() {
        return injector == null || injector.fired()
                ? ""
                : "the step " + injectedAfter + " ran fewer than " + injectedOccurrence
                        + " time(s), so nothing was injected";
    }

    Journal journal() {
        return journal;
    }

    boolean booted() {
        return guest != null;
    }

    @Nullable
    BalanceChecker balance() {
        return balance;
    }

    /** What was done to the guest, to be done again under injection. */
    final List<Map<String, String>> actions = new ArrayList<>();

    /** Whether {@link #actions} on a fresh system make the same path: nothing is injected or forgotten, and there are actions. */
    boolean repeatable() {
        return guest != null && system.internal() && injector == null && preparations.isEmpty() && !actions.isEmpty();
    }

    /** Mode of the guest program. */
    Mode mode() {
        final Mode m = mode;
        if (m == null) {
            throw new SetupException("the scenario has no guest program");
        }
        return m;
    }

    /** Whether the program has more tasks than one, whose order a reschedule request may change. */
    boolean severalTasks() {
        return program != null && (program.contains("fork") || program.contains("thread") || program.contains("clone"));
    }

    private @Nullable Injector injector() {
        if (injected == null) {
            return null;
        }
        return injectedLater == 0
                ? Injector.after(injected, injectedAfter, injectedOccurrence, journal)
                : Injector.rescheduleLater(injectedAfter, injectedOccurrence, injectedLater, journal);
    }

    /** The guest, booted on first use with everything that was asked for. */
    Guest guest() {
        if (guest == null) {
            injector = injector();
            guest = boot(injector == null ? journal : injector);
        }
        return guest;
    }

    /** The guest as the reference's own, for internal steps. */
    ReferenceGuest reference() {
        if (guest() instanceof ReferenceGuest reference) {
            return reference;
        }
        throw new org.opentest4j.TestAbortedException("internal steps can be seen on the reference only");
    }

    /** A fresh system about to run the program, with {@code observer} (and a balance check) watching its steps. */
    Guest boot(final @Nullable StepObserver observer) {
        final Mode m = mode;
        final String text = program;
        if (m == null || text == null) {
            throw new SetupException("the scenario has no guest program");
        }
        options.scenario = Current.scenario();
        final Guest booted = system.boot(m, text, options);
        try {
            if (booted instanceof ReferenceGuest reference) {
                preparations.forEach(p -> p.accept(reference));
                balance = new BalanceChecker(observer);
                reference.kernel().steps.observe(balance);
            }
            if (traceHow != null) {
                booted.trace(traceHow, traceOptions);
            }
            booted.start();
            return booted;
        } catch (final RuntimeException e) {
            booted.close();
            throw e;
        }
    }

    void saw(final String action, final Stop stop) {
        seen.add((action.isEmpty() ? "" : action + " -> ") + stop);
        if (stop.end() && "main".equals(stop.who())) {
            end = stop.what();
        }
    }

    void close() {
        if (guest != null) {
            guest.close();
        }
        CURRENT.remove();
    }
}
