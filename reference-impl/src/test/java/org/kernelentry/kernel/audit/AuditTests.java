package org.kernelentry.kernel.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.syscall.Errno.*;
import static org.kernelentry.kernel.task.ThreadFlags.SYSCALL_WORK_SYSCALL_AUDIT;

import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;
import org.kernelentry.kernel.testing.ParkedGuest;

/** Contexts, rules and records. */
final class AuditTests {
    private final ParkedGuest guest = new ParkedGuest();
    private final Audit audit = guest.k.audit;
    private final Task task = guest.task;

    @AfterEach
    void shutDown() {
        guest.close();
    }

    private void enter(final long nr, final long... args) {
        guest.call(0x1_0004, nr, args);
        audit.syscallEntry(task, task.regs);
    }

    private void exit(final long result) {
        guest.result(result);
        audit.syscallExit(task, task.regs);
    }

    private boolean bit() {
        return (task.syscallWork & SYSCALL_WORK_SYSCALL_AUDIT) != 0;
    }

    @Test
    void aTaskMadeBeforeAuditWasEverOnHasNoContextAndNoWorkBit() {
        audit.alloc(guest.harness, task);
        assertThat(task.audit).isNull();
        assertThat(bit()).isFalse();
        audit.enable();
        enter(39);
        exit(1);
        assertThat(audit.records()).isEmpty();
    }

    @Test
    void aTaskMadeAfterAuditWasOnOnceHasBothEvenIfItIsOffAgain() {
        audit.setEnabled(true);
        audit.setEnabled(false);
        audit.alloc(guest.harness, task);
        assertThat(task.audit).isNotNull();
        assertThat(bit()).isTrue();
        audit.addRule(AuditRule.always());
        enter(39);
        exit(1);
        assertThat(audit.records()).as("but nothing is recorded").isEmpty();
    }

    @Test
    void aNeverRuleForTasksLeavesTheTaskAlone() {
        audit.setEnabled(true);
        audit.addRule(new AuditRule(AuditRule.Filter.TASK, AuditRule.Action.NEVER, 0, Set.of(), 0));
        task.setSyscallWork(SYSCALL_WORK_SYSCALL_AUDIT);
        audit.alloc(guest.harness, task);
        assertThat(task.audit).isNull();
        assertThat(bit()).as("the bit copied from the parent is taken away").isFalse();
    }

    @Test
    void withoutRulesTheContextIsADummyAndTheWorkIsTakenAllTheSame() {
        audit.setEnabled(true);
        audit.alloc(guest.harness, task);
        enter(39);
        assertThat(task.audit.inSyscall).isTrue();
        assertThat(task.audit.dummy).isTrue();
        exit(1);
        assertThat(task.audit.inSyscall).isFalse();
        assertThat(audit.records()).isEmpty();
        assertThat(bit()).isTrue();
    }

    @Test
    void aRecordHasTheCallAndItsResult() {
        audit.enable();
        audit.alloc(guest.harness, task);
        enter(39, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4);
        exit(7);
        assertThat(audit.recordLines())
                .containsExactly("arch=7e570008 syscall=39 success=yes exit=7 a0=a0 a1=a1 a2=a2 a3=a3");
        assertThat(guest.k.log.lines())
                .singleElement()
                .asString()
                .startsWith("audit: type=1300 audit(1.000:1): arch=7e570008 syscall=39 success=yes exit=7 ")
                .contains(" pid=" + task.pid + " ", " comm=\"guest\" ");
    }

    @ParameterizedTest(name = "{0} is {1} with {2}")
    @CsvSource({
        "0, yes, 0",
        "-1, no, -1",
        "-4095, no, -4095",
        "-4096, yes, -4096",
        "9223372036854775807, yes, 9223372036854775807",
        // TRC-11: what the signal code will change is shown as EINTR, the unrelated 515 between them is not.
        "-511, no, -511",
        "-512, no, -4",
        "-513, no, -4",
        "-514, no, -4",
        "-515, no, -515",
        "-516, no, -4",
        "-517, no, -517",
    })
    void resultsAreJudgedByTheErrorRange(final long result, final String success, final long shown) {
        audit.enable();
        audit.alloc(guest.harness, task);
        enter(39);
        exit(result);
        assertThat(audit.records())
                .singleElement()
                .extracting(AuditRecord::success, AuditRecord::exit)
                .containsExactly(success, shown);
    }

