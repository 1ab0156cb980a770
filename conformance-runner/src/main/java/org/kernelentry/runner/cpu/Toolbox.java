package org.kernelentry.runner.cpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Programs of the host that judges need. */
final class Toolbox {
    private static final long COMPILE_SECONDS = 120;

    private Toolbox() {}

    /** Where a program is on the path. */
    static boolean has(String program) {
        for (String folder :
                Objects.requireNonNullElse(System.getenv("PATH"), "").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    /** The first line that a program prints. */
    static String firstLine(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return text.lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Compiles a C program that lies beside this class. */
    static Path compile(String compiler, String resource, Path folder, List<String> options) {
        Path source = folder.resolve(resource);
        Path program = folder.resolve(resource.replaceAll("\\.c$", ""));
        try (InputStream in = Objects.requireNonNull(Toolbox.class.getResourceAsStream(resource), resource)) {
            Files.write(source, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> command = new ArrayList<>(List.of(compiler, "-O2", "-static", "-o", program.toString()));
        command.addAll(options);
        command.add(source.toString());
        Path log = folder.resolve(resource + ".log");
        if (run(command, log, COMPILE_SECONDS) != 0) {
            throw new JudgeException(compiler + " could not compile the judge's program: " + tail(log));
        }
        return program;
    }

    /** Runs a program with its output in a file; -1 when it had to be ended. */
    static int run(List<String> command, Path log, long seconds) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                return -1;
            }
            return process.exitValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static JudgeException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        JudgeException thrown = new JudgeException("interrupted while waiting for the judge");
        thrown.addSuppressed(e);
        return thrown;
    }

    private static String tail(Path log) {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
            return lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
        } catch (IOException e) {
            return "its output cannot be read (" + e.getClass().getSimpleName() + ")";
        }
    }
}
