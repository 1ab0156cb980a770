package org.kernelentry.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.runner.cli.Terminal.Said;

/** What the commands beside {@code run} print. */
final class CommandsTests {
    @TempDir
    private Path directory;

    private Terminal terminal;

    @BeforeEach
    void open() {
        terminal = new Terminal(directory);
    }

    private String printed(String... args) {
        Said said = terminal.conform(args);
        assertThat(said.err()).isEmpty();
        assertThat(said.code()).isZero();
        return said.out().replace(directory.toString(), "DIR");
    }

    @Test
    void list_shows_chapters_rules_and_scenarios_with_their_modes() {
        assertThat(printed("list")).isEqualTo("""
                01-entry  The entry
                  ENT-02  A call with work does something
                    ENT-02/the-call-does-something  [generic: x64 ia32 a64; native: a64 arm]
                  ENT-03  A call without work does something else
                    ENT-03/one-pickle-runs-on-two-architectures  [generic: x64 arm; native: arm]

                02-exit  The way out
                  ENT-01  Nothing is done with "quotes" & <brackets> | bars *stars*
                    ENT-01/call-call-breaks  [generic: arm]

                7 examples, 9 runs.
                """);
    }

    @Test
    void list_takes_the_filters_of_run() {
        assertThat(printed("list", "--ids", "--arch", "arm", "--tags", "not @reference", "--on", "reference-native"))
                .isEqualTo("""
                        ENT-02/the-call-does-something[arm,write]
                        ENT-03/one-pickle-runs-on-two-architectures[arm]
                        """);
    }

    @Test
    void explain_shows_the_row_and_the_last_result_of_each_scenario() {
        terminal.conform("run", "--on", "reference-native", "--quiet");
        assertThat(printed("explain", "ENT-02").replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC", "TIME"))
                .isEqualTo("""
                        ENT-02 A call with work does something
                          catalogue  Something is done.
                          where      x64, ia32
                          since      in 7.3, not in 6.1
                          seen by    ABI, TRACE (cost)
                          confirmed  on a real kernel: x64
                          source     kernel/entry/common.c:2; include/linux/entry-common.h:3 (see ENT-01)
                          feature    DIR/spec/01-entry/entry.feature:5

                        The <call> does something
                          ENT-02/the-call-does-something[x64,getppid]: generic not run yet
                          ENT-02/the-call-does-something[ia32,getppid]: generic not run yet
                          ENT-02/the-call-does-something[a64,pause]: generic not run yet; native skip at TIME (needs CONFIG_PAUSE)
                          ENT-02/the-call-does-something[arm,write]: native fail at TIME (line 2: exit-stop | nothing)
                        """);
    }

    @Test
    void explain_shows_the_steps_of_a_scenario() {
        assertThat(printed("explain", "ENT-03/one-pickle")).endsWith("""

                One pickle runs on two architectures
                  ENT-03/one-pickle-runs-on-two-architectures[x64]: generic not run yet
                  ENT-03/one-pickle-runs-on-two-architectures[arm]: generic not run yet; native not run yet

                    Given a task
                    When it makes the call getuid
                    Then it happened
                    And nothing else happened
                """);
    }

    @Test
    void explain_shows_a_mapping_row_with_what_is_at_stake() {
        assertThat(printed("explain", "RFC-01")).isEqualTo("""
                RFC-01
                  title      Prepare
                  at-stake   ENT-01..03
                  ENT-01     Nothing is done with "quotes" & <brackets> | bars *stars* (1 examples)
                  ENT-02     A call with work does something (4 examples)
                  ENT-03     A call without work does something else (2 examples)
                """);
    }

    @Test
    void explain_says_that_a_behaviour_has_no_scenario_yet() {
        terminal.spec().delete("02-exit/exit.feature");
        assertThat(printed("explain", "ENT-01"))
                .startsWith("ENT-01 Nothing is done.\n")
                .endsWith("\nNo scenario yet.\n");
    }

    @Test
    void trace_shows_the_journal_and_what_was_seen() {
        assertThat(printed("trace", "ENT-02/the-call-does-something[x64,getppid]"))
                .isEqualTo("""
                ENT-02/the-call-does-something[x64,getppid] on reference-generic
                A call with work does something

                Steps
                -- cpu0 guest/100
                  do_syscall_64 (110)
                    swapgs
                    syscall_trace_enter (SYSCALL_TRACE)
                      ptrace_report_syscall_entry
                    getppid

                Seen
                  x64 on reference-generic made getppid

                passed
                """);
    }

    @Test
    void trace_shows_the_tracer_s_own_steps_if_asked() {
        assertThat(printed("trace", "--all", "ENT-02/the-call-does-something[x64,getppid]"))
                .contains("-- cpu0 observer/1\n  __schedule (1)\n-- cpu0 guest/100\n    getppid\n");
    }

    @Test
    void trace_of_a_failure_ends_with_it_and_with_1() {
        Said said = terminal.conform("trace", "ENT-02/the-call-does-something[arm,write]");
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.out()).contains("  arm on reference-native made write\n\nFAIL ENT-02");
    }

    @Test
    void coverage_counts_and_lists() {
        assertThat(printed("coverage")).startsWith("Coverage of the catalogue: 3 of 3 behaviours have scenarios");
        assertThat(printed("coverage", "--json")).startsWith("{").contains("\"ENT-01\"");
    }

    @Test
    void version_names_itself_and_java() {
        assertThat(printed("version")).startsWith("conform ").contains("Java " + System.getProperty("java.version"));
        assertThat(printed("--version")).isEqualTo(printed("version"));
        assertThat(printed("run", "--version")).isEqualTo(printed("version"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "run", "list", "explain", "trace", "coverage", "book", "version"})
    void help_has_examples(String command) {
        String[] args = command.isEmpty() ? new String[] {"--help"} : new String[] {command, "--help"};
        assertThat(printed(args))
                .contains("Usage: conform " + (command.isEmpty() ? "[COMMAND]" : command))
                .containsPattern("Examples:\n +conform " + command);
    }
}
