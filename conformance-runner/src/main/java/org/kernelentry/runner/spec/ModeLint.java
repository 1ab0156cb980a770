package org.kernelentry.runner.spec;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.kernelentry.runner.spec.SpecLint.Finding;
import org.kernelentry.runner.spec.SpecLint.Finding.Severity;

/**
 * Holds the examples of a rule to the modes that its row of the catalogue names. A mode without an example needs a
 * line in the rule's description that says why: {@code Not on arm, thumb: ARM has no single-stepping.}
 */
final class ModeLint {
    private static final Pattern NOT_ON =
            Pattern.compile("^\\s*Not on ([a-z0-9]+(?:, [a-z0-9]+)*): *(.*)$", Pattern.MULTILINE);

    private ModeLint() {}

    /**
     * What is wrong with the modes of a rule.
     *
     * @param rule the rule
     * @param named the modes its row names; none if the row is unknown or names no mode of ours
     */
    static List<Finding> check(SpecRule rule, Set<Mode> named) {
        List<Finding> findings = new ArrayList<>();
        Set<Mode> shown = EnumSet.noneOf(Mode.class);
        rule.examples().forEach(e -> shown.add(e.mode()));
        if (shown.isEmpty()) {
            return findings; // A rule without examples is another fault.
        }
        Set<Mode> excused = EnumSet.noneOf(Mode.class);
        Matcher line = NOT_ON.matcher(rule.description());
        while (line.find()) {
            if (line.group(2).isBlank()) {
                findings.add(error(rule, "the line \"" + line.group().strip() + "\" gives no reason."));
            }
            for (String label : line.group(1).split(", ", -1)) {
                Optional<Mode> mode = Mode.find(label);
                mode.ifPresentOrElse(
                        excused::add,
                        () -> findings.add(error(
                                rule,
                                "\"Not on\" names \"" + label + "\", which is no mode; known are " + Mode.labels()
                                        + ".")));
            }
        }
        Set<Mode> both = EnumSet.copyOf(excused);
        both.retainAll(shown);
        if (!both.isEmpty()) {
            findings.add(error(rule, "\"Not on\" names " + list(both) + ", but the rule has examples there."));
        }
        Set<Mode> missing = EnumSet.noneOf(Mode.class);
        missing.addAll(named);
        missing.removeAll(shown);
        missing.removeAll(excused);
        if (!missing.isEmpty()) {
            findings.add(error(
                    rule,
                    rule.id() + " holds on " + list(missing) + " too; add examples, or a line \"Not on " + list(missing)
                            + ": why\" below the rule."));
        }
        return findings;
    }

    private static String list(Set<Mode> modes) {
        return modes.stream().map(Mode::label).collect(Collectors.joining(", "));
    }

    private static Finding error(SpecRule rule, String message) {
        return new Finding(Severity.ERROR, rule.location(), message);
    }
}
