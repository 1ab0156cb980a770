package org.kernelentry.runner.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.runner.spec.Mode;

/** Rows of the catalogue about restart and delivery that are easy to get wrong, on real code of every port, mode and flavour. */
final class OddSignalRowTests {
    @ParameterizedTest
    @MethodSource(Play.ALL)
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
    @MethodSource(Play.ALL)
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
    @MethodSource(Play.ALL)
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
    @MethodSource(Play.ALL)
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
    @MethodSource(Play.ALL)
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
    @MethodSource(Play.ALL)
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
    @MethodSource(Play.ALL)
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
    @MethodSource(Play.ALL)
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
}
