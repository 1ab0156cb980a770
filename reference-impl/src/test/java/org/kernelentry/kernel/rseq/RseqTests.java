package org.kernelentry.kernel.rseq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.syscall.Errno.*;
import static org.kernelentry.kernel.task.ThreadFlags.*;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.testing.ParkedGuest;
import org.kernelentry.kernel.testing.TestPort;
import org.kernelentry.kernel.testing.TestProgram;
import org.kernelentry.machine.memory.AddressSpace;

/** Registration, ids and critical sections. */
final class RseqTests {
    private static final long AREA = TestPort.DATA + 0x1000;
    private static final long DESCRIPTOR = TestPort.DATA + 0x2000;
    /** The signature lies in the four bytes before it. */
    private static final long ABORT = TestPort.DATA + 0x3004;

    private static final int SIG = 0x5305_3053;
    private static final long START = 0x1_0000;
    private static final long LENGTH = 0x20;
    private static final long UNMAPPED = 0x7000_0000;

    private ParkedGuest guest = new ParkedGuest();

    @AfterEach
    void shutDown() {
        guest.close();
    }

    private void boot(final KernelConfig config) {
        guest.close();
        guest = new ParkedGuest(config);
    }

    private static KernelConfig version(final int version) {
        final KernelConfig config = KernelConfig.of(Flavour.GENERIC);
        return new KernelConfig(config.flavour(), version, config.cpus(), config.options());
    }

    private Rseq rseq() {
        return guest.k.rseq;
    }

    private AddressSpace memory() {
        return guest.task.requireMm().space;
    }

    private long register(final long address, final long length, final long flags, final long sig) {
        return rseq().sysRseq(guest.task, address, length, flags, sig);
    }

    /** A registration whose first update has been done. */
    private void registered(final int length) {
        assertThat(register(AREA, length, 0, SIG)).isZero();
        leave();
        assertThat(memory().load32(AREA + RseqArea.CPU_ID)).isZero();
    }

    /** What the end of the exit-to-user loop does, slow path included; false when it kept asking for more. */
    private boolean leave() {
        for (int pass = 0; pass < 3; pass++) {
            final int work = guest.task.flags;
            guest.task.clearTif(TIF_NOTIFY_RESUME);
            if ((work & TIF_NOTIFY_RESUME) != 0) {
                rseq().handleSlowpath(guest.task, guest.task.regs);
            }
            if (!rseq().exitToUserModeRestart(guest.task, guest.task.regs, guest.task.flags)) {
                return true;
            }
        }
        return false;
    }

    private void section(final long start, final long length, final long abort) {
        memory().store64(DESCRIPTOR, 0);
        memory().store64(DESCRIPTOR + 8, start);
        memory().store64(DESCRIPTOR + 16, length);
        memory().store64(DESCRIPTOR + 24, abort);
        memory().store32(ABORT - 4, SIG);
        memory().store64(AREA + RseqArea.RSEQ_CS, DESCRIPTOR);
    }

    private long pc() {
        return guest.k.arch.instructionPointer(guest.task.regs);
    }

    private void at(final long pc) {
        guest.k.arch.setInstructionPointer(guest.task.regs, pc);
    }

    private boolean killed() {
        return guest.task.pending.set.has(Signals.SIGSEGV);
    }

    /** Interrupted in user mode at {@code pc} and preempted. */
    private void preemptedAt(final long pc) {
        at(pc);
        guest.task.rseq.userIrq = true;
        rseq().schedSwitchEvent(guest.task);
        assertThat(leave()).isTrue();
        rseq().irqentryExitToUserMode(guest.task);
    }

    @ParameterizedTest(name = "offset {0}, length {1}, flags {2}: {3}")
    @CsvSource({
        "0, 32, 0, 0",
        "32, 32, 0, 0",
        "16, 32, 0, -22",
        "0, 31, 0, -22",
        "0, 20, 0, -22",
        "0, 0, 0, -22",
        // Larger areas hold all features, and are aligned to the power of two that does.
        "0, 33, 0, 0",
        "0, 64, 0, 0",
        "0, 4096, 0, 0",
        "32, 33, 0, -22",
        "0, 33, 2, 0",
        "0, 32, 4, -22",
        "0, 32, 1, -22",
        "0, 32, 3, -22",
        "0, 0xffffffff, 0, 0",
    })
    void registrationIsChecked(final int offset, final String length, final int flags, final long result) {
        assertThat(register(AREA + offset, Long.decode(length), flags, SIG)).isEqualTo(result);
        assertThat(guest.task.rseq.area).isEqualTo(result == 0 ? AREA + offset : 0);
    }

