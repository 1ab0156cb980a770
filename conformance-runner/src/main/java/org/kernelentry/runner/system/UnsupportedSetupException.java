package org.kernelentry.runner.system;

/** A system cannot be set up as a scenario asks; the scenario is skipped with this reason. */
public final class UnsupportedSetupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnsupportedSetupException(final String message) {
        super(message);
    }
}
