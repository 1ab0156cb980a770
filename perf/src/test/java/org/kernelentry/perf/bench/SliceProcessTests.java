package org.kernelentry.perf.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SliceProcessTests {
    private static SliceProcess shell(final String script) throws IOException {
        return new SliceProcess("shell", List.of("sh", "-c", script));
    }

    @Test
    void itAnswersOnceForEachLine() throws IOException {
        try (SliceProcess process = shell("echo warm; n=0; while read line; do n=$((n + 1)); echo $n; done")) {
            assertThat(List.of(process.ready(), process.slice(), process.slice()))
                    .containsExactly("warm", "1", "2");
        }
    }

    @Test
    void whoEndsEarlyIsNamed() {
        assertThatThrownBy(() -> shell("exit 1"))
                .isInstanceOf(BenchException.class)
                .hasMessage("the shell ended before it was told to.");
    }

    @Test
    void whoEndsBetweenSlicesIsNamed() throws IOException {
        try (SliceProcess process = shell("echo warm")) {
            assertThatThrownBy(process::slice)
                    .isInstanceOf(BenchException.class)
                    .hasMessage("the shell ended before it was told to.");
        }
    }

    @Test
    void aGuestHasAJvmOfItsOwnThatTellsNanoseconds() throws IOException {
        try (SliceProcess process = TimedRoundTrip.start("x64-generic", 1)) {
            assertThat(Double.parseDouble(process.slice())).isPositive();
        }
    }
}
