package org.kernelentry.runner.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class WaitingTests {
    @Test
    void children_that_share_the_processors_wait_and_more_of_them_wait_longer() throws Exception {
        assumeThat(Path.of("/proc/self/schedstat")).exists();
        // Twice as many as there are processors: each waits half of the time.
        final int loops = 2 * Runtime.getRuntime().availableProcessors();
        final List<String> words = new ArrayList<>(List.of("/bin/sh", "-c"));
        words.add("while :; do :; done & ".repeat(loops) + "read x");
        final Process process = new ProcessBuilder(words).start();
        try {
            final Waiting waiting = new Waiting(process.toHandle());
            long waited = 0;
            for (int i = 0; i < 200 && waited < 100_000_000; i++) {
                Thread.sleep(20);
                waited = waiting.total();
            }
            assertThat(waited).isGreaterThan(100_000_000);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Test
    void a_process_that_has_ended_waits_for_nothing() throws Exception {
        final Process process = new ProcessBuilder("/bin/true").start();
        process.waitFor();
        assertThat(new Waiting(process.toHandle()).total()).isZero();
    }
}
