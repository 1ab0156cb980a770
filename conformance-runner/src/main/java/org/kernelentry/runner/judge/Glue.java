package org.kernelentry.runner.judge;

import org.kernelentry.runner.spec.SpecExample;

/** The step definitions a run is bound to, and how they learn what they run on. */
public interface Glue {
    /** The package whose step definitions Cucumber is to use. */
    String packageName();

    /**
     * All following scenarios run on this system.
     *
     * @param name as in {@link Target#system()}
     * @throws org.kernelentry.runner.spec.SpecException if there is no such system or it cannot be started
     */
    void system(String name);

    /** Nothing more is to run on this system for now: it may end what it keeps running. */
    default void finished(String name) {}

    /**
     * From now on the traces of scenarios hold everything that was observed, whatever the scenarios expect, and scenarios about another
     * flavour run too; for comparing systems with each other instead of with the spec.
     */
    default void observeAll(boolean all) {}

    /**
     * When the system has last given the scenario on a thread a sign of life, by {@link System#nanoTime}: a slow machine is not one that
     * hangs.
     *
     * @param start when the scenario began; the answer for a system that gives none
     */
    default long lastSign(Thread thread, long start) {
        return start;
    }

    /** The scenario that begins now, on this thread, is this example. */
    void example(SpecExample example);
}