    /** As Linux 6.18 on x86-64 answers. */
    @ParameterizedTest(name = "6.18, offset {0}, length {1}, flags {2}: {3}")
    @CsvSource({
        "0, 32, 0, 0",
        "32, 32, 0, 0",
        "16, 32, 0, -22",
        "0, 31, 0, -22",
        "0, 33, 0, 0",
        "0, 64, 0, 0",
        "32, 33, 0, 0",
        "16, 33, 0, -22",
        "0, 33, 2, -22",
        "0, 32, 1, -22",
        "0, 32, 3, -22",
    })
    void registrationWasCheckedByOtherRulesBeforeSliceExtensions(
            final int offset, final long length, final int flags, final long result) {
        boot(version(618));
        assertThat(register(AREA + offset, length, flags, SIG)).isEqualTo(result);
    }

    @ParameterizedTest(name = "6.1, length {0}: {1}")
    @CsvSource({"32, 0", "33, -22", "64, -22"})
    void olderKernelsKnowOneLengthOnly(final long length, final long result) {
        boot(version(KernelConfig.V6_1));
        assertThat(register(AREA, length, 0, SIG)).isEqualTo(result);
    }

    @Test
    void aSecondRegistrationSaysWhatIsWrongWithIt() {
        registered(32);
        assertThat(register(AREA, 32, 0, SIG)).isEqualTo(-EBUSY);
        assertThat(register(AREA, 32, 0, SIG + 1)).isEqualTo(-EPERM);
        assertThat(register(AREA + 64, 32, 0, SIG)).isEqualTo(-EINVAL);
        assertThat(register(AREA, 64, 0, SIG)).isEqualTo(-EINVAL);
        assertThat(register(AREA, 32, 1, SIG + 1)).isEqualTo(-EPERM);
        assertThat(register(AREA, 64, 1, SIG)).isEqualTo(-EINVAL);
        assertThat(register(AREA + 64, 32, 1, SIG)).isEqualTo(-EINVAL);
        assertThat(register(AREA, 32, 1, SIG)).isZero();
        assertThat(memory().load32(AREA + RseqArea.CPU_ID)).isEqualTo(-1);
        assertThat(register(AREA, 32, 1, SIG)).isEqualTo(-EINVAL);
        assertThat(register(AREA + 64, 32, 0, 1)).as("anew").isZero();
    }

    @Test
    void badPointersAreRefused() {
        assertThat(register(UNMAPPED, 32, 0, SIG)).isEqualTo(-EFAULT);
        assertThat(register(-64, 32, 0, SIG)).isEqualTo(-EFAULT);
        memory().protect(AREA, AddressSpace.PAGE_SIZE, AddressSpace.PROT_READ);
        assertThat(register(AREA, 32, 0, SIG)).as("read only").isEqualTo(-EFAULT);
        assertThat(guest.task.rseq.area).isZero();
    }

    @Test
    void withoutTheOptionTheCallDoesNotExist() {
        boot(KernelConfig.of(Flavour.GENERIC).without(Option.RSEQ));
        assertThat(register(AREA, 32, 0, SIG)).isEqualTo(-ENOSYS);
    }

