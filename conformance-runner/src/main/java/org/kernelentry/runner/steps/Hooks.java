package org.kernelentry.runner.steps;

import io.cucumber.java.After;
import io.cucumber.java.Before;
import io.cucumber.java.Scenario;
import java.util.List;
import org.kernelentry.runner.system.UnsupportedSetupException;
import org.opentest4j.TestAbortedException;

/** Around every scenario: a fresh world, and what was seen attached to the result. */
public final class Hooks {
    @Before(order = 0)
    public void begin(final Scenario scenario) {
        final World world = World.renew();
        final String flavour = world.system.flavour();
        for (final String other : new String[] {"generic", "native"}) {
            if (!Current.observesAll()
                    && scenario.getSourceTagNames().contains("@" + other)
                    && !flavour.equals(other)) {
                throw new TestAbortedException("is about the " + other + " flavour");
            }
        }
    }

    @After(order = 0)
    public void end(final Scenario scenario) {
        final World world = World.current();
        try {
            final EveryStep everyStep = Current.injection();
            if (everyStep != null && !scenario.isFailed() && world.repeatable()) {
                everyStep.scenario(world);
            }
            final List<String> trace = Current.observesAll() ? Observations.of(world) : world.seen;
            scenario.attach(String.join("\n", trace), "text/plain", "trace");
            scenario.attach(world.journal().render(), "text/plain", "journal");
        } finally {
            world.close();
        }
    }

    /** Runs {@code setUp}; a system that cannot do it skips the scenario. */
    static void orSkip(final Runnable setUp) {
        try {
            setUp.run();
        } catch (final UnsupportedSetupException e) {
            throw new TestAbortedException(e.getMessage());
        }
    }
}
