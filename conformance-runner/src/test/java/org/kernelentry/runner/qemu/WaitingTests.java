package org.kernelentry.runner.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By accounts as the kernel keeps them: time on a processor, time before it, turns. */
final class WaitingTests {
    private static final ProcessHandle SELF = ProcessHandle.current();

    @TempDir
    private Path proc;

    private Waiting waiting;

    @BeforeEach
    void prepare() {
        waiting = new Waiting(SELF, proc);
    }

    private Path account(final int thread, final String text) throws IOException {
        final Path folder = Files.createDirectories(proc.resolve(SELF.pid() + "/task/" + thread));
        return Files.writeString(folder.resolve("schedstat"), text);
    }

    @Test
    void what_each_thread_has_waited_is_summed_up() throws IOException {
        account(1, "7000 30 5\n");
        account(2, "8000 400 5\n");
        assertThat(waiting.total()).isEqualTo(430);
        account(2, "9000 500 6\n");
        assertThat(waiting.total()).isEqualTo(530);
    }

    @Test
    void what_a_thread_that_has_ended_has_waited_is_not_lost() throws IOException {
        final Path account = account(1, "7000 30 5\n");
        waiting.total();
        Files.delete(account);
        account(2, "0 4 1\n");
        assertThat(waiting.total()).isEqualTo(34);
    }

    @Test
    void without_accounts_nothing_has_ever_waited() throws IOException {
        account(1, "\n");
        assertThat(waiting.total()).isZero();
        assertThat(new Waiting(SELF, proc.resolve("none")).total()).isZero();
    }

    @Test
    void the_accounts_of_this_kernel_are_of_that_form() throws IOException {
        final Path account = Path.of("/proc/self/schedstat");
        assumeThat(account).exists();
        assertThat(Files.readString(account)).matches("\\d+ \\d+ \\d+\\n");
    }
}
