package org.kernelentry.runner.judge;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What came of a plan: an outcome for each example on each of its targets, in the order of the plan. */
public final class RunResult {
    private final Plan plan;
    private final List<Outcome> outcomes;
    private final Map<Key, Outcome> byKey = new LinkedHashMap<>();
    private final Duration took;

    private record Key(String exampleId, String system) {}

    /**
     * Puts a result together.
     *
     * @param plan what was to run
     * @param outcomes what came of it
     * @param took how long all of it took by the clock on the wall
     */
    public RunResult(Plan plan, List<Outcome> outcomes, Duration took) {
        this.plan = plan;
        this.outcomes = List.copyOf(outcomes);
        this.took = took;
        outcomes.forEach(o -> byKey.put(new Key(o.exampleId(), o.system()), o));
    }

    public Plan plan() {
        return plan;
    }

    public List<Outcome> outcomes() {
        return outcomes;
    }

    public Duration took() {
        return took;
    }

    /** What came of an example on a system, if it ran there. */
    public Optional<Outcome> outcome(String exampleId, String system) {
        return Optional.ofNullable(byKey.get(new Key(exampleId, system)));
    }

    /** How many ended so. */
    public int count(Status status) {
        return (int) outcomes.stream().filter(o -> o.status() == status).count();
    }

    /** The outcomes that make the run a failed one. */
    public List<Outcome> failures() {
        return outcomes.stream().filter(o -> o.status().isBad()).toList();
    }
}
