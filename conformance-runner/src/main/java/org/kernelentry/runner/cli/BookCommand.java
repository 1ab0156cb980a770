package org.kernelentry.runner.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.book.SpecBook;
import org.kernelentry.runner.judge.Glue;
import org.kernelentry.runner.judge.Outcome;
import org.kernelentry.runner.judge.Plan;
import org.kernelentry.runner.judge.ProgramCheck;
import org.kernelentry.runner.judge.RunListener;
import org.kernelentry.runner.judge.RunResult;
import org.kernelentry.runner.judge.Runner;
import org.kernelentry.runner.judge.Target;
import org.kernelentry.runner.report.LastResults;
import org.kernelentry.runner.report.Reports;
import org.kernelentry.runner.spec.Chapter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the spec with its results as one page. */
@Command(
        name = "book",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        header = "Writes the spec with its results as one HTML page.",
        description = {
            "Writes the spec as one HTML page: chapters, rules, sources, scenarios, and how they ended when they last",
            "ran. If nothing has run yet, everything is run first."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  conform book", "  conform book --run --output entry.html"})
final class BookCommand implements Callable<Integer> {
    /** What the page is called in a folder of reports. */
    static final String FILE = "book.html";

    /** The scenario of a chapter whose steps are drawn; the first one if none has the tag. */
    private static final String DRAWN = "@timeline";

    private final Environment environment;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--output", paramLabel = "FILE", description = "The page; default target/conform/" + FILE + ".")
    private @Nullable Path output;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Where run kept the results, if not in target/conform.")
    private @Nullable Path report;

    @Option(names = "--run", description = "Run everything first, even if there are results.")
    private boolean run;

    BookCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        Environment.Spec spec = environment.read();
        Path folder = Optional.ofNullable(report).orElse(environment.reports());
        Path page = Optional.ofNullable(output).orElse(folder.resolve(FILE));
        Reports.probe(page);
        LastResults results = new LastResults(folder.resolve(LastResults.FILE));
        PrintWriter err = command.commandLine().getErr();
        if (run || results.isEmpty()) {
            ProgramCheck.check(spec.model().examples(), spec.model());
            Plan plan = Plan.of(spec.model().examples(), Target.named("reference"));
            try (Progress progress = Progress.on(err, plan.size())) {
                results.add(
                        new Runner(environment.glue(), 1).run(plan, progress).outcomes());
            }
            results.save(spec.model());
        }
        write(page, spec, results.of(plan(spec, results)), environment.glue());
        command.commandLine().getOut().println("Book: " + Reports.shown(page));
        return 0;
    }

    /** What the book is about: everything on every flavour, and on every real kernel that there are results of. */
    static Plan plan(Environment.Spec spec, LastResults results) {
        return Plan.of(spec.model().examples(), targets(results));
    }

    /** The reference, and the real kernels that there are results of. */
    static List<Target> targets(LastResults results) {
        List<Target> targets = new ArrayList<>(Target.named("reference"));
        results.systems().stream()
                .map(Target::recorded)
                .flatMap(Optional::stream)
                .forEach(targets::add);
        return targets;
    }

    /** Writes the book of what is known. */
    static void write(Path page, Environment.Spec spec, RunResult result, Glue glue) {
        Reports.write(page, new SpecBook(spec.model(), spec.catalogue(), result, timelines(spec, result, glue)).html());
    }

    /** Runs the scenarios whose steps are drawn: journals are too large to be kept for all. */
    private static Map<String, Outcome> timelines(Environment.Spec spec, RunResult result, Glue glue) {
        Map<String, Outcome> drawn = new LinkedHashMap<>();
        for (Chapter chapter : spec.model().chapters()) {
            List<Plan> runs = result.plan().targets().stream()
                    .filter(Target::internal)
                    .flatMap(t -> chapter.examples().filter(t::runs).map(e -> Plan.of(List.of(e), List.of(t))))
                    .toList();
            runs.stream()
                    .filter(BookCommand::isTagged)
                    .findFirst()
                    .or(() -> runs.stream().findFirst())
                    .map(run -> new Runner(glue, 1)
                            .run(run, RunListener.NONE)
                            .outcomes()
                            .get(0))
                    .filter(outcome -> !outcome.journal().isEmpty())
                    .ifPresent(outcome -> drawn.put(chapter.name(), outcome));
        }
        return drawn;
    }

    private static boolean isTagged(Plan run) {
        return run.targets().stream()
                .flatMap(t -> run.examples(t).stream())
                .anyMatch(e -> e.tags().contains(DRAWN));
    }
}
