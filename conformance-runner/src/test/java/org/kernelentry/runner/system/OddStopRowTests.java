package org.kernelentry.runner.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.Mode;

/** Rows of the catalogue about what a tracer sees that are easy to get wrong, on real code of every port, mode and flavour. */
final class OddStopRowTests {
    private static final int EIO = 5;

    @ParameterizedTest
    @MethodSource(Play.ALL)
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
    @MethodSource(Play.ALL)
    void ptr_10_no_signal_stop_comes_between_entry_and_exit(final Mode mode, final Flavour flavour) {
        try (Play p = new Play(mode, flavour, "getppid\n").seize("TRACESYSGOOD")) {
            p.go("SYSCALL");
            p.guest.tgkill(12);
            p.go("SYSCALL").go("SYSCALL").go("SYSCALL", 12);
            assertThat(p.seen).containsExactly("entry getppid", "exit getppid", "signal SIGUSR2", "killed by SIGUSR2");
        }
    }

    @ParameterizedTest
    @MethodSource(Play.ALL)
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
    @MethodSource(Play.ALL)
    void ptr_12_exit_group_has_an_entry_stop_and_no_exit_stop(final Mode mode, final Flavour flavour) {
        try (Play p = new Play(mode, flavour, "exit_group 4\n").seize("TRACESYSGOOD")) {
            p.go("SYSCALL").go("SYSCALL");
            assertThat(p.seen).containsExactly("entry exit_group", "exited 4");
        }
    }

    @ParameterizedTest
    @MethodSource(Play.ALL)
    void ptr_15_a_bad_signal_number_leaves_the_tracee_as_it_was(final Mode mode, final Flavour flavour) {
        try (Play p = new Play(mode, flavour, "getppid\n").seize("TRACESYSGOOD")) {
            p.go("SYSCALL");
            assertThat(p.guest.resume("CONT", 65)).isEqualTo(-EIO);
            p.go("SYSCALL").go("CONT");
            assertThat(p.seen).containsExactly("entry getppid", "exit getppid", "exited 0");
        }
    }

    @ParameterizedTest
    @MethodSource(Play.ALL)
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
    @MethodSource(Play.ALL)
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
    @MethodSource(Play.ALL)
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
    @MethodSource(Play.ALL)
    void ptr_43_interrupt_and_listen_are_for_seized_tracees(final Mode mode, final Flavour flavour) {
        try (Play p = new Play(mode, flavour, "getppid\n").attach("TRACESYSGOOD")) {
            assertThat(p.guest.request("INTERRUPT", 0, 0)).isEqualTo(-EIO);
            assertThat(p.guest.request("LISTEN", 0, 0)).isEqualTo(-EIO);
            p.go("SYSCALL");
            assertThat(p.seen).containsExactly("entry getppid");
        }
    }

    @ParameterizedTest
    @MethodSource(Play.ALL)
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
    @MethodSource(Play.ALL)
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
