package org.kernelentry.runner.judge;

import io.cucumber.core.feature.FeatureWithLines;
import io.cucumber.core.options.RuntimeOptionsBuilder;
import io.cucumber.core.runtime.Runtime;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kernelentry.runner.spec.ParsedFeatures;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.spec.SpecException;

/** Carries out a plan: one run of Cucumber, in this process, for each system. */
public final class Runner {
    /** How long a scenario may take if nobody says otherwise; the slowest one of the reference takes a second. */
    public static final Duration TIME_LIMIT = Duration.ofSeconds(60);

    private final Glue glue;
    private final int threads;
    private final Duration limit;

    /** A runner whose scenarios may take {@link #TIME_LIMIT} each. */
    public Runner(Glue glue, int threads) {
        this(glue, threads, TIME_LIMIT);
    }

    /**
     * A runner.
     *
     * @param glue what the steps are bound to
     * @param threads how many scenarios may run at once, at least 1
     * @param limit how long each may take by the clock on the wall, or since {@link Glue#lastSign}; one that takes longer is an {@link
     *     Status#ERROR}
     */
    public Runner(Glue glue, int threads, Duration limit) {
        this.glue = glue;
        this.threads = threads;
        this.limit = limit;
    }

    /**
     * Runs all examples of a plan. Whatever happens in a scenario becomes its outcome.
     *
     * @throws SpecException if the only system cannot be started; one of several is an {@link Status#ERROR} in all its examples
     */
    public RunResult run(Plan plan, RunListener listener) {
        long start = System.nanoTime();
        List<Outcome> outcomes = new ArrayList<>();
        for (Target target : plan.targets()) {
            if (!plan.examples(target).isEmpty()) {
                try {
                    glue.system(target.system());
                    outcomes.addAll(run(target, plan.examples(target), listener));
                } catch (SpecException e) {
                    if (plan.targets().size() == 1) {
                        throw e;
                    }
                    // What other systems show is not lost with this one.
                    outcomes.addAll(notStarted(target, plan.examples(target), e, listener));
                } finally {
                    glue.finished(target.system());
                }
            }
        }
        return new RunResult(plan, outcomes, Duration.ofNanos(System.nanoTime() - start));
    }

    private static List<Outcome> notStarted(
            Target target, List<SpecExample> examples, SpecException why, RunListener listener) {
        String message = String.valueOf(why.getMessage());
        List<Outcome> outcomes = examples.stream()
                .map(e -> new Outcome(
                        e.id(), target.system(), Status.ERROR, Instant.now(), Duration.ZERO, message, "", "", "", ""))
                .toList();
        outcomes.forEach(listener::finished);
        return outcomes;
    }

    private List<Outcome> run(Target target, List<SpecExample> examples, RunListener listener) {
        Map<String, Outcome> byExample = new LinkedHashMap<>();
        for (Map<PickleKey, SpecExample> pass : passes(examples)) {
            Map<PickleKey, SpecExample> left = new LinkedHashMap<>(pass);
            while (!left.isEmpty()) {
                OutcomeCollector collector = new OutcomeCollector(target.system(), glue, left, listener);
                byExample.putAll(
                        endsInTime(runtime(left, collector), collector)
                                ? collector.outcomes()
                                : collector.abandon(limit));
                left.values().removeIf(e -> byExample.containsKey(e.id()));
            }
        }
        return examples.stream().map(e -> byExample.get(e.id())).toList();
    }

    /**
     * Runs Cucumber on a thread of its own, because Java cannot stop a thread that loops: what overruns its time is left
     * behind, together with that run of Cucumber.
     *
     * @return whether it came to its end; otherwise at least one scenario has taken too long
     */
    private boolean endsInTime(Runtime runtime, OutcomeCollector collector) {
        FutureTask<Void> task = new FutureTask<>(runtime::run, null);
        Thread thread = new Thread(task, "scenarios");
        thread.setDaemon(true);
        thread.start();
        while (true) {
            try {
                task.get(Math.min(limit.toMillis(), 100), TimeUnit.MILLISECONDS);
                return true;
            } catch (TimeoutException e) {
                if (collector.isOverdue(limit)) {
                    return false;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while scenarios ran", e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                throw new IllegalStateException("Cucumber failed", e.getCause());
            }
        }
    }

    /**
     * The examples in groups without two of the same pickle: Cucumber runs a pickle once, yet a scenario tagged with
     * several architectures is one pickle and several examples.
     */
    private static List<Map<PickleKey, SpecExample>> passes(List<SpecExample> examples) {
        List<Map<PickleKey, SpecExample>> passes = new ArrayList<>();
        for (SpecExample example : examples) {
            PickleKey key = PickleKey.of(example);
            Map<PickleKey, SpecExample> pass = passes.stream()
                    .filter(p -> !p.containsKey(key))
                    .findFirst()
                    .orElseGet(() -> {
                        Map<PickleKey, SpecExample> added = new LinkedHashMap<>();
                        passes.add(added);
                        return added;
                    });
            pass.put(key, example);
        }
        return passes;
    }

    private Runtime runtime(Map<PickleKey, SpecExample> examples, OutcomeCollector collector) {
        RuntimeOptionsBuilder options = new RuntimeOptionsBuilder()
                .addGlue(URI.create("classpath:/" + glue.packageName().replace('.', '/')))
                .setThreads(threads)
                .setMonochrome()
                .setNoSummary()
                .setPublishQuiet(true);
        Map<URI, SortedSet<Integer>> lines = new LinkedHashMap<>();
        examples.keySet()
                .forEach(k ->
                        lines.computeIfAbsent(k.uri(), u -> new TreeSet<>()).add(k.line()));
        lines.forEach((uri, l) -> options.addFeature(FeatureWithLines.create(uri, l)));
        return Runtime.builder()
                .withRuntimeOptions(options.build())
                .withFeatureSupplier(() -> ParsedFeatures.of(lines.keySet()))
                .withAdditionalPlugins(collector)
                .build();
    }

    /** What Cucumber knows of an example: the file and the line of its row or scenario. */
    record PickleKey(URI uri, int line) {
        static PickleKey of(SpecExample example) {
            Path file = Path.of(example.location().file());
            // Files of the spec that comes with the program are named by where they are on the class path.
            URI uri = file.isAbsolute()
                    ? file.toUri()
                    : URI.create("classpath:" + example.location().file());
            return new PickleKey(uri, example.location().line());
        }
    }
}
