package org.kernelentry.runner.qemu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.kernelentry.runner.spec.SpecException;

/** Runs other programs to their end. */
final class Commands {
    private Commands() {}

    /**
     * What a program printed, both streams.
     *
     * @param code its exit code
     * @param output its output
     */
    record Done(int code, String output) {
        /** The last line that says something. */
        String lastLine() {
            return output.lines()
                    .filter(l -> !l.isBlank())
                    .reduce((a, b) -> b)
                    .orElse("it said nothing")
                    .strip();
        }
    }

    /**
     * Runs a program and waits for it.
     *
     * @throws IOException if there is no such program
     * @throws SpecException if it has not ended in time; it is ended then
     */
    static Done run(
            final Path folder, final Map<String, String> environment, final Duration limit, final List<String> command)
            throws IOException {
        final ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().put("LC_ALL", "C");
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        final Path output = Files.createTempFile(folder, "output", ".txt");
        builder.redirectOutput(output.toFile());
        final Process process = builder.start();
        final Thread hook = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                throw new SpecException(
                        String.join(" ", command) + " has not ended within " + limit.toSeconds() + " s.");
            }
            return new Done(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SpecException("The run was interrupted.", e);
        } finally {
            process.destroy();
            Files.deleteIfExists(output);
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (final IllegalStateException e) {
                // The program is ending already, the hook with it.
            }
        }
    }
}
