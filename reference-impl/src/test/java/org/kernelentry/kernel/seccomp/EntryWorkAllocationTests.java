package org.kernelentry.kernel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.seccomp.SeccompFixture.*;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.kernelentry.kernel.dispatch.SyscallUserDispatch;
import org.kernelentry.kernel.testing.ParkedGuest;
import org.kernelentry.kernel.testing.TestPort;

/** Entry work that lets a call through makes no garbage. */
@Isolated("it counts what every thread allocates")
final class EntryWorkAllocationTests {
    private static final int ROUNDS = 20_000;

    private final ParkedGuest guest = new ParkedGuest();

    @AfterEach
    void shutDown() {
        guest.close();
    }

    /** Bytes per round once classes are loaded. */
    private static double bytesPerRound(final Runnable round) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < ROUNDS; i++) {
            round.run();
        }
        final long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUNDS; i++) {
            round.run();
        }
        return (double) (threads.getCurrentThreadAllocatedBytes() - before) / ROUNDS;
    }

    @Test
    void filtersThatRun() {
        // An argument decides, so the cache cannot.
        install(guest, 0, Bpf.stmt(0x20, 16), Bpf.jump(0x15, 7, 0, 1), Bpf.stmt(6, 0), Bpf.stmt(6, 0x7fff_0000));
        install(guest, 0, forNumber(5, SeccompAction.ERRNO.with(1)));
        guest.call(0x1_0004, 39);
        assertThat(judge(guest)).isTrue();
        assertThat(bytesPerRound(() -> judge(guest))).isLessThan(0.5);
    }

    @Test
    void filtersThatRefuseWithAnError() {
        install(guest, 0, forNumber(5, SeccompAction.ERRNO.with(1)));
        guest.call(0x1_0004, 5);
        assertThat(judge(guest)).isFalse();
        assertThat(bytesPerRound(() -> judge(guest))).isLessThan(0.5);
    }

    @Test
    void dispatchThatAllows() {
        guest.k.dispatch.set(guest.task, SyscallUserDispatch.PR_SYS_DISPATCH_EXCLUSIVE_ON, 0, 0, TestPort.DATA);
        guest.call(0x1_0004, 39);
        assertThat(bytesPerRound(() -> guest.k.dispatch.syscallUserDispatch(guest.task, guest.task.regs)))
                .isLessThan(0.5);
        assertThat(guest.signalled()).isFalse();
    }

    @Test
    void auditWithoutRules() {
        guest.k.audit.setEnabled(true);
        guest.k.audit.alloc(guest.harness, guest.task);
        guest.call(0x1_0004, 39);
        assertThat(bytesPerRound(() -> {
                    guest.k.audit.syscallEntry(guest.task, guest.task.regs);
                    guest.k.audit.syscallExit(guest.task, guest.task.regs);
                }))
                .isLessThan(0.5);
    }
}
