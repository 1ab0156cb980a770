package org.kernelentry.runner.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.kernelentry.runner.judge.Outcome;
import org.kernelentry.runner.judge.Plan;
import org.kernelentry.runner.judge.ProgramCheck;
import org.kernelentry.runner.judge.RunListener;
import org.kernelentry.runner.judge.RunResult;
import org.kernelentry.runner.judge.Runner;
import org.kernelentry.runner.judge.Target;
import org.kernelentry.runner.report.FailureText;
import org.kernelentry.runner.report.JournalText;
import org.kernelentry.runner.spec.Selection;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.spec.SpecException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs one scenario and shows every step of the entry paths. */
@Command(
        name = "trace",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        header = "Runs one scenario and prints every step of the entry and exit paths.",
        description = {
            "Runs one scenario and prints every step of the entry and exit paths as it ran, indented by nesting,",
            "with the work bits that caused each slow step; then what an observer saw."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  conform trace 'ENT-05/a-dispatched-call-is-silent[x64,getppid]'",
            "  conform trace 'RST-16/the-call-is-redone-inside-the-kernel[arm]' --on reference-native",
            "  conform list RST-16 --ids"
        })
final class TraceCommand implements Callable<Integer> {
    private static final int MOST_SHOWN = 6;

    private final Environment environment;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Parameters(paramLabel = "SCENARIO-ID", description = "The id of one run of a scenario, as list --ids prints it.")
    private String id = "";

    @Option(
            names = "--on",
            paramLabel = "SYSTEM",
            description = "The system; if it is not given, the first flavour of the reference that runs the scenario.")
    private String system = "reference";

    @Option(names = "--all", description = "Also the steps of the task that plays the tracer.")
    private boolean all;

    TraceCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        Environment.Spec spec = environment.read();
        SpecExample example = one(spec);
        Target target = Target.named(system).stream()
                .filter(t -> t.runs(example))
                .findFirst()
                .orElseThrow(() -> new SpecException(example.id() + " does not run on " + system + "."));
        ProgramCheck.check(List.of(example), spec.model());
        Plan plan = Plan.of(List.of(example), List.of(target));
        RunResult result = new Runner(environment.glue(), 1).run(plan, RunListener.NONE);
        print(result.outcomes().get(0), spec);
        return result.failures().isEmpty() ? 0 : 1;
    }

    private SpecExample one(Environment.Spec spec) {
        List<SpecExample> examples = spec.model()
                .example(id)
                .map(List::of)
                .orElseGet(() -> Selection.all().terms(List.of(id)).from(spec.model(), spec.catalogue()));
        if (examples.isEmpty()) {
            throw new SpecException("No scenario of " + id + " runs anywhere.");
        }
        if (examples.size() > 1) {
            String some =
                    examples.stream().limit(MOST_SHOWN).map(SpecExample::id).collect(Collectors.joining(", "));
            throw new SpecException(id + " names " + examples.size() + " runs; name one of " + some
                    + (examples.size() > MOST_SHOWN ? ", ..." : "") + ".");
        }
        return examples.get(0);
    }

    private void print(Outcome outcome, Environment.Spec spec) {
        PrintWriter out = command.commandLine().getOut();
        SpecExample example = spec.model().example(outcome.exampleId()).orElseThrow();
        out.println(outcome.exampleId() + " on " + outcome.system());
        out.println(spec.model().ruleOf(example).sentence());
        out.println();
        out.println("Steps");
        String journal = all ? outcome.journal() : JournalText.withoutHarness(outcome.journal());
        out.println(journal.isEmpty() ? "  none" : journal);
        out.println();
        out.println("Seen");
        (outcome.trace().isEmpty() ? "nothing" : outcome.trace()).lines().forEach(l -> out.println("  " + l));
        out.println();
        switch (outcome.status()) {
            case PASS -> out.println("passed");
            case SKIP -> out.println("skipped: " + FailureText.oneLine(outcome));
            case FAIL, ERROR -> out.print(FailureText.render(outcome, spec.model(), Ansi.AUTO));
        }
        out.flush();
    }
}
