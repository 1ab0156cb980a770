package org.kernelentry.runner.cpu;

/** A judge cannot run: what is missing, in one sentence. */
public final class JudgeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public JudgeException(String sentence) {
        super(sentence);
    }
}
