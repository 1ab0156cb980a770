package org.kernelentry.perf.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.perf.Workload;
import picocli.CommandLine;

final class BenchTests {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int bench(final String... words) {
        final CommandLine line = Bench.commandLine();
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return line.execute(words);
    }

    @Test
    void theListHasEveryBenchmark() {
        assertThat(bench("--list")).isZero();
        assertThat(out.toString().lines())
                .containsExactlyElementsOf(
                        Workload.all().stream().map(Workload::label).toList())
                .contains(
                        "getppid x64-generic",
                        "getppid/trace a64-native",
                        "getppid/seccomp-1 arm-generic",
                        "getppid/seccomp-100 arm-native",
                        "getppid/tracepoint x64-generic",
                        "getppid/audit x64-generic",
                        "getppid/sud-allowed x64-generic",
                        "getppid/sud-dispatched a64-generic",
                        "interrupt from user x64-generic",
                        "interrupt from kernel arm-native",
                        "NMI from user a64-native",
                        "NMI from kernel x64-generic",
                        "signal and return a64-native",
                        "restarted call arm-native",
                        "restarted call arm-generic");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "getpid, no benchmark begins with \"getpid\"; conform bench --list prints all.",
        "--rounds=0, --rounds is 1 or more.",
        "--rounds=many, Invalid value for option '--rounds': 'many' is not an int",
        "--peer, Unknown option: '--peer'"
    })
    void whatIsWrongIsSaidInOneSentence(final String word, final String sentence) {
        assertThat(bench(word)).isEqualTo(2);
        assertThat(err.toString()).isEqualTo("bench: " + sentence + System.lineSeparator());
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void withoutANameItSaysWhatToDo() {
        assertThat(bench()).isEqualTo(2);
        assertThat(err.toString())
                .isEqualTo("bench: name a benchmark, or say --list, --peers or --programs; see conform bench --help."
                        + System.lineSeparator());
    }
}
