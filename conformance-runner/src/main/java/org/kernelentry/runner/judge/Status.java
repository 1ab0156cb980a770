package org.kernelentry.runner.judge;

import java.util.Locale;

/** How a run of a scenario ended. */
public enum Status {
    /** Everything the scenario states happened, and nothing else. */
    PASS,
    /** The system did something else. */
    FAIL,
    /** The scenario could not be carried out: a step without definition, or an exception in the system under test. */
    ERROR,
    /** The system lacks what the scenario needs; the message says what. */
    SKIP;

    /** Whether a run with this in it has failed. */
    public boolean isBad() {
        return this == FAIL || this == ERROR;
    }

    /** The word for it in reports. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
