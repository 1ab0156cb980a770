package org.kernelentry.runner.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kernelentry.runner.judge.Outcome;
import org.kernelentry.runner.judge.Plan;
import org.kernelentry.runner.judge.RunResult;
import org.kernelentry.runner.judge.Target;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.spec.SpecException;
import org.kernelentry.runner.spec.SpecModel;

/**
 * The latest outcome of every example on every system, kept in a file between runs. A run of a part of the spec leaves
 * the outcomes of the rest as they are.
 */
public final class LastResults {
    /** What the file is called in a folder of reports. */
    public static final String FILE = "last.json";

    private final Path file;
    private final Map<Key, Outcome> outcomes = new LinkedHashMap<>();

    private record Key(String exampleId, String system) {}

    /**
     * The results in a file; none if there is no such file yet.
     *
     * @throws SpecException if the file cannot be read or is no report
     */
    public LastResults(Path file) {
        this.file = file;
        if (Files.exists(file)) {
            try {
                add(JsonReport.read(file.toString(), Files.readString(file)));
            } catch (IOException e) {
                throw new SpecException("The results in " + file + " cannot be read: " + Reports.reason(e) + ".");
            }
        }
    }

    /** Puts outcomes in the place of older ones. */
    public void add(Collection<Outcome> newer) {
        newer.forEach(o -> outcomes.put(new Key(o.exampleId(), o.system()), o));
    }

    /** Whether nothing has run yet. */
    public boolean isEmpty() {
        return outcomes.isEmpty();
    }

    /** The systems that anything is known of. */
    public List<String> systems() {
        return outcomes.keySet().stream().map(Key::system).distinct().sorted().toList();
    }

    /** What is known about a plan; runs that have never been made are missing in the result. */
    public RunResult of(Plan plan) {
        List<Outcome> known = new ArrayList<>();
        for (Target target : plan.targets()) {
            for (SpecExample example : plan.examples(target)) {
                Outcome outcome = outcomes.get(new Key(example.id(), target.system()));
                if (outcome != null) {
                    known.add(outcome);
                }
            }
        }
        return new RunResult(plan, known, Duration.ZERO);
    }

    /**
     * Writes the file anew, whole or not at all. Examples that the spec no longer has are dropped.
     *
     * @throws SpecException if it cannot be written
     */
    public void save(SpecModel model) {
        List<Outcome> ordered = new ArrayList<>();
        for (String system : systems()) {
            for (SpecExample example : model.examples()) {
                Outcome outcome = outcomes.get(new Key(example.id(), system));
                if (outcome != null) {
                    ordered.add(outcome);
                }
            }
        }
        Reports.write(file, JsonReport.render(ordered, model));
    }
}
