package org.kernelentry.kernel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.seccomp.SeccompFixture.*;
import static org.kernelentry.kernel.seccomp.SeccompInstall.*;
import static org.kernelentry.kernel.seccomp.SeccompState.*;
import static org.kernelentry.kernel.syscall.Errno.*;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;
import org.kernelentry.kernel.testing.ParkedGuest;
import org.kernelentry.kernel.testing.TestPort;
import org.kernelentry.kernel.testing.TestProgram;
import org.kernelentry.machine.memory.AddressSpace;

/** How modes and filters get on a task, and what is refused. */
final class SeccompInstallTests {
    private static final long BAD = 0x7000_0000;
    private static final long[] ALLOW = always(SeccompAction.ALLOW.value());
    private static final long[] ERRNO_1 = always(SeccompAction.ERRNO.with(1));

    private final ParkedGuest guest = new ParkedGuest();

    @AfterEach
    void shutDown() {
        guest.close();
    }

    private long seccomp(final long op, final long flags, final long args) {
        return guest.k.seccomp.sysSeccomp(guest.task, op, flags, args);
    }

    private boolean work(final Task task) {
        return (task.syscallWork & ThreadFlags.SYSCALL_WORK_SECCOMP) != 0;
    }

    private Task thread() {
        final Task thread = guest.k.processes.create(
                guest.harness, "thread", "test", guest.task.requireMm(), TestProgram.TEXT, TestPort.STACK_TOP);
        thread.signal = guest.task.signal;
        thread.tgid = guest.task.tgid;
        guest.task.signal.threads.add(thread);
        return thread;
    }

    @ParameterizedTest(name = "operation {0}, flags {1}, argument {2}: {3}")
    @CsvSource({
        "0, 1, 0, -22",
        "0, 0, 1, -22",
        "0, 0, 0, 0",
        "4, 0, 0, -22",
        "0xffffffff, 0, 0, -22",
        // Only 32 bits count.
        "0x100000000, 0x100000000, 0, 0",
        // Unknown flag, and combinations that say too little (SEC-31).
        "1, 64, 0x100000, -22",
        "1, 9, 0x100000, -22",
        "1, 32, 0x100000, -22",
        "2, 1, 0x100000, -22",
        "3, 1, 0x100000, -22",
        // Bad pointers.
        "1, 0, 0x70000000, -14",
        "1, 0, 0, -14",
        "2, 0, 0x70000000, -14",
        "3, 0, 0x70000000, -14",
    })
    void whatTheCallAccepts(final String op, final String flags, final String args, final long result) {
        assertThat(seccomp(Long.decode(op), Long.decode(flags), Long.decode(args)))
                .isEqualTo(result);
    }

    @Test
    void aProgramIsCheckedInTheKernelsOrder() {
        final AddressSpace memory = guest.task.requireMm().space;
        store(guest.task, ALLOW);
        guest.task.seccomp.capSysAdmin = false;
        memory.store64(FPROG, 0);
        assertThat(seccomp(1, 0, FPROG))
                .as("no instructions, before privileges")
                .isEqualTo(-EINVAL);
        memory.store64(FPROG, 4097);
        assertThat(seccomp(1, 0, FPROG)).as("too many").isEqualTo(-EINVAL);
        memory.store64(FPROG, 0x5_0001);
        memory.store64(FPROG + 8, 0);
        assertThat(seccomp(1, 0, FPROG)).as("privileges, before the pointer").isEqualTo(-EACCES);
        guest.task.seccomp.noNewPrivs = true;
        assertThat(seccomp(1, 0, FPROG)).as("no pointer").isEqualTo(-EINVAL);
        memory.store64(FPROG + 8, BAD);
        assertThat(seccomp(1, 0, FPROG)).as("a bad pointer").isEqualTo(-EFAULT);
        assertThat(install(guest, 0, Bpf.stmt(0x28, 0), ALLOW[0]))
                .as("a bad program")
                .isEqualTo(-EINVAL);
        assertThat(guest.task.seccomp.mode).isZero();
        assertThat(work(guest.task)).isFalse();
        assertThat(install(guest, 0, ALLOW)).as("the length is 16 bits").isZero();
        assertThat(guest.task.seccomp.mode).isEqualTo(SECCOMP_MODE_FILTER);
        assertThat(work(guest.task)).isTrue();
    }

