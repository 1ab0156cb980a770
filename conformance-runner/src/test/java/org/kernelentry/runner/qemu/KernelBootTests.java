package org.kernelentry.runner.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.kernelentry.runner.qemu.QemuGuest.GuestFile;
import org.kernelentry.runner.spec.SpecException;

/** Debian's own kernels in QEMU, with an agent that sends back what it gets. */
@Tag("linux")
@Timeout(900)
final class KernelBootTests {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Cache CACHE = Cache.of(System.getenv());

    /** Says hello, then echoes until it reads a q, which ends it with a code of its own. */
    private static final String ECHO = """
            #include <string.h>
            #include <unistd.h>
            int main(void)
            {
                char bytes[4096];
                long n = write(1, "hello", 5);
                while (n > 0 && (n = read(0, bytes, sizeof(bytes))) > 0) {
                    if (memchr(bytes, 'q', n))
                        return 42;
                    n = write(1, bytes, n);
                }
                return 0;
            }
            """;

    @TempDir
    private Path folder;

    private QemuGuest boot(final String version, final Machine machine, final String agent) {
        final CrossCompiler compiler = CrossCompiler.of(machine.architecture());
        return QemuGuest.boot(
                null,
                new DebianKernels(CACHE).get(version, machine),
                List.of(
                        new GuestFile("init", compiler.ours("init.c", CACHE)),
                        new GuestFile("agent", compiler.compile(agent, CACHE))),
                folder.resolve("console.log"),
                PATIENCE);
    }

    @ParameterizedTest
    @CsvSource({"6.1, X86", "6.1, ARM64", "6.1, ARM", "6.12, X86", "6.12, ARM64", "6.12, ARM"})
    void an_agent_under_this_kernel_gets_and_sends_every_byte(final String version, final Machine machine)
            throws IOException {
        try (QemuGuest guest = boot(version, machine, ECHO)) {
            assertThat(new String(guest.in().readNBytes(5), StandardCharsets.US_ASCII))
                    .isEqualTo("hello");
            final byte[] bytes = new byte[4096];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (i == 'q' || (i & 0xff) == 'q' ? 0 : i);
            }
            guest.out().write(bytes);
            assertThat(Arrays.equals(guest.in().readNBytes(bytes.length), bytes))
                    .isTrue();
            assertThat(KernelReports.in(guest.console())).isEmpty();
            assertThat(guest.whyGone()).isEmpty();
            guest.out().write('q');
            assertThat(guest.in().read()).isEqualTo(-1);
            assertThat(guest.whyGone()).contains("the agent exited with 42");
        }
        assertThat(Files.readString(folder.resolve("console.log"))).contains("Linux version " + version + ".");
    }

    @Test
    void without_a_virtio_port_the_line_is_the_second_serial_port() throws IOException {
        // QEMU without the devices that a kernel without their drivers would not see.
        final Path emulator = Files.writeString(folder.resolve("qemu"), """
                #!/bin/bash
                for word; do
                    case $word in
                        virtio-serial-pci | virtserialport*) unset 'words[-1]' ;;
                        *) words+=("$word") ;;
                    esac
                done
                exec qemu-system-x86_64 "${words[@]}"
                """);
        Files.setPosixFilePermissions(emulator, PosixFilePermissions.fromString("rwx------"));
        final CrossCompiler compiler = CrossCompiler.of(Machine.X86.architecture());
        final List<GuestFile> files = List.of(
                new GuestFile("init", compiler.ours("init.c", CACHE)),
                new GuestFile("agent", compiler.compile(ECHO, CACHE)));
        try (QemuGuest guest = QemuGuest.boot(
                emulator.toString(),
                new DebianKernels(CACHE).get("6.12", Machine.X86),
                files,
                folder.resolve("console.log"),
                PATIENCE)) {
            assertThat(guest.console()).anyMatch(l -> l.endsWith("started, line /dev/ttyS1"));
            assertThat(new String(guest.in().readNBytes(5), StandardCharsets.US_ASCII))
                    .isEqualTo("hello");
            final byte[] line = "@KEC 1 0 a frame\n".repeat(200).getBytes(StandardCharsets.US_ASCII);
            guest.out().write(line);
            assertThat(guest.in().readNBytes(line.length)).isEqualTo(line);
        }
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    void a_kernel_that_panics_is_quoted(final Machine machine) throws IOException {
        final String panics = """
                #include <fcntl.h>
                #include <unistd.h>
                int main(void)
                {
                    int trigger = open("/proc/sysrq-trigger", O_WRONLY);
                    return write(trigger, "c", 1) == 1;
                }
                """;
        try (QemuGuest guest = boot("6.12", machine, panics)) {
            assertThat(guest.in().read()).isEqualTo(-1);
            assertThat(guest.whyGone()).contains("the kernel panicked: sysrq triggered crash");
        }
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    void without_an_init_the_kernel_never_gets_there(final Machine machine) {
        final KernelImage kernel = new DebianKernels(CACHE).get("6.12", machine);
        final Path log = folder.resolve("console.log");
        assertThatThrownBy(() -> QemuGuest.boot(null, kernel, List.of(), log, PATIENCE))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining("never reached init: Kernel panic - not syncing: ");
    }
}
