package org.kernelentry.runner.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.SpecException;

/**
 * The C compiler for programs that run under a kernel of an architecture. Programs come with this one as sources, so that no binary has to be
 * trusted, and are kept in the cache once compiled.
 *
 * @param program the compiler, as cross compilers are called everywhere: triplet and {@code gcc}
 * @param debianPackage Debian's package that it is in, its C library included
 */
record CrossCompiler(String program, String debianPackage) {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final List<String> FLAGS = List.of("-std=gnu11", "-O2", "-static", "-Wall", "-Wextra");
    private static final String SOURCES = "/org/kernelentry/runner/agent/";

    static CrossCompiler of(final Architecture architecture) {
        return switch (architecture) {
            case X86 -> new CrossCompiler("x86_64-linux-gnu-gcc", "gcc-x86-64-linux-gnu (or gcc on amd64)");
            case ARM64 -> new CrossCompiler("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu");
            case ARM -> new CrossCompiler("arm-linux-gnueabihf-gcc", "gcc-arm-linux-gnueabihf");
        };
    }

    /**
     * A static program from one of the sources that come with this one, {@code init.c}.
     *
     * @throws SpecException if it cannot be compiled here; says what to install
     */
    byte[] ours(final String source, final Cache cache) {
        try (InputStream in = CrossCompiler.class.getResourceAsStream(SOURCES + source)) {
            if (in == null) {
                throw new IllegalArgumentException("there is no source " + source);
            }
            return compile(new String(in.readAllBytes(), StandardCharsets.UTF_8), cache);
        } catch (final IOException e) {
            throw new SpecException("The source " + source + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** A static program from the text of a source. */
    byte[] compile(final String source, final Cache cache) {
        final Path file = cache.folder("programs").resolve(key(source));
        try {
            if (!Files.exists(file)) {
                compile(source, file, cache);
            }
            return Files.readAllBytes(file);
        } catch (final IOException e) {
            throw cache.unwritable(e);
        }
    }

    private void compile(final String source, final Path file, final Cache cache) throws IOException {
        final Path folder = cache.folder("programs");
        final Path text = Files.createTempFile(folder, "source", ".c");
        try {
            Files.writeString(text, source);
            cache.fill(file, part -> {
                final List<String> command = new ArrayList<>(List.of(program));
                command.addAll(FLAGS);
                command.addAll(List.of("-o", part.toString(), text.toString()));
                final Commands.Done done = run(folder, command);
                if (done.code() != 0) {
                    throw new SpecException(program + " cannot make the programs for the guest: " + done.lastLine()
                            + "; install its C library (Debian's package " + debianPackage + " brings it).");
                }
            });
        } finally {
            Files.deleteIfExists(text);
        }
    }

    private Commands.Done run(final Path folder, final List<String> command) {
        try {
            return Commands.run(folder, Map.of(), LIMIT, command);
        } catch (final IOException e) {
            throw new SpecException(
                    "There is no " + program + ", which makes the programs for the guest; install Debian's package "
                            + debianPackage + ".",
                    e);
        }
    }

    /** The same source, compiler and flags make the same program. */
    private String key(final String source) {
        try {
            final MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((program + FLAGS + source).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest()).substring(0, 24);
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
