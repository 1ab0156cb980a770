package org.kernelentry.runner.spec;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads the catalogue from its YAML files and checks it: columns present and known, IDs unique, in order and of their
 * family, counts as the index promises, every ID that a mapping row names in existence.
 */
final class CatalogueReader {
    static final String INDEX = "catalogue/index.yaml";

    private static final Set<String> COLUMNS =
            Set.of("id", "text", "where", "since", "obs", "obs-note", "seen", "seen-note", "source");
    private static final Pattern NUMBER = Pattern.compile("\\d{2,3}");

    private final SpecFolder folder;
    private final YamlNode index;
    private final List<CatalogueFamily> families = new ArrayList<>();
    private final Map<String, Behaviour> behaviours = new LinkedHashMap<>();
    private final Map<String, MappingRow> mappingRows = new LinkedHashMap<>();

    CatalogueReader(SpecFolder folder) {
        this.folder = folder;
        this.index = YamlNode.parse(folder.display(INDEX), folder.read(INDEX));
    }

    Catalogue read() {
        CatalogueLegend legend = new CatalogueLegend(
                index.text("catalogue"),
                index.text("baseline"),
                index.texts("columns"),
                index.list("run-time").stream().map(YamlNode::asText).toList(),
                index.texts("paths"),
                index.texts("threads"),
                index.list("notes").stream().map(YamlNode::asText).toList());
        for (YamlNode entry : index.list("families")) {
            families.add(readFamily(entry));
        }
        families.stream().filter(f -> !f.isMapping()).forEach(this::readBehaviours);
        families.stream().filter(CatalogueFamily::isMapping).forEach(this::readMappingRows);
        checkTotals(index.node("expected"));
        return new Catalogue(legend, families, behaviours.values(), mappingRows.values());
    }

    private static CatalogueFamily readFamily(YamlNode entry) {
        entry.allow(Set.of("family", "title", "file", "count", "mapping-columns", "note"));
        return new CatalogueFamily(
                entry.text("family"),
                entry.text("title"),
                entry.textOr("note", ""),
                entry.text("file"),
                entry.number("count"),
                entry.has("mapping-columns")
                        ? entry.list("mapping-columns").stream()
                                .map(YamlNode::asText)
                                .toList()
                        : List.of());
    }

    private void readBehaviours(CatalogueFamily family) {
        String last = "";
        for (YamlNode row : rows(family)) {
            String id = id(family, row, last);
            row.allow(COLUMNS);
            Behaviour behaviour = new Behaviour(
                    id,
                    family.name(),
                    row.text("text"),
                    row.text("where"),
                    row.text("since"),
                    row.list("obs").stream().map(CatalogueReader::observability).toList(),
                    row.textOr("obs-note", ""),
                    row.flag("seen"),
                    row.textOr("seen-note", ""),
                    row.text("source"),
                    row.location());
            if (behaviour.observability().isEmpty()) {
                throw row.error("the column obs is empty");
            }
            behaviours.put(id, behaviour);
            last = id;
        }
    }

    private void readMappingRows(CatalogueFamily family) {
        String last = "";
        for (YamlNode row : rows(family)) {
            String id = id(family, row, last);
            Map<String, String> columns = new LinkedHashMap<>();
            for (String column : family.mappingColumns()) {
                columns.put(column, row.text(column));
            }
            row.allow(withId(columns.keySet()));
            mappingRows.put(id, new MappingRow(id, family.name(), columns, atStake(row, columns), row.location()));
            last = id;
        }
    }

    private List<String> atStake(YamlNode row, Map<String, String> columns) {
        List<String> known = new ArrayList<>();
        for (String id : IdReferences.in(String.join(" ", columns.values()), behaviours.values())) {
            if (behaviours.containsKey(id)) {
                known.add(id);
            } else if (families.stream().noneMatch(f -> f.isMapping() && id.startsWith(f.name() + "-"))) {
                throw row.error(
                        "it names " + id + ", which is not in the catalogue" + Nearest.hint(id, behaviours.keySet()));
            }
        }
        return known;
    }

    private List<YamlNode> rows(CatalogueFamily family) {
        String name = "catalogue/" + family.file();
        YamlNode file = YamlNode.parse(folder.display(name), folder.read(name));
        file.allow(Set.of("family", "rows"));
        if (!file.text("family").equals(family.name())) {
            throw file.error(
                    "the file is of family " + file.text("family") + ", but the index lists it under " + family.name());
        }
        List<YamlNode> rows = file.list("rows");
        rows.forEach(row -> row.nameBy("id"));
        if (rows.size() != family.count()) {
            throw file.error("there are " + rows.size() + " rows, but the index promises " + family.count());
        }
        return rows;
    }

    private String id(CatalogueFamily family, YamlNode row, String last) {
        String id = row.text("id");
        String prefix = family.name() + "-";
        if (!id.startsWith(prefix)
                || !NUMBER.matcher(id.substring(prefix.length())).matches()) {
            throw row.error("an ID of this file has the form " + prefix + "01");
        }
        if (behaviours.containsKey(id) || mappingRows.containsKey(id)) {
            throw row.error("the ID is used twice");
        }
        if (!last.isEmpty() && number(id) <= number(last)) {
            throw row.error("it stands behind " + last + ", out of order");
        }
        return id;
    }

    private static int number(String id) {
        return Integer.parseInt(id.substring(id.lastIndexOf('-') + 1));
    }

    private static Observability observability(YamlNode node) {
        String name = node.asText();
        for (Observability observability : Observability.values()) {
            if (observability.name().equals(name)) {
                return observability;
            }
        }
        throw node.error("the observability " + name + " is unknown; known are ABI, TRACE and INT");
    }

    private void checkTotals(YamlNode expected) {
        check(expected, "behaviours", behaviours.size());
        check(expected, "mapping-rows", mappingRows.size());
        check(expected, "seen", (int)
                behaviours.values().stream().filter(Behaviour::seenAtRunTime).count());
        Map<Observability, Integer> counts = new EnumMap<>(Observability.class);
        behaviours.values().forEach(b -> counts.merge(b.primaryObservability(), 1, Integer::sum));
        for (Observability observability : Observability.values()) {
            check(expected.node("by-observability"), observability.name(), counts.getOrDefault(observability, 0));
        }
    }

    private static void check(YamlNode expected, String name, int actual) {
        if (expected.number(name) != actual) {
            throw expected.error(name + " is " + actual + ", but the index promises " + expected.number(name));
        }
    }

    private static Set<String> withId(Set<String> columns) {
        Set<String> all = new HashSet<>(columns);
        all.add("id");
        return all;
    }
}
