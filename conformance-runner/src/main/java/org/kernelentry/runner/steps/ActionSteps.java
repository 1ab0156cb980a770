package org.kernelentry.runner.steps;

import io.cucumber.datatable.DataTable;
import io.cucumber.java.en.When;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.kernelentry.kernel.step.Injector;
import org.kernelentry.runner.steps.Script.Row;
import org.kernelentry.runner.system.SetupException;
import org.kernelentry.runner.system.Stop;
import org.opentest4j.TestAbortedException;

/** What is done to the guest, and what is seen meanwhile. */
public final class ActionSteps {
    private final World world = World.current();

    /** Actions of an observer or tracer in order, with what each makes it see; see {@link Script}. */
    @When("this happens:")
    public void happens(final DataTable table) {
        world.actions.addAll(table.asMaps());
        Hooks.orSkip(() -> {
            final List<Row> rows = new Script(world.guest(), world::saw).run(table.asMaps());
            world.rows.addAll(rows);
            fail(rows);
        });
    }

    /** Lets an untraced program run; its end is the only report. */
    @When("it runs to its end")
    public void runs() {
        Hooks.orSkip(() -> {
            final Stop stop = world.guest().await();
            world.saw("", stop);
            world.actions.add(Map.of("do", "wait", "sees", stop.toString()));
            if (!stop.end()) {
                throw new AssertionError("the program did not end: " + stop);
            }
        });
    }

    /** Nobody waits: the program runs on its own for a while. */
    @When("{word} pass(es)")
    public void passes(final String duration) {
        Hooks.orSkip(() -> new Script(world.guest(), world::saw).run(List.of(Map.of("do", "sleep " + duration))));
    }

    /**
     * Runs the whole script once for every step of its path, with one event injected after that step: {@code an interrupt}, {@code an NMI} or {@code a
     * reschedule request}. Every run must see what the script says, and all nesting state must balance.
     */
    @When("^(an interrupt|an NMI|a reschedule request) is injected after every step of this:$")
    public void injected(final String event, final DataTable table) {
        if (!world.system.internal()) {
            throw new TestAbortedException("steps can be injected into on the reference only");
        }
        Hooks.orSkip(() -> inject(kind(event), table));
    }

    private void inject(final Injector.Event event, final DataTable table) {
        final Injector counter = new Injector(event, 0, world.journal());
        final List<String> baseline = EveryStep.run(world, counter, table.asMaps(), "without injection");
        if (counter.count() == 0) {
            throw new AssertionError("the path has no steps");
        }
        for (long n = 1; n <= counter.count(); n++) {
            EveryStep.inject(world, event, n, table.asMaps(), baseline, true);
        }
        world.seen.add(counter.count() + " injections of " + event.name().toLowerCase(Locale.ROOT) + ", each seeing:");
        world.seen.addAll(baseline);
        world.end = "each run ended";
        world.notesAsserted = true;
        world.outputAsserted = true;
    }

    static Injector.Event kind(final String words) {
        return switch (words) {
            case "an interrupt" -> Injector.Event.INTERRUPT;
            case "an NMI" -> Injector.Event.NMI;
            case "an NMI of user mode" -> Injector.Event.NMI_OF_USER_MODE;
            case "a reschedule request" -> Injector.Event.RESCHEDULE;
            default -> throw new SetupException("'" + words + "' cannot be injected");
        };
    }

    private static void fail(final List<Row> rows) {
        if (rows.isEmpty()) {
            throw new SetupException("the table has no rows");
        }
        final Row last = rows.get(rows.size() - 1);
        if (!last.matches()) {
            throw new AssertionError("row " + rows.size() + ", after `" + last.action() + "`: expected | seen\n  "
                    + last.expected() + " | " + last.seen());
        }
    }
}
