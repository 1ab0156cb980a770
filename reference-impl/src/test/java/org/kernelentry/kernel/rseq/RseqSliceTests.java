package org.kernelentry.kernel.rseq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.rseq.RseqSlice.*;
import static org.kernelentry.kernel.syscall.Errno.*;
import static org.kernelentry.kernel.task.ThreadFlags.*;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.testing.ParkedGuest;
import org.kernelentry.kernel.testing.TestPort;
import org.kernelentry.machine.memory.AddressSpace;

/** Grants of a time slice extension, and how they end. */
final class RseqSliceTests {
    private static final long AREA = TestPort.DATA + 0x1000;
    private static final int REQUESTED = 0x0001;
    private static final int GRANTED = 0x0100;

    private ParkedGuest guest = new ParkedGuest();

    @AfterEach
    void shutDown() {
        guest.close();
    }

    private AddressSpace memory() {
        return guest.task.requireMm().space;
    }

    private int control() {
        return memory().load32(AREA + RseqArea.SLICE_CTRL);
    }

    private void registered() {
        assertThat(guest.k.rseq.sysRseq(guest.task, AREA, 64, RseqRegistration.RSEQ_FLAG_SLICE_EXT_DEFAULT_ON, 1))
                .isZero();
        assertThat(guest.k.rseq.exitToUserModeRestart(guest.task, guest.task.regs, guest.task.flags))
                .isFalse();
    }

    /** A timer interrupt in user mode wants the CPU while {@code control} is in user memory. */
    private boolean interrupted(final int control, final int otherWork) {
        memory().store32(AREA + RseqArea.SLICE_CTRL, control);
        guest.task.rseq.userIrq = true;
        guest.task.setTif(TIF_NEED_RESCHED);
        return guest.k.rseq.grantSliceExtension(guest.task, TIF_NEED_RESCHED | otherWork);
    }

    private boolean killed() {
        return guest.task.pending.set.has(Signals.SIGSEGV);
    }

    @Test
    void aRequestIsGrantedAndTheRescheduleDropped() {
        registered();
        assertThat(interrupted(REQUESTED, 0)).isTrue();
        assertThat(control()).isEqualTo(GRANTED);
        assertThat(guest.task.testTif(TIF_NEED_RESCHED)).isFalse();
        assertThat(guest.k.rseq.exitToUserModeRestart(guest.task, guest.task.regs, guest.task.flags))
                .isFalse();
        assertThat(guest.task.syscallWork & SYSCALL_WORK_SYSCALL_RSEQ_SLICE).isNotZero();
        assertThat(guest.k.timers.next()).isEqualTo(guest.k.timers.now() + 5_000);
    }

    @Test
    void withoutARequestNothingIsGranted() {
        registered();
        assertThat(interrupted(0, 0)).isFalse();
        assertThat(guest.task.testTif(TIF_NEED_RESCHED)).isTrue();
    }

    @Test
    void afterASystemCallNothingIsGranted() {
        registered();
        interrupted(0, 0);
        memory().store32(AREA + RseqArea.SLICE_CTRL, REQUESTED);
        guest.task.rseq.userIrq = false;
        assertThat(guest.k.rseq.grantSliceExtension(guest.task, TIF_NEED_RESCHED))
                .isFalse();
        assertThat(control()).isEqualTo(REQUESTED);
    }

    @ParameterizedTest
    @ValueSource(ints = {TIF_SIGPENDING, TIF_NOTIFY_RESUME, TIF_RSEQ, TIF_NOTIFY_SIGNAL, TIF_UPROBE})
    void anyOtherWorkDeniesAndClearsTheControlWord(final int work) {
        registered();
        assertThat(interrupted(REQUESTED, work)).isFalse();
        assertThat(control()).isZero();
    }

    @Test
    void aSecondRescheduleRevokesTheGrant() {
        registered();
        assertThat(interrupted(REQUESTED, 0)).isTrue();
        assertThat(interrupted(GRANTED | REQUESTED, 0)).isFalse();
        assertThat(control()).isZero();
        assertThat(guest.task.testTif(TIF_NEED_RESCHED)).isTrue();
        guest.task.clearTif(TIF_NEED_RESCHED);
        guest.k.rseq.syscallEnterWork(guest.task, 471);
        assertThat(guest.k.rseq.sysRseqSliceYield(guest.task)).isZero();
    }

