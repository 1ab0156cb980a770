package org.kernelentry.perf.gate;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.kernelentry.perf.Counts;
import org.kernelentry.perf.Workload;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What was said about the cost of entry code, tried on the reference. */
@Command(
        name = "experiments",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measures claims about the cost of entry code on the reference, each as a pair of variants in the gate's way.",
        footerHeading = "%nExamples:%n",
        footer = {"  conform gate experiments", "  conform gate experiments --pairs 12 --budget 30"})
final class Experiments implements Callable<Integer> {
    private static final String EXIT_WORK = "org.kernelentry.kernel.entry.SyscallExit::syscallExitWork";

    /**
     * One side of a pair.
     *
     * @param name for the table
     * @param item what a fork measures
     * @param jvm options of its JVM
     * @param label of the workload whose costs are counted
     */
    private record Variant(String name, String item, List<String> jvm, String label) {
        static Variant of(final String name, final String guest) {
            return new Variant(name, "SyscallRoundTripBenchmark.getppid:guest=" + guest, List.of(), "getppid " + guest);
        }

        static Variant restart(final String name, final String guest) {
            return new Variant(name, "RestartBenchmark.restart:guest=" + guest, List.of(), "restarted call " + guest);
        }

        /** With audit on, so that there is exit work; the JVM's compiler decides nothing about it by itself. */
        static Variant exitWork(final String name, final String compiler) {
            return new Variant(
                    name,
                    "WorkBitBenchmark.getppid:guest=a64-generic,work=audit",
                    List.of("-XX:CompileCommand=quiet", "-XX:CompileCommand=" + compiler + "," + EXIT_WORK),
                    "getppid/audit a64-generic");
        }
    }

    /**
     * A claim.
     *
     * @param said in the thread, of the second variant against the first
     */
    private record Experiment(String title, String said, Variant first, Variant second) {}

    private static final List<Experiment> ALL = List.of(
            new Experiment(
                    "syscall_exit_work() out of line instead of inline, arm64 (2026, entry: Inline syscall_exit_work())",
                    "+2.7 % (0.2115 to 0.2172 us/op, kunpeng920)",
                    Variant.exitWork("inline", "inline"),
                    Variant.exitWork("out of line", "dontinline")),
            new Experiment(
                    "all registers saved instead of those that C code destroys, x86-64 (2015, finishing the 64-bit x86 syscall cleanup)",
                    "about ten cycles for six pushes and pops (Sandy Bridge)",
                    Variant.of("partial", "x64-partial"),
                    Variant.of("full", "x64-generic")),
            new Experiment(
                    "generic entry in C instead of arm's assembly (2024, ARM: Convert to generic entry)",
                    "+3 to +5 % (3.802 to 3.902 us/op without PAN, 15.07 to 15.87 with, QEMU vexpress-a15)",
                    Variant.of("native", "arm-native"),
                    Variant.of("generic", "arm-generic")),
            new Experiment(
                    "generic entry instead of arm64's own",
                    "no figure in the threads",
                    Variant.of("native", "a64-native"),
                    Variant.of("generic", "a64-generic")),
            new Experiment(
                    "a restart by way of user mode instead of arm's own inside the kernel (2024, ARM: Convert to generic entry)",
                    "no figure in the threads",
                    Variant.restart("native", "arm-native"),
                    Variant.restart("generic", "arm-generic")));

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--pairs", paramLabel = "N", description = "Pairs of forks. Default: ${DEFAULT-VALUE}.")
    private int pairs = 8;

    @Option(
            names = "--shots",
            paramLabel = "N",
            description = "Batches to measure in a fork. Default: ${DEFAULT-VALUE}.")
    private int shots = 300;

    @Option(
            names = "--budget",
            paramLabel = "MINUTES",
            description = "Begin no pair after so many minutes. Default: ${DEFAULT-VALUE}.")
    private int budget = 20;

    private final FreeCore core = new FreeCore();

    /** For picocli. */
    Experiments() {}

    @Override
    public Integer call() {
        if (pairs < 1 || shots < Shots.LEAST || budget < 1) {
            throw new GateException("--pairs and --budget are 1 or more, --shots " + Shots.LEAST + " or more.");
        }
        final PrintWriter out = command.commandLine().getOut();
        final long end = System.nanoTime() + Duration.ofMinutes(budget).toNanos();
        for (final Experiment experiment : ALL) {
            out.println(experiment.title);
            out.println("  said: " + experiment.said);
            out.printf("  %-14s%10s%10s%10s%12s%n", "", "steps", "loads", "stores", "ns");
            out.flush();
            final Session.Result timed = measure(experiment, end);
            print(out, experiment.first, timed.base());
            print(out, experiment.second, timed.head());
            out.printf(
                    Locale.ROOT,
                    "  measured: %s, pairs of forks: %d; %s%n%n",
                    timed.decision().change(),
                    timed.base().length,
                    core.remark(words(timed.decision().verdict())));
            out.flush();
        }
        return 0;
    }

    private Session.Result measure(final Experiment experiment, final long end) {
        final Path jar = Fork.ownJar();
        final Fork first = new Fork(jar, shots, 0, experiment.first.jvm);
        final Fork second = new Fork(jar, shots, 0, experiment.second.jvm);
        final Item ofFirst = Item.parse(experiment.first.item);
        final Item ofSecond = Item.parse(experiment.second.item);
        core.learn(known -> first.run(ofFirst, known));
        return core.measure(
                new Session(Rule.DEFAULT, List.of(pairs)),
                known -> first.run(ofFirst, known),
                known -> second.run(ofSecond, known),
                () -> System.nanoTime() > end);
    }

    private static void print(final PrintWriter out, final Variant variant, final double[] times) {
        final List<Workload<?>> found = new ArrayList<>(Workload.all());
        found.removeIf(workload -> !workload.label().equals(variant.label));
        final Counts counts = Counts.of(found.get(0));
        out.printf(
                Locale.ROOT,
                "  %-14s%10.3f%10.3f%10.3f%12.2f%n",
                variant.name,
                counts.steps(),
                counts.loads(),
                counts.stores(),
                Rule.median(times));
    }

    private static String words(final Rule.Verdict verdict) {
        return switch (verdict) {
            case FAIL -> "slower";
            case FASTER -> "faster";
            case PASS -> "not slower by 2.6 %";
            case INCONCLUSIVE -> "this machine is too noisy to tell";
        };
    }
}
