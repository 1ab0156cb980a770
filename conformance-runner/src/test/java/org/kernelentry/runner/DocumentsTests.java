package org.kernelentry.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.notation.Notation;

/** What the documents at the top of the project say is so. */
final class DocumentsTests {
    private static final Path ROOT = ProjectLayoutTests.projectRoot();
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(?:#[^)]*)?\\)");
    private static final Pattern PATH = Pattern.compile("`([a-z0-9-]+/[\\w./-]+)`");

    private static String read(String document) throws IOException {
        return Files.readString(ROOT.resolve(document));
    }

    private static List<String> all(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult m) -> m.group(1))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "CONTRIBUTING.md"})
    void every_link_leads_somewhere(String document) throws IOException {
        List<String> links = all(LINK, read(document));
        assertThat(links)
                .isNotEmpty()
                .allSatisfy(link -> assertThat(ROOT.resolve(link)).exists());
    }

    /** A file is named from the project, from a source folder, or from the package of all. */
    @Test
    void every_file_that_the_architecture_names_is_there() throws IOException {
        List<Path> sources = new ArrayList<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            modules.map(m -> m.resolve("src/main/java/org/kernelentry"))
                    .filter(Files::isDirectory)
                    .forEach(sources::add);
        }
        TreeSet<String> missing = new TreeSet<>();
        List<String> named = all(PATH, read("ARCHITECTURE.md"));
        for (String name : named) {
            // machine/Cpu.run is a method of machine/Cpu.
            String file = name.replaceFirst("\\.[a-z]+$", "");
            boolean there = Files.exists(ROOT.resolve(name))
                    || sources.stream()
                            .anyMatch(s -> Files.exists(s.resolve(name)) || Files.exists(s.resolve(file + ".java")));
            if (!there) {
                missing.add(name);
            }
        }
        assertThat(named).hasSizeGreaterThan(20);
        assertThat(missing).as("files that are not there").isEmpty();
    }

    @Test
    void every_statement_of_the_notation_that_the_architecture_shows_is_understood() throws IOException {
        List<String> programs = all(Pattern.compile("```notation\\n(.*?)```", Pattern.DOTALL), read("ARCHITECTURE.md"));
        assertThat(programs)
                .hasSizeGreaterThan(4)
                .allSatisfy(
                        program -> assertThatCode(() -> Notation.check(program)).doesNotThrowAnyException());
    }

    @Test
    void the_model_scenario_stands_in_the_spec_as_it_is_shown() throws IOException {
        String text = read("CONTRIBUTING.md");
        String feature = all(Pattern.compile("From `([^`]+)`:"), text).get(0);
        String model = all(Pattern.compile("```gherkin\\n(.*?)```", Pattern.DOTALL), text)
                .get(0);
        assertThat(model.lines().count()).isGreaterThan(20);
        assertThat(withoutIndentation(read(feature))).contains(withoutIndentation(model));
    }

    private static String withoutIndentation(String text) {
        return text.lines().map(String::strip).collect(Collectors.joining("\n"));
    }
}
