package org.kernelentry.runner.judge;

import io.cucumber.plugin.ConcurrentEventListener;
import io.cucumber.plugin.event.EmbedEvent;
import io.cucumber.plugin.event.EventPublisher;
import io.cucumber.plugin.event.PickleStepTestStep;
import io.cucumber.plugin.event.Result;
import io.cucumber.plugin.event.TestCase;
import io.cucumber.plugin.event.TestCaseEvent;
import io.cucumber.plugin.event.TestCaseFinished;
import io.cucumber.plugin.event.TestCaseStarted;
import io.cucumber.plugin.event.TestStepFinished;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.judge.Runner.PickleKey;
import org.kernelentry.runner.spec.SpecExample;

/** Turns what Cucumber reports into outcomes. Cucumber calls it under a lock, on the thread that runs the scenario. */
final class OutcomeCollector implements ConcurrentEventListener {
    /** Names of the attachments that the step definitions make. */
    static final String TRACE = "trace";

    static final String JOURNAL = "journal";
    static final String DIFFERENCE = "difference";

    /** So many limits a scenario may take whatever its system says. */
    private static final int SLOWEST = 10;

    private final String system;
    private final Glue glue;
    private final Map<PickleKey, SpecExample> examples;
    private final RunListener listener;
    private final Map<UUID, Running> running = new HashMap<>();
    private final Map<String, Outcome> outcomes = new HashMap<>();
    /** Nobody waits for this run any more. */
    private boolean abandoned;

    /** What is known of a scenario before it ends. */
    private static final class Running {
        private final SpecExample example;
        private final Thread thread = Thread.currentThread();
        private final long start = System.nanoTime();
        private final Map<String, String> attachments = new HashMap<>();
        /** The step that ended the scenario. */
        private String step = "";

        Running(SpecExample example) {
            this.example = example;
        }

        Duration took() {
            return Duration.ofNanos(System.nanoTime() - start);
        }
    }

    OutcomeCollector(String system, Glue glue, Map<PickleKey, SpecExample> examples, RunListener listener) {
        this.system = system;
        this.glue = glue;
        this.examples = examples;
        this.listener = listener;
    }

    @Override
    public void setEventPublisher(EventPublisher publisher) {
        publisher.registerHandlerFor(TestCaseStarted.class, this::started);
        publisher.registerHandlerFor(EmbedEvent.class, this::attached);
        publisher.registerHandlerFor(TestStepFinished.class, this::stepFinished);
        publisher.registerHandlerFor(TestCaseFinished.class, this::finished);
    }

    private void started(TestCaseStarted event) {
        if (!begin(event)) {
            // Cucumber has no way to give up the scenarios that still wait; an exception here would be logged for each.
            while (true) {
                LockSupport.park();
            }
        }
    }

    /** Takes note of a scenario that starts; false if nobody waits for it. */
    private synchronized boolean begin(TestCaseStarted event) {
        if (abandoned) {
            return false;
        }
        SpecExample example = exampleOf(event.getTestCase());
        running.put(event.getTestCase().getId(), new Running(example));
        glue.example(example);
        return true;
    }

    private synchronized void attached(EmbedEvent event) {
        if (abandoned) {
            return;
        }
        of(event)
                .attachments
                .put(
                        String.valueOf(event.getName()),
                        new String(event.getData(), StandardCharsets.UTF_8).stripTrailing());
    }

    private synchronized void stepFinished(TestStepFinished event) {
        if (abandoned) {
            return;
        }
        Running scenario = of(event);
        if (scenario.step.isEmpty()
                && event.getTestStep() instanceof PickleStepTestStep step
                && event.getResult().getStatus() != io.cucumber.plugin.event.Status.PASSED) {
            scenario.step = step.getStep().getKeyword() + step.getStep().getText();
        }
    }

    private synchronized void finished(TestCaseFinished event) {
        if (abandoned) {
            return;
        }
        SpecExample example = exampleOf(event.getTestCase());
        Running scenario = of(event);
        running.remove(event.getTestCase().getId());
        Result result = event.getResult();
        Status status = status(result);
        Throwable error = result.getError();
        Outcome outcome = new Outcome(
                example.id(),
                system,
                status,
                event.getInstant(),
                result.getDuration(),
                message(result, status, scenario.step),
                scenario.attachments.getOrDefault(DIFFERENCE, ""),
                scenario.attachments.getOrDefault(TRACE, ""),
                scenario.attachments.getOrDefault(JOURNAL, ""),
                status == Status.ERROR && error != null ? stackTrace(error) : "");
        outcomes.put(example.id(), outcome);
        listener.finished(outcome);
    }

