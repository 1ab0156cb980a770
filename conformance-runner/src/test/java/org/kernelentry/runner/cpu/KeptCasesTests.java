package org.kernelentry.runner.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Replays what other CPUs did: {@code MODE.txt.gz}, made by {@code conform judge --keep}. */
@Execution(ExecutionMode.CONCURRENT)
class KeptCasesTests {
    @ParameterizedTest
    @CsvSource({"x64, 5000", "ia32, 5000", "a64, 5000", "arm, 4000", "thumb, 3000"})
    void our_CPU_does_what_the_other_did(String mode, int many) {
        List<String> lines = lines(mode + ".txt.gz");

        assertThat(lines.size()).isGreaterThan(many);
        assertThat(KeptCase.replay(CpuModes.all(), lines)).isEmpty();
    }

    @Test
    void cases_kept_with_other_states_are_refused_in_a_sentence() {
        String line = "arm 30639763 b6207230 undefined pc=4";

        assertThat(KeptCase.replay(CpuModes.all(), List.of("states 1", line))).isEmpty();
        assertThatThrownBy(() -> KeptCase.replay(CpuModes.all(), List.of("states 1", line, "states 0", line)))
                .hasMessage("the cases kept have states 0, but seeds give states 1 now:"
                        + " record them anew with conform judge --record.");
        assertThatThrownBy(() -> KeptCase.replay(CpuModes.all(), List.of(line)))
                .hasMessageStartingWith("the cases kept have states without number");
    }

    private static List<String> lines(String resource) {
        try (InputStream in = KeptCasesTests.class.getResourceAsStream(resource)) {
            assertThat(in).as(resource).isNotNull();
            try (BufferedReader reader =
                    new BufferedReader(new InputStreamReader(new GZIPInputStream(in), StandardCharsets.US_ASCII))) {
                return reader.lines().toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
