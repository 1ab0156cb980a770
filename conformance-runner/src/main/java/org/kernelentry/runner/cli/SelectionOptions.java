package org.kernelentry.runner.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.kernelentry.runner.cli.Environment.Spec;
import org.kernelentry.runner.judge.Plan;
import org.kernelentry.runner.judge.Target;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.Selection;
import org.kernelentry.runner.spec.SpecExample;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which scenarios are meant, and on which systems; the same options for each command that asks. */
final class SelectionOptions {
    private static final String ALL = "all";

    @Option(
            names = "--arch",
            split = ",",
            paramLabel = "ARCH",
            description = "Only this architecture: x86, arm64 or arm. May be given more than once.")
    private List<String> architectures = List.of();

    @Option(
            names = "--on",
            split = ",",
            paramLabel = "SYSTEM",
            description = {
                "The system to run on: reference-generic (what generic entry does), reference-native (what arm64 and"
                        + " arm do today), reference for both, which is the default; host (this machine's own"
                        + " Linux kernel; needs a C compiler); debian:6.12 and the like (Debian's kernels) or linux (one"
                        + " of your own, see --kernel), both in QEMU; all for everything that can run here."
            })
    private List<String> systems = List.of();

    @Mixin
    private KernelChoice kernels = new KernelChoice();

    @Option(
            names = "--tags",
            paramLabel = "EXPR",
            description = "Only scenarios whose tags satisfy this expression, such as '@SUD and not @slow'.")
    private List<String> tags = List.of();

    @Parameters(
            paramLabel = "TERM",
            description = {
                "Only these: a behaviour (SUD-24), a family (SUD), a chapter (04-restart), the beginning of a scenario's"
                        + " id, a feature file, or file:line."
            })
    private List<String> terms = List.of();

    /** The examples that are meant, whether or not a system runs them. */
    List<SpecExample> examples(Spec spec) {
        Selection selection = Selection.all()
                .architectures(architectures.stream().map(Architecture::parse).toList())
                .terms(terms);
        for (String expression : tags) {
            selection = selection.tags(expression);
        }
        return selection.from(spec.model(), spec.catalogue());
    }

    /**
     * Says which kernels the names of systems mean.
     *
     * @param logs folder for what kernels print
     * @param err is told what takes long
     */
    void useKernels(Path logs, PrintWriter err) {
        kernels.use(architectures, systems, logs, err);
    }

    /** The systems that are meant, each once. */
    List<Target> targets() {
        List<String> named = systems.isEmpty() ? List.of(kernels.system()) : systems;
        return named.stream()
                .map(n -> n.equals(ALL) ? Target.all(kernels::say) : Target.named(n))
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    /** What is to run where. */
    Plan plan(Spec spec) {
        return Plan.of(examples(spec), targets());
    }

    /** Whether nothing was left out. */
    boolean isEverything() {
        return Stream.of(architectures, tags, terms).allMatch(List::isEmpty);
    }
}
