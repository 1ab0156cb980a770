package org.kernelentry.runner.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.kernelentry.runner.judge.Outcome;
import org.kernelentry.runner.judge.Status;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.spec.SpecException;
import org.kernelentry.runner.spec.SpecModel;

/**
 * Outcomes as JSON, written and read. The form is stated in {@code results.schema.json} beside this class. Two runs of
 * the same spec on the same system give the same bytes but for the members {@code at} and {@code seconds}.
 */
public final class JsonReport {
    /** Changes when a reader of the old form could misread the new one. */
    static final int FORMAT = 1;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DefaultPrettyPrinter PRINTER = new DefaultPrettyPrinter()
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(new DefaultIndenter("  ", "\n"));

    private JsonReport() {}

    /** One JSON object, with a line end. */
    public static String render(List<Outcome> outcomes, SpecModel model) {
        ObjectNode root = JSON.createObjectNode();
        root.put("format", FORMAT);
        ObjectNode counts = root.putObject("counts");
        for (Status status : Status.values()) {
            counts.put(
                    status.label(),
                    outcomes.stream().filter(o -> o.status() == status).count());
        }
        ArrayNode results = root.putArray("results");
        for (Outcome outcome : outcomes) {
            Optional<SpecExample> example = model.example(outcome.exampleId());
            example.ifPresent(e -> write(results.addObject(), outcome, e, model));
        }
        try {
            return JSON.writer(PRINTER).writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of our own making cannot be written", e);
        }
    }

    private static void write(ObjectNode result, Outcome outcome, SpecExample example, SpecModel model) {
        result.put("id", outcome.exampleId());
        result.put("system", outcome.system());
        result.put("status", outcome.status().label());
        result.put("at", outcome.at().toString());
        result.put("seconds", seconds(outcome.took()));
        result.put("chapter", example.chapter());
        result.put("rule", example.ruleId());
        result.put("sentence", model.ruleOf(example).sentence());
        result.put("title", example.title());
        result.put("architecture", example.architecture().label());
        result.put("mode", example.mode().label());
        result.put("location", example.location().toString());
        putIfAny(result, "message", outcome.message());
        putIfAny(result, "difference", outcome.difference());
        putIfAny(result, "stack-trace", outcome.stackTrace());
        putLines(result, "trace", outcome.trace());
        if (outcome.status().isBad()) {
            putLines(result, "journal", outcome.journal());
        }
    }

    private static void putIfAny(ObjectNode object, String name, String text) {
        if (!text.isEmpty()) {
            object.put(name, text);
        }
    }

    private static void putLines(ObjectNode object, String name, String text) {
        if (!text.isEmpty()) {
            ArrayNode lines = object.putArray(name);
            text.lines().forEach(lines::add);
        }
    }

    /**
     * The outcomes in a report.
     *
     * @param name the file as people name it
     * @throws SpecException if it is no such report
     */
    public static List<Outcome> read(String name, String text) {
        try {
            JsonNode root = JSON.readTree(text);
            if (root.path("format").asInt() != FORMAT) {
                throw new SpecException(name + " is no report of this version of conform; delete it and run again.");
            }
            List<Outcome> outcomes = new ArrayList<>();
            for (JsonNode result : root.path("results")) {
                outcomes.add(outcome(result));
            }
            return outcomes;
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
            throw new SpecException(name + " is damaged; delete it and run again.");
        }
    }

    private static Outcome outcome(JsonNode result) {
        return new Outcome(
                result.path("id").asText(),
                result.path("system").asText(),
                Status.valueOf(result.path("status").asText().toUpperCase(Locale.ROOT)),
                Instant.parse(result.path("at").asText()),
                Duration.ofNanos(Math.round(result.path("seconds").asDouble() * 1e9)),
                result.path("message").asText(),
                result.path("difference").asText(),
                lines(result.path("trace")),
                lines(result.path("journal")),
                result.path("stack-trace").asText());
    }

    private static String lines(JsonNode array) {
        List<String> lines = new ArrayList<>();
        array.forEach(l -> lines.add(l.asText()));
        return String.join("\n", lines);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
