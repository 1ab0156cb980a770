package org.kernelentry.runner.linux;

import java.io.Serial;

/** The agent does not answer, or not sensibly. The message is a sentence. */
public final class AgentException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    AgentException(final String message) {
        super(message);
    }
}
