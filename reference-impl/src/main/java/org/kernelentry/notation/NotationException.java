package org.kernelentry.notation;

/** A guest program that cannot be understood: one sentence that names line and word. */
public final class NotationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotationException(final int line, final String word, final String problem) {
        super("guest program, line " + line + (word.isEmpty() ? "" : ", at '" + word + "'") + ": " + problem);
    }
}
