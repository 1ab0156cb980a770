package org.kernelentry.runner.judge;

import java.time.Duration;
import java.time.Instant;

/**
 * What came of one example on one system.
 *
 * @param exampleId the example's id, see {@link org.kernelentry.runner.spec.SpecExample#id()}
 * @param system the system it ran on, such as {@code reference-generic}
 * @param status how it ended
 * @param at when it ended
 * @param took how long it ran
 * @param message why it failed or was skipped, or the empty string
 * @param difference the first step that differs, as {@code expected | seen}, or the empty string
 * @param trace the canonical trace: what an observer saw, one event a line
 * @param journal every step of the entry paths, indented by nesting
 * @param stackTrace where the exception behind an {@link Status#ERROR} came from, or the empty string
 */
public record Outcome(
        String exampleId,
        String system,
        Status status,
        Instant at,
        Duration took,
        String message,
        String difference,
        String trace,
        String journal,
        String stackTrace) {

    /** The behaviour it speaks about. */
    public String ruleId() {
        return exampleId.substring(0, exampleId.indexOf('/'));
    }

    /** The same without its journal, which is large. */
    public Outcome withoutJournal() {
        return new Outcome(exampleId, system, status, at, took, message, difference, trace, "", stackTrace);
    }

    /** The same under another verdict. */
    Outcome judged(Status verdict, String why) {
        return new Outcome(exampleId, system, verdict, at, took, why, difference, trace, journal, stackTrace);
    }

    /** The same under another verdict, for the same reason. */
    public Outcome judgedAs(Status verdict) {
        return judged(verdict, message);
    }
}
