package org.kernelentry.runner.spec;

import io.cucumber.tagexpressions.Expression;
import io.cucumber.tagexpressions.TagExpressionException;
import io.cucumber.tagexpressions.TagExpressionParser;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which examples of a spec are wanted. Immutable; each method gives a narrower selection. An example is selected if it
 * satisfies every tag expression, is of one of the architectures, and matches at least one of the terms, where what is
 * not asked for does not restrict.
 */
public final class Selection {
    private static final Pattern WORD_IN_EXPRESSION = Pattern.compile("[^\\s()]+");
    /** What takes long; to leave it out is a sound request also where nothing does. */
    private static final String SLOW = "@slow";

    private static final Set<String> OPERATORS = Set.of("and", "or", "not");

    private final List<String> tagExpressions;
    private final Set<Architecture> architectures;
    private final List<String> terms;

    private Selection(List<String> tagExpressions, Set<Architecture> architectures, List<String> terms) {
        this.tagExpressions = List.copyOf(tagExpressions);
        this.architectures = Set.copyOf(architectures);
        this.terms = List.copyOf(terms);
    }

    /** Everything. */
    public static Selection all() {
        return new Selection(List.of(), Set.of(), List.of());
    }

    /** Only examples whose tags satisfy a Cucumber tag expression such as {@code @SUD and not @slow}. */
    public Selection tags(String expression) {
        return new Selection(with(tagExpressions, List.of(expression)), architectures, terms);
    }

    /** Only examples of these architectures; an empty collection does not restrict. */
    public Selection architectures(Collection<Architecture> wanted) {
        return new Selection(tagExpressions, Set.copyOf(wanted), terms);
    }

    /**
     * Only examples that one of these terms names; an empty collection does not restrict. A term is a behaviour's ID
     * ({@code ENT-05}), a family ({@code ENT}), a chapter ({@code 04-restart}), the beginning of a scenario id
     * ({@code ENT-05/a-dispatched}), a feature file, or a {@code file:line} of a rule, scenario or row.
     */
    public Selection terms(Collection<String> wanted) {
        return new Selection(tagExpressions, architectures, List.copyOf(wanted));
    }

    /**
     * The examples, in the order of the spec. The list is empty if the request is sound but nothing answers it: a
     * behaviour without scenarios, a tag that no example of the architecture has.
     *
     * @throws SpecException if a tag expression is malformed, or a tag or term names nothing that exists
     */
    public List<SpecExample> from(SpecModel model, Catalogue catalogue) {
        Predicate<SpecExample> wanted = e -> architectures.isEmpty() || architectures.contains(e.architecture());
        Set<String> known = knownTags(model, catalogue);
        for (String text : tagExpressions) {
            Expression expression = parse(text, known);
            wanted = wanted.and(e -> expression.evaluate(e.tags()));
        }
        if (!terms.isEmpty()) {
            Predicate<SpecExample> any = e -> false;
            for (String term : terms) {
                any = any.or(term(term, model, catalogue));
            }
            wanted = wanted.and(any);
        }
        return model.examples().stream().filter(wanted).toList();
    }

    private static Expression parse(String text, Set<String> known) {
        Matcher words = WORD_IN_EXPRESSION.matcher(text);
        while (words.find()) {
            String word = words.group();
            if (!OPERATORS.contains(word) && !known.contains(word)) {
                throw new SpecException("There is no tag " + word + " in the spec"
                        + (word.startsWith("@") ? Nearest.hint(word, known) : "; a tag begins with @") + ".");
            }
        }
        try {
            return TagExpressionParser.parse(text);
        } catch (TagExpressionException e) {
            throw new SpecException(
                    "\"" + text + "\" is not a tag expression; write something like" + " \"@SUD and not @slow\".");
        }
    }

    /** What the features use, and whatever a row of the catalogue may be tagged with. */
    private static Set<String> knownTags(SpecModel model, Catalogue catalogue) {
        Set<String> known = new TreeSet<>(model.tags());
        known.add(SLOW);
        catalogue.behaviours().forEach(b -> known.add("@" + b.id()));
        catalogue.families().forEach(f -> known.add(f.tag()));
        for (Mode mode : Mode.values()) {
            known.add("@" + mode);
            known.add("@" + mode.architecture());
        }
        return known;
    }

    private static Predicate<SpecExample> term(String term, SpecModel model, Catalogue catalogue) {
        if (catalogue.find(term).isPresent()) {
            return e -> e.ruleId().equals(term);
        }
        if (catalogue.family(term).isPresent()) {
            return e -> e.ruleId().startsWith(term + "-");
        }
        if (model.chapter(term).isPresent()) {
            return e -> e.chapter().equals(term);
        }
        if (term.contains(".feature")) {
            return ofFile(term, model);
        }
        if (term.contains("/") && model.examples().stream().anyMatch(e -> e.id().startsWith(term))) {
            return e -> e.id().startsWith(term);
        }
        throw unknown(term, model, catalogue);
    }

    /** A file, or a line in it; a line stands for the last rule, scenario or row that begins at or above it. */
    private static Predicate<SpecExample> ofFile(String term, SpecModel model) {
        int colon = term.lastIndexOf(':');
        String file = colon < 0 ? term : term.substring(0, colon);
        List<SpecRule> rules = model.rules().stream()
                .filter(r -> isFile(r.location().file(), file))
                .toList();
        if (rules.isEmpty()) {
            throw new SpecException("There is no feature file " + file + " with a rule in it.");
        }
        if (colon < 0) {
            return e -> isFile(e.location().file(), file);
        }
        int line;
        try {
            line = Integer.parseInt(term.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new SpecException("In " + term + " the part behind the colon is no line number.");
        }
        return among(rules, line);
    }

    private static Predicate<SpecExample> among(List<SpecRule> rules, int line) {
        List<SpecExample> found = List.of();
        for (SpecRule rule : rules) {
            if (rule.location().line() <= line) {
                found = rule.examples().toList();
            }
            for (SpecScenario scenario : rule.scenarios()) {
                if (scenario.location().line() <= line) {
                    found = scenario.examples();
                }
                List<SpecExample> onLine = scenario.examples().stream()
                        .filter(e -> e.location().line() == line)
                        .toList();
                found = onLine.isEmpty() ? found : onLine;
            }
        }
        if (found.isEmpty()) {
            throw new SpecException("No scenario that runs stands at or above line " + line + " of "
                    + rules.get(0).location().file() + ".");
        }
        return Set.copyOf(found)::contains;
    }

    private static boolean isFile(String file, String wanted) {
        return file.equals(wanted) || file.endsWith("/" + wanted);
    }

    private static SpecException unknown(String term, SpecModel model, Catalogue catalogue) {
        List<String> known = new ArrayList<>();
        if (term.contains("/")) {
            model.rules().forEach(r -> r.scenarios().forEach(s -> known.add(s.id())));
            model.examples().forEach(e -> known.add(e.id()));
        } else {
            catalogue.behaviours().forEach(b -> known.add(b.id()));
            catalogue.families().forEach(f -> known.add(f.name()));
            model.chapters().forEach(c -> known.add(c.name()));
        }
        return new SpecException(
                "Nothing in the spec is called " + (term.isBlank() ? "\"\"" : term) + Nearest.hint(term, known) + ".");
    }

    private static List<String> with(List<String> list, List<String> more) {
        List<String> all = new ArrayList<>(list);
        all.addAll(more);
        return all;
    }
}
