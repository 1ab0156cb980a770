package org.kernelentry.runner.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.kernelentry.runner.spec.Catalogue;
import org.kernelentry.runner.spec.Selection;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.spec.SpecModel;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Every small wrong change to the entry code is caught by a scenario.
 *
 * <p>The report says which scenario caught which: {@code target/mutations.txt}.
 */
@Execution(ExecutionMode.CONCURRENT)
class MutationTests {
    private static final List<String> FILES = List.of("entry.yaml", "tracking.yaml", "signals.yaml");
    private static final int AT_LEAST = 40;
    /** How long the scenarios of one mistake may take. */
    private static final int SECONDS = 60;

    private static final SpecModel MODEL = SpecModel.fromClassPath();
    private static final Catalogue CATALOGUE = Catalogue.fromClassPath();
    private static List<Mutation> mutations = List.of();
    private static final Map<String, String> REPORT = Collections.synchronizedMap(new TreeMap<>());

    @BeforeAll
    static void load() throws IOException {
        final List<Mutation> all = new ArrayList<>();
        for (final String file : FILES) {
            try (InputStream in = MutationTests.class.getResourceAsStream("/mutations/" + file)) {
                for (final Object entry :
                        (List<?>) new Load(LoadSettings.builder().build()).loadFromInputStream(in)) {
                    all.add(mutation((Map<?, ?>) entry));
                }
            }
        }
        mutations = List.copyOf(all);
    }

    private static Mutation mutation(final Map<?, ?> row) {
        return new Mutation(
                text(row, "id"),
                text(row, "what"),
                text(row, "type"),
                text(row, "method"),
                Mutation.Operator.valueOf(text(row, "operator")),
                text(row, "target"),
                (Integer) row.get("occurrence"),
                ((List<?>) row.get("rules")).stream().map(Object::toString).toList());
    }

    private static String text(final Map<?, ?> row, final String key) {
        final Object value = row.get(key);
        assertThat(value).as("%s of %s", key, row).isNotNull();
        return value.toString();
    }

    @Test
    void thereAreEnoughMutationsAndTheirNamesDiffer() {
        assertThat(mutations).hasSizeGreaterThanOrEqualTo(AT_LEAST);
        assertThat(mutations.stream().map(Mutation::id)).doesNotHaveDuplicates();
    }

    @Test
    void withoutAMistakeTheSameScenariosPass() throws Exception {
        final List<String> rules = mutations.stream()
                .flatMap(m -> m.rules().stream())
                .distinct()
                .sorted()
                .toList();
        assertThat(run(null, rules)).isNotEmpty().allMatch(line -> line.startsWith("+ "), "passes");
    }

    @TestFactory
    Stream<DynamicTest> everyMistakeIsCaught() {
        return mutations.stream().map(m -> DynamicTest.dynamicTest(m.id() + ": " + m.what(), () -> caught(m)));
    }

    private static void caught(final Mutation mutation) throws Exception {
        // A mistake that could not be made must not pass for one that was caught.
        new MutatingLoader(mutation).loadClass(mutation.type());
        final List<String> lines = run(mutation, mutation.rules());
        final List<String> failures =
                lines.stream().filter(line -> line.startsWith("- ")).toList();
        REPORT.put(
                mutation.id(),
                mutation.what() + "\n    "
                        + (failures.isEmpty()
                                ? "NOT CAUGHT by " + lines.size() + " scenarios"
                                : "caught by " + failures.size() + " of " + lines.size() + ", first: "
                                        + failures.get(0).substring(2)));
        assertThat(failures)
                .as("%s, caught by none of %s", mutation.what(), lines)
                .isNotEmpty()
                .as("%s: a class came from two loaders, so that says nothing", mutation.what())
                .noneMatch(line -> line.contains(MutatingLoader.class.getName()));
    }

    /** The rules' scenarios inside a fresh copy of the project with the mistake in it. */
    @SuppressWarnings("unchecked") // the class is made in another loader; its type here is the platform's Callable
    private static List<String> run(
            final @org.jspecify.annotations.Nullable Mutation mutation, final List<String> rules) throws Exception {
        final List<SpecExample> examples = Selection.all().terms(rules).from(MODEL, CATALOGUE);
        final MutatingLoader loader = new MutatingLoader(mutation);
        final FutureTask<List<String>> task = new FutureTask<>(() -> {
            final Class<?> type = loader.loadClass("org.kernelentry.runner.mutant.MutantRun");
            final Object run = type.getConstructor(List.class).newInstance(examples);
            return ((Callable<List<String>>) run).call();
        });
        // A mistake may make the kernel loop for ever: that is noticed too, and must not stop the others.
        final Thread thread = new Thread(task, "mutant");
        thread.setDaemon(true);
        thread.setContextClassLoader(loader);
        thread.start();
        try {
            return task.get(SECONDS, TimeUnit.SECONDS);
        } catch (final TimeoutException e) {
            return List.of("- everything | did not end within " + SECONDS + " s");
        }
    }

    @AfterAll
    static void report() throws IOException {
        final StringBuilder text = new StringBuilder();
        REPORT.forEach((id, line) -> text.append(id).append(": ").append(line).append('\n'));
        Files.writeString(Files.createDirectories(Path.of("target")).resolve("mutations.txt"), text.toString());
    }
}