    @Test
    void exitWithoutEntryRecordsNothing() {
        audit.enable();
        audit.alloc(guest.harness, task);
        exit(1);
        assertThat(audit.records()).isEmpty();
        enter(39);
        exit(1);
        exit(2);
        assertThat(audit.records()).hasSize(1);
        assertThat(guest.k.log.warnings()).isEmpty();
    }

    @Test
    void theNumberIsTheOneAtEntryEvenIfTheRegistersAreAnotherCallsByThen() {
        audit.enable();
        audit.alloc(guest.harness, task);
        enter(15);
        guest.call(0x9000, -1);
        exit(3);
        assertThat(audit.recordLines()).singleElement().asString().contains(" syscall=15 ");
    }

    @Test
    void aCallTheTaskDiesInIsRecordedWithoutAResult() {
        audit.enable();
        audit.alloc(guest.harness, task);
        enter(231, 3);
        audit.free(task);
        assertThat(audit.recordLines()).containsExactly("arch=7e570008 syscall=231 a0=3 a1=0 a2=0 a3=0");
        assertThat(task.audit).isNull();
    }

    @Test
    void rulesAreAskedInOrderAndTheFirstMatchDecides() {
        audit.setEnabled(true);
        final int arch = guest.k.arch.syscallGetArch(task);
        audit.addRule(rule(AuditRule.Action.NEVER, arch, 39));
        audit.addRule(rule(AuditRule.Action.ALWAYS, arch, 39, 40));
        audit.addRule(rule(AuditRule.Action.ALWAYS, arch + 1, 41));
        audit.alloc(guest.harness, task);
        for (int nr = 38; nr <= 41; nr++) {
            enter(nr);
            exit(0);
        }
        assertThat(audit.records()).extracting(AuditRecord::syscall).containsExactly(40);
    }

    private static AuditRule rule(final AuditRule.Action action, final int arch, final Integer... numbers) {
        return new AuditRule(AuditRule.Filter.EXIT, action, arch, Set.of(numbers), 0);
    }

    @Test
    void aNumberPastTheRulesBitmapMatchesNoRule() {
        audit.enable();
        audit.alloc(guest.harness, task);
        enter(2048);
        exit(-ENOSYS);
        enter(-1);
        exit(-ENOSYS);
        assertThat(audit.records()).isEmpty();
        enter(2047);
        exit(-ENOSYS);
        assertThat(audit.records()).hasSize(1);
    }

    @Test
    void aCompatTaskIsRecordedByItsOwnAbi() {
        audit.enable();
        task.setTif(ThreadFlags.TIF_32BIT);
        audit.alloc(guest.harness, task);
        enter(39);
        exit(0);
        audit.seccomp(task, 39, 31, 0x8000_0000);
        assertThat(audit.recordLines())
                .containsExactly(
                        "arch=7e570004 syscall=39 success=yes exit=0 a0=0 a1=0 a2=0 a3=0",
                        "seccomp sig=31 arch=7e570004 syscall=39 code=0x80000000");
        assertThat(audit.records().get(1).text()).contains(" compat=1 ip=0x10004 ");
    }

    @Test
    void withoutTheOptionThereIsNoAudit() {
        try (ParkedGuest other =
                new ParkedGuest(KernelConfig.of(Flavour.GENERIC).without(Option.AUDITSYSCALL))) {
            assertThat(other.k.audit.setEnabled(true)).isFalse();
            other.k.audit.alloc(other.harness, other.task);
            assertThat(other.task.audit).isNull();
            other.k.audit.seccomp(other.task, 1, 0, 0);
            assertThat(other.k.audit.records()).isEmpty();
        }
    }

    @Test
    void namesThatCouldFakeALogLineAreWrittenInHexadecimal() {
        task.comm = "a b";
        audit.seccomp(task, 1, 0, 0);
        assertThat(audit.records().get(0).text()).contains(" comm=612062 ");
    }

    @Test
    void aFloodOfRecordsKeepsTheLatest() {
        for (int i = 0; i < 40_000; i++) {
            audit.seccomp(task, i, 0, 0);
        }
        assertThat(audit.records()).hasSizeBetween(8_000, 1 << 14);
        assertThat(audit.records().get(audit.records().size() - 1).syscall()).isEqualTo(39_999);
        assertThat(guest.k.log.lines()).hasSizeLessThanOrEqualTo(1 << 14);
    }
}
