package org.kernelentry.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.runner.cli.Terminal.Said;
import org.kernelentry.runner.fake.FakeGlue;
import org.kernelentry.runner.judge.Glue;
import org.kernelentry.runner.spec.SpecExample;

/** Whatever cannot be run is said in one sentence, with exit code 2. */
@ResourceLock("the fake system")
final class BadInputTests {
    @TempDir
    private Path directory;

    private Terminal terminal;

    @BeforeEach
    void open() {
        terminal = new Terminal(directory);
    }

    private String complaint(String... args) {
        Said said = terminal.conform(args);
        assertThat(said.code()).as("exit code of %s", List.of(args)).isEqualTo(2);
        assertThat(said.out()).as("output of %s", List.of(args)).isEmpty();
        assertThat(said.err())
                .as("error output of %s", List.of(args))
                .startsWith("conform: ")
                .endsWith(".\n");
        assertThat(said.err().lines()).as("one line").hasSize(1);
        return said.err().substring("conform: ".length()).strip();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            run --arch sparc         | There is no architecture "sparc"; known are x86, arm64 and arm.
            run --on linus           | There is no system "linus"; known are reference, reference-generic, reference-native, host, linux (with --kernel FILE), debian:6.12 and the like.
            run --on linux           | The system linux is a kernel of your own; give its image by --kernel FILE.
            run --on linux --kernel /nowhere | There is no kernel /nowhere; give the image of a build, such as bzImage.
            run --on host --kernel x | --kernel x is the system linux, which is not named.
            run --config x           | --config x says what a kernel is made of; name that by --kernel FILE.
            run --tags @ENT@         | There is no tag @ENT@ in the spec; did you mean @ENT.
            run --tags (@ENT         | "(@ENT" is not a tag expression; write something like "@SUD and not @slow".
            run ENT-09               | Nothing in the spec is called ENT-09; did you mean ENT-01, ENT-02 or ENT-03.
            run 01-entry/x.feature   | There is no feature file 01-entry/x.feature with a rule in it.
            run --tags @RFC          | No scenario fits the request, so nothing was run.
            run --jobs 0             | --jobs 0 is less than one scenario at a time.
            run --jobs two           | Invalid value for option '--jobs': 'two' is not an int; see conform run --help.
            run --colour             | Unknown option: '--colour'; see conform run --help.
            run --json               | Missing required parameter for option '--json' (FILE); see conform run --help.
            list --tags @native --arch x86 | No scenario fits the request.
            boot                     | Name one kernel: debian:6.12 or the like, or a file by --kernel.
            boot debian:sid --kernel x | Name one kernel: debian:6.12 or the like, or a file by --kernel.
            boot 6.12                | There is no kernel "6.12"; write debian:6.12, or give a file by --kernel.
            boot debian:6_12         | debian:6_12 names neither a version nor a suite; write debian:6.12 or debian:trixie.
            boot --kernel /nowhere   | There is no kernel /nowhere; give the image of a build, such as bzImage.
            compare reference-native | Missing required parameter: 'B'; see conform compare --help.
            compare reference x      | reference stands for several systems; name one of reference-generic, reference-native.
            compare reference-native reference-native | A system is compared with another one, and both are called reference-native.
            compare reference-native reference-generic --arch x86 | No scenario fits the request on both systems, so nothing was compared.
            explain                  | Missing required parameter: 'ID'; see conform explain --help.
            explain ENT-99           | Nothing in the spec is called ENT-99; did you mean ENT-01, ENT-02 or ENT-03.
            trace ENT-01/nothing     | Nothing in the spec is called ENT-01/nothing.
            trace ENT-03             | ENT-03 names 2 runs; name one of ENT-03/one-pickle-runs-on-two-architectures[x64], ENT-03/one-pickle-runs-on-two-architectures[arm].
            """)
    void a_request_that_makes_no_sense(String request, String sentence) {
        assertThat(complaint(request.split(" "))).isEqualTo(sentence);
    }

    @Test
    void a_word_that_is_neither_a_command_nor_in_the_spec() {
        assertThat(complaint("lsit")).isEqualTo("Nothing in the spec is called lsit.");
    }

    @Test
    void a_scenario_that_the_system_does_not_run() {
        assertThat(complaint("trace", "ENT-02/the-call-does-something[arm,write]", "--on", "reference-generic"))
                .isEqualTo("ENT-02/the-call-does-something[arm,write] does not run on reference-generic.");
    }

    @Test
    void a_feature_that_is_not_gherkin() {
        terminal.spec().replaceInFeature("Examples: what arm does today", "Exemples: what arm does today");
        assertThat(complaint("run")).contains("01-entry/entry.feature:").contains("this is not Gherkin");
    }

    @Test
    void a_program_that_is_not_in_the_guest_notation_before_anything_runs() {
        terminal.spec()
                .replaceInFeature(
                        "Given a task\n", "Given a guest program on x64:\n        \"\"\"\n        }\n        \"\"\"\n");
        assertThat(complaint("run", "--report", directory.resolve("none").toString()))
                .contains("01-entry/entry.feature:29: guest program, line 1");
        assertThat(directory.resolve("none")).doesNotExist();
    }

    @Test
    void a_row_of_the_catalogue_that_is_damaged() {
        terminal.spec().replace("catalogue/ent.yaml", "obs: [INT]", "obs: [IMT]");
        assertThat(complaint("coverage")).contains("catalogue/ent.yaml:7");
    }

    @Test
    void a_report_folder_that_is_a_file() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThat(complaint("run", "--report", file.toString()))
                .isEqualTo("Cannot write " + file + "/last.json: " + file + " is no directory.");
    }

    @Test
    void a_report_that_is_a_folder() {
        assertThat(complaint("run", "--json", directory.toString()))
                .isEqualTo("Cannot write " + directory + ": it is a directory, or one that may not be written.");
    }

    @Test
    void a_full_disk() {
        Path full = Path.of("/dev/full");
        assumeThat(full).exists();
        Said said = terminal.conform("run", "--quiet", "--junit", full.toString(), "ENT-03");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err()).isEqualTo("conform: Cannot write /dev/full: No space left on device.\n");
        // What was run is not lost: it has been said before.
        assertThat(said.out()).startsWith("3 runs: 3 passed");
    }

    @Test
    void last_results_that_are_damaged() throws IOException {
        Path last = terminal.home().resolve("target/conform/last.json");
        Files.createDirectories(last.getParent());
        Files.writeString(last, "{ \"format\" : 1, \"results\" : [ { \"id\" : ");
        assertThat(complaint("run", "--quiet")).isEqualTo(last + " is damaged; delete it and run again.");
        Files.writeString(last, "{ \"format\" : 99 }");
        assertThat(complaint("explain", "ENT-03"))
                .isEqualTo(last + " is no report of this version of conform; delete it and run again.");
    }

    @Test
    void a_fault_of_the_program_itself_leaves_a_log() throws IOException {
        terminal.bindTo(new FaultyGlue(new IllegalStateException("two\nlines")));
        Path log = terminal.home().resolve("target/conform/conform-crash.log");
        assertThat(complaint("run", "--quiet"))
                .isEqualTo(
                        "this is a fault of conform itself (IllegalStateException); the details are in " + log + ".");
        assertThat(Files.readString(log)).contains("BadInputTests.a_fault_of");
    }

    @Test
    void a_stack_that_ran_out_leaves_a_log_elsewhere_if_the_project_cannot_be_written() throws IOException {
        Files.writeString(terminal.home(), "in the way");
        terminal.bindTo(new FaultyGlue(new StackOverflowError()));
        String sentence = complaint("trace", "ENT-03/one-pickle-runs-on-two-architectures[x64]");
        assertThat(sentence).startsWith("this is a fault of conform itself (StackOverflowError); the details are in ");
        Path log = Path.of(sentence.substring(sentence.lastIndexOf(' ') + 1, sentence.length() - 1));
        assertThat(log).isRegularFile();
        Files.delete(log);
    }

    private record FaultyGlue(Throwable fault) implements Glue {
        @Override
        public String packageName() {
            return new FakeGlue().packageName();
        }

        @Override
        public void system(String name) {
            if (fault instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) fault;
        }

        @Override
        public void example(SpecExample example) {}
    }

    @Test
    void a_spec_without_a_catalogue() {
        terminal.spec().delete("catalogue/index.yaml");
        assertThat(complaint("list")).endsWith("catalogue/index.yaml: the file is missing.");
    }
}
