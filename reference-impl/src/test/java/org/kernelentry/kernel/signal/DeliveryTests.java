package org.kernelentry.kernel.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kernelentry.kernel.entry.TaskWork;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;
import org.kernelentry.kernel.task.ThreadFlags;
import org.kernelentry.kernel.task.Wait;
import org.kernelentry.kernel.testing.Session;
import org.kernelentry.kernel.testing.TestPort;
import org.kernelentry.kernel.testing.TestProgram;

final class DeliveryTests {
    private static final int SIG_BLOCK = 0;
    private static final int SIG_UNBLOCK = 1;
    private static final long RESTORER = SigAction.SA_RESTORER;

    private final Session s = new Session();

    @AfterEach
    void close() {
        assertThat(s.k.log.warnings()).isEmpty();
        s.close();
    }

    /** tkill of the guest's own thread. */
    private void raise(final int signal) {
        s.p.syscall("gettid").op(cpu -> {
            cpu.state().r[1] = signal;
            return TestProgram.NEXT;
        });
        s.p.set(6, s.p.number("tkill")).svc();
    }

    private void noteMask() {
        s.p.op(cpu -> {
            s.p.notes.add("mask " + Long.toHexString(s.k.current().blocked.bits()));
            return TestProgram.NEXT;
        });
    }

    private List<String> run() {
        final Task guest = s.spawn("g");
        assertThat(s.await(guest)).isEqualTo("exited 0");
        return s.notes();
    }

    @Test
    void all_deliverable_signals_are_stacked_and_the_last_frame_runs_first() {
        s.action(Signals.SIGUSR1, "usr1", RESTORER);
        s.action(Signals.SIGUSR2, "usr2", RESTORER);
        s.mask(SIG_BLOCK, Signals.SIGUSR1, Signals.SIGUSR2);
        raise(Signals.SIGUSR2);
        raise(Signals.SIGUSR1);
        s.mask(SIG_UNBLOCK, Signals.SIGUSR1, Signals.SIGUSR2);
        s.p.note("main").exit(0);
        s.handler("usr1");
        s.handler("usr2");
        assertThat(run()).containsExactly("g/100 usr2 12", "g/100 usr1 10", "g/100 main");
    }

    @Test
    void the_handlers_mask_and_the_signal_itself_are_blocked_while_it_runs() {
        s.action(Signals.SIGUSR1, "outer", RESTORER, Signals.SIGUSR2);
        s.action(Signals.SIGUSR2, "inner", RESTORER);
        raise(Signals.SIGUSR1);
        s.p.note("main").exit(0);
        s.p.label("outer").note("outer");
        raise(Signals.SIGUSR2);
        raise(Signals.SIGUSR1);
        s.p.note("outer ends").op(cpu -> {
            s.k.current().sighand.action[Signals.SIGUSR1] =
                    s.k.current().sighand.action[Signals.SIGUSR1].withHandler(s.p.address("second"));
            return TestProgram.NEXT;
        });
        s.p.syscall("rt_sigreturn");
        s.handler("second");
        s.handler("inner");
        // Both come after the outer handler; SIGUSR1 is chosen first and its mask holds SIGUSR2 back once more.
        assertThat(run())
                .containsExactly("g/100 outer", "g/100 outer ends", "g/100 second 10", "g/100 inner 12", "g/100 main");
    }

    @Test
    void nodefer_leaves_the_signal_open_and_resethand_resets_the_action() {
        s.action(Signals.SIGUSR1, "usr1", RESTORER | SigAction.SA_NODEFER | SigAction.SA_RESETHAND);
        raise(Signals.SIGUSR1);
        s.p.exit(0);
        s.p.label("usr1").note("usr1");
        raise(Signals.SIGUSR1);
        s.p.note("not reached");
        final Task guest = s.spawn("g");
        assertThat(s.await(guest)).isEqualTo("killed SIGUSR1");
        assertThat(s.notes()).containsExactly("g/100 usr1");
    }

    @Test
    void what_the_last_instruction_raised_is_delivered_first() {
        s.action(Signals.SIGHUP, "hup", RESTORER);
        s.action(Signals.SIGILL, "ill", RESTORER);
        s.p.note("before").op(cpu -> {
            s.k.signals.send(s.k.current(), SigInfo.user(Signals.SIGHUP, 1), true);
            return TestProgram.NEXT;
        });
        s.p.undefined();
        s.p.label("ill").note("ill").exit(0);
        s.handler("hup");
        // SIGILL's frame was built first, with the faulting pc; SIGHUP's is on top of it and runs first.
        assertThat(run()).containsExactly("g/100 before", "g/100 hup 1", "g/100 ill");
    }

