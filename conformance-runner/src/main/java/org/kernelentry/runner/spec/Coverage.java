package org.kernelentry.runner.spec;

import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Which behaviours of the catalogue have scenarios. A behaviour counts as covered if at least one example of its rule
 * runs somewhere.
 *
 * @param rows one for each behaviour, in the order of the catalogue
 * @param mappings one for each mapping row, in the order of the catalogue
 */
public record Coverage(List<Row> rows, List<Mapping> mappings) {

    public Coverage {
        rows = List.copyOf(rows);
        mappings = List.copyOf(mappings);
    }

    /**
     * A behaviour.
     *
     * @param behaviour the row of the catalogue
     * @param scenarios how many scenarios its rule has that run
     * @param examples how many runs they make
     * @param modes the modes they run in
     */
    public record Row(Behaviour behaviour, int scenarios, int examples, Set<Mode> modes) {

        public Row {
            modes = Set.copyOf(modes);
        }

        public boolean covered() {
            return examples > 0;
        }
    }

    /**
     * A mapping row.
     *
     * @param row the row of the catalogue
     * @param covered the behaviours at stake that have scenarios
     * @param open the behaviours at stake that have none
     */
    public record Mapping(MappingRow row, List<String> covered, List<String> open) {

        public Mapping {
            covered = List.copyOf(covered);
            open = List.copyOf(open);
        }
    }

    /** So many of so many. */
    public record Tally(int covered, int total) {

        private static Tally of(Collection<Row> rows) {
            return new Tally((int) rows.stream().filter(Row::covered).count(), rows.size());
        }

        /** Percent, 0 for nothing of nothing. */
        public double percent() {
            return total == 0 ? 0 : 100.0 * covered / total;
        }
    }

    /** Counts the examples of a spec against a catalogue. */
    public static Coverage of(SpecModel model, Catalogue catalogue) {
        Map<String, List<SpecRule>> rules = model.rules().stream().collect(Collectors.groupingBy(SpecRule::id));
        List<Row> rows = catalogue.behaviours().stream()
                .map(b -> row(b, rules.getOrDefault(b.id(), List.of())))
                .toList();
        Set<String> covered =
                rows.stream().filter(Row::covered).map(r -> r.behaviour().id()).collect(Collectors.toSet());
        List<Mapping> mappings = catalogue.mappingRows().stream()
                .map(m -> new Mapping(
                        m,
                        m.atStake().stream().filter(covered::contains).toList(),
                        m.atStake().stream().filter(id -> !covered.contains(id)).toList()))
                .toList();
        return new Coverage(rows, mappings);
    }

    private static Row row(Behaviour behaviour, List<SpecRule> rules) {
        int scenarios = 0;
        int examples = 0;
        Set<Mode> modes = EnumSet.noneOf(Mode.class);
        for (SpecRule rule : rules) {
            for (SpecScenario scenario : rule.scenarios()) {
                scenarios += scenario.examples().isEmpty() ? 0 : 1;
                examples += scenario.examples().size();
                scenario.examples().forEach(e -> modes.add(e.mode()));
            }
        }
        return new Row(behaviour, scenarios, examples, modes);
    }

    /** All behaviours together. */
    public Tally total() {
        return Tally.of(rows);
    }

    /** By family, in the order of the catalogue. */
    public Map<String, Tally> byFamily() {
        return tallies(r -> r.behaviour().family());
    }

    /** By the observability a row is counted under; every one is there, in the order ABI, TRACE, INT. */
    public Map<Observability, Tally> byObservability() {
        Map<Observability, Tally> found = tallies(r -> r.behaviour().primaryObservability());
        Map<Observability, Tally> ordered = new LinkedHashMap<>();
        for (Observability observability : Observability.values()) {
            ordered.put(observability, found.getOrDefault(observability, new Tally(0, 0)));
        }
        return ordered;
    }

    /** By family and observability, in the order of the catalogue. */
    public Map<Observability, Tally> byObservability(String family) {
        List<Row> own =
                rows.stream().filter(r -> r.behaviour().family().equals(family)).toList();
        return new Coverage(own, List.of()).byObservability();
    }

    /** The IDs of a family's behaviours that have no scenario. */
    public List<String> withoutScenario(String family) {
        return rows.stream()
                .filter(r -> !r.covered() && r.behaviour().family().equals(family))
                .map(r -> r.behaviour().id())
                .toList();
    }

    private <K> Map<K, Tally> tallies(Function<Row, K> key) {
        Map<K, List<Row>> groups =
                rows.stream().collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
        Map<K, Tally> tallies = new LinkedHashMap<>();
        groups.forEach((k, group) -> tallies.put(k, Tally.of(group)));
        return tallies;
    }
}