    @Test
    void a32BitTaskPassesA32BitStructure() {
        guest.task.setTif(ThreadFlags.TIF_32BIT);
        final AddressSpace memory = guest.task.requireMm().space;
        store(guest.task, ALLOW);
        memory.store32(FPROG, 1);
        memory.store32(FPROG + 4, (int) PROGRAM);
        memory.store64(FPROG + 8, -1);
        assertThat(seccomp(1, 0, FPROG)).isZero();
    }

    @Test
    void modesDoNotChangeOnceSet() {
        assertThat(guest.k.seccomp.prctlSetSeccomp(guest.task, SECCOMP_MODE_STRICT, 99))
                .as("the prctl ignores its argument")
                .isZero();
        assertThat(guest.k.seccomp.prctlSetSeccomp(guest.task, SECCOMP_MODE_STRICT, 0))
                .isZero();
        assertThat(install(guest, 0, ALLOW)).isEqualTo(-EINVAL);
        assertThat(guest.task.seccomp.filterCount()).isZero();
        try (ParkedGuest other = new ParkedGuest()) {
            final long fprog = store(other.task, ALLOW);
            assertThat(other.k.seccomp.prctlSetSeccomp(other.task, SECCOMP_MODE_FILTER, fprog))
                    .isZero();
            assertThat(other.k.seccomp.prctlSetSeccomp(other.task, SECCOMP_MODE_STRICT, 0))
                    .isEqualTo(-EINVAL);
            assertThat(other.k.seccomp.prctlSetSeccomp(other.task, 0, 0)).isEqualTo(-EINVAL);
            assertThat(other.k.seccomp.prctlSetSeccomp(other.task, SECCOMP_MODE_DEAD, 0))
                    .isEqualTo(-EINVAL);
            assertThat(other.k.seccomp.prctlGetSeccomp(other.task)).isEqualTo(SECCOMP_MODE_FILTER);
        }
    }

    @Test
    void filtersNeedTheirOption() {
        try (ParkedGuest other = new ParkedGuest(config().without(Option.SECCOMP_FILTER))) {
            assertThat(install(other, 0, ALLOW)).isEqualTo(-EINVAL);
            assertThat(other.k.seccomp.prctlSetSeccomp(other.task, SECCOMP_MODE_STRICT, 0))
                    .isZero();
        }
    }

    @Test
    void aPathHoldsAFixedNumberOfInstructions() {
        final long[] longest = new long[Bpf.BPF_MAXINSNS];
        java.util.Arrays.fill(longest, ALLOW[0]);
        // 7 * (4096 + 4) + 4096 = 32796 > 32768
        for (int i = 0; i < 7; i++) {
            assertThat(install(guest, 0, longest)).isZero();
        }
        assertThat(install(guest, 0, longest)).isEqualTo(-ENOMEM);
        final long[] rest = java.util.Arrays.copyOf(longest, (1 << 15) - 7 * (Bpf.BPF_MAXINSNS + 4));
        assertThat(install(guest, 0, java.util.Arrays.copyOf(longest, rest.length + 1)))
                .isEqualTo(-ENOMEM);
        assertThat(install(guest, 0, rest)).isZero();
        assertThat(guest.task.seccomp.filterCount()).isEqualTo(8);
    }

    @Test
    void aChildSharesItsParentsFilters() {
        install(guest, 0, ERRNO_1);
        guest.task.seccomp.noNewPrivs = true;
        final Task child = thread();
        guest.k.seccomp.copy(guest.task, child);
        assertThat(child.seccomp.filter()).isSameAs(guest.task.seccomp.filter());
        assertThat(child.seccomp.mode).isEqualTo(SECCOMP_MODE_FILTER);
        assertThat(child.seccomp.noNewPrivs).isTrue();
        assertThat(work(child)).isTrue();
        install(guest, 0, ERRNO_1);
        assertThat(child.seccomp.filterCount())
                .as("a later filter is the parent's own")
                .isEqualTo(1);
    }

