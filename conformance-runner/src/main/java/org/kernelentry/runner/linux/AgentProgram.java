package org.kernelentry.runner.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.kernelentry.runner.spec.Mode;
import org.kernelentry.runner.system.UnsupportedSetupException;

/** The agent, compiled here from the sources that come with the runner, for the ABI of a mode. Lives as long as this process. */
final class AgentProgram {
    private static final String SOURCES = "/org/kernelentry/runner/agent/";
    private static final List<String> FILES = List.of("agent.h", "agent.c", "frame.c", "guest.c", "tracer.c");
    /** Out of the way of guests, whose programs are at fixed addresses below. */
    private static final List<String> FLAGS = List.of("-std=gnu11", "-O2", "-static", "-Wl,-Ttext-segment=0x30000000");

    private AgentProgram() {}

    /**
     * The program for {@code mode}.
     *
     * @throws UnsupportedSetupException if it cannot be compiled here; says what to install
     */
    static Path compile(final Mode mode) {
        final boolean compat = mode == Mode.IA32;
        final String compiler = compat ? "i686-linux-gnu-gcc" : "gcc";
        final String debianPackage = compat ? "gcc-i686-linux-gnu" : "gcc";
        try {
            final Path folder = Files.createTempDirectory("conform-agent");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
            final Path program = folder.resolve("agent-" + mode.label());
            final List<String> command = new ArrayList<>(List.of(compiler));
            command.addAll(FLAGS);
            command.addAll(List.of("-o", program.toString()));
            for (final String file : FILES) {
                final Path copy = folder.resolve(file);
                try (InputStream in = AgentProgram.class.getResourceAsStream(SOURCES + file)) {
                    if (in == null) {
                        throw new IllegalStateException("there is no source " + file);
                    }
                    Files.copy(in, copy);
                }
                if (file.endsWith(".c")) {
                    command.add(copy.toString());
                }
            }
            final Path log = folder.resolve("log");
            final Process process = start(command, log, compiler, debianPackage);
            if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
                process.destroyForcibly();
                final String said = Files.readString(log, StandardCharsets.ISO_8859_1);
                throw new UnsupportedSetupException(compiler + " cannot compile the agent (Debian's package "
                        + debianPackage + " brings what it needs): "
                        + said.lines().findFirst().orElse("it says nothing"));
            }
            return program;
        } catch (final IOException e) {
            throw new UnsupportedSetupException("the agent cannot be compiled: " + e.getMessage());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnsupportedSetupException("interrupted while the agent was compiled");
        }
    }

    private static Process start(
            final List<String> command, final Path log, final String compiler, final String debianPackage) {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (final IOException e) {
            throw new UnsupportedSetupException("there is no C compiler " + compiler
                    + " for the agent; Debian's package " + debianPackage + " has it");
        }
    }

    private static void delete(final Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (final Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (final IOException e) {
            // The system's own cleaning of temporary files takes it.
        }
    }
}
