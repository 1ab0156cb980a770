package org.kernelentry.runner.qemu;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.report.Reports;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.SpecException;

/**
 * A kernel in a file, in the form that a boot loader takes: bzImage, Image (also compressed with gzip) or zImage.
 *
 * @param file the image
 * @param architecture what its header says it is for
 * @param config the options it was built with, in the form of {@code .config}, if they are in a file
 */
public record KernelImage(
        Path file, Architecture architecture, @Nullable Path config) {
    /** What of a file is looked at: the end of the x86 boot protocol's header is the farthest. */
    private static final int HEAD = 0x260;

    private static final String CUT = " ends before its end: it was cut, or is not written yet; copy it again.";

    private static final int HEAD_LINES = 5;
    /** Written by the kernel's own configuration program (linux v7.3 scripts/kconfig/confdata.c). */
    private static final Pattern VERSION = Pattern.compile("# Linux/\\w+ (\\d\\S*) Kernel Configuration");

    /**
     * Recognises an image by its header.
     *
     * @param config the file with its options, or null
     * @throws SpecException if the file cannot be read or is no image QEMU can boot; says what to give instead
     */
    public static KernelImage of(final Path file, final @Nullable Path config) {
        if (config != null && !Files.isReadable(config)) {
            throw new SpecException(
                    "The kernel's options " + config + " cannot be read; give the .config of its build.");
        }
        return new KernelImage(file, architecture(file), config);
    }

    private static Architecture architecture(final Path file) {
        if (file.toString().isEmpty()) {
            throw new SpecException("--kernel names no file; give the image of a build, such as bzImage.");
        }
        if (Files.isDirectory(file)) {
            throw new SpecException(file + " is a directory; give the kernel image in it: arch/x86/boot/bzImage,"
                    + " arch/arm64/boot/Image or arch/arm/boot/zImage of a build.");
        }
        if (!Files.exists(file)) {
            throw new SpecException("There is no kernel " + file + "; give the image of a build, such as bzImage.");
        }
        final byte[] bytes;
        final long size;
        try (InputStream in = unpacked(file)) {
            bytes = in.readNBytes(HEAD);
            // To its end: a compressed file that was cut shows that only there.
            size = bytes.length + in.transferTo(OutputStream.nullOutputStream());
        } catch (final EOFException e) {
            throw new SpecException("The kernel " + file + CUT, e);
        } catch (final IOException e) {
            throw new SpecException("The kernel " + file + " cannot be read: " + Reports.reason(e) + ".", e);
        }
        final ByteBuffer head = ByteBuffer.wrap(Arrays.copyOf(bytes, HEAD)).order(ByteOrder.LITTLE_ENDIAN);
        final Architecture architecture = architecture(file, head);
        if (size < ImageSize.of(architecture, head)) {
            throw new SpecException("The kernel " + file + CUT);
        }
        return architecture;
    }

    private static Architecture architecture(final Path file, final ByteBuffer head) {
        // linux v7.3 Documentation/arch/x86/boot.rst
        if (text(head, 0x202).equals("HdrS")) {
            return Architecture.X86;
        }
        // linux v7.3 Documentation/arch/arm64/booting.rst
        if (text(head, 56).equals("ARMd")) {
            return Architecture.ARM64;
        }
        // linux v7.3 arch/arm/boot/compressed/head.S
        if (head.getInt(0x24) == 0x016f_2818) {
            return Architecture.ARM;
        }
        final String instead = "; give bzImage (x86), Image (arm64) or zImage (arm).";
        if (text(head, 0).equals("\u007fELF")) {
            throw new SpecException(file + " is an ELF file such as vmlinux, which no boot loader takes" + instead);
        }
        if (text(head, 4).equals("zimg")) {
            throw new SpecException(
                    file + " is an EFI image that unpacks itself, which QEMU cannot start directly" + instead);
        }
        throw new SpecException(file + " is not a kernel image" + instead);
    }

    /** The version that the file of options names in its head, {@code 6.12.117}; null if there is none. */
    public @Nullable String version() {
        if (config == null) {
            return null;
        }
        try (Stream<String> lines = Files.lines(config, StandardCharsets.ISO_8859_1)) {
            return lines.limit(HEAD_LINES)
                    .map(VERSION::matcher)
                    .filter(Matcher::matches)
                    .map(m -> m.group(1))
                    .findFirst()
                    .orElse(null);
        } catch (final IOException | UncheckedIOException e) {
            return null;
        }
    }

    /** The content of the file, unpacked if it was compressed with gzip. */
    private static InputStream unpacked(final Path file) throws IOException {
        final PushbackInputStream in = new PushbackInputStream(Files.newInputStream(file), 2);
        try {
            final byte[] magic = in.readNBytes(2);
            in.unread(magic);
            return Arrays.equals(magic, new byte[] {0x1f, (byte) 0x8b}) ? new GZIPInputStream(in) : in;
        } catch (final IOException e) {
            in.close();
            throw e;
        }
    }

    private static String text(final ByteBuffer head, final int at) {
        final byte[] four = new byte[4];
        head.get(at, four);
        return new String(four, StandardCharsets.ISO_8859_1);
    }
}
