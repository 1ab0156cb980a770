package org.kernelentry.runner.steps;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.system.SystemUnderTest;

/** The system under test of the running Cucumber run: glue classes are made by Cucumber and have no other way to be told. */
public final class Current {
    private static final AtomicReference<@Nullable SystemUnderTest> SYSTEM = new AtomicReference<>();

    private Current() {}

    /** Chooses the system; called by the runner before a run. */
    public static void system(final SystemUnderTest system) {
        SYSTEM.set(system);
    }

    static SystemUnderTest system() {
        final SystemUnderTest system = SYSTEM.get();
        if (system == null) {
            throw new IllegalStateException("no system under test was chosen before the run");
        }
        return system;
    }
}
