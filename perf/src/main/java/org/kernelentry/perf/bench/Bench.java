package org.kernelentry.perf.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.kernelentry.perf.Counts;
import org.kernelentry.perf.OneProcessor;
import org.kernelentry.perf.Workload;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What an operation costs, exactly and in time. */
@Command(
        name = "conform bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measures what operations of the entry code cost: counted exactly, and in nanoseconds of this machine.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  conform bench --list",
            "  conform bench getppid                      (all that begin so)",
            "  conform bench 'signal and return a64-native'",
            "  conform bench --peers                      (beside the host's kernel and QEMU)",
            "  conform bench --programs                   (compiled programs beside qemu-user, some minutes)",
            "  conform bench --programs 'crc32 x64' sort  (those that begin so)",
            "To compare with another commit: conform gate --help."
        })
public final class Bench implements Callable<Integer> {
    private static final long WARM_UP = 1_500_000_000L;
    private static final long MEASURED = 1_000_000_000L;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Parameters(
            arity = "0..*",
            paramLabel = "NAME",
            description = "Beginning of a name as --list or --programs prints it.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--list", description = "Print the names of all benchmarks.")
    private boolean list;

    @Option(
            names = "--peers",
            description =
                    "Measure getppid on this machine's kernel, under qemu-user and in QEMU machines, in turn with ours.")
    private boolean peers;

    @Option(
            names = "--programs",
            description =
                    "Measure how many instructions per second of processor time compiled programs run at,"
                            + " interpreted, translated and under qemu-user, in turn. Needs Debian's cross compilers and qemu-user.")
    private boolean programs;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Rounds of --peers and --programs. Default: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    /** For picocli. */
    Bench() {}

    /**
     * The command line.
     *
     * @param args see {@code --help}
     */
    public static void main(final String... args) {
        // The threads of guests that are stopped do not end by themselves.
        System.exit(commandLine().execute(args));
    }

    /** With the answers to wrong input: one sentence and exit code 2. */
    static CommandLine commandLine() {
        return new CommandLine(new Bench())
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    if (!(failure instanceof BenchException)) {
                        throw failure;
                    }
                    line.getErr().println("bench: " + failure.getMessage());
                    return CommandLine.ExitCode.USAGE;
                })
                .setParameterExceptionHandler((failure, arguments) -> {
                    failure.getCommandLine().getErr().println("bench: " + failure.getMessage());
                    return CommandLine.ExitCode.USAGE;
                });
    }

    @Override
    public Integer call() throws IOException {
        final PrintWriter out = command.commandLine().getOut();
        if (rounds < 1) {
            throw new BenchException("--rounds is 1 or more.");
        }
        if (list) {
            Workload.all().forEach(workload -> out.println(workload.label()));
            out.flush();
            return 0;
        }
        OneProcessor.bindThis();
        if (peers) {
            new Peers(out, rounds).run();
            return 0;
        }
        if (programs) {
            new Programs(out, rounds, Toolchain.ALL).run(names);
            return 0;
        }
        if (names.isEmpty()) {
            throw new BenchException(
                    "name a benchmark, or say --list, --peers or --programs; see conform bench --help.");
        }
        measure(out);
        return 0;
    }

    private void measure(final PrintWriter out) {
        for (final String name : names) {
            if (Workload.all().stream().noneMatch(each -> each.label().startsWith(name))) {
                throw new BenchException("no benchmark begins with \"" + name + "\"; conform bench --list prints all.");
            }
        }
        out.println(Counts.heading() + String.format(Locale.ROOT, "%12s%12s", "ns low", "ns median"));
        for (final Workload<?> workload : Workload.all()) {
            if (names.stream().anyMatch(workload.label()::startsWith)) {
                final Counts counts = Counts.of(workload);
                try (Workload<?>.Running run = workload.open()) {
                    Timing.of(workload, run, WARM_UP);
                    final Timing timing = Timing.of(workload, run, MEASURED);
                    out.println(counts.row(workload)
                            + String.format(Locale.ROOT, "%12.1f%12.1f", timing.low(), timing.median()));
                    out.flush();
                }
            }
        }
    }
}
