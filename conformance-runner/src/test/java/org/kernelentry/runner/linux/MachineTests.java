package org.kernelentry.runner.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kernelentry.runner.qemu.Kernels;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.Mode;
import org.kernelentry.runner.system.Guest;
import org.kernelentry.runner.system.GuestOptions;

/** What guests, which are root in their machine, can do to it, and what becomes of the scenarios after them. */
@Tag("linux")
@Timeout(600)
final class MachineTests {
    @TempDir
    private Path folder;

    private LinuxSystem system;

    @BeforeEach
    void prepare() {
        final Kernels kernels = Kernels.of(System.getenv());
        system = LinuxSystem.inQemu(
                "debian:6.12/x86",
                kernels,
                kernels.debian("debian:6.12", Architecture.X86),
                n -> folder.resolve("console-" + n + ".log"));
    }

    @AfterEach
    void end() {
        system.close();
    }

    private Guest boot(final Mode mode, final String program) {
        final GuestOptions options = new GuestOptions();
        options.scenario = "TST-01/" + mode;
        return system.boot(mode, program, options);
    }

    private String run(final Mode mode, final String program) {
        try (Guest guest = boot(mode, program)) {
            guest.start();
            return guest.await().what();
        }
    }

    @Test
    void one_machine_serves_the_modes_in_turn() {
        assertThat(List.of(run(Mode.X64, "exit 1"), run(Mode.IA32, "exit 2"), run(Mode.X64, "exit 3")))
                .containsExactly("exited 1", "exited 2", "exited 3");
        assertThat(folder.resolve("console-2.log")).doesNotExist();
    }

    @Test
    void after_a_panic_the_kernel_is_quoted_and_the_next_guest_gets_another_machine() {
        final String panics = """
                f = openat -100 "/proc/sysrq-trigger" 1 0
                write f "c"
                """;
        assertThatThrownBy(() -> run(Mode.X64, panics))
                .isInstanceOf(AgentException.class)
                .hasMessageContaining("the kernel panicked: sysrq triggered crash")
                .hasMessageContaining("console-1.log");
        assertThat(run(Mode.X64, "exit 4")).isEqualTo("exited 4");
        assertThat(folder.resolve("console-1.log")).content().contains("kernel-entry-agent: begin:TST-01/x64");
        assertThat(folder.resolve("console-2.log")).exists();
    }

    @Test
    void an_agent_that_answers_no_more_is_given_up_with_its_machine() {
        assertThatThrownBy(() -> run(Mode.X64, "kill -1 19\nforever {\n}"))
                .isInstanceOf(AgentException.class)
                // The guest may stop the agent before the answer to "go" is out or after it.
                .hasMessageMatching("The agent does not answer to \"(go|wait)\"; what the kernel printed is in .*");
        assertThat(run(Mode.X64, "exit 5")).isEqualTo("exited 5");
    }

    @Test
    void what_the_kernel_reports_of_itself_is_the_guest_s_and_costs_the_machine() {
        final Guest guest = boot(Mode.X64, """
                f = openat -100 "/dev/kmsg" 1 0
                write f "<4>WARNING: CPU: 0 PID: 1 at kernel/entry/common.c:1 test\\n"
                exit 6
                """);
        guest.start();
        assertThat(guest.await().what()).isEqualTo("exited 6");
        assertThat(guest.kernelWarnings()).singleElement().asString().contains("kernel/entry/common.c:1");
        assertThatThrownBy(guest::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the kernel reports a fault of its own");
        assertThat(run(Mode.X64, "exit 7")).isEqualTo("exited 7");
        assertThat(folder.resolve("console-2.log")).exists();
    }

    @Test
    void calls_are_audited_as_long_as_a_guest_asks_for_it() {
        final GuestOptions options = new GuestOptions();
        options.scenario = "TST-01/audit";
        options.audit = true;
        try (Guest guest = system.boot(Mode.X64, "getppid\nexit_group 0 0 0 0 0 0", options)) {
            guest.start();
            assertThat(guest.await().what()).isEqualTo("exited 0");
            assertThat(guest.auditRecords())
                    .satisfiesExactly(
                            call -> assertThat(call)
                                    .matches("arch=c000003e syscall=110 success=yes exit=[1-9]\\d* a0=.*"),
                            last -> assertThat(last).isEqualTo("arch=c000003e syscall=231 a0=0 a1=0 a2=0 a3=0"));
        }
        try (Guest guest = boot(Mode.X64, "getppid")) {
            guest.start();
            guest.await();
            assertThat(guest.auditRecords()).isEmpty();
        }
    }

    @Test
    void what_a_filter_kills_is_recorded_for_its_own_guest_only() {
        final String killed = "filter F {\n getppid -> KILL_PROCESS\n default -> ALLOW\n}\ninstall F\ngetppid";
        assertThat(run(Mode.X64, killed)).isEqualTo("killed by SIGSYS");
        try (Guest guest = boot(Mode.IA32, killed)) {
            guest.start();
            guest.await();
            assertThat(guest.auditRecords()).containsExactly("seccomp sig=31 arch=40000003 syscall=64 code=0x80000000");
        }
    }

    @Test
    void a_program_that_a_guest_executes_notes_behind_it_and_is_gone_for_the_next_one() {
        final GuestOptions options = new GuestOptions();
        options.scenario = "TST-01/execute";
        options.executables.put("/next", "note \"second\"\nexit 9");
        final String first = "note \"first\"\nr = execve \"/next\\0\" 0 0\nnote r\nexit 1";
        try (Guest guest = system.boot(Mode.X64, first, options)) {
            guest.start();
            assertThat(guest.await().what()).isEqualTo("exited 9");
            assertThat(guest.notes()).extracting(Guest.Note::text).containsExactly("first", "second");
        }
        assertThat(run(Mode.X64, first)).isEqualTo("exited 1");
    }

    @Test
    void what_a_guest_leaves_behind_is_gone_for_the_next_one() throws Exception {
        run(Mode.X64, """
                fork {
                  pause
                }
                exit 0
                """);
        try (Guest guest = boot(Mode.X64, "exit 8")) {
            guest.start();
            assertThat(guest.await().what()).isEqualTo("exited 8");
            assertThat(guest.poll()).isNull();
        }
        assertThat(Files.readString(folder.resolve("console-1.log"))).doesNotContain("agent exited");
    }
}
