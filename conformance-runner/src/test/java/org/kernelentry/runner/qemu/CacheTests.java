package org.kernelentry.runner.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.runner.spec.SpecException;

/** What becomes of the cache when there is no room. */
final class CacheTests {
    @TempDir
    private Path folder;

    private Cache cache;
    private String sentence;

    @BeforeEach
    void prepare() {
        cache = Cache.of(Map.of("XDG_CACHE_HOME", folder.toString()));
        sentence = "Cannot keep kernels in " + folder + "/kernel-entry-conformance: No space left on device;"
                + " make room there or set XDG_CACHE_HOME to another folder.";
    }

    @Test
    void a_file_that_does_not_fit_is_not_kept_by_half() {
        final Path file = cache.folder("debian").resolve("vmlinuz");
        assertThatThrownBy(() -> cache.fill(file, part -> {
                    Files.writeString(part, "half of it");
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(SpecException.class)
                .hasMessage(sentence);
        assertThat(file.getParent()).isEmptyDirectory();
    }

    @Test
    void a_file_that_was_there_stays_when_its_successor_does_not_fit() throws IOException {
        final Path file = Files.writeString(cache.folder("debian").resolve("vmlinuz"), "the old one");
        assertThatThrownBy(() -> cache.fill(file, part -> {
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(SpecException.class);
        assertThat(file).hasContent("the old one");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "E: Failed to fetch x  Error writing to file - write (28: No space left on device)\nE: Some files failed.",
                "E: You don't have enough free space in /var/cache/apt/archives/.",
                "/tmp/cc.o: final close failed: No space left on device",
                "dpkg-deb: error: Disk quota exceeded"
            })
    void a_program_that_found_no_room_is_understood(final String output) {
        assertThatThrownBy(() -> cache.checkSpace(output))
                .isInstanceOf(SpecException.class)
                .hasMessage(sentence);
    }

    @Test
    void a_program_that_failed_otherwise_is_not_about_room() {
        assertThatCode(() -> cache.checkSpace("E: Could not resolve 'deb.debian.org'"))
                .doesNotThrowAnyException();
    }

    @Test
    void a_scratch_folder_is_gone_with_its_files() throws IOException {
        final Path scratch;
        try (Scratch open = Scratch.in(folder)) {
            scratch = open.folder();
            Files.writeString(open.resolve("a"), "a");
            assertThat(scratch).isNotEmptyDirectory();
        }
        assertThat(scratch).doesNotExist();
    }
}
