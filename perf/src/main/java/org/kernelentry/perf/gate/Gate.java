package org.kernelentry.perf.gate;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Says whether the benchmarks got slower than they were at a commit. */
@Command(
        name = "conform gate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        subcommands = {Study.class, Experiments.class},
        description = {
            "Says whether the benchmarks got slower than they were at a commit, which is built first.",
            "",
            "Forks of both are measured in turn, each judged by the low decile of its batches; the exact Mann-Whitney test and a least effect "
                    + "decide. FAIL: slower, seen twice. PASS: a slow-down of the effect is ruled out. INCONCLUSIVE: too noisy to say either, no failure."
        },
        footerHeading =
                "%nExit status: 0 nothing got slower, 1 something did, 2 it could not be measured.%n%nExamples:%n",
        footer = {
            "  conform gate --base HEAD~1",
            "  conform gate --base main --budget 5 --no-count",
            "  conform gate --base main --benchmark SignalBenchmark.deliveryAndReturn:guest=a64-native",
            "  conform gate --base HEAD --inject 2.6        (does the gate see it?)",
            "  conform gate study                           (how often is it wrong here?)",
            "  conform gate experiments                     (claims about entry code, measured)",
            "  ./mvnw verify -Pperf -Dperf.base=main -Dperf.args='--budget 5'"
        })
public final class Gate implements Callable<Integer> {
    private static final double PERCENT = 100;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--base", paramLabel = "COMMIT", description = "What to compare with.")
    private String base = "";

    @Option(names = "--head", paramLabel = "JAR", description = "What to measure; default: the jar this is run from.")
    private @Nullable Path head;

    @Option(
            names = "--benchmark",
            paramLabel = "NAME",
            description = "Class.method:parameter=value,...; may be repeated. Default: the round trip on four guests.")
    private List<String> benchmarks = new ArrayList<>();

    @Option(
            names = "--pairs",
            paramLabel = "N,...",
            split = ",",
            description =
                    "After how many pairs of forks to ask for a verdict; the last is the most. Default: 8,12,16,20,26,32,40,52,64,80.")
    private List<Integer> pairs = new ArrayList<>(Session.LOOKS);

    @Option(
            names = "--shots",
            paramLabel = "N",
            description = "Batches to measure in a fork, after as many to warm up. Default: ${DEFAULT-VALUE}.")
    private int shots = 300;

    @Option(
            names = "--budget",
            paramLabel = "MINUTES",
            description = "Begin no pair after so many minutes. Default: ${DEFAULT-VALUE}.")
    private int budget = 20;

    @Option(
            names = "--effect",
            paramLabel = "PERCENT",
            description = "The slow-down that a PASS rules out. Default: ${DEFAULT-VALUE}.")
    private double effect = Rule.DEFAULT.effect() * PERCENT;

    @Option(
            names = "--floor",
            paramLabel = "PERCENT",
            description = "What is smaller is no difference. Default: ${DEFAULT-VALUE}.")
    private double floor = Rule.DEFAULT.floor() * PERCENT;

    @Option(names = "--no-count", description = "Only measure time.")
    private boolean noCount;

    @Option(names = "--no-time", description = "Only count instructions.")
    private boolean noTime;

    @Option(names = "--inject", paramLabel = "PERCENT", description = "Make head slower by this, to test the gate.")
    private double inject;

    @Option(names = "--json", paramLabel = "FILE", description = "Default: target/perf/gate.json.")
    private @Nullable Path json;

    @Option(
            names = "--offline",
            arity = "0..1",
            fallbackValue = "true",
            description = "Build the base without downloads.")
    private boolean offline;

    private final FreeCore core = new FreeCore();

    /** For picocli. */
    Gate() {}

