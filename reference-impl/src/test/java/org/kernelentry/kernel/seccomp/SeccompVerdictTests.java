package org.kernelentry.kernel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.seccomp.SeccompFixture.*;
import static org.kernelentry.kernel.syscall.Errno.*;

import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.kernelentry.kernel.audit.AuditRecord;
import org.kernelentry.kernel.ptrace.PtraceState;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.SigSet;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.testing.ParkedGuest;

/** What becomes of a call, by what its filters say. */
final class SeccompVerdictTests {
    private static final int LOG_FLAG = SeccompInstall.SECCOMP_FILTER_FLAG_LOG;

    private final ParkedGuest guest = new ParkedGuest();

    @AfterEach
    void shutDown() {
        guest.close();
    }

    private boolean call(final long nr, final long... args) {
        guest.call(0x1_0004, nr, args);
        guest.result(-ENOSYS);
        return judge(guest);
    }

    static Stream<Arguments> ordered() {
        final List<SeccompAction> severe = List.of(
                SeccompAction.KILL_PROCESS,
                SeccompAction.KILL_THREAD,
                SeccompAction.TRAP,
                SeccompAction.ERRNO,
                SeccompAction.USER_NOTIF,
                SeccompAction.TRACE,
                SeccompAction.LOG,
                SeccompAction.ALLOW);
        return severe.stream()
                .flatMap(strong -> severe.subList(severe.indexOf(strong) + 1, severe.size()).stream()
                        .map(weak -> Arguments.of(strong, weak)));
    }

    @ParameterizedTest(name = "{0} over {1}")
    @MethodSource("ordered")
    void theMoreSevereActionWinsInWhicheverOrderTheFiltersCame(final SeccompAction strong, final SeccompAction weak) {
        final SeccompData data = new SeccompData();
        data.nr = 1;
        install(guest, 0, always(strong.with(1)));
        install(guest, 0, always(weak.with(2)));
        assertThat(guest.k.seccomp.runFilters(guest.task, data)).isEqualTo(strong.with(1));
        install(guest, 0, always(strong.with(3)));
        assertThat(guest.k.seccomp.runFilters(guest.task, data)).isEqualTo(strong.with(3));
    }

    @Test
    void ofEqualActionsTheNewestFilterGivesTheData() {
        install(guest, 0, forNumber(5, SeccompAction.ERRNO.with(1)));
        install(guest, 0, forNumber(5, SeccompAction.ERRNO.with(2)));
        assertThat(call(5)).isFalse();
        assertThat(guest.result()).isEqualTo(-2);
    }

    @ParameterizedTest(name = "ERRNO with data {0} returns {1}")
    @CsvSource({"0, 0", "1, -1", "38, -38", "512, -512", "4095, -4095", "4096, -4095", "65535, -4095"})
    void errnoReturnsItsDataUpToTheHighestError(final int data, final long result) {
        install(guest, 0, forNumber(5, SeccompAction.ERRNO.with(data)));
        assertThat(call(5)).isFalse();
        assertThat(guest.result()).isEqualTo(result);
        assertThat(guest.signalled()).isFalse();
    }

    @Test
    void allowedAndLoggedCallsRunAndKeepTheirRegisters() {
        install(guest, 0, forNumber(5, SeccompAction.LOG.value()));
        assertThat(call(4)).isTrue();
        assertThat(guest.k.audit.records()).isEmpty();
        assertThat(call(5, 7)).isTrue();
        assertThat(guest.result()).isEqualTo(-ENOSYS);
        assertThat(guest.k.audit.recordLines())
                .containsExactly("seccomp sig=0 arch=7e570008 syscall=5 code=0x7ffc0000");
    }

    @Test
    void trapRollsBackAndRaisesSigsysWithTheDataAsErrno() {
        install(guest, 0, forNumber(5, SeccompAction.TRAP.with(0xbeef)));
        assertThat(call(5, 0x77)).isFalse();
        assertThat(guest.signal())
                .isEqualTo(new SigInfo(Signals.SIGSYS, 0xbeef, SigInfo.SYS_SECCOMP, 0, 0, 0x1_0004, 5, 0x7e57_0008));
        assertThat(guest.result()).isEqualTo(0x77);
    }

    @Test
    void traceWithoutATracerThatAskedIsRefused() {
        install(guest, 0, forNumber(5, SeccompAction.TRACE.with(3)));
        assertThat(call(5)).isFalse();
        assertThat(guest.result()).isEqualTo(-ENOSYS);
        guest.task.ptrace.flags = PtraceState.PT_PTRACED;
        guest.result(1);
        assertThat(judge(guest)).isFalse();
        assertThat(guest.result()).isEqualTo(-ENOSYS);
    }

    @Test
    void userNotificationWithoutAListenerIsRefused() {
        install(guest, 0, forNumber(5, SeccompAction.USER_NOTIF.value()));
        assertThat(call(5)).isFalse();
        assertThat(guest.result()).isEqualTo(-ENOSYS);
    }

