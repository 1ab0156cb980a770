package org.kernelentry.perf.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A compiled program that runs under the reference, interpreted and translated, and, slice by slice in turn, under qemu-user. */
final class TimedProgram implements AutoCloseable {
    private static final long WARM_UP = 3_000_000_000L;
    private static final long EMULATOR_WARM_UP = 100_000_000L;
    private static final long EMULATOR_SLICE = 300_000_000L;
    private static final int HEX = 16;

    private final Toolchain toolchain;
    private final Path binary;
    private final Engine interpreter;
    private final Engine translator;

    /** One process of {@link TimedGuest}. */
    private static final class Engine implements AutoCloseable {
        private final String name;
        private final Process process;
        private final BufferedReader out;
        private final Writer in;
        final List<String> results;

        Engine(final String name, final String translate, final String mode, final Path binary) throws IOException {
            this.name = name;
            final List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of("-XX:+UseSerialGC", "-Dorg.kernelentry.translate=" + translate));
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), TimedGuest.class.getName()));
            command.addAll(List.of(mode, binary.toString(), String.valueOf(WARM_UP)));
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            out = process.inputReader();
            in = new PrintWriter(process.outputWriter());
            results = List.of(line().split(" ", -1));
        }

        private String line() throws IOException {
            final String line = out.readLine();
            if (line == null) {
                throw new BenchException("the " + name + " ended before its program did.");
            }
            return line;
        }

        Rate slice() throws IOException {
            in.write("\n");
            in.flush();
            return Rate.parse(line());
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    TimedProgram(final Toolchain toolchain, final Path binary) throws IOException {
        this.toolchain = toolchain;
        this.binary = binary;
        interpreter = new Engine("interpreter", "never", toolchain.mode(), binary);
        try {
            translator = new Engine("translator", "", toolchain.mode(), binary);
        } catch (IOException | BenchException e) {
            interpreter.close();
            throw e;
        }
    }

    /** A slice of the interpreter alone. */
    Rate interpreted() throws IOException {
        return interpreter.slice();
    }

    /** A slice as users have it. */
    Rate translated() throws IOException {
        return translator.slice();
    }

    /**
     * A slice under qemu-user, by the program's own clock, which there is the host's.
     *
     * @param own the same program here: qemu-user does not count instructions
     * @throws BenchException if the program's rounds do not have the results that they have here
     */
    Rate emulated(final Rate own) throws IOException {
        final Process process = new ProcessBuilder(
                        toolchain.emulator(), binary.toString(), String.valueOf(Integer.MAX_VALUE))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out = process.inputReader()) {
            final List<String> results = new ArrayList<>();
            long began = 0;
            long rounds = 0;
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                final long now = Long.parseUnsignedLong(line.substring(0, HEX), HEX);
                rounds++;
                if (results.size() < TimedGuest.TOLD) {
                    results.add(line.substring(HEX + 1));
                } else if (began == 0 && now >= EMULATOR_WARM_UP) {
                    began = now;
                    rounds = 0;
                } else if (began != 0 && now - began >= EMULATOR_SLICE) {
                    compare(results);
                    return new Rate(rounds * own.instructions() / own.rounds(), now - began, rounds);
                }
            }
            throw new BenchException(toolchain.emulator() + " ended before its program did.");
        } finally {
            process.destroyForcibly();
        }
    }

    private void compare(final List<String> results) {
        for (final Engine engine : List.of(interpreter, translator)) {
            if (!engine.results.equals(results)) {
                throw new BenchException("the " + engine.name + " computes " + String.join(" ", engine.results)
                        + " where " + toolchain.emulator() + " has " + String.join(" ", results) + ".");
            }
        }
    }

    @Override
    public void close() {
        interpreter.close();
        translator.close();
    }
}