    @Test
    void a_blocked_or_ignored_fault_kills_though_a_handler_is_there() {
        s.action(Signals.SIGILL, "ill", RESTORER);
        s.mask(SIG_BLOCK, Signals.SIGILL);
        s.p.undefined();
        s.handler("ill");
        final Task guest = s.spawn("g");
        assertThat(s.await(guest)).isEqualTo("killed SIGILL");
        assertThat(s.notes()).isEmpty();
    }

    @Test
    void a_frame_that_cannot_be_built_becomes_sigsegv_and_for_sigsegv_the_default() {
        s.action(Signals.SIGSEGV, "segv", RESTORER);
        s.p.syscall("getppid").forever();
        s.p.label("segv").note("segv").exit(0);
        final Task guest = s.spawnSeized("g", 0);
        final KSignal usr1 =
                new KSignal(Signals.SIGUSR1, SigInfo.user(Signals.SIGUSR1, 1), guest.sighand.action[Signals.SIGUSR1]);
        s.k.signals.setupDone(guest, usr1, true, false);
        assertThat(guest.pending.queue).containsExactly(SigInfo.kernel(Signals.SIGSEGV));
        guest.sighand.action[Signals.SIGSEGV] = new SigAction(0x5000, 0, 0, SigSet.EMPTY);
        guest.pending.clear();
        s.k.signals.forceSigsegv(guest, Signals.SIGSEGV);
        assertThat(guest.sighand.action[Signals.SIGSEGV].handler()).isEqualTo(SigAction.SIG_DFL);
    }

    @Test
    void pause_is_ended_by_a_handler_only() {
        s.action(Signals.SIGUSR1, "usr1", RESTORER | SigAction.SA_RESTART);
        s.action(Signals.SIGUSR2, null, 0);
        s.p.syscall("pause").note("pause", 0).exit(0);
        s.handler("usr1");
        final Task guest = s.spawn("g");
        s.sleep(1000);
        s.send(guest, Signals.SIGUSR2);
        s.send(guest, Signals.SIGCHLD);
        s.send(guest, Signals.SIGSTOP);
        assertThat(s.await(guest, Wait.WUNTRACED)).isEqualTo("stopped SIGSTOP");
        s.send(guest, Signals.SIGCONT);
        assertThat(s.await(guest, Wait.WCONTINUED)).isEqualTo("continued");
        s.sleep(1000);
        assertThat(guest.state).isEqualTo(TaskState.INTERRUPTIBLE);
        assertThat(s.notes()).isEmpty();
        s.send(guest, Signals.SIGUSR1);
        assertThat(s.await(guest)).isEqualTo("exited 0");
        assertThat(s.notes()).containsExactly("g/100 usr1 10", "g/100 pause -4");
    }

    @Test
    void sigsuspend_puts_the_mask_back_after_the_handler_and_after_nothing() {
        s.action(Signals.SIGUSR1, "usr1", RESTORER);
        s.mask(SIG_BLOCK, Signals.SIGUSR1, Signals.SIGHUP);
        s.storeSet(Signals.SIGUSR2);
        s.p.syscall("rt_sigsuspend", TestPort.DATA, 8).note("suspend", 0);
        noteMask();
        s.p.exit(0);
        s.p.label("usr1").note("usr1").op(cpu -> {
            // A pass through the signal code that finds no signal must not bring the old mask back already.
            s.k.taskWork.add(s.k.current(), () -> {}, TaskWork.Notify.SIGNAL);
            return TestProgram.NEXT;
        });
        s.p.syscall("getppid");
        noteMask();
        s.p.syscall("rt_sigreturn");
        final Task guest = s.spawn("g");
        s.sleep(1000);
        assertThat(guest.blocked).isEqualTo(SigSet.of(Signals.SIGUSR2));
        s.send(guest, Signals.SIGSTOP);
        assertThat(s.await(guest, Wait.WUNTRACED)).isEqualTo("stopped SIGSTOP");
        s.send(guest, Signals.SIGCONT);
        s.sleep(1000);
        assertThat(guest.blocked).as("sleeps with the same mask again").isEqualTo(SigSet.of(Signals.SIGUSR2));
        s.send(guest, Signals.SIGUSR1);
        s.sleep(1000);
        assertThat(s.notes()).containsExactly("g/100 usr1", "mask a00", "g/100 suspend -4", "mask 201");
    }

    @Test
    void a_fatal_signal_ends_a_call_that_would_restart() {
        s.p.syscall("pause").note("never").exit(0);
        final Task guest = s.spawn("g");
        s.sleep(1000);
        s.send(guest, Signals.SIGTERM);
        assertThat(s.await(guest)).isEqualTo("killed SIGTERM");
        assertThat(s.notes()).isEmpty();
    }