    @Test
    void synchronisationGivesEveryThreadTheCallersFilters() {
        final Task sibling = thread();
        guest.task.seccomp.noNewPrivs = true;
        install(guest, 0, ERRNO_1);
        assertThat(sibling.seccomp.mode).isZero();
        assertThat(install(guest, SECCOMP_FILTER_FLAG_TSYNC, ALLOW)).isZero();
        assertThat(sibling.seccomp.filter()).isSameAs(guest.task.seccomp.filter());
        assertThat(sibling.seccomp.filterCount()).isEqualTo(2);
        assertThat(sibling.seccomp.noNewPrivs).isTrue();
        assertThat(work(sibling)).isTrue();
        assertThat(install(guest, SECCOMP_FILTER_FLAG_TSYNC, ALLOW))
                .as("an ancestor is no hindrance")
                .isZero();
    }

    @Test
    void aThreadWithFiltersOfItsOwnStopsSynchronisation() {
        final Task sibling = thread();
        install(guest, sibling, 0, ALLOW);
        assertThat(install(guest, SECCOMP_FILTER_FLAG_TSYNC, ALLOW)).isEqualTo(sibling.pid);
        assertThat(install(guest, SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_TSYNC_ESRCH, ALLOW))
                .isEqualTo(-ESRCH);
        assertThat(guest.task.seccomp.mode).as("nothing was installed").isZero();
        sibling.exiting = true;
        assertThat(install(guest, SECCOMP_FILTER_FLAG_TSYNC, ALLOW)).isZero();
    }

    @Test
    void oneListenerPerChainIsEnough() {
        final long first = install(guest, SECCOMP_FILTER_FLAG_NEW_LISTENER, ALLOW);
        assertThat(first).isEqualTo(3);
        assertThat(install(guest, SECCOMP_FILTER_FLAG_NEW_LISTENER, ALLOW)).isEqualTo(-EBUSY);
        assertThat(install(guest, 0, ALLOW)).isZero();
        assertThat(install(guest, SECCOMP_FILTER_FLAG_NEW_LISTENER, ALLOW)).isEqualTo(-EBUSY);
        assertThat(guest.task.seccomp.filterCount()).isEqualTo(2);
        assertThat(guest.task.files.closesOnExec(3)).isTrue();
        assertThat(guest.task.files.close(3)).isZero();
        assertThat(install(guest, SECCOMP_FILTER_FLAG_NEW_LISTENER, ALLOW)).isEqualTo(3);
    }

    @Test
    void aRefusedFilterLeavesNoDescriptor() {
        final Task sibling = thread();
        install(guest, sibling, 0, ALLOW);
        final int flags =
                SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_TSYNC_ESRCH;
        assertThat(install(guest, flags, ALLOW)).isEqualTo(-ESRCH);
        assertThat(guest.task.files.get(3)).isNull();
    }

    @Test
    void actionsAndSizesCanBeAsked() {
        final AddressSpace memory = guest.task.requireMm().space;
        for (final SeccompAction action : SeccompAction.values()) {
            memory.store32(FPROG, action.value());
            assertThat(seccomp(SECCOMP_GET_ACTION_AVAIL, 0, FPROG)).isZero();
        }
        memory.store32(FPROG, 0x7ffd_0000);
        assertThat(seccomp(SECCOMP_GET_ACTION_AVAIL, 0, FPROG)).isEqualTo(-EOPNOTSUPP);
        memory.store64(FPROG, -1);
        assertThat(seccomp(SECCOMP_GET_NOTIF_SIZES, 0, FPROG)).isZero();
        assertThat(memory.load64(FPROG)).isEqualTo(0xffff_0040_0018_0050L);
    }
}
