package org.kernelentry.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The tree as files: dependencies run downwards only, as the POMs state them (perf included, which the runner's class
 * path does not hold), and every test is found.
 */
final class ProjectLayoutTests {

    private static final Path ROOT = projectRoot();
    private static final Pattern TEST_ANNOTATION =
            Pattern.compile("^ *@(Test|ParameterizedTest|TestFactory)\\b", Pattern.MULTILINE);

    @ParameterizedTest
    @CsvSource({
        "spec-features,      ''",
        "reference-impl,     ''",
        "arch-x86,           reference-impl",
        "arch-arm64,         reference-impl",
        "arch-arm,           reference-impl",
        "conformance-runner, spec-features reference-impl arch-x86 arch-arm64 arch-arm",
        "perf,               reference-impl arch-x86 arch-arm64 arch-arm"
    })
    void a_module_depends_on_these_modules_and_no_others(String module, String below) throws Exception {
        Set<String> allowed = below.isEmpty() ? Set.of() : Set.of(below.split(" "));
        assertThat(projectDependenciesOf(module)).isEqualTo(new TreeSet<>(allowed));
    }

    @Test
    void the_top_level_has_exactly_these_modules() throws Exception {
        var modules = new TreeSet<String>();
        NodeList elements = parse(ROOT.resolve("pom.xml")).getElementsByTagName("module");
        for (int i = 0; i < elements.getLength(); i++) {
            modules.add(elements.item(i).getTextContent().strip());
        }
        assertThat(modules)
                .containsExactly(
                        "arch-arm",
                        "arch-arm64",
                        "arch-x86",
                        "conformance-runner",
                        "perf",
                        "reference-impl",
                        "spec-features");
    }

    @Test
    void every_class_with_tests_is_named_so_that_it_runs() throws IOException {
        var misnamed = new TreeSet<String>();
        for (Path file : testSources()) {
            if (TEST_ANNOTATION.matcher(Files.readString(file)).find()
                    && !file.toString().endsWith("Tests.java")) {
                misnamed.add(ROOT.relativize(file).toString());
            }
        }
        assertThat(misnamed).as("test classes whose name does not end in Tests").isEmpty();
    }

    private static List<Path> testSources() throws IOException {
        var found = new ArrayList<Path>();
        try (DirectoryStream<Path> modules = Files.newDirectoryStream(ROOT)) {
            for (Path module : modules) {
                Path tests = module.resolve("src/test/java");
                if (Files.isDirectory(tests)) {
                    try (Stream<Path> files = Files.walk(tests)) {
                        files.filter(file -> file.toString().endsWith(".java")).forEach(found::add);
                    }
                }
            }
        }
        assertThat(found).as("test sources").isNotEmpty();
        return found;
    }

    private static Set<String> projectDependenciesOf(String module) throws Exception {
        var found = new TreeSet<String>();
        NodeList dependencies = parse(ROOT.resolve(module).resolve("pom.xml")).getElementsByTagName("dependency");
        for (int i = 0; i < dependencies.getLength(); i++) {
            Element dependency = (Element) dependencies.item(i);
            if (text(dependency, "groupId").equals("org.kernelentry")) {
                found.add(text(dependency, "artifactId"));
            }
        }
        return found;
    }

    private static String text(Element parent, String name) {
        return parent.getElementsByTagName(name).item(0).getTextContent().strip();
    }

    private static Document parse(Path pom) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
    }

    /** The folder that holds the modules, wherever inside it the tests were started. */
    static Path projectRoot() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("conformance-runner"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException("the tests must be started inside the project");
            }
        }
        return folder;
    }
}
