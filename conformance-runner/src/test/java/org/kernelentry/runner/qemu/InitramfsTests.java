package org.kernelentry.runner.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.junit.jupiter.api.Test;

final class InitramfsTests {
    private static byte[] archive() throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Initramfs archive = new Initramfs(bytes)) {
            archive.directory("dev")
                    .device("dev/console", 5, 1)
                    .file("init", new byte[] {1, 2, 3}, true)
                    .file("note", new byte[] {4}, false);
        }
        return bytes.toByteArray();
    }

    private static byte[] unpacked() throws IOException {
        return new GZIPInputStream(new ByteArrayInputStream(archive())).readAllBytes();
    }

    private static List<String> entries() throws IOException {
        final List<String> entries = new ArrayList<>();
        try (CpioArchiveInputStream in = new CpioArchiveInputStream(new ByteArrayInputStream(unpacked()))) {
            for (CpioArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                entries.add("%s %o %d:%d %d bytes"
                        .formatted(
                                e.getName(),
                                e.getMode(),
                                e.getRemoteDeviceMaj(),
                                e.getRemoteDeviceMin(),
                                in.readAllBytes().length));
            }
        }
        return entries;
    }

    @Test
    void everything_is_there_with_its_kind_and_mode() throws IOException {
        assertThat(entries())
                .containsExactly(
                        "dev 40755 0:0 0 bytes",
                        "dev/console 20600 5:1 0 bytes",
                        "init 100755 0:0 3 bytes",
                        "note 100644 0:0 1 bytes");
    }

    @Test
    void it_is_of_the_form_that_the_kernel_unpacks() throws IOException {
        assertThat(new String(unpacked(), 0, 6, StandardCharsets.US_ASCII)).isEqualTo("070701");
    }

    @Test
    void the_same_contents_are_the_same_bytes() throws IOException {
        assertThat(archive()).isEqualTo(archive());
    }
}
