package org.kernelentry.runner.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a user is told when apt does not bring a kernel, by what apt says then. */
final class DebianKernelsTests {
    private static String sentence(final String output) {
        return String.valueOf(
                DebianKernels.refusal(List.of("apt-get", "-q", "update", "more"), new Commands.Done(100, output))
                        .getMessage());
    }

    @Test
    void without_a_network_the_first_failure_is_told() {
        assertThat(sentence("""
                Err:1 http://deb.debian.org/debian trixie InRelease
                  Temporary failure resolving 'deb.debian.org'
                E: Failed to fetch http://deb.debian.org/debian/dists/trixie/InRelease  Temporary failure resolving 'deb.debian.org'
                E: Some index files failed to download. They have been ignored, or old ones used instead.
                """))
                .isEqualTo("Debian's archive cannot be reached"
                        + " (http://deb.debian.org/debian/dists/trixie/InRelease: Temporary failure resolving"
                        + " 'deb.debian.org'); give a kernel by --kernel FILE.");
    }

    @Test
    void a_suite_that_the_archive_does_not_have() {
        assertThat(sentence("""
                Err:2 http://deb.debian.org/debian bulsey Release
                  404  Not Found
                E: The repository 'http://deb.debian.org/debian bulsey Release' does not have a Release file.
                """))
                .isEqualTo("Debian's archive has no suite bulsey; write debian:6.12 for a version, or"
                        + " debian:trixie, debian:sid for a suite.");
    }

    @Test
    void of_anything_else_the_last_line_is_quoted() {
        assertThat(sentence("Reading package lists...\nE: Sub-process returned an error.\n\n"))
                .isEqualTo("apt-get -q update failed: E: Sub-process returned an error; give a kernel by --kernel FILE"
                        + " if Debian's archive cannot be reached.");
    }
}
