package org.kernelentry.runner.spec;

import io.cucumber.messages.types.Background;
import io.cucumber.messages.types.DocString;
import io.cucumber.messages.types.Examples;
import io.cucumber.messages.types.Feature;
import io.cucumber.messages.types.FeatureChild;
import io.cucumber.messages.types.Location;
import io.cucumber.messages.types.Pickle;
import io.cucumber.messages.types.PickleStep;
import io.cucumber.messages.types.PickleTag;
import io.cucumber.messages.types.Rule;
import io.cucumber.messages.types.RuleChild;
import io.cucumber.messages.types.Scenario;
import io.cucumber.messages.types.Step;
import io.cucumber.messages.types.TableCell;
import io.cucumber.messages.types.TableRow;
import io.cucumber.messages.types.Tag;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kernelentry.runner.spec.SpecScenario.ExamplesTable;

/** Turns the syntax tree of one feature file and its pickles into the spec's own terms. */
final class FeatureBuilder {
    static final String MODE_COLUMN = "mode";

    private static final Pattern MODE_IN_STEP = Pattern.compile("\\bon (x64|ia32|a64|a32|arm|thumb|oabi)\\b");

    private final String file;
    private final String chapter;
    /** By the node they come from: the row of a table, or the scenario itself. */
    private final Map<String, Pickle> pickles = new LinkedHashMap<>();

    FeatureBuilder(String file, String chapter) {
        this.file = file;
        this.chapter = chapter;
    }

    void add(Pickle pickle) {
        List<String> nodes = pickle.getAstNodeIds();
        pickles.put(nodes.get(nodes.size() - 1), pickle);
    }

    SpecFeature build(Feature feature) {
        List<String> tags = tags(feature.getTags());
        List<SpecStep> background = new ArrayList<>();
        List<SpecRule> rules = new ArrayList<>();
        for (FeatureChild child : feature.getChildren()) {
            child.getBackground().ifPresent(b -> background.addAll(steps(b)));
            child.getRule().ifPresent(r -> rules.add(rule(r, tags)));
            child.getScenario().ifPresent(s -> {
                throw new SpecException(
                        at(s.getLocation()), "the scenario \"" + s.getName() + "\" stands outside any rule.");
            });
        }
        return new SpecFeature(
                feature.getName(), text(feature.getDescription()), tags, background, rules, at(feature.getLocation()));
    }

    private SpecRule rule(Rule rule, List<String> inherited) {
        List<String> tags =
                Stream.concat(inherited.stream(), tags(rule.getTags()).stream()).toList();
        String id = Ids.idsAmong(tags).stream()
                .findFirst()
                .orElseThrow(() -> new SpecException(
                        at(rule.getLocation()),
                        "the rule \"" + rule.getName() + "\" has no tag that names its behaviour, such as @ENT-05."));
        List<SpecStep> background = new ArrayList<>();
        List<SpecScenario> scenarios = new ArrayList<>();
        for (RuleChild child : rule.getChildren()) {
            child.getBackground().ifPresent(b -> background.addAll(steps(b)));
            child.getScenario().ifPresent(s -> scenarios.add(scenario(s, id)));
        }
        return new SpecRule(
                id, rule.getName(), text(rule.getDescription()), tags, background, scenarios, at(rule.getLocation()));
    }

    private SpecScenario scenario(Scenario scenario, String ruleId) {
        String slug = Ids.slug(scenario.getName());
        List<SpecExample> examples = new ArrayList<>();
        for (Examples table : scenario.getExamples()) {
            List<String> header =
                    table.getTableHeader().map(FeatureBuilder::cells).orElse(List.of());
            for (TableRow row : table.getTableBody()) {
                Map<String, String> cells = new LinkedHashMap<>();
                List<String> values = cells(row);
                for (int i = 0; i < header.size(); i++) {
                    cells.put(header.get(i), values.get(i));
                }
                examples.addAll(examples(row.getId(), ruleId, slug, cells, at(row.getLocation())));
            }
        }
        if (scenario.getExamples().isEmpty()) {
            examples.addAll(examples(scenario.getId(), ruleId, slug, Map.of(), at(scenario.getLocation())));
        }
        return new SpecScenario(
                ruleId,
                scenario.getName(),
                slug,
                text(scenario.getDescription()),
                tags(scenario.getTags()),
                scenario.getSteps().stream().map(this::step).toList(),
                scenario.getExamples().stream().map(this::table).toList(),
                examples,
                at(scenario.getLocation()));
    }

