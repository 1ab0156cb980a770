package org.kernelentry.runner.linux;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A line to an agent: two streams of bytes that pass printable characters and line ends. Other lines may come in between. */
public interface AgentLink extends AutoCloseable {
    /** What the agent says. Ends when the agent is gone. */
    InputStream in();

    /** What it is told. */
    OutputStream out();

    /** Why the other side is gone, as a sentence; null while it is there. */
    @Nullable
    String gone();

    /** What to say besides when the other side is there and silent, as a sentence; null for nothing. */
    default @Nullable String silent() {
        return null;
    }

    /** Nanoseconds that the other side has had to answer, from any time on. */
    default long clock() {
        return System.nanoTime();
    }

    /** What the kernel has printed so far; null where its console cannot be read. */
    default @Nullable List<String> console() {
        return null;
    }

    /** Ends the agent and all its guests. */
    @Override
    void close();
}