    @Test
    void registrationClearsALeftOverSectionAndTheNextReturnWritesTheIds() {
        memory().store64(AREA + RseqArea.RSEQ_CS, 0xdead);
        memory().store32(AREA + RseqArea.FLAGS, -1);
        assertThat(register(AREA, 32, 0, SIG)).isZero();
        assertThat(memory().load64(AREA + RseqArea.RSEQ_CS)).isZero();
        assertThat(memory().load32(AREA + RseqArea.FLAGS)).isZero();
        assertThat(memory().load32(AREA + RseqArea.CPU_ID)).isEqualTo(-1);
        assertThat(guest.task.testTif(TIF_RSEQ)).isTrue();
        leave();
        assertThat(memory().load32(AREA + RseqArea.CPU_ID_START)).isZero();
        assertThat(memory().load32(AREA + RseqArea.CPU_ID)).isZero();
        assertThat(memory().load32(AREA + RseqArea.MM_CID)).isZero();
        assertThat(guest.task.testTif(TIF_RSEQ)).isFalse();
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {32, 64})
    void aPreemptionInsideASectionAbortsIt(final int length) {
        registered(length);
        section(START, LENGTH, ABORT);
        preemptedAt(START + LENGTH - 1);
        assertThat(pc()).isEqualTo(ABORT);
        assertThat(memory().load64(AREA + RseqArea.RSEQ_CS)).isZero();
        assertThat(killed()).isFalse();
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {32, 64})
    void aPreemptionOutsideASectionForgetsIt(final int length) {
        for (final long pc : new long[] {START - 1, START + LENGTH}) {
            boot(KernelConfig.of(Flavour.GENERIC));
            registered(length);
            section(START, LENGTH, ABORT);
            preemptedAt(pc);
            assertThat(pc()).isEqualTo(pc);
            assertThat(memory().load64(AREA + RseqArea.RSEQ_CS)).isZero();
        }
    }

