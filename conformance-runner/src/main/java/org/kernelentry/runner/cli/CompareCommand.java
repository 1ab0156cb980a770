package org.kernelentry.runner.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.kernelentry.runner.cli.Environment.Spec;
import org.kernelentry.runner.judge.Comparison;
import org.kernelentry.runner.judge.Comparison.Difference;
import org.kernelentry.runner.judge.Plan;
import org.kernelentry.runner.judge.RunResult;
import org.kernelentry.runner.judge.Runner;
import org.kernelentry.runner.judge.Status;
import org.kernelentry.runner.judge.Target;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.MappingRow;
import org.kernelentry.runner.spec.Selection;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.spec.SpecException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the same scenarios on two systems and shows where a user could tell them apart. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        header = "Runs the same scenarios on two systems and prints the behaviours a user could notice.",
        description = {
            "Runs the same scenarios on two systems, whatever they expect, and prints for each behaviour that differs",
            "what either system shows first. Between the flavours of the reference it also names the rows of the",
            "catalogue's tables of differences (DIF-ARM, DIF-A64) that the differing behaviours belong to."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  conform compare reference-native reference-generic",
            "  conform compare reference-native reference-generic --arch arm ENT --traces",
            "  conform compare debian:6.1 debian:6.12 --arch arm64",
            "  conform compare debian:6.12/arm64 linux --kernel arch/arm64/boot/Image",
            "",
            "Exit codes: 0 no difference, 1 differences, 2 could not run."
        })
final class CompareCommand implements Callable<Integer> {
    private final Environment environment;

    @picocli.CommandLine.Spec
    private CommandSpec command = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "A", description = "A system, such as reference-native.")
    private String one = "";

    @Parameters(index = "1", paramLabel = "B", description = "Another system, such as reference-generic.")
    private String other = "";

    @Parameters(
            index = "2..*",
            arity = "0..*",
            paramLabel = "TERM",
            description = "Only these scenarios; see conform run --help.")
    private List<String> terms = List.of();

    @Option(
            names = "--arch",
            split = ",",
            paramLabel = "ARCH",
            description = "Only this architecture: x86, arm64 or arm. May be given more than once.")
    private List<String> architectures = List.of();

    @Mixin
    private KernelChoice kernels = new KernelChoice();

    @Option(
            names = "--traces",
            description = "Print everything that was observed on both, not only what differs first.")
    private boolean traces;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "Run this many scenarios at a time; default is one for each processor.")
    private int jobs = Runtime.getRuntime().availableProcessors();

    CompareCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        if (jobs < 1) {
            throw new SpecException("--jobs " + jobs + " is less than one scenario at a time.");
        }
        Spec spec = environment.read();
        kernels.use(
                architectures,
                List.of(one, other),
                environment.reports(),
                command.commandLine().getErr());
        Target a = single(one);
        Target b = single(other);
        if (a.system().equals(b.system())) {
            throw new SpecException("A system is compared with another one, and both are called " + a.system() + ".");
        }
        List<SpecExample> examples = Selection.all()
                .architectures(architectures.stream().map(Architecture::parse).toList())
                .terms(terms)
                .from(spec.model(), spec.catalogue())
                .stream()
                .filter(e -> a.canShow(e) && b.canShow(e))
                .toList();
        if (examples.isEmpty()) {
            throw new SpecException("No scenario fits the request on both systems, so nothing was compared.");
        }
        Plan plan = Plan.ofAll(examples, List.of(a, b));
        RunResult result;
        environment.glue().observeAll(true);
        try (Progress progress = Progress.on(command.commandLine().getErr(), plan.size())) {
            // What a scenario expects does not matter here, so nothing fails.
            result = new Runner(environment.glue(), jobs).run(plan, o -> progress.finished(o.judgedAs(Status.PASS)));
        } finally {
            environment.glue().observeAll(false);
        }
        Comparison comparison = Comparison.of(result, examples, a, b);
        PrintWriter out = command.commandLine().getOut();
        print(out, comparison, spec, a, b);
        out.flush();
        return comparison.differences().isEmpty() ? 0 : 1;
    }

    private static Target single(String name) {
        List<Target> targets = Target.named(name);
        if (targets.size() != 1) {
            throw new SpecException(name + " stands for several systems; name one of "
                    + targets.stream().map(Target::system).collect(Collectors.joining(", ")) + ".");
        }
        return targets.get(0);
    }

    private void print(PrintWriter out, Comparison comparison, Spec spec, Target a, Target b) {
        Map<String, List<Difference>> byId = new LinkedHashMap<>();
        comparison
                .differences()
                .forEach(d -> byId.computeIfAbsent(d.example().ruleId(), id -> new ArrayList<>())
                        .add(d));
        byId.forEach((id, differences) -> {
            out.println(id + ": "
                    + spec.model().ruleOf(differences.get(0).example()).sentence());
            differences.forEach(d -> print(out, d, a, b));
        });
        comparison
                .left()
                .forEach(l -> out.println("not compared: " + l.example() + " on " + l.system() + ": "
                        + l.reason().lines().findFirst().orElse("")));
        if (!a.flavour().equals(b.flavour())) {
            rows(out, comparison, spec);
        }
        int compared = comparison.same() + comparison.differences().size();
        out.println(compared + " scenarios compared on " + a.system() + " and " + b.system() + ": "
                + comparison.differences().size() + " differ, about " + byId.size() + " behaviours; "
                + comparison.left().size() + " could not be compared, " + comparison.cutShort()
                + " ended early alike.");
    }

    private void print(PrintWriter out, Difference difference, Target a, Target b) {
        int width = Math.max(a.system().length(), b.system().length());
        out.println("  " + difference.example());
        if (traces) {
            print(out, a.system(), difference.one());
            print(out, b.system(), difference.other());
        } else {
            out.println(("    %-" + width + "s | %s").formatted(a.system(), difference.firstOfOne()));
            out.println(("    %-" + width + "s | %s").formatted(b.system(), difference.firstOfOther()));
        }
    }

    private static void print(PrintWriter out, String system, List<String> lines) {
        out.println("    " + system);
        lines.forEach(line -> out.println("      " + line));
    }

    /** Which rows of the tables of differences were seen, and which not. */
    private static void rows(PrintWriter out, Comparison comparison, Spec spec) {
        Map.of(Architecture.ARM, "DIF-ARM", Architecture.ARM64, "DIF-A64").entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .forEach(table -> {
                    Set<String> ids = comparison.ids(table.getKey());
                    List<String> seen = new ArrayList<>();
                    List<String> unseen = new ArrayList<>();
                    spec.catalogue().mappingRows().stream()
                            .filter(r -> r.family().equals(table.getValue()))
                            .forEach(r -> (isSeen(r, ids) ? seen : unseen).add(r.id()));
                    if (!ids.isEmpty()) {
                        out.println(table.getValue() + " rows about them: " + String.join(", ", seen));
                        out.println(table.getValue() + " rows without a difference: " + String.join(", ", unseen));
                    }
                });
    }

    private static boolean isSeen(MappingRow row, Set<String> ids) {
        return ids.contains(row.id()) || !Collections.disjoint(ids, row.atStake());
    }
}
