package org.kernelentry.perf.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kernelentry.perf.SteadyJvm;

/** A compiled program that runs under the reference, interpreted and translated, and, slice by slice in turn, under qemu-user. */
final class TimedProgram implements AutoCloseable {
    private static final long WARM_UP = 3_000_000_000L;
    /** A method of thousands of bytes is compiled several times before nothing new comes up. */
    private static final long TRANSLATOR_WARM_UP = 10_000_000_000L;

    private static final long EMULATOR_WARM_UP = 100_000_000L;
    private static final long EMULATOR_SLICE = 300_000_000L;
    private static final int HEX = 16;

    private final Toolchain toolchain;
    private final Path binary;
    private final SliceProcess interpreter;
    private final SliceProcess translator;

    /** A process of {@link TimedGuest}. */
    private static SliceProcess engine(
            final String name, final String translate, final long warmUp, final Toolchain toolchain, final Path binary)
            throws IOException {
        return new SliceProcess(
                name,
                SteadyJvm.usual(List.of(
                        "-Dorg.kernelentry.translate=" + translate,
                        "-cp",
                        System.getProperty("java.class.path"),
                        TimedGuest.class.getName(),
                        toolchain.mode(),
                        binary.toString(),
                        String.valueOf(warmUp))));
    }

    TimedProgram(final Toolchain toolchain, final Path binary) throws IOException {
        this.toolchain = toolchain;
        this.binary = binary;
        interpreter = engine("interpreter", "never", WARM_UP, toolchain, binary);
        try {
            translator = engine("translator", "", TRANSLATOR_WARM_UP, toolchain, binary);
        } catch (IOException | BenchException e) {
            interpreter.close();
            throw e;
        }
    }

    /** A slice of the interpreter alone. */
    Rate interpreted() throws IOException {
        return Rate.parse(interpreter.slice());
    }

    /** A slice as users have it. */
    Rate translated() throws IOException {
        return Rate.parse(translator.slice());
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
        for (final SliceProcess engine : List.of(interpreter, translator)) {
            final String expected = String.join(" ", results);
            if (!engine.ready().equals(expected)) {
                throw new BenchException("the " + engine.name() + " computes " + engine.ready() + " where "
                        + toolchain.emulator() + " has " + expected + ".");
            }
        }
    }

    @Override
    public void close() {
        interpreter.close();
        translator.close();
    }
}
