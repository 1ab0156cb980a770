package org.kernelentry.runner.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kernelentry.runner.qemu.ConformProcess.Ended;

/** What a user sees who asks for a kernel that cannot be had, or cannot be run: one sentence, and exit code 2. */
@Tag("linux")
@Timeout(900)
final class UnusableKernelTests {
    private static final String X86 = "qemu-system-x86_64";

    @TempDir
    private Path folder;

    private ConformProcess conform;

    @BeforeEach
    void prepare() throws Exception {
        conform = new ConformProcess(folder);
    }

    @AfterEach
    void end() {
        conform.close();
    }

    /** What is said last, by a run that could not be; before it is only what was being done. */
    private String complaint(final Map<String, String> environment, final String... arguments) throws Exception {
        final Ended ended = conform.run(environment, arguments);
        assertThat(ended.code()).as(ended.output()).isEqualTo(2);
        assertThat(ended.output()).endsWith(".\n");
        final String[] lines = ended.output().split("\n", -1);
        for (int i = 0; i < lines.length - 2; i++) {
            assertThat(lines[i]).endsWith(" ...");
        }
        assertThat(folder.resolve("temporary")).isEmptyDirectory();
        return lines[lines.length - 2];
    }

    private String complaint(final Path kernel) throws Exception {
        return complaint(Map.of(), "run", "--kernel", kernel.toString(), "SUD-01");
    }

    @Test
    void a_file_that_is_no_kernel() throws Exception {
        final Path file = Files.writeString(folder.resolve("notes"), "not a kernel");
        assertThat(complaint(file)).startsWith("conform: " + file + " is not a kernel image; give bzImage (x86)");
    }

    @Test
    void a_kernel_for_other_processors_than_those_asked_for_is_not_booted() throws Exception {
        final Path kernel = conform.kernel();
        assertThat(complaint(Map.of(), "run", "--kernel", kernel.toString(), "--arch", "arm,arm64", "SUD-01"))
                .isEqualTo("conform: " + kernel + " is a kernel for x86, not for arm or arm64.");
    }

    @Test
    void no_emulator() throws Exception {
        conform.remove("qemu");
        assertThat(complaint(conform.kernel()))
                .isEqualTo("conform: There is no qemu-system-x86_64, which runs kernels for x86; install QEMU"
                        + " (Debian's package is qemu-system-x86).");
    }

    @Test
    void a_kernel_that_never_reaches_init() throws Exception {
        conform.replace(X86, "#!/bin/sh\necho 'Linux version 7.3'\necho 'Kernel panic - not syncing: no root'\n");
        assertThat(complaint(conform.kernel()))
                .contains(" never reached init: Kernel panic - not syncing: no root; it needs CONFIG_BLK_DEV_INITRD=y");
    }

    @Test
    void an_agent_that_is_cut_off_in_the_middle_of_a_frame() throws Exception {
        // The socket of the virtio port, the reply to the first request by half, the end.
        conform.replace(X86, """
                #!/usr/bin/perl
                use IO::Socket::UNIX;
                my ($path) = map { /id=port,path=(.*)/ } @ARGV;
                my $port = IO::Socket::UNIX->new(Peer => $path) or die;
                $| = 1;
                print "Linux version 7.3\\nkernel-entry-init: started, line /dev/vport0p1\\n";
                <$port>;
                print $port '@KEC 1 0123';
                close $port;
                print "kernel-entry-init: the agent was killed by signal 11\\n";
                """);
        assertThat(complaint(conform.kernel()))
                .contains(" boots, but the agent in it is lost: The agent is gone: the agent was killed by signal 11;"
                        + " what the kernel printed is in ");
    }

    @Test
    void no_apt_to_fetch_a_kernel_with() throws Exception {
        conform.remove("apt");
        assertThat(complaint(Map.of("XDG_CACHE_HOME", folder.toString()), "run", "--on", "debian:6.12", "SUD-01"))
                .isEqualTo("conform: There is no apt-get, so Debian's kernels cannot be fetched here; give a kernel"
                        + " by --kernel FILE.");
    }

    @Test
    void no_network_to_fetch_a_kernel_over() throws Exception {
        // apt's own words and exit code without one.
        conform.replace("apt-get", """
                #!/bin/sh
                case $* in
                    *indextargets*) echo http://deb.debian.org/debian/ ;;
                    *update*)
                        echo "E: Failed to fetch http://deb.debian.org/InRelease  Temporary failure resolving"
                        echo "E: Some index files failed to download. They have been ignored."
                        exit 100 ;;
                esac
                """);
        assertThat(complaint(Map.of("XDG_CACHE_HOME", folder.toString()), "run", "--on", "debian:6.12", "SUD-01"))
                .isEqualTo("conform: Debian's archive cannot be reached (http://deb.debian.org/InRelease: Temporary"
                        + " failure resolving); give a kernel by --kernel FILE.");
    }

    @Test
    void a_full_disk_under_the_cache() throws Exception {
        // What the archive sent does not fit; apt's own words and exit code then.
        conform.replace("apt-get", """
                #!/bin/sh
                case $* in
                    *indextargets*) echo http://deb.debian.org/debian/ ;;
                    *update*)
                        echo "E: Failed to fetch http://x/Packages  Error writing to file - write (28: No space left on device)"
                        exit 100 ;;
                esac
                """);
        assertThat(complaint(Map.of("XDG_CACHE_HOME", folder.toString()), "run", "--on", "debian:6.12", "SUD-01"))
                .isEqualTo("conform: Cannot keep kernels in " + folder
                        + "/kernel-entry-conformance: No space left on device; make room there or set XDG_CACHE_HOME to"
                        + " another folder.");
    }
}