    @Test
    void memoryThatIsGoneKills() {
        registered();
        memory().unmap(AREA, AddressSpace.PAGE_SIZE);
        guest.task.rseq.userIrq = true;
        assertThat(guest.k.rseq.grantSliceExtension(guest.task, TIF_NEED_RESCHED))
                .isFalse();
        assertThat(killed()).isTrue();
    }

    @Test
    void theProgramSwitchesItOnAndOffByPrctl() {
        assertThat(guest.k.rseq.prctlSliceExtension(guest.task, PR_RSEQ_SLICE_EXTENSION_SET, 1))
                .isEqualTo(-ENXIO);
        assertThat(guest.k.rseq.sysRseq(guest.task, AREA, 64, 0, 1)).isZero();
        assertThat(memory().load32(AREA + RseqArea.FLAGS)).isEqualTo(0x10);
        assertThat(guest.k.rseq.prctlSliceExtension(guest.task, PR_RSEQ_SLICE_EXTENSION_GET, 0))
                .isZero();
        assertThat(guest.k.rseq.prctlSliceExtension(guest.task, PR_RSEQ_SLICE_EXTENSION_SET, 1))
                .isZero();
        assertThat(memory().load32(AREA + RseqArea.FLAGS)).isEqualTo(0x30);
        assertThat(guest.k.rseq.prctlSliceExtension(guest.task, PR_RSEQ_SLICE_EXTENSION_GET, 0))
                .isEqualTo(1);
        assertThat(guest.k.rseq.prctlSliceExtension(guest.task, PR_RSEQ_SLICE_EXTENSION_GET, 1))
                .isEqualTo(-EINVAL);
        assertThat(guest.k.rseq.prctlSliceExtension(guest.task, PR_RSEQ_SLICE_EXTENSION_SET, 2))
                .isEqualTo(-EINVAL);
        assertThat(guest.k.rseq.prctlSliceExtension(guest.task, 3, 0)).isEqualTo(-EINVAL);
        memory().store32(AREA + RseqArea.FLAGS, 0);
        assertThat(guest.k.rseq.prctlSliceExtension(guest.task, PR_RSEQ_SLICE_EXTENSION_SET, 0))
                .isEqualTo(-EFAULT);
        assertThat(killed()).as("the program wrote to the kernel's flags").isTrue();
    }

    @Test
    void anAreaByTheOldRulesHasNone() {
        assertThat(guest.k.rseq.sysRseq(guest.task, AREA, 32, 2, 1)).isZero();
        assertThat(memory().load32(AREA + RseqArea.FLAGS)).isZero();
        assertThat(guest.k.rseq.prctlSliceExtension(guest.task, PR_RSEQ_SLICE_EXTENSION_SET, 1))
                .isEqualTo(-ENOTSUPP);
    }

    @Test
    void whereThePortOrTheKernelHasNoneItFails() {
        guest.close();
        guest = new ParkedGuest(KernelConfig.of(Flavour.GENERIC).without(Option.RSEQ_SLICE_EXTENSION));
        assertThat(guest.k.rseq.sysRseq(guest.task, AREA, 64, 2, 1)).isZero();
        assertThat(memory().load32(AREA + RseqArea.FLAGS)).isZero();
        assertThat(guest.k.rseq.sysRseqSliceYield(guest.task)).isEqualTo(-ENOSYS);
        assertThat(guest.k.rseq.prctlSliceExtension(guest.task, PR_RSEQ_SLICE_EXTENSION_SET, 1))
                .isEqualTo(-ENOTSUPP);
    }

    @Test
    void debugModeKillsAProgramThatForgedAGrant() {
        registered();
        guest.k.rseq.setDebug(true);
        memory().store32(AREA + RseqArea.SLICE_CTRL, GRANTED);
        guest.task.setSyscallWork(SYSCALL_WORK_SYSCALL_RSEQ_SLICE);
        guest.k.rseq.syscallEnterWork(guest.task, 39);
        assertThat(killed()).isTrue();
        assertThat(guest.task.syscallWork & SYSCALL_WORK_SYSCALL_RSEQ_SLICE).isZero();
    }
}
