package org.kernelentry.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kernelentry.runner.judge.Outcome;
import org.kernelentry.runner.judge.Status;
import org.kernelentry.runner.report.LastResults;
import org.kernelentry.runner.spec.SpecModel;

final class PartialResultsTests {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final String SYSTEM = "reference-generic";

    @TempDir
    private Path folder;

    private final StringWriter printed = new StringWriter();
    private Path file = Path.of("");
    private SpecModel model = SpecModel.fromClassPath();
    private String example = "";

    @BeforeEach
    void choose() {
        file = folder.resolve(LastResults.FILE);
        example = model.examples().get(0).id();
    }

    private PartialResults partial() {
        return new PartialResults(
                new LastResults(file), model, new PrintWriter(printed, true), Path.of("last.json"), 7);
    }

    private Outcome outcome(final Status status, final Instant at) {
        return new Outcome(example, SYSTEM, status, at, Duration.ofSeconds(1), "why", "", "", "", "");
    }

    @Test
    void whatWasFoundIsKept() {
        try (PartialResults partial = partial()) {
            partial.finished(outcome(Status.PASS, NOW));
            partial.save(NOW);
        }
        assertThat(new LastResults(file).systems()).containsExactly(SYSTEM);
        assertThat(printed).hasToString("Interrupted after 1 of 7 runs; what they found is in last.json.\n");
    }

    @Test
    void whatTheInterruptionBrokeIsNot() {
        try (PartialResults partial = partial()) {
            partial.finished(outcome(Status.ERROR, NOW.minusSeconds(1)));
            partial.save(NOW);
        }
        assertThat(file).doesNotExist();
        assertThat(printed).hasToString("Interrupted after 0 of 7 runs.\n");
    }

    @Test
    void whatWasBrokenBeforeIs() {
        try (PartialResults partial = partial()) {
            partial.finished(outcome(Status.ERROR, NOW.minusSeconds(3)));
            partial.save(NOW);
        }
        assertThat(new LastResults(file).systems()).containsExactly(SYSTEM);
    }

    @Test
    void aRunThatIsOverKeepsItsResultsItself() {
        final PartialResults partial = partial();
        partial.finished(outcome(Status.PASS, NOW));
        partial.close();
        partial.save(NOW);
        assertThat(file).doesNotExist();
        assertThat(printed.toString()).isEmpty();
    }
}
