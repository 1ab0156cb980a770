package org.kernelentry.runner.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.SpecException;

final class KernelImageTests {
    @TempDir
    private Path folder;

    private static byte[] image(final int at, final String magic) {
        final byte[] bytes = new byte[0x400];
        final byte[] text = magic.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(text, 0, bytes, at, text.length);
        return bytes;
    }

    private Path file(final byte[] bytes) throws IOException {
        return Files.write(folder.resolve("image"), bytes);
    }

    @ParameterizedTest
    @CsvSource({"0x202, HdrS, X86", "56, ARMd, ARM64", "0x24, '\u0018(o\u0001', ARM"})
    void an_image_is_known_by_its_header(final String at, final String magic, final Architecture architecture)
            throws IOException {
        final Path file = file(image(Integer.decode(at), magic));
        assertThat(KernelImage.of(file, null).architecture()).isEqualTo(architecture);
    }

    @Test
    void a_compressed_image_is_looked_into() throws IOException {
        final Path file = folder.resolve("Image.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(image(56, "ARMd"));
        }
        assertThat(KernelImage.of(file, null).architecture()).isEqualTo(Architecture.ARM64);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0 | '\u007fELF' | is an ELF file such as vmlinux, which no boot loader takes
            4 | zimg        | is an EFI image that unpacks itself, which QEMU cannot start directly
            0 | '#!/bin/sh' | is not a kernel image
            """)
    void what_is_no_image_is_named_with_what_to_give(final int at, final String magic, final String why)
            throws IOException {
        final Path file = file(image(at, magic));
        assertThatThrownBy(() -> KernelImage.of(file, null))
                .isInstanceOf(SpecException.class)
                .hasMessage(file + " " + why + "; give bzImage (x86), Image (arm64) or zImage (arm).");
    }

    @Test
    void a_file_of_some_bytes_is_no_image() throws IOException {
        final Path file = file(new byte[] {0x1f});
        assertThatThrownBy(() -> KernelImage.of(file, null)).hasMessageContaining("is not a kernel image");
    }

    @Test
    void a_compressed_file_cut_short_cannot_be_read() throws IOException {
        final Path file = file(new byte[] {0x1f, (byte) 0x8b, 8, 0});
        assertThatThrownBy(() -> KernelImage.of(file, null))
                .isInstanceOf(SpecException.class)
                .hasMessage("The kernel " + file
                        + " ends before its end: it was cut, or is not written yet; copy it again.");
    }

    private static byte[] bzImage() {
        final byte[] bytes = image(0x202, "HdrS");
        bytes[0x1f1] = 1;
        // Two sectors of setup, then syssize times 16 bytes.
        bytes[0x1f4] = 3;
        return Arrays.copyOf(bytes, 2 * 512 + 48);
    }

    private static byte[] zImage() {
        final byte[] bytes = image(0x24, "\u0018(o\u0001");
        // From 0x1000 to 0x1800.
        bytes[0x29] = 0x10;
        bytes[0x2d] = 0x18;
        return Arrays.copyOf(bytes, 0x800);
    }

    private static byte[] arm64Image() {
        final byte[] bytes = image(56, "ARMd");
        bytes[0x3c] = 0x40;
        System.arraycopy("PE\0\0".getBytes(StandardCharsets.ISO_8859_1), 0, bytes, 0x40, 4);
        // One section behind an optional header of 16 bytes: 0x200 bytes from 0x400 on.
        bytes[0x40 + 6] = 1;
        bytes[0x40 + 20] = 16;
        bytes[0x40 + 24 + 16 + 17] = 2;
        bytes[0x40 + 24 + 16 + 21] = 4;
        return Arrays.copyOf(bytes, 0x600);
    }

    @Test
    void an_image_that_is_whole_is_taken() throws IOException {
        for (final byte[] each : List.of(bzImage(), zImage(), arm64Image())) {
            final Path file = file(each);
            assertThatCode(() -> KernelImage.of(file, null)).doesNotThrowAnyException();
        }
    }

    @Test
    void an_image_that_was_cut_is_refused() throws IOException {
        for (final byte[] each : List.of(bzImage(), zImage(), arm64Image())) {
            final Path file = file(Arrays.copyOf(each, each.length - 20));
            assertThatThrownBy(() -> KernelImage.of(file, null))
                    .isInstanceOf(SpecException.class)
                    .hasMessageContaining("it was cut, or is not written yet");
        }
    }

    @Test
    void an_image_for_another_architecture_than_the_user_means() throws IOException {
        final Path file = file(zImage());
        assertThatThrownBy(() -> Kernels.file(file, null, List.of(Architecture.ARM64)))
                .hasMessage(file + " is a kernel for arm, not for arm64.");
        assertThatThrownBy(() -> Kernels.file(file, null, List.of(Architecture.X86, Architecture.ARM64)))
                .hasMessage(file + " is a kernel for arm, not for x86 or arm64.");
    }

    @Test
    void no_file() {
        assertThatThrownBy(() -> KernelImage.of(Path.of(""), null))
                .hasMessage("--kernel names no file; give the image of a build, such as bzImage.");
    }

    @Test
    void a_file_that_is_not_there() {
        final Path file = folder.resolve("none");
        assertThatThrownBy(() -> KernelImage.of(file, null))
                .hasMessage("There is no kernel " + file + "; give the image of a build, such as bzImage.");
    }

    @Test
    void a_folder_is_told_which_file_in_it_to_give() {
        assertThatThrownBy(() -> KernelImage.of(folder, null)).hasMessageContaining("arch/x86/boot/bzImage");
    }

    @Test
    void options_that_are_not_there() throws IOException {
        final Path file = file(image(0x202, "HdrS"));
        final Path config = folder.resolve("config");
        assertThatThrownBy(() -> KernelImage.of(file, config))
                .hasMessage("The kernel's options " + config + " cannot be read; give the .config of its build.");
    }
}