    @Test
    void the_first_signal_chosen_decides_the_restart() {
        s.action(Signals.SIGUSR1, "usr1", RESTORER | SigAction.SA_RESTART);
        s.action(Signals.SIGUSR2, "usr2", RESTORER);
        s.p.syscall("fork").jumpIfZero(0, "child");
        s.p.syscall("wait4", -1, 0, 0, 0).note("wait4", 0).exit(0);
        s.p.label("child").syscall("pause").exit(0);
        s.handler("usr1");
        s.handler("usr2");
        final Task guest = s.spawn("g");
        s.sleep(1000);
        s.send(guest, Signals.SIGUSR2);
        s.send(guest, Signals.SIGUSR1);
        s.sleep(1000);
        assertThat(s.notes()).as("usr1, the lower number, restarts").containsExactly("g/100 usr2 12", "g/100 usr1 10");
        assertThat(guest.state).isEqualTo(TaskState.INTERRUPTIBLE);
        s.p.notes.clear();
        s.send(guest, Signals.SIGUSR2);
        s.sleep(1000);
        assertThat(s.notes()).containsExactly("g/100 usr2 12", "g/100 wait4 -4");
    }

    @Test
    void stop_and_continue_cancel_each_other_in_the_queues() {
        s.p.forever();
        final Task guest = s.spawnSeized("g", 0);
        guest.blocked = SigSet.of(Signals.SIGTSTP, Signals.SIGCONT);
        s.send(guest, Signals.SIGTSTP);
        assertThat(guest.signal.sharedPending.set).isEqualTo(SigSet.of(Signals.SIGTSTP));
        s.send(guest, Signals.SIGCONT);
        assertThat(guest.signal.sharedPending.set).isEqualTo(SigSet.of(Signals.SIGCONT));
        s.send(guest, Signals.SIGTTIN);
        assertThat(guest.signal.sharedPending.set).isEqualTo(SigSet.of(Signals.SIGTTIN));
    }

    @Test
    void classic_signals_queue_once_and_real_time_signals_as_often_as_sent() {
        s.p.forever();
        final Task guest = s.spawnSeized("g", 0);
        guest.blocked = SigSet.EMPTY.complement();
        for (int i = 1; i <= 3; i++) {
            s.k.signals.send(guest, SigInfo.user(Signals.SIGUSR1, i), false);
            s.k.signals.send(guest, SigInfo.user(Signals.SIGRTMIN, i), false);
        }
        assertThat(guest.pending.queue)
                .extracting(info -> info.signo() + ":" + info.pid())
                .containsExactly("10:1", "32:1", "32:2", "32:3");
    }

    @Test
    void a_full_queue_refuses_queued_signals_and_empties_siginfo_of_others() {
        s.p.forever();
        final Task guest = s.spawnSeized("g", 0);
        guest.blocked = SigSet.EMPTY.complement();
        final SigInfo queued = new SigInfo(Signals.SIGRTMIN, 0, SigInfo.SI_QUEUE, 1, 0, 0, 0, 0);
        for (int i = 0; i < SendSignal.RLIMIT_SIGPENDING; i++) {
            assertThat(s.k.signals.send(guest, queued, false)).isZero();
        }
        assertThat(s.k.signals.send(guest, queued, false)).isEqualTo(-11);
        assertThat(s.k.signals.send(guest, SigInfo.user(Signals.SIGRTMIN + 1, 5), false))
                .isZero();
        assertThat(guest.pending.set.has(Signals.SIGRTMIN + 1)).isTrue();
        assertThat(guest.pending.queue).hasSize(SendSignal.RLIMIT_SIGPENDING);
        assertThat(s.k.signals.send(guest, SigInfo.user(Signals.SIGUSR1, 5), false))
                .isZero();
        assertThat(guest.pending.queue)
                .as("kill(2) of a classic signal always finds room")
                .hasSize(SendSignal.RLIMIT_SIGPENDING + 1);
    }

    @Test
    void a_group_signal_goes_to_a_thread_that_does_not_block_it() {
        s.action(Signals.SIGUSR1, "usr1", RESTORER);
        final long thread = 0x0001_0f00 | 0x100; // VM, FS, FILES, SIGHAND, THREAD
        s.p.syscall("clone", thread, 0, 0, 0, 0).jumpIfZero(0, "thread");
        s.mask(SIG_BLOCK, Signals.SIGUSR1);
        s.p.label("main").syscall("pause").jump("main");
        s.p.label("thread").syscall("pause").note("thread woken", 0).exit(0);
        s.handler("usr1");
        final Task guest = s.spawn("g");
        s.sleep(1_000_000);
        s.send(guest, Signals.SIGUSR1);
        assertThat(s.await(guest)).isEqualTo("exited 0");
        assertThat(s.notes()).containsExactly("g/101 usr1 10", "g/101 thread woken -4");
    }

