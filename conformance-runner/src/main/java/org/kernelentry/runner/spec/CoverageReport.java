package org.kernelentry.runner.spec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.kernelentry.runner.spec.Coverage.Tally;

/** The coverage of the catalogue, as text for the terminal and as JSON. The same spec gives the same bytes. */
public final class CoverageReport {
    private static final int WIDTH = 100;
    private static final String LINE = "%-8s %10d %8d %8s %9s %9s %9s%n";
    private static final ObjectMapper JSON = new ObjectMapper();

    private CoverageReport() {}

    /** The report for the terminal, at most 100 columns wide. */
    public static String render(SpecModel model, Catalogue catalogue) {
        return text(Coverage.of(model, catalogue), catalogue);
    }

    /** The report as one JSON object: {@code total}, {@code observability}, {@code families}, {@code rows}, {@code mappings}. */
    public static String json(SpecModel model, Catalogue catalogue) {
        Coverage coverage = Coverage.of(model, catalogue);
        ObjectNode root = JSON.createObjectNode();
        put(root.putObject("total"), coverage.total());
        ObjectNode observability = root.putObject("observability");
        coverage.byObservability().forEach((o, tally) -> put(observability.putObject(o.name()), tally));
        ObjectNode families = root.putObject("families");
        coverage.byFamily().forEach((family, tally) -> put(families.putObject(family), tally));
        ObjectNode rows = root.putObject("rows");
        for (Coverage.Row row : coverage.rows()) {
            ObjectNode object = rows.putObject(row.behaviour().id());
            object.put("scenarios", row.scenarios());
            object.put("examples", row.examples());
            row.modes().stream().sorted().forEach(m -> object.withArray("modes").add(m.label()));
        }
        ObjectNode mappings = root.putObject("mappings");
        for (Coverage.Mapping mapping : coverage.mappings()) {
            ObjectNode object = mappings.putObject(mapping.row().id());
            mapping.covered().forEach(object.putArray("covered")::add);
            mapping.open().forEach(object.putArray("open")::add);
        }
        try {
            return JSON.writer(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")))
                            .writeValueAsString(root)
                    + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of our own making cannot be written", e);
        }
    }

    private static void put(ObjectNode object, Tally tally) {
        object.put("covered", tally.covered());
        object.put("total", tally.total());
    }

    private static String text(Coverage coverage, Catalogue catalogue) {
        StringBuilder out = new StringBuilder();
        Tally total = coverage.total();
        out.append("Coverage of the catalogue: %d of %d behaviours have scenarios (%s).%n%n"
                .formatted(total.covered(), total.total(), percent(total)));
        out.append("%-8s %10s %8s %8s %9s %9s %9s%n"
                .formatted("family", "behaviours", "covered", "", "ABI", "TRACE", "INT"));
        coverage.byFamily()
                .forEach((family, tally) -> out.append(line(family, tally, coverage.byObservability(family))));
        out.append(line("all", total, coverage.byObservability()));
        out.append("%nBehaviours without a scenario%n".formatted());
        for (String family : coverage.byFamily().keySet()) {
            List<String> open = coverage.withoutScenario(family);
            if (!open.isEmpty()) {
                wrap(out, "  %3d  ".formatted(open.size()), ranges(open));
            }
        }
        mappings(out, coverage, catalogue);
        return out.toString().replace(System.lineSeparator(), "\n");
    }

    private static String line(String name, Tally tally, Map<Observability, Tally> byObservability) {
        List<String> cells =
                byObservability.values().stream().map(CoverageReport::fraction).toList();
        return LINE.formatted(
                name, tally.total(), tally.covered(), percent(tally), cells.get(0), cells.get(1), cells.get(2));
    }

    private static void mappings(StringBuilder out, Coverage coverage, Catalogue catalogue) {
        for (CatalogueFamily family : catalogue.families()) {
            if (family.isMapping()) {
                out.append("%n%s: %s%n".formatted(family.name(), family.title()));
                coverage.mappings().stream()
                        .filter(m -> m.row().family().equals(family.name()))
                        .forEach(m -> mapping(out, m));
            }
        }
    }

    private static void mapping(StringBuilder out, Coverage.Mapping mapping) {
        int stake = mapping.covered().size() + mapping.open().size();
        if (stake == 0) {
            out.append("  %-10s no behaviour at stake%n".formatted(mapping.row().id()));
            return;
        }
        String head = "  %-10s %2d of %2d covered"
                .formatted(mapping.row().id(), mapping.covered().size(), stake);
        if (mapping.open().isEmpty()) {
            out.append(head).append(System.lineSeparator());
        } else {
            wrap(out, head + "; open: ", ranges(mapping.open()));
        }
    }

    /** IDs in order, runs of numbers in the catalogue's short form {@code ENT-03..07}. */
    private static List<String> ranges(List<String> ids) {
        List<String> ranges = new ArrayList<>();
        for (int from = 0; from < ids.size(); ) {
            int to = from;
            while (to + 1 < ids.size() && follows(ids.get(to), ids.get(to + 1))) {
                to++;
            }
            String last = ids.get(to);
            ranges.add(ids.get(from) + (to == from ? "" : ".." + last.substring(last.lastIndexOf('-') + 1)));
            from = to + 1;
        }
        return ranges;
    }

    private static boolean follows(String id, String next) {
        int dash = id.lastIndexOf('-');
        return next.startsWith(id.substring(0, dash + 1))
                && Integer.parseInt(next.substring(dash + 1)) == Integer.parseInt(id.substring(dash + 1)) + 1;
    }

    /** The words behind the head, on as many lines as it takes, each under the first. */
    private static void wrap(StringBuilder out, String head, List<String> words) {
        StringBuilder line = new StringBuilder(head);
        List<String> lines = new ArrayList<>();
        for (String word : words) {
            if (line.length() + word.length() > WIDTH) {
                lines.add(line.toString().stripTrailing());
                line = new StringBuilder(" ".repeat(head.length()));
            }
            line.append(word).append(' ');
        }
        lines.add(line.toString().stripTrailing());
        lines.forEach(l -> out.append(l).append(System.lineSeparator()));
    }

    private static String fraction(Tally tally) {
        return tally.total() == 0 ? "-" : tally.covered() + "/" + tally.total();
    }

    private static String percent(Tally tally) {
        return String.format(Locale.ROOT, "%.1f %%", tally.percent());
    }
}
