package org.kernelentry.runner.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.spec.SpecException;

/** The line to an agent that is a child process of this one; it ends when its input does, so nothing is left when this process dies. */
final class HostLink implements AgentLink {
    /** How long a process that has closed its output may take to end, in seconds. */
    private static final int LAST_BREATH = 30;

    private final Process process;

    HostLink(final Path program) {
        try {
            process = new ProcessBuilder(program.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (final IOException e) {
            throw new SpecException("The agent " + program + " cannot be started: " + e.getMessage() + ".");
        }
    }

    @Override
    public InputStream in() {
        return process.getInputStream();
    }

    @Override
    public OutputStream out() {
        return process.getOutputStream();
    }

    @Override
    public @Nullable String gone() {
        try {
            return process.waitFor(LAST_BREATH, TimeUnit.SECONDS) ? "it ended with " + process.exitValue() + "." : null;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