    /** Whether a scenario runs longer than it may. */
    synchronized boolean isOverdue(Duration limit) {
        return running.values().stream().anyMatch(r -> isOverdue(r, limit));
    }

    /** Where the system gives signs of life the limit counts from the last one, up to a limit that is longer. */
    private boolean isOverdue(Running scenario, Duration limit) {
        Duration silent = Duration.ofNanos(System.nanoTime() - glue.lastSign(scenario.thread, scenario.start));
        return silent.compareTo(limit) > 0 || scenario.took().compareTo(limit.multipliedBy(SLOWEST)) > 0;
    }

    /**
     * Gives up the run: what still happens in it counts no more.
     *
     * @return the outcomes by example so far; scenarios that run longer than they may are errors among them
     */
    synchronized Map<String, Outcome> abandon(Duration limit) {
        abandoned = true;
        for (Running scenario : running.values()) {
            if (isOverdue(scenario, limit)) {
                Duration took = scenario.took();
                String id = scenario.example.id();
                boolean slow = took.compareTo(limit.multipliedBy(SLOWEST)) > 0;
                String message = "It did not end within " + seconds(slow ? limit.multipliedBy(SLOWEST) : limit)
                        + (slow || glue.lastSign(scenario.thread, scenario.start) == scenario.start
                                ? "."
                                : " of the last sign of life of " + system + ".");
                Outcome outcome = new Outcome(
                        id,
                        system,
                        Status.ERROR,
                        Instant.now(),
                        took,
                        message,
                        "",
                        "",
                        "",
                        "where it was at that time:\n" + stack(scenario.thread));
                outcomes.put(id, outcome);
                listener.finished(outcome);
            }
        }
        return new LinkedHashMap<>(outcomes);
    }

    private static String seconds(Duration limit) {
        return BigDecimal.valueOf(limit.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
    }

    private static String stack(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .map(f -> "\tat " + f + "\n")
                .collect(Collectors.joining());
    }

    /** All outcomes by example; an example that Cucumber left out is there too, as an error. */
    synchronized Map<String, Outcome> outcomes() {
        Map<String, Outcome> all = new LinkedHashMap<>();
        for (SpecExample example : examples.values()) {
            Outcome outcome = outcomes.get(example.id());
            if (outcome == null) {
                String message = "Cucumber found nothing to run at " + example.location() + ".";
                outcome = new Outcome(
                        example.id(), system, Status.ERROR, Instant.now(), Duration.ZERO, message, "", "", "", "");
                listener.finished(outcome);
            }
            all.put(example.id(), outcome);
        }
        return all;
    }

    private Running of(TestCaseEvent event) {
        Running scenario = running.get(event.getTestCase().getId());
        if (scenario == null) {
            throw new IllegalStateException(event.getTestCase().getUri() + " has not started");
        }
        return scenario;
    }

    private SpecExample exampleOf(TestCase testCase) {
        PickleKey key = new PickleKey(testCase.getUri(), testCase.getLocation().getLine());
        SpecExample example = examples.get(key);
        if (example == null) {
            throw new IllegalStateException("nobody asked for " + key);
        }
        return example;
    }

    private static Status status(Result result) {
        return switch (result.getStatus()) {
            case PASSED -> Status.PASS;
            case SKIPPED -> Status.SKIP;
            case FAILED -> result.getError() instanceof AssertionError ? Status.FAIL : Status.ERROR;
            default -> Status.ERROR;
        };
    }

    private static String message(Result result, Status status, String step) {
        Throwable error = result.getError();
        return switch (status) {
            case PASS -> "";
            case FAIL, SKIP -> error == null ? "" : text(error);
            case ERROR ->
                switch (result.getStatus()) {
                    case UNDEFINED -> "No step definition fits \"" + step + "\".";
                    case AMBIGUOUS -> "More than one step definition fits \"" + step + "\".";
                    default ->
                        error == null
                                ? "The step \"" + step + "\" ended as " + result.getStatus() + "."
                                : error.getClass().getSimpleName() + ": " + text(error);
                };
        };
    }

    private static String text(Throwable error) {
        @Nullable String message = error.getMessage();
        return message == null || message.isBlank() ? error.getClass().getSimpleName() : message.strip();
    }

    private static String stackTrace(Throwable error) {
        StringWriter text = new StringWriter();
        error.printStackTrace(new PrintWriter(text, true));
        return text.toString().replace("\r\n", "\n");
    }
}
