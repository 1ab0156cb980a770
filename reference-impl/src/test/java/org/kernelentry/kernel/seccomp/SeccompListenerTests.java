package org.kernelentry.kernel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.seccomp.SeccompFixture.*;
import static org.kernelentry.kernel.seccomp.SeccompInstall.*;
import static org.kernelentry.kernel.seccomp.SeccompListener.*;
import static org.kernelentry.kernel.syscall.Errno.*;
import static org.kernelentry.kernel.testing.TestPort.DATA;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.kernel.fs.OpenFile;
import org.kernelentry.kernel.seccomp.SeccompListener.Notification;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.testing.Observed;
import org.kernelentry.kernel.testing.TestProgram;

/** Calls that a supervisor answers. */
final class SeccompListenerTests {
    private static final long SCRATCH = DATA + 0x1000;
    private static final int FD = 3;

    private final Observed o = new Observed();
    private final Notification[] taken = new Notification[1];

    @AfterEach
    void shutDown() {
        o.close();
        assertThat(o.k.log.warnings()).isEmpty();
    }

    /** The guest begins by putting on a filter that sends getppid to a listener. */
    private TestProgram supervised(final int flags) {
        store(o.guest, forNumber(o.nr("getppid"), SeccompAction.USER_NOTIF.value()));
        return o.p.syscall("seccomp", SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER | flags, FPROG);
    }

    private SeccompListener startAndListen() {
        o.start();
        o.sleep(1);
        return (SeccompListener) o.guest.files.get(FD);
    }

    private Notification receive(final SeccompListener listener) {
        assertThat(listener.receive(o.harness, taken)).isZero();
        return taken[0];
    }

    @ParameterizedTest(name = "value {0}, error {1}, flags {2}: the call returns {3}")
    @CsvSource({"77, 0, 0, 77", "0, 0, 0, 0", "5, -13, 0, -13", "0, 0, 1, 1"})
    void theAnswerDecides(final long value, final int error, final int flags, final long result) {
        supervised(0).syscall("getppid", 0x99).note("result", 0).exit(0);
        final SeccompListener listener = startAndListen();
        assertThat(listener.poll()).isEqualTo(OpenFile.POLLIN | OpenFile.POLLRDNORM);
        final Notification n = receive(listener);
        assertThat(n.pid()).isEqualTo(o.guest.pid);
        assertThat(n.data().nr).isEqualTo(o.nr("getppid"));
        assertThat(n.data().args[0]).isEqualTo(0x99);
        assertThat(listener.poll()).isEqualTo(OpenFile.POLLOUT | OpenFile.POLLWRNORM);
        assertThat(listener.idValid(n.id())).isZero();
        assertThat(listener.send(n.id(), value, error, flags)).isZero();
        assertThat(o.await()).isZero();
        assertThat(o.p.notes).containsExactly("guest/100 result " + result);
        assertThat(listener.poll()).isEqualTo(OpenFile.POLLHUP);
        assertThat(listener.receive(o.harness, taken)).as("nobody is left").isEqualTo(-ENOENT);
    }

    @Test
    void answersAreChecked() {
        supervised(0).syscall("getppid").exit(0);
        final SeccompListener listener = startAndListen();
        assertThat(listener.send(1, 0, 0, 0)).as("before it was received").isEqualTo(-EINPROGRESS);
        assertThat(listener.idValid(1)).isEqualTo(-ENOENT);
        final Notification n = receive(listener);
        assertThat(listener.send(n.id() + 1, 0, 0, 0)).isEqualTo(-ENOENT);
        assertThat(listener.send(n.id(), 0, 0, 2)).isEqualTo(-EINVAL);
        assertThat(listener.send(n.id(), 1, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE))
                .isEqualTo(-EINVAL);
        assertThat(listener.send(n.id(), 0, -1, SECCOMP_USER_NOTIF_FLAG_CONTINUE))
                .isEqualTo(-EINVAL);
        assertThat(listener.send(n.id(), 0, 0, 0)).isZero();
        assertThat(listener.send(n.id(), 0, 0, 0)).as("a second time").isEqualTo(-EINPROGRESS);
        o.sleep(1);
        assertThat(listener.send(n.id(), 0, 0, 0)).as("when the call is gone").isEqualTo(-ENOENT);
        assertThat(listener.setFlags(SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP)).isZero();
        assertThat(listener.flags()).isEqualTo(1);
        assertThat(listener.setFlags(2)).isEqualTo(-EINVAL);
    }

    @Test
    void closingTheListenerFailsTheWaitingCallAndLaterOnes() {
        supervised(0)
                .syscall("getppid")
                .note("first", 0)
                .syscall("getppid")
                .note("second", 0)
                .exit(0);
        startAndListen();
        o.guest.files.close(FD);
        assertThat(o.await()).isZero();
        assertThat(o.p.notes).containsExactly("guest/100 first -38", "guest/100 second -38");
    }

