package org.kernelentry.kernel.syscall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.testing.TestPort.DATA;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.Timers;
import org.kernelentry.kernel.task.Wait;
import org.kernelentry.kernel.testing.TestPort;
import org.kernelentry.kernel.testing.TestProgram;

/** Calls that sleep, with a signal in the middle: which restart code they return, and what they kept (RST-30 to RST-35). */
final class RestartingCallsTests {
    private static final long MS = 1_000_000;
    private static final long SCRATCH = DATA + 0x1000;
    private static final long TIME = DATA + 0x100;

    private final int[] status = new int[1];

    /** What happens to the sleeper 10 ms after it fell asleep. */
    private enum Middle {
        /** Nothing. */
        QUIET,
        /** SIGUSR1 with a handler, no SA_RESTART. */
        HANDLER,
        /** SIGUSR1 with a handler and SA_RESTART. */
        RESTART_HANDLER,
        /** SIGSTOP, 20 ms later SIGCONT: no handler runs. */
        STOP_CONTINUE
    }

    /** Runs {@code main} (after the handler is installed) with {@code middle} in the middle; virtual milliseconds it took. */
    private long run(final Kernel k, final Middle middle) {
        final Task harness = k.processes.createHarness("harness");
        final TestProgram p = TestPort.program(k);
        p.label("handler").note("handler").syscall("rt_sigreturn");
        final Task guest = TestPort.spawn(k, harness, "guest");
        k.processes.sleep(harness, 10 * MS);
        switch (middle) {
            case QUIET -> {}
            case HANDLER, RESTART_HANDLER -> k.signals.send(guest, SigInfo.user(Signals.SIGUSR1, harness.pid), true);
            case STOP_CONTINUE -> {
                k.signals.send(guest, SigInfo.user(Signals.SIGSTOP, harness.pid), true);
                assertThat(k.processes.wait4(harness, guest.pid, Wait.WUNTRACED, status))
                        .isEqualTo(guest.pid);
                k.processes.sleep(harness, 20 * MS);
                k.signals.send(guest, SigInfo.user(Signals.SIGCONT, harness.pid), true);
            }
        }
        assertThat(k.processes.wait4(harness, guest.pid, 0, status)).isEqualTo(guest.pid);
        assertThat(status[0]).isZero();
        assertThat(k.log.warnings()).isEmpty();
        return (k.timers.now() - Timers.BOOT + MS / 2) / MS;
    }

    private static TestProgram begin(final Kernel k, final Middle middle) {
        final long flags = middle == Middle.RESTART_HANDLER ? SigAction.SA_RESTART : 0;
        return TestPort.program(k).sigaction(Signals.SIGUSR1, "handler", flags, SCRATCH);
    }

    private static TestProgram timespec(final TestProgram p, final long address, final long milliseconds) {
        return p.storeLong(address, milliseconds / 1000).storeLong(address + 8, milliseconds % 1000 * MS);
    }

