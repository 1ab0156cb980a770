package org.kernelentry.runner.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stays of a run on a kernel that is ended from outside: nothing. A script is in QEMU's place. */
@Tag("linux")
@Timeout(900)
final class InterruptedRunTests {
    /** Where the boot protocol's header has its mark (linux v7.3 Documentation/arch/x86/boot.rst). */
    private static final int MARK = 0x202;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"INT", "TERM", "HUP", "KILL"})
    void no_emulator_and_no_file_is_left_when_it_gets(final String signal) throws Exception {
        final Path temporary = Files.createDirectory(folder.resolve("temporary"));
        final Path pid = folder.resolve("pid");
        final Process conform = start(temporary, pid);
        try {
            await(() -> Files.exists(pid) && !text(pid).isBlank());
            final ProcessHandle emulator =
                    ProcessHandle.of(Long.parseLong(text(pid).strip())).orElseThrow();
            assertThat(temporary).isNotEmptyDirectory();

            new ProcessBuilder("kill", "-" + signal, String.valueOf(conform.pid()))
                    .start()
                    .waitFor();

            assertThat(conform.waitFor(300, TimeUnit.SECONDS)).isTrue();
            await(() -> !emulator.isAlive() && isEmpty(temporary));
            assertThat(emulator.isAlive()).isFalse();
            assertThat(temporary).isEmptyDirectory();
        } finally {
            conform.destroyForcibly();
        }
    }

    /** A run on a file that looks like a kernel, in a machine that says no more than the first line. */
    private Process start(final Path temporary, final Path pid) throws IOException {
        final byte[] image = new byte[0x400];
        System.arraycopy("HdrS".getBytes(StandardCharsets.US_ASCII), 0, image, MARK, 4);
        final Path kernel = Files.write(folder.resolve("bzImage"), image);
        final Path emulator = folder.resolve("qemu-system-x86_64");
        Files.writeString(emulator, "#!/bin/sh\necho 'Linux version 7.3'\necho $$ >" + pid + "\nexec sleep 900\n");
        Files.setPosixFilePermissions(emulator, PosixFilePermissions.fromString("rwx------"));
        final ProcessBuilder builder = new ProcessBuilder(
                        // Java leaves alone what it was told to ignore, as what runs in the background is.
                        "env",
                        "--default-signal=INT,TERM,HUP",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + temporary,
                        "-Dconform.home=" + folder,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.kernelentry.runner.cli.Conform",
                        "run",
                        "--kernel",
                        kernel.toString(),
                        "SUD-01")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().merge("PATH", folder.toString(), (path, first) -> first + ":" + path);
        return builder.start();
    }

    private static String text(final Path file) {
        try {
            return Files.readString(file);
        } catch (final IOException e) {
            return "";
        }
    }

    private static boolean isEmpty(final Path directory) {
        try (var files = Files.list(directory)) {
            return files.findAny().isEmpty();
        } catch (final IOException e) {
            return false;
        }
    }

    private static void await(final BooleanSupplier condition) throws InterruptedException {
        final long deadline = System.nanoTime() + Duration.ofMinutes(5).toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            Thread.sleep(20);
        }
    }
}
