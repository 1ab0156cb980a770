package org.kernelentry.runner.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.Mode;

/** Rows of the catalogue about stops and delivery that are easy to get wrong, on real code of every port, mode and flavour. */
final class OddRowTests {
    private static final int EIO = 5;

    static Stream<Arguments> all() {
        return Arrays.stream(Flavour.values())
                .flatMap(flavour -> Arrays.stream(Mode.values())
                        .filter(mode -> new ReferenceSystem(flavour).runs(mode))
                        .map(mode -> Arguments.of(mode, flavour)));
    }

    /** One guest and what its observer saw. */
    private static final class Play implements AutoCloseable {
        final Guest guest;
        final List<String> seen = new ArrayList<>();

        Play(final Mode mode, final Flavour flavour, final String program) {
            this.guest = new ReferenceSystem(flavour).boot(mode, program, new GuestOptions());
        }

        Play seize(final String... options) {
            guest.trace("seize", List.of(options));
            guest.start();
            return this;
        }

        Play attach(final String... options) {
            guest.trace("attach", List.of(options));
            guest.start();
            return this;
        }

        Play untraced() {
            guest.start();
            return this;
        }

        /** Resumes and waits. */
        Play go(final String request, final int signal) {
            assertThat(guest.resume(request, signal)).as(request).isZero();
            return see();
        }

        Play go(final String request) {
            return go(request, 0);
        }

        Play see() {
            seen.add(guest.await().toString());
            return this;
        }

        Play asleep() {
            assertThat(guest.untilAsleep()).as("asleep").isTrue();
            return this;
        }

        List<String> notes() {
            return guest.notes().stream()
                    .map(note -> note.text() + (note.hasValue() ? note.value() : ""))
                    .toList();
        }

