package org.kernelentry.kernel.ptrace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.ptrace.PtraceRequest.*;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.SigInfoCodec;
import org.kernelentry.kernel.signal.SigSet;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.testing.Session;

/** Signal-delivery-stops: what a tracer sees of a signal and what it can do with it. */
final class SignalStopTests {
    private final Session s = new Session();

    @AfterEach
    void close() {
        assertThat(s.k.log.warnings()).isEmpty();
        s.close();
    }

    /** A guest with handlers for SIGUSR1 and SIGUSR2 that sends itself SIGUSR1. */
    private Task sender() {
        s.action(Signals.SIGUSR1, "usr1", SigAction.SA_RESTORER);
        s.action(Signals.SIGUSR2, "usr2", SigAction.SA_RESTORER);
        s.p.syscall("gettid").op(cpu -> {
            cpu.state().r[1] = Signals.SIGUSR1;
            return org.kernelentry.kernel.testing.TestProgram.NEXT;
        });
        s.p.set(6, s.p.number("tkill")).svc().note("after").exit(0);
        s.handler("usr1");
        s.handler("usr2");
        return s.spawnSeized("guest", 0);
    }

    @Test
    void the_signal_may_be_let_through() {
        final Task guest = sender();
        assertThat(s.resume(PTRACE_CONT, guest)).isEqualTo("stopped SIGUSR1");
        assertThat(s.sigInfo(guest)).isEqualTo(SigInfo.tkill(Signals.SIGUSR1, guest.pid));
        assertThat(s.message(guest)).isZero();
        assertThat(s.resume(PTRACE_CONT, guest, Signals.SIGUSR1)).isEqualTo("exited 0");
        assertThat(s.notes()).containsExactly("guest/100 usr1 10", "guest/100 after");
    }

    @Test
    void the_signal_may_be_dropped() {
        final Task guest = sender();
        s.resume(PTRACE_CONT, guest);
        assertThat(s.resume(PTRACE_CONT, guest)).isEqualTo("exited 0");
        assertThat(s.notes()).containsExactly("guest/100 after");
    }

    @Test
    void another_signal_in_its_place_is_delivered_without_a_stop_of_its_own() {
        final Task guest = sender();
        s.resume(PTRACE_CONT, guest);
        assertThat(s.resume(PTRACE_CONT, guest, Signals.SIGUSR2)).isEqualTo("exited 0");
        assertThat(s.notes()).containsExactly("guest/100 usr2 12", "guest/100 after");
    }

    @Test
    void a_replaced_siginfo_is_what_the_handler_gets() {
        final Task guest = sender();
        s.resume(PTRACE_CONT, guest);
        final SigInfo forged = new SigInfo(Signals.SIGUSR1, 3, SigInfo.SI_QUEUE, 77, 0, 0x1234, 0, 0);
        assertThat(s.k.ptrace.ptrace(s.harness, PTRACE_SETSIGINFO, guest.pid, 0, SigInfoCodec.encode(forged, 8)))
                .isZero();
        assertThat(s.sigInfo(guest)).isEqualTo(forged);
        s.k.trace.enable("signal:signal_deliver");
        s.resume(PTRACE_CONT, guest, Signals.SIGUSR1);
        assertThat(s.k.trace.events())
                .filteredOn(event -> event.name().equals("signal:signal_deliver"))
                .extracting(event -> event.text().substring(0, 22))
                .containsExactly("sig=10 errno=3 code=-1");
    }

    @Test
    void an_injected_signal_that_is_blocked_waits_and_is_reported_again() {
        final Task guest = sender();
        s.resume(PTRACE_CONT, guest);
        guest.blocked = SigSet.of(Signals.SIGUSR2);
        s.request(PTRACE_CONT, guest, Signals.SIGUSR2);
        assertThat(s.await(guest)).isEqualTo("exited 0");
        assertThat(s.notes()).containsExactly("guest/100 after");
    }

    @Test
    void a_signal_at_its_default_or_ignored_is_shown_all_the_same() {
        s.action(Signals.SIGUSR1, null, 0);
        s.p.label("loop").syscall("gettid").jump("loop");
        final Task guest = s.spawnSeized("guest", 0);
        s.request(PTRACE_CONT, guest, 0);
        s.send(guest, Signals.SIGCHLD);
        assertThat(s.await(guest)).isEqualTo("stopped SIGCHLD");
        s.request(PTRACE_CONT, guest, Signals.SIGCHLD);
        s.sleep(1000);
        s.send(guest, Signals.SIGUSR1);
        assertThat(s.await(guest)).isEqualTo("stopped SIGUSR1");
        s.request(PTRACE_CONT, guest, Signals.SIGUSR1);
        s.send(guest, Signals.SIGTERM);
        assertThat(s.await(guest)).isEqualTo("stopped SIGTERM");
        assertThat(s.resume(PTRACE_CONT, guest, Signals.SIGTERM)).isEqualTo("killed SIGTERM");
    }

    @Test
    void a_kill_is_never_shown() {
        s.p.forever();
        final Task guest = s.spawnSeized("guest", 0);
        s.request(PTRACE_CONT, guest, 0);
        assertThat(s.kill(guest)).isEqualTo("killed SIGKILL");
    }

