package org.kernelentry.perf.gate;

/** The gate cannot do what it was asked for; the message is one sentence for the user. */
final class GateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GateException(final String message) {
        super(message);
    }
}
