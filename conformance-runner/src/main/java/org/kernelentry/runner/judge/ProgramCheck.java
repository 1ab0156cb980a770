package org.kernelentry.runner.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.kernelentry.notation.Notation;
import org.kernelentry.notation.NotationException;
import org.kernelentry.runner.spec.Chapter;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.spec.SpecException;
import org.kernelentry.runner.spec.SpecFeature;
import org.kernelentry.runner.spec.SpecModel;
import org.kernelentry.runner.spec.SpecRule;
import org.kernelentry.runner.spec.SpecScenario;
import org.kernelentry.runner.spec.SpecStep;

/** Reads the guest programs of scenarios before any of them runs, so that a slip of the pen is told apart from a failure. */
public final class ProgramCheck {
    /** What a step begins with whose text block is a program in the guest notation. */
    public static final String PROGRAM_STEP = "a guest program on ";

    private ProgramCheck() {}

    /**
     * Reads the programs of all scenarios that these examples are of.
     *
     * @throws SpecException for the first that is not in the guest notation; names the file and the line of its step
     */
    public static void check(List<SpecExample> examples, SpecModel model) {
        Set<String> scenarios = examples.stream()
                .map(e -> e.id().substring(0, e.id().indexOf('[')))
                .collect(Collectors.toSet());
        for (Chapter chapter : model.chapters()) {
            for (SpecFeature feature : chapter.features()) {
                for (SpecRule rule : feature.rules()) {
                    for (SpecScenario scenario : rule.scenarios()) {
                        if (scenarios.contains(scenario.id())) {
                            check(feature, rule, scenario);
                        }
                    }
                }
            }
        }
    }

    private static void check(SpecFeature feature, SpecRule rule, SpecScenario scenario) {
        List<SpecStep> steps = new ArrayList<>(feature.background());
        steps.addAll(rule.background());
        steps.addAll(scenario.steps());
        for (SpecStep step : steps) {
            if (step.text().startsWith(PROGRAM_STEP)) {
                for (String program : programs(step.docString(), scenario)) {
                    check(step, program);
                }
            }
        }
    }

    private static void check(SpecStep step, String program) {
        try {
            Notation.check(program);
        } catch (NotationException e) {
            throw new SpecException(step.location(), e.getMessage() + ".", e);
        }
    }

    /** A program as it stands, or once for each row of the tables that fill its placeholders. */
    private static List<String> programs(String text, SpecScenario scenario) {
        if (scenario.tables().isEmpty() || text.indexOf('<') < 0) {
            return List.of(text);
        }
        return scenario.examples().stream()
                .map(example -> {
                    String filled = text;
                    for (var cell : example.cells().entrySet()) {
                        filled = filled.replace("<" + cell.getKey() + ">", cell.getValue());
                    }
                    return filled;
                })
                .distinct()
                .toList();
    }
}
