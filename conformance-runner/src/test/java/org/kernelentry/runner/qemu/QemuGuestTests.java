package org.kernelentry.runner.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.SpecException;

/** What becomes of a boot, with scripts in QEMU's place. */
@Timeout(600)
@Execution(ExecutionMode.CONCURRENT) // It mostly waits.
final class QemuGuestTests {
    /** With a script that says something sometime. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    /** With a script that says nothing more: only how long a test takes hangs on it. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    @TempDir
    private Path folder;

    private KernelImage kernel;
    private Path log;

    @BeforeEach
    void prepare() throws IOException {
        kernel = new KernelImage(Files.writeString(folder.resolve("bzImage"), "kernel"), Architecture.X86, null);
        log = folder.resolve("console.log");
    }

    private QemuGuest boot(final String script) throws IOException {
        return boot(script, PATIENCE, null);
    }

    private QemuGuest boot(final String script, final Duration patience, final @Nullable LongSupplier clock)
            throws IOException {
        final Path program = folder.resolve("qemu");
        Files.writeString(program, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return QemuGuest.boot(program.toString(), kernel, List.of(), log, patience, clock);
    }

    private void refused(final String script, final String sentence) {
        assertThatThrownBy(() -> boot(script)).isInstanceOf(SpecException.class).hasMessage(sentence);
    }

    /** Number of lines that the boot has certainly seen. */
    private long linesKept() {
        try {
            return Files.exists(log)
                    ? Files.readString(log).chars().filter(c -> c == '\n').count()
                    : 0;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void without_the_emulator_its_package_is_named() {
        assertThatThrownBy(() -> QemuGuest.boot("no-such-qemu", kernel, List.of(), log, PATIENCE))
                .isInstanceOf(SpecException.class)
                .hasMessage("There is no no-such-qemu, which runs kernels for x86; install QEMU"
                        + " (Debian's package is qemu-system-x86).");
    }

    @Test
    void an_emulator_that_refuses_is_quoted() {
        refused(
                "echo 'qemu: could not load kernel.' >&2; exit 1",
                "QEMU did not run the kernel " + kernel.file() + ": qemu: could not load kernel.");
    }

    @Test
    void a_kernel_without_serial_console_is_silent() {
        assertThatThrownBy(() -> boot("exec sleep 300", SHORT, null))
                .isInstanceOf(SpecException.class)
                .hasMessage("The kernel " + kernel.file() + " printed nothing on ttyS0 within 1 s; a serial console is"
                        + " needed (CONFIG_SERIAL_8250_CONSOLE=y).");
    }

    @Test
    void a_kernel_that_stops_halfway_shows_where() {
        // Time passes only once it has said so much.
        final AtomicLong time = new AtomicLong();
        assertThatThrownBy(() -> boot(
                        "echo 'Linux version 7.3'; echo 'Mounting root'; exec sleep 300",
                        SHORT,
                        () -> linesKept() < 2 ? 0 : time.addAndGet(2 * SHORT.toNanos())))
                .isInstanceOf(SpecException.class)
                .hasMessage("The kernel " + kernel.file() + " never reached init: it has been silent for 1 s after"
                        + " \"Mounting root\"; its console is kept in " + log + ".");
    }

    @Test
    void a_kernel_that_panics_is_quoted() {
        refused(
                "echo 'Linux version 7.3'; echo '[    1.2] Kernel panic - not syncing: No working init found.'",
                "The kernel " + kernel.file()
                        + " never reached init: Kernel panic - not syncing: No working init found."
                        + "; it needs CONFIG_BLK_DEV_INITRD=y and CONFIG_RD_GZIP=y, and its console is kept in " + log
                        + ".");
    }

    @Test
    void a_kernel_without_a_line_is_told_what_it_needs() {
        refused(
                "echo 'kernel-entry-init: no line to the runner: No such file'; exec sleep 300",
                "The kernel " + kernel.file() + " has no driver for a line to the agent: it needs"
                        + " CONFIG_VIRTIO_CONSOLE=y and CONFIG_VIRTIO_PCI=y, or CONFIG_SERIAL_8250=y, and"
                        + " CONFIG_DEVTMPFS=y.");
    }

    @Test
    void a_kernel_that_keeps_talking_is_waited_for() throws IOException {
        final String slowly = "for i in 1 2 3 4; do echo line $i; sleep 0.3; done;"
                + " echo 'kernel-entry-init: started, line /dev/vport0p1'; exec sleep 300";
        // More than half of the patience passes with each line.
        try (QemuGuest guest = boot(slowly, SHORT, () -> linesKept() * SHORT.toNanos() * 6 / 10)) {
            assertThat(guest.console()).contains("line 1", "line 4");
        }
    }

    @Test
    void what_the_kernel_prints_is_kept() throws IOException {
        try (QemuGuest guest = boot("echo hello; echo 'kernel-entry-init: started, line /dev/ttyS1'; exec sleep 300")) {
            assertThat(guest.whyGone()).isEmpty();
        }
        assertThat(Files.readString(log, StandardCharsets.UTF_8)).startsWith("hello\n");
    }

    @Test
    void a_panic_after_the_boot_is_why_the_guest_is_gone() throws IOException {
        try (QemuGuest guest = boot("echo 'kernel-entry-init: started, line /dev/ttyS1'; sleep 0.1;"
                + " echo '[ 9.9] Kernel panic - not syncing: Fatal exception'; exec sleep 300")) {
            await(() -> guest.whyGone().isPresent());
            assertThat(guest.whyGone()).contains("the kernel panicked: Fatal exception");
        }
    }

    @Test
    void a_panic_that_ended_the_machine_is_not_overlooked() throws IOException {
        try (QemuGuest guest = boot("echo 'kernel-entry-init: started, line /dev/ttyS1';"
                + " echo '[ 9.9] Kernel panic - not syncing: Fatal exception'")) {
            await(() -> guest.whyGone().isPresent());
            assertThat(guest.whyGone()).contains("the kernel panicked: Fatal exception");
        }
    }

    @Test
    void an_agent_that_ended_is_why_the_guest_is_gone() throws IOException {
        try (QemuGuest guest = boot("echo 'kernel-entry-init: started, line /dev/ttyS1'; sleep 0.1;"
                + " echo 'kernel-entry-init: the agent was killed by signal 11'; exec sleep 300")) {
            await(() -> guest.whyGone().isPresent());
            assertThat(guest.whyGone()).contains("the agent was killed by signal 11");
        }
    }

    @Test
    void no_emulator_is_left_behind() throws IOException {
        final Path pid = folder.resolve("pid");
        try (QemuGuest guest =
                boot("echo $$ >" + pid + "; echo 'kernel-entry-init: started, line /dev/ttyS1'; exec sleep 300")) {
            assertThat(guest.whyGone()).isEmpty();
            assertThat(alive(pid)).isTrue();
        }
        await(() -> !alive(pid));
        assertThat(alive(pid)).isFalse();
    }

    @Test
    void nor_by_a_boot_that_failed() throws IOException {
        final Path pid = folder.resolve("pid");
        assertThatThrownBy(() -> boot("echo $$ >" + pid + "; echo 'kernel-entry-init: no line'; exec sleep 300"))
                .hasMessageContaining("has no driver for a line");
        assertThat(pid).content().endsWith("\n");
        await(() -> !alive(pid));
        assertThat(alive(pid)).isFalse();
    }

    @Test
    void its_files_are_deleted() throws IOException {
        final Path names = folder.resolve("names");
        boot("echo \"$@\" >" + names + "; echo 'kernel-entry-init: started, line /dev/ttyS1'; exec sleep 300")
                .close();
        final Path initramfs = Stream.of(Files.readString(names).split(" "))
                .filter(w -> w.endsWith("/initramfs"))
                .map(Path::of)
                .findFirst()
                .orElseThrow();
        assertThat(initramfs.getParent()).doesNotExist();
    }

    @Test
    void when_this_program_is_killed_neither_the_emulator_nor_its_files_stay() throws Exception {
        final Path pid = folder.resolve("pid");
        final Path files = Files.createDirectory(folder.resolve("files"));
        Files.writeString(files.resolve("initramfs"), "a file");
        final Process keeper = QemuGuest.keep(files, List.of("/bin/sh", "-c", "echo $$ >" + pid + "; exec sleep 300"));
        await(() -> alive(pid));
        assertThat(alive(pid)).isTrue();
        // All that the shell sees of the end of this program, however it comes about.
        keeper.getOutputStream().close();
        await(() -> !alive(pid) && !Files.exists(files));
        assertThat(alive(pid)).isFalse();
        assertThat(files).doesNotExist();
    }

    /** Whether the process whose number is in the file runs; a shell makes the file before it writes the number. */
    private static boolean alive(final Path pid) {
        try {
            final String number = Files.exists(pid) ? Files.readString(pid) : "";
            return number.endsWith("\n")
                    && ProcessHandle.of(Long.parseLong(number.strip()))
                            .map(ProcessHandle::isAlive)
                            .orElse(false);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Long enough for any machine; what does not happen is asserted by who waits. */
    private static void await(final BooleanSupplier condition) {
        final long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(5_000_000);
        }
    }
}
