package org.kernelentry.runner.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.kernelentry.runner.judge.Plan;
import org.kernelentry.runner.judge.Target;
import org.kernelentry.runner.spec.Chapter;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.spec.SpecException;
import org.kernelentry.runner.spec.SpecRule;
import org.kernelentry.runner.spec.SpecScenario;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists what there is to run. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        description = "Lists chapters, rules and scenarios, with the modes and flavours each runs in.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  conform list",
            "  conform list 02-user-dispatch --arch x86",
            "  conform list --tags '@RST' --on reference-native",
            "  conform list SUD-24 --ids"
        })
final class ListCommand implements Callable<Integer> {
    private final Environment environment;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private SelectionOptions selection = new SelectionOptions();

    @Option(names = "--ids", description = "Only the ids of the scenarios' runs, one a line.")
    private boolean ids;

    ListCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        Environment.Spec spec = environment.read();
        selection.useKernels(environment.reports(), command.commandLine().getErr());
        Plan plan = selection.plan(spec);
        if (plan.size() == 0) {
            throw new SpecException("No scenario fits the request.");
        }
        PrintWriter out = command.commandLine().getOut();
        Set<String> shown = new LinkedHashSet<>();
        for (Chapter chapter : spec.model().chapters()) {
            List<String> lines = new ArrayList<>();
            for (SpecRule rule : chapter.rules()) {
                list(rule, plan, lines, shown);
            }
            if (!lines.isEmpty() && !ids) {
                out.println(chapter.name() + "  " + chapter.title());
                lines.forEach(out::println);
                out.println();
            }
        }
        if (ids) {
            shown.forEach(out::println);
        } else {
            out.println(shown.size() + " examples, " + plan.size() + " runs.");
        }
        out.flush();
        return 0;
    }

    private static void list(SpecRule rule, Plan plan, List<String> lines, Set<String> shown) {
        boolean first = true;
        for (SpecScenario scenario : rule.scenarios()) {
            List<SpecExample> wanted = scenario.examples().stream()
                    .filter(e -> plan.targets().stream().anyMatch(t -> plan.contains(t, e)))
                    .toList();
            if (wanted.isEmpty()) {
                continue;
            }
            if (first) {
                lines.add("  " + rule.id() + "  " + rule.sentence());
                first = false;
            }
            lines.add("    " + scenario.id() + "  " + where(wanted, plan));
            wanted.forEach(e -> shown.add(e.id()));
        }
    }

    /** The modes of each flavour: {@code generic: x64 ia32 a64; native: a64}. */
    private static String where(List<SpecExample> examples, Plan plan) {
        List<String> parts = new ArrayList<>();
        for (Target target : plan.targets()) {
            String modes = examples.stream()
                    .filter(e -> plan.contains(target, e))
                    .map(e -> e.mode().label())
                    .distinct()
                    .collect(Collectors.joining(" "));
            if (!modes.isEmpty()) {
                parts.add(target.label() + ": " + modes);
            }
        }
        return "[" + String.join("; ", parts) + "]";
    }
}
