package org.kernelentry.runner.spec;

import io.cucumber.gherkin.GherkinParser;
import io.cucumber.messages.types.Envelope;
import io.cucumber.messages.types.ParseError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the chapters of a spec: the folders, their introductions and, through the Gherkin parser, their features. */
final class SpecReader {
    static final String INTRODUCTION = "chapter.adoc";

    private static final Pattern CHAPTER = Pattern.compile("\\d{2}-[a-z0-9-]+");
    private static final Pattern TITLE = Pattern.compile("^= (.+)$", Pattern.MULTILINE);
    /** The parser puts "(line:column): " in front of what it has to say. */
    private static final Pattern PARSER_PREFIX = Pattern.compile("^\\(\\d+:\\d+\\):\\s*");

    private final SpecFolder folder;
    private final GherkinParser parser = GherkinParser.builder()
            .includeSource(false)
            .includeGherkinDocument(true)
            .includePickles(true)
            .build();

    SpecReader(SpecFolder folder) {
        this.folder = folder;
    }

    SpecModel read() {
        Map<String, List<SpecFeature>> features = new TreeMap<>();
        folder.names("/" + INTRODUCTION).forEach(name -> features.put(chapterOf(name), new ArrayList<>()));
        for (String name : folder.names(".feature")) {
            features.computeIfAbsent(chapterOf(name), n -> new ArrayList<>()).addAll(readFeature(name));
        }
        return new SpecModel(features.entrySet().stream()
                .map(e -> readChapter(e.getKey(), e.getValue()))
                .toList());
    }

    private String chapterOf(String name) {
        int slash = name.indexOf('/');
        String chapter = slash < 0 ? "" : name.substring(0, slash);
        if (!CHAPTER.matcher(chapter).matches() || name.indexOf('/', slash + 1) >= 0) {
            throw new SpecException(
                    SourceLocation.ofFile(folder.display(name)),
                    "the file is not in a chapter, which is a folder with a name like 04-restart.");
        }
        return chapter;
    }

    private Chapter readChapter(String name, List<SpecFeature> features) {
        String file = name + "/" + INTRODUCTION;
        String text = folder.contains(file) ? folder.read(file) : "";
        Matcher title = TITLE.matcher(text);
        boolean titled = title.find();
        return new Chapter(
                name,
                titled ? title.group(1).strip() : name,
                titled ? text.substring(title.end()).strip() : text.strip(),
                features,
                SourceLocation.ofFile(folder.display(file)));
    }

    /** The feature of a file; none if the file has only comments. */
    private List<SpecFeature> readFeature(String name) {
        String display = folder.display(name);
        FeatureBuilder builder = new FeatureBuilder(display, chapterOf(name));
        List<Envelope> envelopes = parser.parse(display, folder.read(name).getBytes(StandardCharsets.UTF_8))
                .toList();
        for (Envelope envelope : envelopes) {
            envelope.getParseError().ifPresent(e -> {
                throw parseError(display, e);
            });
            envelope.getPickle().ifPresent(builder::add);
        }
        return envelopes.stream()
                .flatMap(e -> e.getGherkinDocument().stream())
                .flatMap(d -> d.getFeature().stream())
                .map(builder::build)
                .toList();
    }

    private static SpecException parseError(String display, ParseError error) {
        int line = error.getSource()
                .getLocation()
                .map(l -> Math.toIntExact(l.getLine()))
                .orElse(0);
        String said = PARSER_PREFIX.matcher(error.getMessage()).replaceFirst("").replaceAll("\\s+", " ");
        return new SpecException(new SourceLocation(display, line), "this is not Gherkin: " + said + ".");
    }
}
