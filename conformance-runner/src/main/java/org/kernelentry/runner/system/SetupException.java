package org.kernelentry.runner.system;

/** A scenario asks for something that does not exist: a mistake in the scenario, not a failure of the system. */
public final class SetupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SetupException(final String message) {
        super(message);
    }
}
