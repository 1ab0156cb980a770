package org.kernelentry.runner.report;

import org.kernelentry.runner.judge.Outcome;
import org.kernelentry.runner.judge.Status;
import org.kernelentry.runner.judge.Target;
import org.kernelentry.runner.linux.LinuxKernels;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.spec.SpecModel;
import org.kernelentry.runner.spec.SpecRule;
import picocli.CommandLine.Help.Ansi;

/** A failure as a person at the terminal needs it: which rule, what differs first, and how to run only that. */
public final class FailureText {
    private FailureText() {}

    /** Some lines, each ended. */
    public static String render(Outcome outcome, SpecModel model, Ansi ansi) {
        SpecExample example = model.example(outcome.exampleId()).orElseThrow();
        SpecRule rule = model.ruleOf(example);
        StringBuilder out = new StringBuilder();
        out.append(ansi.string("@|red,bold " + outcome.status() + "|@"))
                .append(' ')
                .append(rule.id())
                .append(": ")
                .append(rule.sentence())
                .append('\n');
        field(out, "scenario", example.title() + " [" + example.mode() + "]");
        field(out, "system", outcome.system());
        field(out, "where", example.location().toString());
        // The message of a differing trace is the whole comparison; its first difference is what one looks for.
        String reason = outcome.difference().isEmpty() ? outcome.message() : outcome.difference();
        field(out, outcome.difference().isEmpty() ? "because" : "differs", reason);
        field(out, "again", runAgain(outcome));
        // The steps of a real kernel cannot be seen, those of the reference in its place can.
        String traced = Target.recorded(outcome.system())
                .map(t -> "reference-" + t.flavour())
                .orElse(outcome.system());
        field(out, "trace", "./conform trace '" + outcome.exampleId() + "' --on " + traced);
        return out.toString();
    }

    /** The command that runs just this example on just this system. */
    public static String runAgain(Outcome outcome) {
        String kernel = LinuxKernels.isFile(outcome.system()) ? " --kernel FILE" : "";
        return "./conform run '" + outcome.exampleId() + "' --on " + outcome.system() + kernel;
    }

    /** The reason of a failure or a skip on one line, for places that have only one. */
    public static String oneLine(Outcome outcome) {
        String text = outcome.status() != Status.SKIP && !outcome.difference().isEmpty()
                ? outcome.difference()
                : outcome.message();
        return text.replaceAll("\\s*\\n\\s*", "; ").strip();
    }

    private static void field(StringBuilder out, String name, String value) {
        String head = "  %-9s ".formatted(name);
        out.append(head)
                .append(value.stripTrailing().replace("\n", "\n" + " ".repeat(head.length())))
                .append('\n');
    }
}