    @ParameterizedTest
    @CsvSource({
        "QUIET, 50, 0, ",
        "HANDLER, 10, -4, 40",
        "RESTART_HANDLER, 10, -4, 40",
        // 20 ms of the 50 pass while it is stopped: the deadline stays.
        "STOP_CONTINUE, 50, 0, 40"
    })
    void nanosleep_keeps_its_deadline_and_says_what_remains(
            final Middle middle, final long took, final long result, final Long remaining) {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = begin(k, middle);
            timespec(p, TIME, 50).storeLong(TIME + 24, -1);
            p.syscall("nanosleep", TIME, TIME + 16)
                    .note("nanosleep", 0)
                    .load(8, TIME + 24)
                    .note("left", 8)
                    .exit(0);

            assertThat(run(k, middle)).isEqualTo(took);
            assertThat(value(p, "nanosleep")).isEqualTo(result);
            final long left = value(p, "left");
            assertThat(left == -1 ? null : left / MS).isEqualTo(remaining);
        }
    }

    @ParameterizedTest
    @CsvSource({"HANDLER, 10, -4", "STOP_CONTINUE, 51, 0"})
    void an_absolute_sleep_has_no_block_and_writes_no_remaining_time(
            final Middle middle, final long took, final long result) {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = begin(k, middle);
            timespec(p, TIME, 1051).storeLong(TIME + 16, -7).storeLong(TIME + 24, -7);
            p.syscall("clock_nanosleep", 1, 1, TIME, TIME + 16).note("slept", 0);
            p.load(8, TIME + 24).note("left", 8).exit(0);

            assertThat(run(k, middle)).isEqualTo(took);
            assertThat(value(p, "slept")).isEqualTo(result);
            assertThat(value(p, "left")).isEqualTo(-7);
        }
    }

    @ParameterizedTest
    @CsvSource({"QUIET, 50, 0", "HANDLER, 10, -4", "RESTART_HANDLER, 10, -4", "STOP_CONTINUE, 50, 0"})
    void poll_goes_on_to_the_same_deadline(final Middle middle, final long took, final long result) {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = begin(k, middle);
            p.syscall("poll", 0, 0, 50).note("poll", 0).exit(0);

            assertThat(run(k, middle)).isEqualTo(took);
            assertThat(value(p, "poll")).isEqualTo(result);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ppoll", "pselect6"})
    void ppoll_and_pselect_write_the_time_left_and_restart_with_it(final String call) {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = begin(k, Middle.STOP_CONTINUE);
            timespec(p, TIME, 50);
            final long[] args = call.equals("ppoll") ? new long[] {0, 0, TIME, 0, 0} : new long[] {0, 0, 0, 0, TIME, 0};
            p.syscall(call, args)
                    .note("result", 0)
                    .load(8, TIME + 8)
                    .note("left", 8)
                    .exit(0);

            // 10 asleep, 20 stopped, then the 40 that were left.
            assertThat(run(k, Middle.STOP_CONTINUE)).isEqualTo(70);
            assertThat(value(p, "result")).isZero();
            assertThat(value(p, "left")).isZero();
        }
    }

    @Test
    void a_mask_for_the_time_of_ppoll_lets_the_signal_in_and_is_gone_afterwards() {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = begin(k, Middle.HANDLER);
            final long usr1 = 1L << Signals.SIGUSR1 - 1;
            p.storeLong(SCRATCH, usr1)
                    .syscall("rt_sigprocmask", 0, SCRATCH, 0, 8)
                    .storeLong(SCRATCH, 0);
            p.syscall("ppoll", 0, 0, 0, SCRATCH, 8).note("ppoll", 0);
            p.syscall("rt_sigprocmask", 0, 0, SCRATCH, 8)
                    .load(8, SCRATCH)
                    .note("mask", 8)
                    .exit(0);

            run(k, Middle.HANDLER);
            assertThat(p.notes).contains("guest/100 handler");
            assertThat(value(p, "ppoll")).isEqualTo(-Errno.EINTR);
            assertThat(value(p, "mask")).isEqualTo(usr1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "QUIET, 50, -110",
        "HANDLER, 10, -4",
        "RESTART_HANDLER, 10, -4",
        "STOP_CONTINUE, 50, -110",
    })
    void futex_wait_with_a_timeout_goes_on_by_its_block(final Middle middle, final long took, final long result) {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = begin(k, middle);
            timespec(p, TIME, 50);
            p.syscall("futex", DATA, 0, 0, TIME).note("futex", 0).exit(0);

            assertThat(run(k, middle)).isEqualTo(took);
            assertThat(value(p, "futex")).isEqualTo(result);
        }
    }

    @Test
    void futex_wait_without_a_timeout_restarts_by_SA_RESTART() {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = begin(k, Middle.RESTART_HANDLER);
            // The handler changes the word, so that the restarted call shows itself by -EAGAIN.
            p.syscall("futex", DATA, 0, 0, 0).note("futex", 0).exit(0);
            p.label("handler").storeLong(DATA, 1).syscall("rt_sigreturn");
            final Task harness = k.processes.createHarness("harness");
            final Task guest = TestPort.spawn(k, harness, "guest");
            k.processes.sleep(harness, MS);
            k.signals.send(guest, SigInfo.user(Signals.SIGUSR1, 1), true);

            assertThat(k.processes.wait4(harness, guest.pid, 0, status)).isEqualTo(guest.pid);
            assertThat(value(p, "futex")).isEqualTo(-Errno.EAGAIN);
        }
    }

    @Test
    void restart_syscall_with_nothing_armed_is_interrupted() {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = begin(k, Middle.QUIET);
            p.syscall("restart_syscall").note("restart", 0).exit(0);
            run(k, Middle.QUIET);
            assertThat(value(p, "restart")).isEqualTo(-Errno.EINTR);
        }
    }

    @ParameterizedTest
    @CsvSource({"HANDLER, -4", "RESTART_HANDLER, 101"})
    void wait4_restarts_by_SA_RESTART(final Middle middle, final long result) {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = begin(k, middle);
            p.syscall("fork")
                    .jumpIfZero(0, "child")
                    .syscall("wait4", -1, 0, 0, 0)
                    .note("wait4", 0)
                    .exit(0);
            timespec(p.label("child"), TIME, 50).syscall("nanosleep", TIME, 0).exit(0);
            run(k, middle);
            assertThat(value(p, "wait4")).isEqualTo(result);
        }
    }

    @ParameterizedTest
    @CsvSource({"HANDLER, -4", "RESTART_HANDLER, 8"})
    void reading_an_empty_pipe_restarts_by_SA_RESTART(final Middle middle, final long result) {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = begin(k, middle);
            p.syscall("pipe2", DATA, 0).syscall("fork").jumpIfZero(0, "child");
            p.syscall("read", 3, DATA + 8, 8).note("read", 0).exit(0);
            timespec(p.label("child"), TIME, 50).syscall("nanosleep", TIME, 0);
            p.syscall("write", 4, DATA, 8).exit(0);
            run(k, middle);
            assertThat(value(p, "read")).isEqualTo(result);
        }
    }

    @ParameterizedTest
    @CsvSource({"QUIET, 50, 0", "HANDLER, 10, -4", "RESTART_HANDLER, 10, -4", "STOP_CONTINUE, 30, -4"})
    void epoll_wait_is_interrupted_even_by_a_stop_and_a_continuation(
            final Middle middle, final long took, final long result) {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = begin(k, middle);
            p.syscall("epoll_create1", 0)
                    .syscall("epoll_wait", 3, DATA, 4, 50)
                    .note("epoll", 0)
                    .exit(0);

            assertThat(run(k, middle)).isEqualTo(took);
            assertThat(value(p, "epoll")).isEqualTo(result);
        }
    }

    @Test
    void epoll_reports_what_is_ready_with_the_programs_own_word() {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = begin(k, Middle.QUIET);
            p.syscall("epoll_create1", 0).syscall("pipe2", DATA, 0);
            p.storeLong(TIME, 1).storeLong(TIME + 8, 0x1234);
            p.syscall("epoll_ctl", 3, 1, 4, TIME)
                    .note("add", 0)
                    .syscall("epoll_ctl", 3, 1, 4, TIME)
                    .note("twice", 0);
            p.syscall("fork").jumpIfZero(0, "child");
            p.syscall("epoll_wait", 3, SCRATCH, 4, -1).note("ready", 0);
            p.load(8, SCRATCH)
                    .note("events", 8)
                    .load(8, SCRATCH + 8)
                    .note("data", 8)
                    .exit(0);
            timespec(p.label("child"), TIME, 50).syscall("nanosleep", TIME, 0);
            p.syscall("write", 5, DATA, 8).exit(0);

            assertThat(run(k, Middle.QUIET)).isEqualTo(50);
            assertThat(value(p, "add")).isZero();
            assertThat(value(p, "twice")).isEqualTo(-Errno.EEXIST);
            assertThat(value(p, "ready")).isEqualTo(1);
            assertThat(value(p, "events")).isEqualTo(1);
            assertThat(value(p, "data")).isEqualTo(0x1234);
        }
    }

    @Test
    void an_interval_timer_keeps_firing_and_an_alarm_replaces_it() {
        try (Kernel k = TestPort.kernel(1)) {
            final TestProgram p = TestPort.program(k);
            p.sigaction(Signals.SIGALRM, "handler", 0, SCRATCH);
            p.storeLong(TIME, 0)
                    .storeLong(TIME + 8, 2_000)
                    .storeLong(TIME + 16, 0)
                    .storeLong(TIME + 24, 5_000);
            p.syscall("setitimer", 0, TIME, 0);
            for (int i = 0; i < 3; i++) {
                p.syscall("pause").op(cpu -> {
                    p.notes.add("woken at " + (k.timers.now() - Timers.BOOT) / MS);
                    return TestProgram.NEXT;
                });
            }
            p.syscall("alarm", 3)
                    .note("alarm", 0)
                    .syscall("alarm", 0)
                    .note("left", 0)
                    .exit(0);

            run(k, Middle.QUIET);
            assertThat(p.notes)
                    .filteredOn(note -> note.startsWith("woken"))
                    .containsExactly("woken at 5", "woken at 7", "woken at 9");
            assertThat(value(p, "alarm")).isEqualTo(1);
            assertThat(value(p, "left")).isEqualTo(3);
        }
    }

    private static long value(final TestProgram p, final String words) {
        final List<String> found = p.notes.stream()
                .filter(note -> note.startsWith("guest/100 " + words + " "))
                .toList();
        assertThat(found).as(words + " in " + p.notes).hasSize(1);
        return Long.parseLong(found.get(0).substring(("guest/100 " + words + " ").length()));
    }
}
