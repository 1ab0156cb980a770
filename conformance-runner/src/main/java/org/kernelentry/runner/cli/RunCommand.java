package org.kernelentry.runner.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.cli.Environment.Spec;
import org.kernelentry.runner.judge.Judge;
import org.kernelentry.runner.judge.Outcome;
import org.kernelentry.runner.judge.Plan;
import org.kernelentry.runner.judge.ProgramCheck;
import org.kernelentry.runner.judge.RunResult;
import org.kernelentry.runner.judge.Runner;
import org.kernelentry.runner.judge.Status;
import org.kernelentry.runner.report.FailureText;
import org.kernelentry.runner.report.JsonReport;
import org.kernelentry.runner.report.JunitXml;
import org.kernelentry.runner.report.Ktap;
import org.kernelentry.runner.report.LastResults;
import org.kernelentry.runner.report.Matrix;
import org.kernelentry.runner.report.MatrixText;
import org.kernelentry.runner.report.Reports;
import org.kernelentry.runner.spec.SpecException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Runs scenarios and says what came of them. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        description = "Runs scenarios and prints how many passed, chapter by chapter, on each architecture.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  conform run",
            "  conform run --arch arm64 --tags '@SUD and not @slow'",
            "  conform run SUD-24 --on reference-generic",
            "  conform run 04-restart --junit restart.xml --json restart.json",
            "  conform run --ktap > conform.ktap",
            "  conform run --kernel arch/arm64/boot/Image --config .config",
            "  conform run --on debian:6.1,debian:6.12 --arch arm64,arm",
            "  conform run --on all"
        })
final class RunCommand implements Callable<Integer> {
    private final Environment environment;

    @picocli.CommandLine.Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private SelectionOptions selection = new SelectionOptions();

    @Option(names = "--ktap", description = "Print the result in the kernel's test format, KTAP, instead of a matrix.")
    private boolean ktap;

    @Option(names = "--junit", paramLabel = "FILE", description = "Write the result as JUnit XML, too.")
    private @Nullable Path junit;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result as JSON, too.")
    private @Nullable Path json;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Keep the results here instead of in target/conform of the project.")
    private @Nullable Path report;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "Run this many scenarios at a time; default is one for each processor.")
    private int jobs = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--time-limit",
            paramLabel = "SECONDS",
            description = "A scenario that takes longer than this has failed; default is ${DEFAULT-VALUE}.")
    private long timeLimit = Runner.TIME_LIMIT.toSeconds();

    @Option(
            names = "--book",
            negatable = true,
            description = "Write the spec with its results as a page, too, or do not; it is done if everything is run.")
    private @Nullable Boolean book;

    @Option(names = "--quiet", description = "No progress and no matrix: only failures and the last line.")
    private boolean quiet;

    RunCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        if (jobs < 1) {
            throw new SpecException("--jobs " + jobs + " is less than one scenario at a time.");
        }
        if (timeLimit < 1 || timeLimit > Duration.ofDays(1).toSeconds()) {
            throw new SpecException("--time-limit " + timeLimit + " is not a number of seconds from 1 to 86400.");
        }
        Spec spec = environment.read();
        Path folder = Optional.ofNullable(report).orElse(environment.reports());
        selection.useKernels(folder, command.commandLine().getErr());
        Plan plan = selection.plan(spec);
        if (plan.size() == 0) {
            throw new SpecException("No scenario fits the request, so nothing was run.");
        }
        ProgramCheck.check(selection.examples(spec), spec.model());
        Path last = folder.resolve(LastResults.FILE);
        Optional.ofNullable(junit).ifPresent(Reports::probe);
        Optional.ofNullable(json).ifPresent(Reports::probe);
        Reports.probe(last);
        LastResults results = new LastResults(last);

        UnaryOperator<Outcome> judge = Judge.oneByOne(plan, spec.expectations());
        RunResult result;
        PrintWriter err = command.commandLine().getErr();
        try (PartialResults partial = new PartialResults(results, spec.model(), err, Reports.shown(last), plan.size());
                Progress progress = quiet ? Progress.none() : Progress.on(err, plan.size())) {
            result = new Runner(environment.glue(), jobs, Duration.ofSeconds(timeLimit)).run(plan, o -> {
                Outcome judged = judge.apply(o);
                partial.finished(judged);
                progress.finished(judged);
            });
        }
        Judge.Verdicts verdicts =
                Judge.of(result, spec.expectations(), spec.model().examples());
        result = verdicts.result();
        verdicts.unmet().forEach(command.commandLine().getErr()::println);
        PrintWriter out = command.commandLine().getOut();
        if (ktap) {
            out.print(Ktap.render(result, spec.model()));
        } else {
            print(out, result, spec);
        }
        out.flush(); // What is known can be read even if a file cannot be written or, like the book, takes some
        // seconds.
        results.add(result.outcomes());
        results.save(spec.model());
        if (junit != null) {
            Reports.write(junit, JunitXml.render(result, spec.model()));
        }
        if (json != null) {
            Reports.write(json, JsonReport.render(result.outcomes(), spec.model()));
        }
        if (!ktap) {
            out.println("Results: " + Reports.shown(last));
            out.flush();
        }
        if (Optional.ofNullable(book).orElse(selection.isEverything() && !ktap)) {
            Path page = folder.resolve(BookCommand.FILE);
            BookCommand.write(page, spec, results.of(BookCommand.plan(spec, results)), environment.glue());
            if (!ktap) {
                out.println("Book:    " + Reports.shown(page));
            }
        }
        return result.failures().isEmpty() && verdicts.unmet().isEmpty() ? 0 : 1;
    }

    private void print(PrintWriter out, RunResult result, Spec spec) {
        // The failures first, so that the matrix is still on the screen when there are many.
        for (Outcome failure : result.failures()) {
            out.println(FailureText.render(failure, spec.model(), Ansi.AUTO));
        }
        if (!quiet) {
            out.println(MatrixText.render(Matrix.of(result, spec.model()), Ansi.AUTO));
        }
        Map<String, Long> reasons = result.outcomes().stream()
                .filter(o -> o.status() == Status.SKIP)
                .collect(Collectors.groupingBy(FailureText::oneLine, TreeMap::new, Collectors.counting()));
        reasons.forEach((reason, count) -> out.println("skipped " + count + ": " + reason));
        out.println(summary(result));
    }

    private static String summary(RunResult result) {
        StringBuilder text = new StringBuilder();
        text.append(result.outcomes().size())
                .append(" runs: ")
                .append(result.count(Status.PASS))
                .append(" passed");
        int bad = result.failures().size();
        if (bad > 0) {
            text.append(", ").append(bad).append(" failed");
        }
        if (result.count(Status.SKIP) > 0) {
            text.append(", ").append(result.count(Status.SKIP)).append(" skipped");
        }
        return text.append(", in ").append(seconds(result.took())).append('.').toString();
    }

    private static String seconds(Duration took) {
        return String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1000.0);
    }
}