    @Test
    void aFixUpIsTraced() {
        registered(32);
        section(START, LENGTH, ABORT);
        guest.k.trace.enable(Rseq.RSEQ_IP_FIXUP);
        guest.k.trace.enable(Rseq.RSEQ_UPDATE);
        preemptedAt(START + 4);
        assertThat(guest.k.trace.events())
                .extracting(e -> e.line())
                .containsExactly(
                        "rseq_update: cpu_id=0 node_id=0 mm_cid=0",
                        "rseq_ip_fixup: regs_ip=0x10004 start_ip=0x10000 post_commit_offset=32 abort_ip=0x103004");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "signature",
                "abort in the kernel",
                "abort too low",
                "descriptor unmapped",
                "descriptor in the kernel"
            })
    void aSectionThatCannotBeTrustedKills(final String defect) {
        registered(32);
        section(START, LENGTH, ABORT);
        switch (defect) {
            case "signature" -> memory().store32(ABORT - 4, SIG + 1);
            case "abort in the kernel" -> section(START, LENGTH, 1L << 40);
            case "abort too low" -> section(START, LENGTH, 3);
            case "descriptor unmapped" -> memory().store64(AREA + RseqArea.RSEQ_CS, UNMAPPED);
            default -> memory().store64(AREA + RseqArea.RSEQ_CS, -4096);
        }
        preemptedAt(START);
        assertThat(killed()).isTrue();
        assertThat(pc()).isEqualTo(START);
    }

    @Test
    void anAreaThatIsGoneKills() {
        registered(32);
        memory().unmap(AREA, AddressSpace.PAGE_SIZE);
        preemptedAt(START);
        assertThat(killed()).isTrue();
    }

    @Test
    void theOldRulesUpdateAtEverySwitchTheNewOnesOnlyAfterAnInterrupt() {
        registered(32);
        rseq().schedSwitchEvent(guest.task);
        assertThat(guest.task.testTif(TIF_RSEQ)).isTrue();

        boot(KernelConfig.of(Flavour.GENERIC));
        registered(64);
        rseq().schedSwitchEvent(guest.task);
        assertThat(guest.task.testTif(TIF_RSEQ)).isFalse();
        rseq().setIdsChanged(guest.task);
        rseq().schedSwitchEvent(guest.task);
        assertThat(guest.task.testTif(TIF_RSEQ)).isTrue();
    }

    @Test
    void theNewRulesLookAtNoSectionAfterASystemCall() {
        registered(64);
        section(START, LENGTH, ABORT);
        at(START);
        rseq().setIdsChanged(guest.task);
        rseq().schedSwitchEvent(guest.task);
        leave();
        assertThat(pc()).isEqualTo(START);
        assertThat(memory().load64(AREA + RseqArea.RSEQ_CS)).isEqualTo(DESCRIPTOR);
        rseq().signalDeliver(guest.task, guest.task.regs);
        assertThat(pc()).isEqualTo(START);
    }

    @Test
    void theNewRulesNoticeIdsThatTheProgramChanged() {
        registered(64);
        memory().store32(AREA + RseqArea.MM_CID, 7);
        rseq().setIdsChanged(guest.task);
        preemptedAt(START);
        assertThat(killed()).isTrue();

        boot(KernelConfig.of(Flavour.GENERIC));
        registered(32);
        memory().store32(AREA + RseqArea.MM_CID, 7);
        preemptedAt(START);
        assertThat(killed()).isFalse();
        assertThat(memory().load32(AREA + RseqArea.MM_CID)).isZero();
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {32, 64})
    void aSignalAbortsTheSectionBeforeItsFrameIsBuilt(final int length) {
        registered(length);
        section(START, LENGTH, ABORT);
        at(START + 4);
        guest.task.rseq.userIrq = true;
        rseq().signalDeliver(guest.task, guest.task.regs);
        assertThat(pc()).isEqualTo(ABORT);
        assertThat(guest.task.testTif(TIF_RSEQ))
                .as("old programs expect fresh ids")
                .isEqualTo(length == 32);
    }

    @Test
    void aBadSectionUnderASignalKills() {
        registered(32);
        section(START, LENGTH, ABORT);
        memory().store32(ABORT - 4, 0);
        at(START);
        rseq().signalDeliver(guest.task, guest.task.regs, Signals.SIGUSR1);
        assertThat(killed()).isTrue();
    }

    @Test
    void debugModeKillsACallFromInsideASection() {
        registered(64);
        section(START, LENGTH, ABORT);
        at(START + 8);
        rseq().debugSyscallReturn(guest.task, guest.task.regs);
        assertThat(killed()).as("not without debug mode").isFalse();
        rseq().setDebug(true);
        rseq().debugSyscallReturn(guest.task, guest.task.regs);
        assertThat(killed()).isTrue();
    }

    @Test
    void debugModeToleratesACallFromOutsideASection() {
        registered(64);
        rseq().setDebug(true);
        section(START, LENGTH, ABORT);
        at(START + LENGTH);
        rseq().debugSyscallReturn(guest.task, guest.task.regs);
        assertThat(killed()).isFalse();
        assertThat(memory().load64(AREA + RseqArea.RSEQ_CS)).isZero();
    }

    @Test
    void kernelsBefore619CheckADescriptorEvenOutsideTheSection() {
        boot(version(KernelConfig.V6_1));
        assertThat(register(AREA, 32, 0, SIG)).isZero();
        assertThat(guest.task.testTif(TIF_NOTIFY_RESUME)).isTrue();
        leave();
        assertThat(memory().load32(AREA + RseqArea.CPU_ID)).isZero();
        section(START, LENGTH, START + 4);
        preemptedAt(START + LENGTH);
        assertThat(killed()).as("abort address inside the section").isTrue();
    }

    @Test
    void kernelsBefore619AbortInResumeWork() {
        boot(version(612));
        registered(32);
        section(START, LENGTH, ABORT);
        preemptedAt(START + 4);
        assertThat(pc()).isEqualTo(ABORT);
        assertThat(killed()).isFalse();
    }

    @Test
    void aForkedChildInheritsAndAThreadStartsAnew() {
        registered(32);
        final Task child = guest.k.processes.create(
                guest.harness, "child", "test", TestPort.memory(guest.k), TestProgram.TEXT, TestPort.STACK_TOP);
        rseq().fork(guest.task, child, false);
        assertThat(child.rseq.area).isEqualTo(AREA);
        assertThat(child.rseq.signature).isEqualTo(SIG);
        rseq().fork(guest.task, child, true);
        assertThat(child.rseq.area).isZero();
        rseq().execve(guest.task);
        assertThat(guest.task.rseq.area).isZero();
    }

    @Test
    void aTracerReadsTheRegistration() {
        registered(32);
        final byte[] bytes = new byte[Rseq.PTRACE_RSEQ_CONFIGURATION_SIZE];
        rseq().getConfiguration(guest.task, bytes);
        final java.nio.ByteBuffer read = java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        assertThat(read.getLong()).isEqualTo(AREA);
        assertThat(read.getInt()).isEqualTo(32);
        assertThat(read.getInt()).isEqualTo(SIG);
        assertThat(read.getLong()).isZero();
    }
}
