package org.kernelentry.runner.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
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
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"INT, 2", "TERM, 15", "HUP, 1", "KILL, 9"})
    void no_emulator_and_no_file_is_left_when_it_gets(final String signal, final int number) throws Exception {
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
            // As of any program that a signal ended, so that a script stops with it.
            assertThat(conform.exitValue()).isEqualTo(128 + number);
            await(() -> !emulator.isAlive() && isEmpty(temporary));
            assertThat(emulator.isAlive()).isFalse();
            assertThat(temporary).isEmptyDirectory();
        } finally {
            conform.destroyForcibly();
        }
    }

    /** A run on a file that looks like a kernel, in a machine that says no more than the first line. */
    private Process start(final Path temporary, final Path pid) throws IOException {
        final ConformProcess process = new ConformProcess(folder);
        process.replace(
                "qemu-system-x86_64", "#!/bin/sh\necho 'Linux version 7.3'\necho $$ >" + pid + "\nexec sleep 900\n");
        return process.start(
                Map.of(), temporary, "run", "--kernel", process.kernel().toString(), "SUD-01");
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