    /**
     * The command line.
     *
     * @param args see {@code --help}
     */
    public static void main(final String... args) {
        System.exit(new CommandLine(new Gate())
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    if (!(failure instanceof GateException)) {
                        throw failure;
                    }
                    line.getErr().println("gate: " + failure.getMessage());
                    return CommandLine.ExitCode.USAGE;
                })
                .setParameterExceptionHandler((failure, arguments) -> {
                    failure.getCommandLine().getErr().println("gate: " + failure.getMessage());
                    return CommandLine.ExitCode.USAGE;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws IOException {
        checkOptions();
        final Path root = Path.of(System.getProperty("conform.home", "")).toAbsolutePath();
        final PrintWriter out = command.commandLine().getOut();
        final List<Item> items = (benchmarks.isEmpty() ? Item.DEFAULTS : benchmarks)
                .stream().map(Item::parse).toList();
        final BaseBuild build = new BaseBuild(root, offline);
        final String commit = build.commit(base);
        final Path headJar = head == null ? Fork.ownJar() : head;
        if (!Files.isRegularFile(headJar)) {
            throw new GateException("there is no jar " + headJar + ".");
        }
        out.println("base: " + build.describe(commit));
        out.println("head: " + headJar + (inject > 0 ? ", made slower by " + inject + " %" : ""));
        out.flush();
        final Path baseJar = build.jar(commit);
        final InstructionCount counter = noCount ? InstructionCount.NONE : InstructionCount.available();
        out.printf(
                "java %s, %d processors, load %.1f; instructions counted by %s%n%n",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                counter == InstructionCount.NONE ? "nothing" : counter.name().toLowerCase(Locale.ROOT));
        out.println(GateReport.heading());
        out.flush();
        final long end = System.nanoTime() + Duration.ofMinutes(budget).toNanos();
        final List<GateReport.Row> rows = new ArrayList<>();
        for (final Item item : items) {
            final GateReport.Row row = compare(item, baseJar, headJar, counter, end);
            rows.add(row);
            out.println(GateReport.line(row));
            out.flush();
        }
        final GateReport report =
                new GateReport(build.describe(commit), headJar.toString(), counter, List.copyOf(rows));
        report.write(json == null ? root.resolve("target/perf/gate.json") : json);
        out.println();
        out.println(report.summary());
        out.flush();
        return report.failed() ? 1 : 0;
    }

    private void checkOptions() {
        require(!pairs.isEmpty() && pairs.get(0) >= 3, "--pairs begins with 3 or more");
        require(
                IntStream.range(1, pairs.size()).allMatch(i -> pairs.get(i) > pairs.get(i - 1)),
                "--pairs is ascending, as 8,12,16,20");
        require(shots >= Shots.LEAST, "--shots is " + Shots.LEAST + " or more");
        require(budget > 0, "--budget is 1 minute or more");
        require(floor >= 0 && effect > floor, "--effect is more than --floor, and both more than 0");
        require(inject >= 0, "--inject is 0 or more");
        require(!(noCount && noTime), "--no-count and --no-time leave nothing to do");
    }

    private void require(final boolean condition, final String otherwise) {
        if (!condition) {
            throw new ParameterException(command.commandLine(), otherwise + ".");
        }
    }

    private GateReport.Row compare(
            final Item item, final Path baseJar, final Path headJar, final InstructionCount counter, final long end) {
        final OptionalDouble counted = counter.perBatch(headJar, item);
        final OptionalDouble countedBase = counted.isEmpty() ? counted : counter.perBatch(baseJar, item);
        final double ratio = countedBase.isEmpty() ? Double.NaN : counted.orElseThrow() / countedBase.getAsDouble();
        if (noTime) {
            return new GateReport.Row(item, ratio, null, "");
        }
        final Fork ofHead = new Fork(headJar, shots, inject / PERCENT);
        final Fork ofBase = new Fork(baseJar, shots, 0);
        // What is wrong with the benchmark itself must not look as if only base lacked it.
        core.learn(known -> ofHead.run(item, known));
        try {
            core.learn(known -> ofBase.run(item, known));
        } catch (GateException e) {
            return new GateReport.Row(item, ratio, null, "base does not have it");
        }
        final Rule rule = new Rule(Rule.DEFAULT.alpha(), Rule.DEFAULT.passAlpha(), floor / PERCENT, effect / PERCENT);
        final Session.Result timed = core.measure(
                new Session(rule, pairs),
                known -> ofBase.run(item, known),
                known -> ofHead.run(item, known),
                () -> System.nanoTime() > end);
        return new GateReport.Row(item, ratio, timed, core.remark(timed.remark()));
    }
}
