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
import org.kernelentry.runner.spec.Mode;
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
    private static final List<String> AGENT =
            List.of("agent.h", "agent.c", "frame.c", "guest.c", "execute.c", "tracer.c", "trace.c", "audit.c");
    /** Out of the way of guests, whose programs are at fixed addresses below. */
    private static final List<String> AGENT_FLAGS = List.of("-Wl,-Ttext-segment=0x30000000");

    static CrossCompiler of(final Architecture architecture) {
        return of(architecture.defaultMode());
    }

    /** For the ABI of a mode: the one that a 32-bit task of a 64-bit kernel has is another architecture to a compiler. */
    static CrossCompiler of(final Mode mode) {
        return switch (mode) {
            case X64 -> new CrossCompiler("x86_64-linux-gnu-gcc", "gcc-x86-64-linux-gnu (or gcc on amd64)");
            case IA32 -> new CrossCompiler("i686-linux-gnu-gcc", "gcc-i686-linux-gnu");
            case A64 -> new CrossCompiler("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu");
            case A32, ARM, THUMB, OABI -> new CrossCompiler("arm-linux-gnueabihf-gcc", "gcc-arm-linux-gnueabihf");
        };
    }

    /** The compiler of this machine for programs of its own. */
    static CrossCompiler ofHost() {
        return new CrossCompiler("gcc", "gcc");
    }

    /**
     * A static program from one of the sources that come with this one, {@code init.c}.
     *
     * @throws SpecException if it cannot be compiled here; says what to install
     */
    byte[] ours(final String source, final Cache cache) {
        return content(compile(List.of(source), List.of(read(source)), List.of(), cache), cache);
    }

    /**
     * The agent, compiled.
     *
     * @throws SpecException if it cannot be compiled here; says what to install
     */
    Path agent(final Cache cache) {
        return compile(AGENT, AGENT.stream().map(CrossCompiler::read).toList(), AGENT_FLAGS, cache);
    }

    /** A static program from the text of a source. */
    byte[] compile(final String source, final Cache cache) {
        return content(compile(List.of("source.c"), List.of(source), List.of(), cache), cache);
    }

    private static String read(final String source) {
        try (InputStream in = CrossCompiler.class.getResourceAsStream(SOURCES + source)) {
            if (in == null) {
                throw new IllegalArgumentException("there is no source " + source);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (final IOException e) {
            throw new SpecException("The source " + source + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    static byte[] content(final Path program, final Cache cache) {
        try {
            return Files.readAllBytes(program);
        } catch (final IOException e) {
            throw cache.unwritable(e);
        }
    }

    private Path compile(
            final List<String> names, final List<String> texts, final List<String> flags, final Cache cache) {
        final Path file = cache.folder("programs").resolve(key(flags, texts));
        if (!Files.exists(file)) {
            compile(names, texts, flags, file, cache);
        }
        return file;
    }

    private void compile(
            final List<String> names,
            final List<String> texts,
            final List<String> flags,
            final Path file,
            final Cache cache) {
        try (Scratch sources = Scratch.in(cache.folder("programs"))) {
            for (int i = 0; i < names.size(); i++) {
                Files.writeString(sources.resolve(names.get(i)), texts.get(i));
            }
            cache.fill(file, part -> {
                final List<String> command = new ArrayList<>(List.of(program));
                command.addAll(FLAGS);
                command.addAll(flags);
                command.addAll(List.of("-o", part.toString()));
                names.stream().filter(n -> n.endsWith(".c")).forEach(command::add);
                final Commands.Done done = run(sources.folder(), command);
                if (done.code() != 0) {
                    cache.checkSpace(done.output());
                    throw new SpecException(program + " cannot make the programs for the guest: " + done.lastLine()
                            + "; install its C library (Debian's package " + debianPackage + " brings it).");
                }
            });
        } catch (final IOException e) {
            throw cache.unwritable(e);
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

    /** The same sources, compiler and flags make the same program. */
    private String key(final List<String> flags, final List<String> texts) {
        try {
            final MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((program + FLAGS + flags + texts).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest()).substring(0, 24);
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