    @ParameterizedTest(name = "handler flags {0}: {1}, notifications {2}")
    @CsvSource({"0, -4, 1", "0x10000000, 77, 2"})
    void aSignalInterruptsTheWaitAndMayBringTheCallBack(final String flags, final long result, final int calls) {
        o.p.sigaction(Signals.SIGUSR1, "handler", Long.decode(flags), SCRATCH);
        supervised(0).syscall("getppid").note("result", 0).exit(0);
        o.p.label("handler").note("handler").syscall("rt_sigreturn");
        final SeccompListener listener = startAndListen();
        final long first = receive(listener).id();
        o.k.signals.send(o.guest, SigInfo.user(Signals.SIGUSR1, o.harness.pid), true);
        o.sleep(1);
        assertThat(listener.send(first, 1, 0, 0))
                .as("the call it was about is over")
                .isEqualTo(-ENOENT);
        if (calls == 2) {
            final Notification again = receive(listener);
            assertThat(again.id()).isNotEqualTo(first);
            assertThat(listener.send(again.id(), 77, 0, 0)).isZero();
        }
        assertThat(o.await()).isZero();
        assertThat(o.p.notes).containsExactly("guest/100 handler", "guest/100 result " + result);
    }

    @Test
    void aKillableWaitIsNotInterruptedOnceTheCallWasReceived() {
        o.p.sigaction(Signals.SIGUSR1, "handler", SigAction.SA_RESTART, SCRATCH);
        supervised(SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)
                .syscall("getppid")
                .note("result", 0)
                .exit(0);
        o.p.label("handler").note("handler").syscall("rt_sigreturn");
        final SeccompListener listener = startAndListen();
        final Notification n = receive(listener);
        o.k.signals.send(o.guest, SigInfo.user(Signals.SIGUSR1, o.harness.pid), true);
        o.sleep(1);
        assertThat(o.p.notes).isEmpty();
        assertThat(listener.send(n.id(), 77, 0, 0)).isZero();
        assertThat(o.await()).isZero();
        assertThat(o.p.notes).containsExactly("guest/100 handler", "guest/100 result 77");
    }

    @Test
    void aKillableWaitIsInterruptedBeforeTheCallWasReceivedAndByDeathEvenAfter() {
        o.p.sigaction(Signals.SIGUSR1, "handler", SigAction.SA_RESTART, SCRATCH);
        supervised(SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)
                .syscall("getppid")
                .note("result", 0)
                .exit(0);
        o.p.label("handler").note("handler").syscall("rt_sigreturn");
        final SeccompListener listener = startAndListen();
        o.k.signals.send(o.guest, SigInfo.user(Signals.SIGUSR1, o.harness.pid), true);
        o.sleep(1);
        assertThat(o.p.notes).containsExactly("guest/100 handler");
        // The semaphore counts the call that went away too; its place is taken by the one that came back.
        final Notification n = receive(listener);
        assertThat(n.id()).isEqualTo(2);
        o.k.signals.send(o.guest, SigInfo.user(Signals.SIGKILL, o.harness.pid), true);
        assertThat(o.await()).isEqualTo(Signals.SIGKILL);
        assertThat(listener.send(n.id(), 0, 0, 0)).isEqualTo(-ENOENT);
        assertThat(listener.receive(o.harness, taken)).isEqualTo(-ENOENT);
    }

    @Test
    void aProgramSupervisesItsChildByIoctl() {
        final long notif = DATA + 0x2000;
        final long resp = DATA + 0x2100;
        supervised(0).note("listener", 0).syscall("fork").jumpIfZero(0, "child");
        o.p.storeLong(notif, 1)
                .syscall("ioctl", FD, SECCOMP_IOCTL_NOTIF_RECV, notif)
                .note("not zeroed", 0)
                .syscall("ioctl", FD, SECCOMP_IOCTL_NOTIF_RECV, 0x7000_0000)
                .note("bad pointer", 0)
                .storeLong(notif, 0)
                .syscall("ioctl", FD, SECCOMP_IOCTL_NOTIF_RECV, notif)
                .note("received", 0)
                .syscall("ioctl", FD, SECCOMP_IOCTL_NOTIF_ID_VALID, notif)
                .note("valid", 0)
                .syscall("ioctl", FD, SECCOMP_IOCTL_NOTIF_ID_VALID_WRONG_DIR, notif)
                .note("valid", 0)
                .load(8, notif)
                .store(resp, 8)
                .storeLong(resp + 8, 4711)
                .storeLong(resp + 16, 0)
                .syscall("ioctl", FD, SECCOMP_IOCTL_NOTIF_SEND, resp)
                .note("sent", 0)
                .syscall("ioctl", FD, SECCOMP_IOCTL_NOTIF_SET_FLAGS, 3)
                .note("flags", 0)
                .syscall("ioctl", FD, 0x1234, 0)
                .note("unknown", 0)
                .syscall("wait4", -1, 0, 0, 0)
                .exit(0);
        o.p.label("child").syscall("getppid", 0x55).note("result", 0).exit(0);
        assertThat(o.run()).isZero();
        assertThat(o.p.notes)
                .containsExactlyInAnyOrder(
                        "guest/100 listener 3",
                        "guest/100 not zeroed -22",
                        "guest/100 bad pointer -14",
                        "guest/100 received 0",
                        "guest/100 valid 0",
                        "guest/100 valid 0",
                        "guest/100 sent 0",
                        "guest/100 flags -22",
                        "guest/100 unknown -22",
                        "guest/101 result 4711");
    }
}
