package org.kernelentry.runner.qemu;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a kernel prints: its lines as they come, and a copy of them in a file. */
final class Console {
    /** How long what was printed last may take to be read once nothing more can come. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(30);

    private final List<String> lines = new ArrayList<>();
    private final InputStream in;
    private final Path log;
    private final Thread reader;

    /**
     * Reads until the other side closes.
     *
     * @param name of the kernel, for the thread that reads
     * @param log where the copy is kept
     */
    Console(final String name, final InputStream in, final Path log) {
        this.in = in;
        this.log = log;
        reader = new Thread(this::read, "console of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader text = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
                BufferedWriter copy = new BufferedWriter(
                        new OutputStreamWriter(Files.newOutputStream(log), StandardCharsets.UTF_8))) {
            for (String line = text.readLine(); line != null; line = text.readLine()) {
                // Firmware positions the cursor before the kernel takes over.
                final String plain = line.replaceAll("\u001b\\[[0-9;?]*[A-Za-z]|[\\x00-\\x08\\x0b-\\x1f]", "");
                synchronized (lines) {
                    lines.add(plain);
                    lines.notifyAll();
                }
                copy.write(plain);
                copy.newLine();
                copy.flush();
            }
        } catch (final IOException e) {
            // The console is closed, or the log's disk is full: the run goes on without.
        }
    }

    /** The lines so far. */
    List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** Number of lines so far. */
    int size() {
        synchronized (lines) {
            return lines.size();
        }
    }

    /** The lines behind the first {@code seen}; waits up to {@code milliseconds} for one. */
    List<String> after(final int seen, final long milliseconds) throws InterruptedException {
        synchronized (lines) {
            if (lines.size() == seen) {
                lines.wait(milliseconds);
            }
            return List.copyOf(lines.subList(seen, lines.size()));
        }
    }

    /** Waits until everything is read, when nothing more is printed. */
    void awaitEnd() {
        try {
            reader.join(LAST_WORDS.toMillis());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Where the copy is. */
    Path log() {
        return log;
    }
}
