package org.kernelentry.runner.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.judge.Outcome;
import org.kernelentry.runner.judge.Plan;
import org.kernelentry.runner.judge.RunResult;
import org.kernelentry.runner.judge.Target;
import org.kernelentry.runner.report.FailureText;
import org.kernelentry.runner.report.LastResults;
import org.kernelentry.runner.spec.Behaviour;
import org.kernelentry.runner.spec.Catalogue;
import org.kernelentry.runner.spec.MappingRow;
import org.kernelentry.runner.spec.Selection;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.spec.SpecRule;
import org.kernelentry.runner.spec.SpecScenario;
import org.kernelentry.runner.spec.SpecStep;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says all that is known about a behaviour or a scenario. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        header = "Explains a behaviour or a scenario, with its last result.",
        description = {
            "Explains a behaviour: its sentence, source, versions and scenarios, and how they ended when they last ran.",
            "Of a scenario it shows the steps, too."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  conform explain SUD-24",
            "  conform explain DIF-ARM-06",
            "  conform explain ENT-05/a-dispatched-call-is-silent"
        })
final class ExplainCommand implements Callable<Integer> {
    private static final DateTimeFormatter WHEN =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Environment environment;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Parameters(
            paramLabel = "ID",
            description = "A behaviour (SUD-24), a mapping row (DIF-ARM-06), or a scenario's id.")
    private String id = "";

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Where run kept the results, if not in target/conform.")
    private @Nullable Path report;

    ExplainCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        Environment.Spec spec = environment.read();
        PrintWriter out = command.commandLine().getOut();
        Text text = new Text(out);
        Optional<MappingRow> mapping = spec.catalogue().findMapping(id);
        if (mapping.isPresent()) {
            explain(mapping.get(), spec, text);
        } else if (spec.catalogue().find(id).isPresent()) {
            Behaviour behaviour = spec.catalogue().require(id);
            Optional<SpecRule> rule = spec.model().rule(id);
            // Read first: what is wrong with it must not stand in the middle of the answer.
            RunResult last = last(rule.map(r -> r.examples().toList()).orElse(List.of()));
            explain(behaviour, rule, spec.catalogue(), text);
            out.println();
            if (rule.isPresent()) {
                rule.get().scenarios().forEach(s -> scenario(s, s.examples(), last, text));
            } else {
                out.println("No scenario yet.");
            }
        } else {
            scenarios(spec, text);
        }
        out.flush();
        return 0;
    }

    private RunResult last(List<SpecExample> examples) {
        LastResults results = new LastResults(
                Optional.ofNullable(report).orElse(environment.reports()).resolve(LastResults.FILE));
        return results.of(Plan.of(examples, BookCommand.targets(results)));
    }

    private static void explain(Behaviour behaviour, Optional<SpecRule> rule, Catalogue catalogue, Text text) {
        text.paragraph("", behaviour.id() + "  " + rule.map(SpecRule::sentence).orElse(behaviour.text()));
        if (rule.isPresent()) {
            text.field("catalogue", behaviour.text());
            if (!rule.get().description().isEmpty()) {
                text.field("remark", rule.get().description());
            }
        }
        text.field("where", behaviour.where());
        text.field("since", behaviour.sinceInWords());
        text.field("seen by", behaviour.observabilityInWords());
        text.field("confirmed", behaviour.seenAtRunTime() ? seen(behaviour) : "not on a real kernel yet");
        text.field("source", catalogue.legend().expandSource(behaviour.source()));
        rule.ifPresent(r -> text.field("feature", r.location().toString()));
    }

    private static String seen(Behaviour behaviour) {
        return behaviour.seenNote().isEmpty() ? "on a real kernel" : "on a real kernel: " + behaviour.seenNote();
    }

    private static void explain(MappingRow row, Environment.Spec spec, Text text) {
        text.paragraph("", row.id());
        row.columns().forEach((name, value) -> text.field(name, value));
        for (String behaviour : row.atStake()) {
            String known = spec.model()
                    .rule(behaviour)
                    .map(r -> r.sentence() + " (" + r.examples().count() + " examples)")
                    .orElse("no scenario yet");
            text.field(behaviour, known);
        }
    }

    /** The scenarios whose id begins so. */
    private void scenarios(Environment.Spec spec, Text text) {
        List<SpecExample> wanted = Selection.all().terms(List.of(id)).from(spec.model(), spec.catalogue());
        RunResult last = last(wanted);
        for (SpecRule rule : spec.model().rules()) {
            boolean first = true;
            for (SpecScenario scenario : rule.scenarios()) {
                List<SpecExample> examples =
                        scenario.examples().stream().filter(wanted::contains).toList();
                if (examples.isEmpty()) {
                    continue;
                }
                if (first) {
                    Behaviour behaviour = spec.catalogue().require(rule.id());
                    explain(behaviour, Optional.of(rule), spec.catalogue(), text);
                    first = false;
                }
                text.out.println();
                scenario(scenario, examples, last, text);
                text.out.println();
                steps(rule, scenario).forEach(text.out::println);
            }
        }
    }

    private static void scenario(SpecScenario scenario, List<SpecExample> examples, RunResult last, Text text) {
        text.paragraph("", scenario.title());
        for (SpecExample example : examples) {
            List<String> results = new ArrayList<>();
            for (Target target : last.plan().targets()) {
                if (last.plan().contains(target, example)) {
                    results.add(target.label() + " "
                            + last.outcome(example.id(), target.system())
                                    .map(ExplainCommand::inWords)
                                    .orElse("not run yet"));
                }
            }
            // Not broken into lines: the id is there to be copied.
            text.out.println("  " + example.id() + ": " + String.join("; ", results));
        }
    }

    private static String inWords(Outcome outcome) {
        String reason = FailureText.oneLine(outcome);
        return outcome.status().label() + " at " + WHEN.format(outcome.at())
                + (reason.isEmpty() ? "" : " (" + reason + ")");
    }

    private static List<String> steps(SpecRule rule, SpecScenario scenario) {
        List<String> lines = new ArrayList<>();
        List<SpecStep> steps = new ArrayList<>(rule.background());
        steps.addAll(scenario.steps());
        for (SpecStep step : steps) {
            lines.add("    " + step.keyword() + " " + step.text());
            if (!step.docString().isEmpty()) {
                lines.add("      \"\"\"");
                step.docString().lines().forEach(l -> lines.add("      " + l));
                lines.add("      \"\"\"");
            }
            step.table().forEach(row -> lines.add("      | " + String.join(" | ", row) + " |"));
        }
        return lines;
    }

    /** Text with a name in front, broken into lines. */
    private record Text(PrintWriter out) {
        private static final int WIDTH = 100;

        void field(String name, String value) {
            paragraph("  %-10s ".formatted(name), value);
        }

        void paragraph(String head, String words) {
            String indent = " ".repeat(head.length());
            StringBuilder line = new StringBuilder(head);
            for (String word : words.strip().split("\\s+", -1)) {
                if (line.length() + word.length() > WIDTH && !line.toString().isBlank()) {
                    out.println(line.toString().stripTrailing());
                    line = new StringBuilder(indent);
                }
                line.append(word).append(' ');
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
