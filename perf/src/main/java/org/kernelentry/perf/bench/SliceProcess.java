package org.kernelentry.perf.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;

/**
 * A process that measures a slice whenever it is asked to. Once it is warm it prints a line; for each line that it reads it measures and prints what
 * it found. It ends where its input does.
 */
final class SliceProcess implements AutoCloseable {
    private final String name;
    private final Process process;
    private final BufferedReader out;
    private final Writer in;
    private final String ready;

    /**
     * Starts it and waits until it is warm.
     *
     * @param name in sentences, {@code "interpreter"}
     * @param command to be run
     * @throws BenchException if it ends before
     */
    SliceProcess(final String name, final List<String> command) throws IOException {
        this.name = name;
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        out = process.inputReader();
        in = new PrintWriter(process.outputWriter());
        ready = line();
    }

    private String line() throws IOException {
        final String line = out.readLine();
        if (line == null) {
            throw new BenchException("the " + name + " ended before it was told to.");
        }
        return line;
    }

    String name() {
        return name;
    }

    /** What it printed when it was warm. */
    String ready() {
        return ready;
    }

    /** What it printed for one slice. */
    String slice() throws IOException {
        in.write("\n");
        in.flush();
        return line();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