    /** The runs of one pickle; none if it names neither a mode nor an architecture. */
    private List<SpecExample> examples(
            String nodeId, String ruleId, String slug, Map<String, String> cells, SourceLocation location) {
        Pickle pickle = pickles.get(nodeId);
        if (pickle == null) {
            return List.of(); // The parser makes no pickle of a scenario without steps.
        }
        List<String> otherCells = cells.entrySet().stream()
                .filter(c -> !c.getKey().equals(MODE_COLUMN))
                .map(Map.Entry::getValue)
                .toList();
        return modes(pickle, cells, location).stream()
                .map(mode -> new SpecExample(
                        Ids.exampleId(ruleId, slug, mode, otherCells),
                        ruleId,
                        chapter,
                        pickle.getName(),
                        mode,
                        cells,
                        tagsOf(pickle, mode),
                        location,
                        pickle))
                .toList();
    }

    private static List<Mode> modes(Pickle pickle, Map<String, String> cells, SourceLocation location) {
        String cell = cells.get(MODE_COLUMN);
        if (cell != null) {
            return List.of(Mode.find(cell)
                    .orElseThrow(() -> new SpecException(
                            location, "there is no mode \"" + cell + "\"; known are " + Mode.labels() + ".")));
        }
        for (PickleStep step : pickle.getSteps()) {
            Matcher matcher = MODE_IN_STEP.matcher(step.getText());
            if (matcher.find()) {
                return Mode.find(matcher.group(1)).stream().toList();
            }
        }
        return pickle.getTags().stream()
                .map(t -> Architecture.find(t.getName().substring(1)))
                .flatMap(Optional::stream)
                .distinct()
                .sorted()
                .map(Architecture::defaultMode)
                .toList();
    }

    private static List<String> tagsOf(Pickle pickle, Mode mode) {
        Stream<String> own = pickle.getTags().stream()
                .map(PickleTag::getName)
                .filter(t -> Architecture.find(t.substring(1)).isEmpty());
        return Stream.concat(own, Stream.of("@" + mode.architecture(), "@" + mode))
                .distinct()
                .toList();
    }

    private ExamplesTable table(Examples examples) {
        return new ExamplesTable(
                examples.getName(),
                examples.getTableHeader().map(FeatureBuilder::cells).orElse(List.of()),
                examples.getTableBody().stream().map(FeatureBuilder::cells).toList(),
                at(examples.getLocation()));
    }

    private List<SpecStep> steps(Background background) {
        return background.getSteps().stream().map(this::step).toList();
    }

    private SpecStep step(Step step) {
        return new SpecStep(
                step.getKeyword().strip(),
                step.getText(),
                step.getDataTable()
                        .map(t ->
                                t.getRows().stream().map(FeatureBuilder::cells).toList())
                        .orElse(List.of()),
                step.getDocString().map(DocString::getContent).orElse(""),
                at(step.getLocation()));
    }

    private static List<String> cells(TableRow row) {
        return row.getCells().stream().map(TableCell::getValue).toList();
    }

    private static List<String> tags(List<Tag> tags) {
        return tags.stream().map(Tag::getName).toList();
    }

    /** A description without the indentation of the file. */
    private static String text(String description) {
        return description.stripIndent().strip();
    }

    private SourceLocation at(Location location) {
        return new SourceLocation(file, Math.toIntExact(location.getLine()));
    }
}