    @ParameterizedTest
    @CsvSource({"0x80000000", "0x00000000", "0x00010000", "0x7ffd0000", "0xffff0000"})
    void killRollsBackAndRaisesASignalNobodyCanCatch(final String value) {
        guest.task.sighand.action[Signals.SIGSYS] = new SigAction(0x9000, 0, 0, SigSet.EMPTY);
        // KILL_THREAD of the last thread and actions no header names act like KILL_PROCESS (SEC-03, SEC-19).
        final int verdict = Integer.parseUnsignedInt(value.substring(2), 16);
        install(guest, 0, forNumber(5, verdict | 9));

        assertThat(call(5, 0x77)).isFalse();

        assertThat(guest.task.seccomp.mode).isEqualTo(SeccompState.SECCOMP_MODE_DEAD);
        assertThat(guest.signal())
                .extracting(SigInfo::signo, SigInfo::errno, SigInfo::code, SigInfo::value)
                .containsExactly(Signals.SIGSYS, 9, SigInfo.SYS_SECCOMP, 5);
        assertThat(guest.task.sighand.action[Signals.SIGSYS].handler()).isZero();
        assertThat(guest.result()).isEqualTo(0x77);
        assertThat(guest.k.audit.records())
                .extracting(AuditRecord::type, AuditRecord::syscall)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(AuditRecord.AUDIT_SECCOMP, 5));
    }

    @Test
    void filtersSeeNumberAbiPcAndArguments() {
        final long[] program = {
            // nr == 9, arch == the port's, pc low word, argument 5 high word; else errno 1
            Bpf.stmt(0x20, SeccompData.NR),
            Bpf.jump(0x15, 9, 0, 7),
            Bpf.stmt(0x20, SeccompData.ARCH),
            Bpf.jump(0x15, 0x7e57_0008, 0, 5),
            Bpf.stmt(0x20, SeccompData.INSTRUCTION_POINTER),
            Bpf.jump(0x15, 0x1_0004, 0, 3),
            Bpf.stmt(0x20, SeccompData.ARGS + 8 * 5 + 4),
            Bpf.jump(0x15, 0x1234, 0, 1),
            Bpf.stmt(0x06, SeccompAction.ERRNO.with(2)),
            Bpf.stmt(0x06, SeccompAction.ERRNO.with(1))
        };
        install(guest, 0, program);
        assertThat(call(9, 1, 2, 3, 4, 5, 0x1234_0000_0000L)).isFalse();
        assertThat(guest.result()).isEqualTo(-2);
        assertThat(call(9, 1, 2, 3, 4, 5, 6)).isFalse();
        assertThat(guest.result()).isEqualTo(-1);
    }

    @Test
    void aNumberChangedToMinusOneIsStillJudged() {
        install(guest, 0, forNumber(-1, SeccompAction.ERRNO.with(44)));
        assertThat(call(-1)).isFalse();
        assertThat(guest.result()).isEqualTo(-44);
    }

    @Test
    void aSuspendingTracerTurnsAllChecksOff() {
        install(guest, 0, always(SeccompAction.KILL_PROCESS.value()));
        guest.task.ptrace.flags = 1 << 24;
        assertThat(call(5)).isTrue();
        assertThat(guest.signalled()).isFalse();
        guest.task.ptrace.flags = 0;
        assertThat(call(5)).isFalse();
    }

    @ParameterizedTest(name = "{0} is logged unasked {1}, with the log flag {2}")
    @CsvSource({
        "TRAP, false, true",
        "ERRNO, false, true",
        "TRACE, false, true",
        "USER_NOTIF, false, true",
        "LOG, true, true",
        "ALLOW, false, false",
        "KILL_PROCESS, true, true",
    })
    void whatIsLogged(final SeccompAction action, final boolean unasked, final boolean asked) {
        install(guest, 0, forNumber(5, action.value()));
        call(5);
        assertThat(!guest.k.audit.records().isEmpty()).isEqualTo(unasked);

        try (ParkedGuest other = new ParkedGuest()) {
            install(other, LOG_FLAG, forNumber(5, action.value()));
            other.call(0x1_0004, 5);
            judge(other);
            assertThat(!other.k.audit.records().isEmpty()).isEqualTo(asked);
        }
    }

    @Test
    void theLogFlagCountsOnlyForTheFilterThatDecided() {
        install(guest, LOG_FLAG, forNumber(5, SeccompAction.TRACE.value()));
        install(guest, 0, forNumber(5, SeccompAction.ERRNO.with(1)));
        call(5);
        assertThat(guest.k.audit.records()).isEmpty();
    }

    @Test
    void theAdministratorMaySilenceActionsButNotAskForAllow() {
        assertThat(guest.k.seccomp.setActionsLogged(EnumSet.of(SeccompAction.ALLOW)))
                .isFalse();
        assertThat(guest.k.seccomp.setActionsLogged(EnumSet.of(SeccompAction.ERRNO)))
                .isTrue();
        install(guest, LOG_FLAG, forNumber(5, SeccompAction.LOG.value()));
        install(guest, LOG_FLAG, forNumber(6, SeccompAction.ERRNO.with(1)));
        call(5);
        assertThat(guest.k.audit.records()).isEmpty();
        call(6);
        assertThat(guest.k.audit.records()).hasSize(1);
    }
}