        @Override
        public void close() {
            assertThat(guest.kernelWarnings()).isEmpty();
            guest.close();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void ptr_05_a_signal_given_at_a_syscall_stop_is_sent_and_comes_up_again(final Mode mode, final Flavour flavour) {
        try (Play p = new Play(mode, flavour, "getppid\ngettid\n").seize("TRACESYSGOOD")) {
            p.go("SYSCALL").go("SYSCALL", 10).go("SYSCALL");
            assertThat(p.guest.read("si_code")).as("sent by the kernel").isEqualTo(0x80);
            p.go("SYSCALL").go("SYSCALL").go("CONT");
            assertThat(p.seen)
                    .containsExactly(
                            "entry getppid",
                            "exit getppid",
                            "signal SIGUSR1",
                            "entry gettid",
                            "exit gettid",
                            "exited 0");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void ptr_10_no_signal_stop_comes_between_entry_and_exit(final Mode mode, final Flavour flavour) {
        try (Play p = new Play(mode, flavour, "getppid\n").seize("TRACESYSGOOD")) {
            p.go("SYSCALL");
            p.guest.tgkill(12);
            p.go("SYSCALL").go("SYSCALL").go("SYSCALL", 12);
            assertThat(p.seen).containsExactly("entry getppid", "exit getppid", "signal SIGUSR2", "killed by SIGUSR2");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void ptr_11_death_follows_an_entry_stop_and_the_body_does_not_run(final Mode mode, final Flavour flavour) {
        try (Play p = new Play(mode, flavour, "write \"x\"\nforever {\n nop\n}\n").seize("TRACESYSGOOD", "TRACEEXIT")) {
            p.go("SYSCALL");
            p.guest.kill(9);
            p.see().go("SYSCALL");
            assertThat(p.seen).containsExactly("entry write", "event exit", "killed by SIGKILL");
            assertThat(p.guest.output()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void ptr_12_exit_group_has_an_entry_stop_and_no_exit_stop(final Mode mode, final Flavour flavour) {
        try (Play p = new Play(mode, flavour, "exit_group 4\n").seize("TRACESYSGOOD")) {
            p.go("SYSCALL").go("SYSCALL");
            assertThat(p.seen).containsExactly("entry exit_group", "exited 4");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void ptr_15_a_bad_signal_number_leaves_the_tracee_as_it_was(final Mode mode, final Flavour flavour) {
        try (Play p = new Play(mode, flavour, "getppid\n").seize("TRACESYSGOOD")) {
            p.go("SYSCALL");
            assertThat(p.guest.resume("CONT", 65)).isEqualTo(-EIO);
            p.go("SYSCALL").go("CONT");
            assertThat(p.seen).containsExactly("entry getppid", "exit getppid", "exited 0");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void ptr_16_a_step_the_port_cannot_do_fails_with_trace_gone_already(final Mode mode, final Flavour flavour) {
        try (Play p = new Play(mode, flavour, "getppid\n").seize("TRACESYSGOOD")) {
            p.go("SYSCALL");
            if (mode.architecture() == Architecture.ARM) {
                assertThat(p.guest.resume("SINGLESTEP", 0)).isEqualTo(-EIO);
                assertThat(((ReferenceGuest) p.guest).mainTask().syscallWork).isZero();
                p.go("CONT");
                assertThat(p.seen).containsExactly("entry getppid", "exited 0");
            } else {
                p.go("SINGLESTEP");
                assertThat(p.seen).containsExactly("entry getppid", "signal SIGTRAP");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void ptr_18_detach_leaves_no_trace(final Mode mode, final Flavour flavour) {
        try (Play p = new Play(mode, flavour, "getppid\ngettid\n").seize("TRACESYSGOOD")) {
            p.go("SYSCALL");
            assertThat(p.guest.request("DETACH", 0, 0)).isZero();
            assertThat(((ReferenceGuest) p.guest).mainTask().syscallWork).isZero();
            p.see();
            assertThat(p.seen).containsExactly("entry getppid", "exited 0");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void ptr_20_with_death_pending_an_exit_stop_is_not_entered(final Mode mode, final Flavour flavour) {
        try (Play p = new Play(mode, flavour, "getppid\nnote \"alive\"\n").seize("TRACESYSGOOD")) {
            p.go("SYSCALL").go("SYSCALL");
            p.guest.kill(9);
            p.see();
            assertThat(p.seen).containsExactly("entry getppid", "exit getppid", "killed by SIGKILL");
            assertThat(p.notes()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void ptr_43_interrupt_and_listen_are_for_seized_tracees(final Mode mode, final Flavour flavour) {
        try (Play p = new Play(mode, flavour, "getppid\n").attach("TRACESYSGOOD")) {
            assertThat(p.guest.request("INTERRUPT", 0, 0)).isEqualTo(-EIO);
            assertThat(p.guest.request("LISTEN", 0, 0)).isEqualTo(-EIO);
            p.go("SYSCALL");
            assertThat(p.seen).containsExactly("entry getppid");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void ptr_42_emulation_is_not_a_request_of_arm(final Mode mode, final Flavour flavour) {
        try (Play p = new Play(mode, flavour, "r = getppid\nnote r\n").seize("TRACESYSGOOD")) {
            // What generic entry would bring to arm is DIF-ARM-05.
            if (mode.architecture() == Architecture.ARM && flavour == Flavour.NATIVE) {
                assertThat(p.guest.resume("SYSEMU", 0)).isEqualTo(-EIO);
                assertThat(p.guest.resume("SYSEMU_SINGLESTEP", 0)).isEqualTo(-EIO);
                p.go("CONT");
                assertThat(p.seen).containsExactly("exited 0");
            } else {
                p.go("SYSEMU").go("CONT");
                assertThat(p.seen).containsExactly("entry getppid", "exited 0");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void rst_24_the_first_signal_chosen_decides_the_restart(final Mode mode, final Flavour flavour) {
        final String program = """
                handle SIGUSR1 restart {
                  note "one"
                }
                handle SIGUSR2 {
                  note "two"
                }
                fork {
                  nanosleep 50ms 0
                }
                r = wait4 -1 0 0 0
                note r
                """;
        try (Play p = new Play(mode, flavour, program).untraced().asleep()) {
            p.guest.kill(12);
            p.guest.kill(10);
            p.see();
            assertThat(p.seen).containsExactly("exited 0");
            assertThat(p.notes().subList(0, 2)).as("the last frame runs first").containsExactly("two", "one");
            assertThat(p.notes().get(2)).as("restarted").startsWith("r=").isNotEqualTo("r=-4");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void rst_30_and_38_stop_and_continue_do_not_end_a_pause(final Mode mode, final Flavour flavour) {
        final String program = """
                handle SIGUSR1 restart {
                  note "handled"
                }
                r = rt_sigsuspend 0 8
                note r
                word SET
                r = rt_sigsuspend &SET 8
                note r
                """;
        try (Play p = new Play(mode, flavour, program).untraced().asleep()) {
            p.guest.kill(19);
            p.see();
            p.guest.kill(18);
            p.see().asleep();
            assertThat(p.notes()).containsExactly("r=-14");
            p.guest.kill(10);
            p.see();
            assertThat(p.seen).containsExactly("group-stop SIGSTOP", "continued", "exited 0");
            assertThat(p.notes()).containsExactly("r=-14", "handled", "r=-4");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void rst_29_the_mask_of_a_suspended_task_comes_back_either_way(final Mode mode, final Flavour flavour) {
        final String program = """
                handle SIGUSR1 {
                  note "handled"
                }
                block SIGUSR1
                word SET
                rt_sigsuspend &SET 8
                note "back"
                raise SIGUSR1
                note "still blocked"
                unblock SIGUSR1
                """;
        try (Play p = new Play(mode, flavour, program).untraced().asleep()) {
            p.guest.kill(19);
            p.see();
            p.guest.kill(18);
            p.see().asleep();
            p.guest.kill(10);
            p.see();
            assertThat(p.notes()).containsExactly("handled", "back", "still blocked", "handled");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void rst_37_a_fatal_signal_leaves_no_restart_behind(final Mode mode, final Flavour flavour) {
        try (Play p = new Play(mode, flavour, "nanosleep 1s 0\nnote \"woke\"\n").seize("TRACESYSGOOD")) {
            p.go("SYSCALL");
            assertThat(p.guest.resume("CONT", 0)).isZero();
            p.asleep();
            p.guest.kill(15);
            p.see().go("CONT", 15);
            assertThat(p.seen).containsExactly("entry nanosleep", "signal SIGTERM", "killed by SIGTERM");
            assertThat(p.notes()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void frm_20_mask_and_signal_are_blocked_and_a_one_shot_is_reset(final Mode mode, final Flavour flavour) {
        final String program = """
                handle SIGUSR1 once mask SIGUSR2 {
                  note "one"
                  raise SIGUSR2
                  raise SIGUSR1
                  note "end of one"
                }
                handle SIGUSR2 {
                  note "two"
                }
                raise SIGUSR1
                note "not reached"
                """;
        try (Play p = new Play(mode, flavour, program).untraced()) {
            p.see();
            assertThat(p.seen).as("the second one meets the default").containsExactly("killed by SIGUSR1");
            assertThat(p.notes()).containsExactly("one", "end of one");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void frm_21_a_frame_that_does_not_fit_is_sigsegv_and_for_sigsegv_death(final Mode mode, final Flavour flavour) {
        final String program = """
                handle SIGSEGV {
                  note "never"
                }
                handle SIGUSR1 {
                  note "never"
                }
                L: getppid
                forever {
                  nop
                }
                """;
        try (Play p = new Play(mode, flavour, program).seize("TRACESYSGOOD")) {
            do {
                p.seen.clear();
                p.go("SYSCALL");
            } while (!p.seen.contains("entry getppid"));
            p.seen.clear();
            p.guest.write("sp", 0x1000);
            p.go("CONT", 10);
            assertThat(p.seen).as("reported before the frame").containsExactly("signal SIGUSR1");
            p.go("CONT", 10).go("CONT", 11);
            assertThat(p.seen)
                    .as("no room for SIGUSR1")
                    .containsExactly("signal SIGUSR1", "signal SIGSEGV", "signal SIGSEGV");
            p.go("CONT", 11);
            assertThat(p.seen.get(3))
                    .as("nor for SIGSEGV, whose handler is gone now")
                    .isEqualTo("killed by SIGSEGV");
            assertThat(p.notes()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void frm_23_what_the_instruction_raised_is_chosen_first(final Mode mode, final Flavour flavour) {
        final String program = """
                handle SIGHUP {
                  note "hup"
                }
                handle SIGILL {
                  note "ill"
                  exit_group 0
                }
                nop
                L: undef
                """;
        try (Play p = new Play(mode, flavour, program).seize("TRACESYSGOOD")) {
            // SIGHUP is queued behind the stop of SIGILL, and has the lower number.
            p.go("CONT");
            assertThat(p.seen).containsExactly("signal SIGILL");
            p.guest.kill(1);
            p.go("CONT", 4).go("CONT", 1);
            assertThat(p.seen).containsExactly("signal SIGILL", "signal SIGHUP", "exited 0");
            assertThat(p.notes()).containsExactly("hup", "ill");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void exl_06_all_deliverable_signals_have_frames_before_user_code_runs(final Mode mode, final Flavour flavour) {
        final String program = """
                handle SIGUSR1 {
                  note "one"
                }
                handle SIGUSR2 {
                  note "two"
                }
                handle SIGHUP {
                  note "hup"
                }
                block SIGUSR1
                block SIGUSR2
                block SIGHUP
                raise SIGHUP
                raise SIGUSR2
                raise SIGUSR1
                word SET
                rt_sigprocmask 2 &SET 0 8
                note "main"
                """;
        try (Play p = new Play(mode, flavour, program).untraced()) {
            p.see();
            assertThat(p.seen).containsExactly("exited 0");
            assertThat(p.notes()).containsExactly("two", "one", "hup", "main");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void a_group_stop_under_seize_is_an_event_and_can_be_listened_in(final Mode mode, final Flavour flavour) {
        try (Play p = new Play(mode, flavour, "nanosleep 1s 0\nnote \"woke\"\n").seize("TRACESYSGOOD")) {
            p.guest.resume("CONT", 0);
            p.asleep();
            p.guest.kill(19);
            p.see().go("CONT", 19);
            assertThat(p.guest.request("LISTEN", 0, 0)).isZero();
            assertThat(p.guest.poll()).isNull();
            p.guest.kill(18);
            p.see().see().go("CONT").go("CONT", 18);
            assertThat(p.seen)
                    .containsExactly(
                            "signal SIGSTOP", "group-stop SIGSTOP", "continued", "stop", "signal SIGCONT", "exited 0");
            assertThat(p.notes()).as("the sleep was restarted").containsExactly("woke");
        }
    }
}
