package org.kernelentry.runner.spec;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The spec or a request about it cannot be understood. The message is one sentence for the person at the terminal; it
 * names the file and line where there is one.
 */
public final class SpecException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable SourceLocation location;

    /** A request that does not fit the spec, such as an unknown tag. */
    public SpecException(String message) {
        super(message);
        this.location = null;
    }

    /** A fault that is not in one place of a file, with what led to it. */
    public SpecException(String message, Throwable cause) {
        super(message, cause);
        this.location = null;
    }

    /** A fault at one place of a file of the spec. */
    public SpecException(SourceLocation location, String message) {
        super(location + ": " + message);
        this.location = location;
    }

    /** A fault at one place of a file of the spec, found by a library. */
    public SpecException(SourceLocation location, String message, Throwable cause) {
        super(location + ": " + message, cause);
        this.location = location;
    }

    /** The place in the spec that is at fault, if the fault is in a file. */
    public Optional<SourceLocation> location() {
        return Optional.ofNullable(location);
    }
}
