package org.kernelentry.perf.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What makes programs of one mode from C, and what else runs them.
 *
 * @param mode of the programs
 * @param compiler Debian's name of it
 * @param option that chooses the instruction set, or nothing
 * @param emulator qemu-user's program for the same files
 */
record Toolchain(String mode, String compiler, List<String> option, String emulator) {
    static final List<Toolchain> ALL = List.of(
            new Toolchain("x64", "x86_64-linux-gnu-gcc", List.of(), "qemu-x86_64"),
            new Toolchain("ia32", "i686-linux-gnu-gcc", List.of(), "qemu-i386"),
            new Toolchain("a64", "aarch64-linux-gnu-gcc", List.of(), "qemu-aarch64"),
            new Toolchain("arm", "arm-linux-gnueabihf-gcc", List.of("-marm"), "qemu-arm"),
            new Toolchain("thumb", "arm-linux-gnueabihf-gcc", List.of("-mthumb"), "qemu-arm"));

    /** What is missing to make programs, or null. */
    @Nullable
    String missing() {
        return isInstalled(compiler) ? null : compiler + " is not installed";
    }

    /** Whether there is a qemu-user to compare with. */
    boolean hasEmulator() {
        return isInstalled(emulator);
    }

    static boolean isInstalled(final String program) {
        for (final String folder : String.valueOf(System.getenv("PATH")).split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Compiles a program that needs no C library and prints a line for each of its rounds.
     *
     * @throws BenchException with the compiler's first line if it refuses
     */
    Path compile(final Path source, final Path folder) throws IOException {
        final Path binary =
                folder.resolve(mode + "-" + source.getFileName().toString().replace(".c", ""));
        final List<String> command = new ArrayList<>(List.of(compiler, "-std=gnu11", "-O2", "-DTIMED", "-static"));
        command.addAll(option);
        command.addAll(List.of("-ffreestanding", "-nostdlib", "-fno-stack-protector", "-o", binary.toString()));
        command.addAll(List.of(source.toString(), "-lgcc"));
        final Process process =
                new ProcessBuilder(command).redirectErrorStream(true).start();
        final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new BenchException(compiler + " refuses " + source + ": "
                        + said.lines().findFirst().orElse("no word why"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException(compiler + " was interrupted.");
        }
        return binary;
    }
}
