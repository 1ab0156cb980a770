package org.kernelentry.kernel.task;

/** A mistake of the model itself: Java code of a guest task's kernel side threw. The kernel it happened in is of no further use. */
public final class ModelError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ModelError(final String message, final Throwable cause) {
        super(message, cause);
    }
}
