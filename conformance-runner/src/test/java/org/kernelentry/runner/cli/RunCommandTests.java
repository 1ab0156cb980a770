package org.kernelentry.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kernelentry.runner.cli.Terminal.Said;

/** What {@code conform run} prints and writes. */
final class RunCommandTests {
    private static final String PASSING = "ENT-02/the-call-does-something[x64,getppid]";

    @TempDir
    private Path directory;

    private Terminal terminal;

    @BeforeEach
    void open() {
        terminal = new Terminal(directory);
    }

    @Test
    void it_prints_the_failures_then_the_matrix() {
        Said said = terminal.conform("--no-book");
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.out().replaceAll("in [0-9.]+ s", "in TIME").replace(directory.toString(), "DIR"))
                .isEqualTo("""
                        ERROR ENT-01: Nothing is done with "quotes" & <brackets> | bars *stars*
                          scenario  Call crash breaks [arm]
                          system    reference-generic
                          where     DIR/spec/02-exit/exit.feature:15
                          because   IllegalStateException: the model fell over
                          again     ./conform run 'ENT-01/call-call-breaks[arm,crash]' --on reference-generic
                          trace     ./conform trace 'ENT-01/call-call-breaks[arm,crash]' --on reference-generic

                        FAIL ENT-02: A call with work does something
                          scenario  The write does something [arm]
                          system    reference-native
                          where     DIR/spec/01-entry/entry.feature:22
                          differs   line 2: exit-stop | nothing
                          again     ./conform run 'ENT-02/the-call-does-something[arm,write]' --on reference-native
                          trace     ./conform trace 'ENT-02/the-call-does-something[arm,write]' --on reference-native

                                      x86    arm64   arm64      arm     arm
                        chapter   generic  generic  native  generic  native
                        ---------------------------------------------------
                        01-entry      3/3      0/1     0/1      1/1     1/2
                        02-exit         -        -       -      0/1       -
                        ---------------------------------------------------
                        all           3/3      0/1     0/1      1/2     1/2

                        skipped 2: needs CONFIG_PAUSE
                        9 runs: 5 passed, 2 failed, 2 skipped, in TIME.
                        Results: DIR/home/target/conform/last.json
                        """);
    }

    @Test
    void progress_goes_to_the_error_output() {
        assertThat(terminal.conform("--no-book").err()).startsWith("2 of 9\n").endsWith("9 of 9, 2 failed\n");
    }

    @Test
    void a_run_without_failures_ends_with_0_and_says_so_in_one_line_if_quiet() {
        Said said = terminal.conform("run", "--quiet", PASSING);
        assertThat(said.code()).isZero();
        assertThat(said.err()).isEmpty();
        assertThat(said.out().lines().findFirst())
                .hasValueSatisfying(l -> assertThat(l).matches("1 runs: 1 passed, in [0-9.]+ s\\."));
    }

    @Test
    void options_without_a_command_are_those_of_run() {
        Said said = terminal.conform("--arch", "x86", "--quiet");
        assertThat(said.code()).isZero();
        assertThat(said.out()).startsWith("3 runs: 3 passed");
    }

    @Test
    void words_without_a_command_are_what_to_run() {
        assertThat(terminal.conform("ENT-03", "02-exit", "--quiet").out()).contains("\n4 runs: 3 passed, 1 failed");
    }

    @Test
    void a_skip_is_no_failure() {
        assertThat(terminal.conform("run", "--arch", "arm64").code()).isZero();
    }

    @Test
    void the_command_that_a_failure_names_runs_that_one_alone() {
        Said said = terminal.conform(
                "run", "ENT-02/the-call-does-something[arm,write]", "--on", "reference-native", "--quiet");
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.out()).contains("\n1 runs: 0 passed, 1 failed");
    }

    @Test
    void ktap_replaces_the_matrix() {
        Said said = terminal.conform("run", "--ktap", "--quiet");
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.out()).startsWith("KTAP version 1\n1..2\n").endsWith("not ok 2 02-exit\n");
    }

    @Test
    void junit_and_json_are_written_where_asked() throws IOException {
        Path junit = directory.resolve("out/junit.xml");
        Path json = directory.resolve("out/result.json");
        terminal.conform("run", "--junit", junit.toString(), "--json", json.toString(), "ENT-03");
        assertThat(Files.readString(junit)).contains("<testsuites name=\"conform\" tests=\"3\"");
        assertThat(Files.readString(json)).contains("\"pass\" : 3");
    }

    @Test
    void results_are_kept_where_asked_and_a_partial_run_leaves_the_others_alone() throws IOException {
        Path report = directory.resolve("report");
        terminal.conform("run", "--no-book", "--report", report.toString());
        terminal.conform("run", "--report", report.toString(), PASSING);
        assertThat(Files.readString(report.resolve("last.json"))).contains("\"pass\" : 5", "\"error\" : 1");
        assertThat(terminal.home()).doesNotExist();
    }

    @Test
    void two_at_a_time_end_as_one_at_a_time() {
        String one = terminal.conform("run", "--ktap", "--quiet").out();
        assertThat(terminal.conform("run", "--ktap", "--quiet", "--jobs", "2").out())
                .isEqualTo(one);
    }

    @Test
    void without_a_command_it_runs_everything_and_writes_the_book() throws IOException {
        Said said = terminal.conform();
        assertThat(said.out().lines().reduce((a, b) -> b))
                .hasValue("Book:    " + terminal.home().resolve("target/conform/book.html"));
        assertThat(Files.readString(terminal.home().resolve("target/conform/book.html")))
                .contains("<h4 id=\"ENT-02\">", "line 2: exit-stop | nothing", "<svg class=\"timeline\"");
    }
}
