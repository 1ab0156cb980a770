package org.kernelentry.runner.steps;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.system.SystemUnderTest;

/** The system under test of the running Cucumber run: glue classes are made by Cucumber and have no other way to be told. */
public final class Current {
    private static final AtomicReference<@Nullable SystemUnderTest> SYSTEM = new AtomicReference<>();

    private static final AtomicReference<@Nullable EveryStep> EVERY_STEP = new AtomicReference<>();

    private static final AtomicBoolean OBSERVE_ALL = new AtomicBoolean();

    private static final ThreadLocal<String> SCENARIO = ThreadLocal.withInitial(() -> "");

    private Current() {}

    /** Id of the scenario that begins on this thread. */
    public static void scenario(final String id) {
        SCENARIO.set(id);
    }

    static String scenario() {
        return SCENARIO.get();
    }

    /** Whether traces of the following runs hold everything observed, whatever the scenarios and their flavour. */
    public static void observeAll(final boolean all) {
        OBSERVE_ALL.set(all);
    }

    static boolean observesAll() {
        return OBSERVE_ALL.get();
    }

    /** Injects into the path of every scenario of the following runs that passes and can be repeated; null stops that. */
    public static void injection(final @Nullable EveryStep everyStep) {
        EVERY_STEP.set(everyStep);
    }

    static @Nullable EveryStep injection() {
        return EVERY_STEP.get();
    }

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