    @Test
    void sigtimedwait_takes_a_blocked_signal_or_times_out() {
        s.mask(SIG_BLOCK, Signals.SIGUSR1);
        raise(Signals.SIGUSR1);
        s.storeSet(Signals.SIGUSR1);
        s.p.syscall("rt_sigtimedwait", TestPort.DATA, TestPort.DATA + 64, 0, 8).note("got", 0);
        s.p.load(9, TestPort.DATA + 64 + 8).note("code", 9);
        s.p.set(8, 0).store(TestPort.DATA + 16, 8).set(8, 5_000_000).store(TestPort.DATA + 24, 8);
        s.p.syscall("rt_sigtimedwait", TestPort.DATA, 0, TestPort.DATA + 16, 8)
                .note("late", 0)
                .exit(0);
        assertThat(run())
                .containsExactly("g/100 got 10", "g/100 code " + (SigInfo.SI_TKILL & 0xffff_ffffL), "g/100 late -11");
        assertThat(s.k.timers.now()).isGreaterThanOrEqualTo(5_000_000);
    }

    @Test
    void restart_syscall_with_nothing_armed_is_interrupted() {
        s.p.syscall("restart_syscall").note("restart", 0).exit(0);
        assertThat(run()).containsExactly("g/100 restart -4");
    }

    @Test
    void making_a_signal_ignored_forgets_it_even_if_it_is_blocked() {
        s.mask(SIG_BLOCK, Signals.SIGUSR1);
        raise(Signals.SIGUSR1);
        s.action(Signals.SIGUSR1, null, 0);
        s.p.syscall("rt_sigpending", TestPort.DATA, 8)
                .load(9, TestPort.DATA)
                .note("pending", 9)
                .exit(0);
        assertThat(run()).containsExactly("g/100 pending 0");
    }

    @Test
    void kill_and_stop_can_be_neither_caught_nor_blocked() {
        s.p.syscall("rt_sigaction", Signals.SIGKILL, TestPort.DATA, 0, 8).note("action", 0);
        s.mask(SIG_BLOCK, Signals.SIGKILL, Signals.SIGSTOP, Signals.SIGHUP);
        s.p.syscall("rt_sigprocmask", SIG_BLOCK, 0, TestPort.DATA, 8)
                .load(9, TestPort.DATA)
                .note("mask", 9)
                .exit(0);
        assertThat(run()).containsExactly("g/100 action -22", "g/100 mask 1");
    }

    @Test
    void nobody_can_kill_or_stop_the_runner() {
        s.p.syscall("getppid").op(cpu -> {
            cpu.state().r[1] = Signals.SIGKILL;
            return TestProgram.NEXT;
        });
        s.p.set(6, s.p.number("kill")).svc().note("kill", 0);
        s.p.syscall("kill", -1, Signals.SIGKILL).note("all", 0).exit(0);
        assertThat(run()).containsExactly("g/100 kill 0", "g/100 all -3");
        assertThat(s.harness.pending.set.isEmpty()).isTrue();
        assertThat(s.harness.testTif(ThreadFlags.TIF_SIGPENDING)).isFalse();
    }

    @Test
    void sigaltstack_is_used_by_handlers_that_ask_for_it() {
        s.p.set(8, TestPort.DATA + 0x2000).store(TestPort.DATA + 64, 8);
        s.p.set(8, 0).store(TestPort.DATA + 72, 8);
        s.p.set(8, 0x1000).store(TestPort.DATA + 80, 8);
        s.p.syscall("sigaltstack", TestPort.DATA + 64, 0).note("set", 0);
        s.p.set(8, 100).store(TestPort.DATA + 80, 8);
        s.p.syscall("sigaltstack", TestPort.DATA + 64, 0).note("small", 0);
        s.p.syscall("sigaltstack", 0, TestPort.DATA + 96)
                .load(9, TestPort.DATA + 96 + 16)
                .note("size", 9)
                .forever();
        final Task guest = s.spawn("g");
        s.sleep(1_000_000);
        assertThat(s.notes()).containsExactly("g/100 set 0", "g/100 small -12", "g/100 size 4096");
        final SigAction on = new SigAction(0x1000, SigAction.SA_ONSTACK, 0, SigSet.EMPTY);
        final long top = TestPort.DATA + 0x3000;
        assertThat(s.k.signals.signalStack(guest, TestPort.STACK_TOP, on)).isEqualTo(top);
        assertThat(s.k.signals.signalStack(guest, top - 64, on))
                .as("already on it")
                .isEqualTo(top - 64);
        assertThat(s.k.signals.signalStack(guest, TestPort.STACK_TOP, SigAction.DEFAULT))
                .isEqualTo(TestPort.STACK_TOP);
    }
}
