package org.kernelentry.perf.bench;

/** What was asked for cannot be measured; the message is one sentence for the user. */
final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BenchException(final String message) {
        super(message);
    }
}
