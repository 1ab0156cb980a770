package org.kernelentry.runner.exec;

/** A program that could not be started, or not be run to its end: one sentence. */
public final class ExecException extends Exception {
    private static final long serialVersionUID = 1L;

    ExecException(final String message) {
        super(message);
    }
}
