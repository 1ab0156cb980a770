package org.kernelentry.runner.judge;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.SpecExample;

/** Which examples are to run on which systems. Keeps the order in which both were named. */
public final class Plan {
    /** For each target its examples by id. */
    private final Map<Target, Map<String, SpecExample>> examples = new LinkedHashMap<>();

    private Plan() {}

    /** Each example on each target that it is about. */
    public static Plan of(Collection<SpecExample> examples, Collection<Target> targets) {
        Plan plan = new Plan();
        for (Target target : targets) {
            Map<String, SpecExample> own = new LinkedHashMap<>();
            examples.stream().filter(target::runs).forEach(e -> own.put(e.id(), e));
            plan.examples.put(target, own);
        }
        return plan;
    }

    /** Each example on each target, whether or not it is about it. */
    public static Plan ofAll(Collection<SpecExample> examples, Collection<Target> targets) {
        Plan plan = new Plan();
        for (Target target : targets) {
            Map<String, SpecExample> own = new LinkedHashMap<>();
            examples.forEach(e -> own.put(e.id(), e));
            plan.examples.put(target, own);
        }
        return plan;
    }

    public Collection<Target> targets() {
        return examples.keySet();
    }

    /** The examples for a target, in the order of the spec. */
    public List<SpecExample> examples(Target target) {
        return List.copyOf(examples.getOrDefault(target, Map.of()).values());
    }

    /** Whether the example is to run on that target. */
    public boolean contains(Target target, SpecExample example) {
        return examples.getOrDefault(target, Map.of()).containsKey(example.id());
    }

    /** How many runs there are in all. */
    public int size() {
        return examples.values().stream().mapToInt(Map::size).sum();
    }

    /** The columns of a matrix of it: each architecture, with each flavour that has something to run there. */
    public List<Column> columns() {
        Collection<Architecture> architectures = new TreeSet<>();
        examples.values().forEach(own -> own.values().forEach(e -> architectures.add(e.architecture())));
        List<Column> columns = new ArrayList<>();
        for (Architecture architecture : architectures) {
            examples.forEach((target, own) -> {
                if (own.values().stream().anyMatch(e -> e.architecture() == architecture)) {
                    columns.add(new Column(architecture, target));
                }
            });
        }
        return columns;
    }

    /** An architecture of a target. */
    public record Column(Architecture architecture, Target target) {}
}