    @Test
    void a_forced_exit_is_not_shown_and_can_no_longer_be_caught() {
        s.action(Signals.SIGSYS, "sys", SigAction.SA_RESTORER);
        s.p.syscall("getppid").note("alive").exit(0);
        s.handler("sys");
        final Task guest = s.spawnSeized("guest", PTRACE_O_TRACESYSGOOD);
        // Up to the entry of getppid, past rt_sigaction.
        s.resume(PTRACE_SYSCALL, guest);
        s.resume(PTRACE_SYSCALL, guest);
        s.resume(PTRACE_SYSCALL, guest);
        s.k.signals.forceExit(guest, SigInfo.kernel(Signals.SIGSYS));
        assertThat(guest.sighand.action[Signals.SIGSYS].has(SigAction.SA_IMMUTABLE))
                .isTrue();
        assertThat(s.resume(PTRACE_CONT, guest)).isEqualTo("killed SIGSYS");
        assertThat(s.notes()).isEmpty();
    }

    @Test
    void a_forced_fatal_signal_is_shown() {
        s.p.syscall("getppid").exit(0);
        final Task guest = s.spawnSeized("guest", PTRACE_O_TRACESYSGOOD);
        s.resume(PTRACE_SYSCALL, guest);
        s.k.signals.forceFatal(guest, SigInfo.kernel(Signals.SIGSEGV));
        assertThat(s.resume(PTRACE_CONT, guest)).isEqualTo("stopped SIGSEGV");
        assertThat(s.resume(PTRACE_CONT, guest, Signals.SIGSEGV)).isEqualTo("killed SIGSEGV");
    }

    @Test
    void stepping_into_a_handler_stops_at_its_first_instruction() {
        final Task guest = sender();
        s.resume(PTRACE_CONT, guest);
        assertThat(s.resume(PTRACE_SINGLESTEP, guest, Signals.SIGUSR1)).isEqualTo("stopped SIGTRAP");
        assertThat(s.register(guest, "pc")).isEqualTo(s.p.address("usr1"));
        assertThat(s.sigInfo(guest).code()).isEqualTo(Signals.SIGTRAP);
        assertThat(s.notes()).isEmpty();
        assertThat(s.resume(PTRACE_CONT, guest)).isEqualTo("exited 0");
    }

    @ParameterizedTest
    @ValueSource(ints = {PTRACE_INTERRUPT, PTRACE_LISTEN})
    void interrupt_and_listen_need_a_seized_tracee(final int request) {
        s.p.forever();
        final Task guest = s.spawnAttached("guest", 0);
        assertThat(s.request(request, guest, 0)).isEqualTo(-Errno.EIO);
    }

    @Test
    void listen_needs_an_event_stop() {
        s.p.syscall("getppid").forever();
        final Task guest = s.spawnSeized("guest", PTRACE_O_TRACESYSGOOD);
        s.resume(PTRACE_SYSCALL, guest);
        assertThat(s.request(PTRACE_LISTEN, guest, 0)).isEqualTo(-Errno.EIO);
    }

    @Test
    void a_running_tracee_is_nobodys_to_ask() {
        s.p.forever();
        final Task guest = s.spawnSeized("guest", 0);
        s.request(PTRACE_CONT, guest, 0);
        assertThat(s.request(PTRACE_CONT, guest, 0)).isEqualTo(-Errno.ESRCH);
        assertThat(s.k.ptrace.getSigInfo(s.harness, guest.pid, new SigInfo[1])).isEqualTo(-Errno.ESRCH);
        assertThat(s.request(PTRACE_CONT, s.harness, 0)).isEqualTo(-Errno.ESRCH);
        assertThat(s.k.ptrace.ptrace(s.harness, PTRACE_CONT, 4711, 0, 0)).isEqualTo(-Errno.ESRCH);
    }

    @Test
    void the_mask_to_be_restored_is_the_mask_a_tracer_reads() {
        s.storeSet(Signals.SIGHUP);
        s.p.syscall("rt_sigsuspend", org.kernelentry.kernel.testing.TestPort.DATA, 8)
                .exit(0);
        final Task guest = s.spawnSeized("guest", 0);
        s.request(PTRACE_CONT, guest, 0);
        s.sleep(1000);
        s.send(guest, Signals.SIGTERM);
        assertThat(s.await(guest)).isEqualTo("stopped SIGTERM");
        final byte[] mask = new byte[8];
        assertThat(s.k.ptrace.ptrace(s.harness, PTRACE_GETSIGMASK, guest.pid, 8, mask))
                .isZero();
        assertThat(mask).containsOnly(0);
        assertThat(s.k.ptrace.ptrace(s.harness, PTRACE_GETSIGMASK, guest.pid, 4, mask))
                .isEqualTo(-Errno.EINVAL);
        mask[0] = (byte) 0xff;
        mask[1] = (byte) 0xff;
        assertThat(s.k.ptrace.ptrace(s.harness, PTRACE_SETSIGMASK, guest.pid, 8, mask))
                .isZero();
        assertThat(guest.blocked).isEqualTo(new SigSet(0xffff).minus(Signals.SIGKILL));
    }
}
