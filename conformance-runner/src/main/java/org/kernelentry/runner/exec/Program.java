package org.kernelentry.runner.exec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.exec.ElfAbi;
import org.kernelentry.kernel.exec.ElfFile;
import org.kernelentry.kernel.exec.ElfFormatException;
import org.kernelentry.runner.spec.Architecture;

/** A program file of the host, read and checked. */
public final class Program {
    /** Larger files are refused before they are read. */
    private static final long LARGEST = 512L << 20;

    private final String name;
    private final String path;
    private final byte[] bytes;
    private final ElfFile elf;

    private Program(final String name, final String path, final byte[] bytes, final ElfFile elf) {
        this.name = name;
        this.path = path;
        this.bytes = bytes;
        this.elf = elf;
    }

    /** Its name as the user wrote it. */
    public String name() {
        return name;
    }

    /** Absolute path, as the guest sees it. */
    String path() {
        return path;
    }

    byte[] bytes() {
        return bytes;
    }

    ElfFile elf() {
        return elf;
    }

    /** Reads a file. */
    public static Program read(final Path file) throws ExecException {
        final String name = file.toString();
        final byte[] bytes;
        try {
            if (Files.isDirectory(file)) {
                throw new ExecException(name + " is a directory.");
            }
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new ExecException(name + " is not a regular file.");
            }
            if (Files.size(file) > LARGEST) {
                throw new ExecException(name + " is larger than " + (LARGEST >> 20) + " MiB.");
            }
            bytes = Files.readAllBytes(file);
        } catch (final NoSuchFileException e) {
            throw new ExecException("There is no file " + name + ".");
        } catch (final IOException e) {
            throw new ExecException(name + " cannot be read.");
        }
        try {
            return new Program(
                    name, asBytes(file.toAbsolutePath().normalize().toString()), bytes, ElfFile.parse(bytes));
        } catch (final ElfFormatException e) {
            throw new ExecException(name + " " + e.getMessage() + ".");
        }
    }

    /** Text of the host as the guest's kernel has it: one character for each byte. */
    static String asBytes(final String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** The architecture that the file is for. */
    public Architecture architecture(final @Nullable Architecture wanted) throws ExecException {
        final boolean arm64Compat = wanted == Architecture.ARM64 && elf.machine() == ElfAbi.EM_ARM;
        final Architecture own = switch (elf.machine()) {
            case ElfAbi.EM_386, ElfAbi.EM_X86_64 -> Architecture.X86;
            case ElfAbi.EM_AARCH64 -> Architecture.ARM64;
            case ElfAbi.EM_ARM -> arm64Compat ? Architecture.ARM64 : Architecture.ARM;
            default ->
                throw new ExecException(
                        name + " is for " + elf.machineName() + "; x86, arm64 and arm are what can be run.");
        };
        if (wanted != null && wanted != own) {
            throw new ExecException(name + " is for " + elf.machineName() + ", not for " + wanted.label() + ".");
        }
        return own;
    }
}
