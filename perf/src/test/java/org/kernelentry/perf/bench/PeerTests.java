package org.kernelentry.perf.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PeerTests {
    @TempDir
    private Path folder;

    private static Peer shell(final String script) {
        return new Peer("a shell", "x64", Peer.BATCH, program -> List.of("sh", "-c", script));
    }

    @Test
    void theHostRunsTheLoopAndCountsIt() throws IOException {
        assumeThat(System.getProperty("os.arch")).isEqualTo("amd64");
        final Peer host = new Peer("host kernel", "x64", 3 * Peer.BATCH, file -> List.of(file.toString()));
        assertThat(host.run(Peers.program(host, folder))).isPositive();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "echo '<TASK>'                                   | a shell ended before it printed \"the calls begin\".",
                "echo the calls begin; echo '</TASK>'            | a shell ended before it printed \"all calls are done\".",
                "echo the calls begin; echo calls are missing    | a shell did not run all calls."
            })
    void whoDoesNotRunAllCallsHasNoTime(final String script, final String sentence) {
        assertThatThrownBy(() -> shell(script).run(folder))
                .isInstanceOf(BenchException.class)
                .hasMessage(sentence);
    }

    @Test
    void theMarksMayStandAmongOtherWords() throws IOException {
        assertThat(shell("echo 'ok the calls beginall calls are done!'").run(folder))
                .isPositive();
    }

    @Test
    void aScratchFolderIsGoneWhenItIsClosed() throws IOException {
        final Path path;
        try (ScratchFolder scratch = new ScratchFolder("kernel-entry-test")) {
            path = scratch.path();
            Files.writeString(path.resolve("program"), "x");
        }
        assertThat(path).doesNotExist();
    }

    /** Ends in the first seconds, while its own guest still warms up; whenever it is hit, nothing may be left. */
    @Test
    void nothingIsLeftOfPeersThatAreInterrupted() throws Exception {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Djava.io.tmpdir=" + folder);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Bench.class.getName(), "--peers"));
        final Process peers = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        try {
            while (scratchFolders().isEmpty() && peers.isAlive()) {
                Thread.sleep(20);
            }
            assertThat(scratchFolders())
                    .as(() -> "its folder; it said: " + read(folder.resolve("output")))
                    .hasSize(1);
            peers.destroy();
            peers.waitFor();
            assertThat(scratchFolders()).isEmpty();
        } finally {
            peers.destroyForcibly();
        }
    }

    private List<Path> scratchFolders() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("kernel-entry-peers"))
                    .toList();
        }
    }

    private static String read(final Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
