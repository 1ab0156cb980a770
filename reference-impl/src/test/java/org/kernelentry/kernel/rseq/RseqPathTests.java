package org.kernelentry.kernel.rseq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.testing.TestPort.DATA;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.testing.Observed;
import org.kernelentry.kernel.testing.TestPort;
import org.kernelentry.kernel.testing.TestProgram;
import org.kernelentry.machine.memory.AddressSpace;

/** Sections and slice extensions of programs that share a CPU. */
final class RseqPathTests {
    private static final long AREA = DATA + 0x1000;
    private static final long CS = AREA + RseqArea.RSEQ_CS;
    private static final long CONTROL = AREA + RseqArea.SLICE_CTRL;
    private static final long DESCRIPTOR = DATA + 0x2000;
    private static final long SCRATCH = DATA + 0x3000;
    private static final int SIG = 0x5305_3053;
    private static final long MS = 1_000_000;

    private final Observed o = new Observed();

    @AfterEach
    void shutDown() {
        o.close();
        assertThat(o.k.log.warnings()).isEmpty();
    }

    /** Another process that wants the CPU. */
    private void competitor() {
        final long text = o.p.here();
        o.p.label("competitor").forever();
        TestPort.spawn(o.k, o.harness, "other", text);
    }

    /** A section that takes 20 ms, its abort address, and the signature before that. */
    private void section(final int length) {
        o.p.syscall("rseq", AREA, length, 0, SIG).note("registered", 0);
        o.p.setAddress(8, "start").store(DESCRIPTOR + 8, 8).storeLong(DESCRIPTOR + 16, 4);
        o.p.setAddress(8, "abort").store(DESCRIPTOR + 24, 8);
        o.p.storeLong(CS, DESCRIPTOR)
                .label("start")
                .spin(20 * MS)
                .note("committed")
                .jump("end");
        o.p.label("abort")
                .note("aborted")
                .label("end")
                .load(8, CS)
                .note("section", 8)
                .exit(0);
        // The program text of this port is no memory; the signature has to be.
        final AddressSpace memory = o.guest.requireMm().space;
        memory.map(TestProgram.TEXT, AddressSpace.PAGE_SIZE, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE);
        memory.store32(o.p.address("abort") - 4, SIG);
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {32, 64})
    void aSectionAloneOnItsCpuCommits(final int length) {
        section(length);
        assertThat(o.run()).isZero();
        assertThat(o.p.notes)
                .containsExactly("guest/100 registered 0", "guest/100 committed", "guest/100 section " + DESCRIPTOR);
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {32, 64})
    void aSectionThatLosesTheCpuIsAborted(final int length) {
        section(length);
        competitor();
        assertThat(o.run()).isZero();
        assertThat(o.p.notes).containsExactly("guest/100 registered 0", "guest/100 aborted", "guest/100 section 0");
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {32, 64})
    void aSignalHandlerReturnsToTheAbortAddress(final int length) {
        o.p.sigaction(Signals.SIGUSR1, "handler", 0, SCRATCH);
        section(length);
        o.p.label("handler").load(9, CS).note("handler", 9).syscall("rt_sigreturn");
        o.start();
        o.sleep(5);
        o.k.signals.send(o.guest, SigInfo.user(Signals.SIGUSR1, o.harness.pid), true);
        assertThat(o.await()).isZero();
        // The scripted frame restores the registers of the interruption, the aborted pc among them.
        assertThat(o.p.notes)
                .contains("guest/100 aborted", "guest/100 section 0")
                .doesNotContain("guest/100 committed");
    }

    @Test
    void aBadSignatureKillsAtTheNextPreemption() {
        section(32);
        o.guest.requireMm().space.store32(o.p.address("abort") - 4, 0);
        competitor();
        assertThat(o.run()).isEqualTo(Signals.SIGSEGV);
    }

    /** Registers, asks for an extension and waits until the kernel has answered. */
    private TestProgram granted() {
        return o.p.syscall("rseq", AREA, 64, RseqRegistration.RSEQ_FLAG_SLICE_EXT_DEFAULT_ON, SIG)
                .note("registered", 0)
                .storeInt(CONTROL, 1)
                .label("wait")
                .load(8, CONTROL)
                .add(8, -1)
                .jumpIfZero(8, "wait")
                .add(8, 1)
                .note("control", 8);
    }

    @Test
    void aGrantedExtensionIsGivenBackByYielding() {
        granted()
                .syscall("rseq_slice_yield")
                .note("yield", 0)
                .load(8, CONTROL)
                .note("control", 8)
                .exit(0);
        competitor();
        assertThat(o.run()).isZero();
        assertThat(o.p.notes)
                .containsExactly(
                        "guest/100 registered 0", "guest/100 control 256", "guest/100 yield 1", "guest/100 control 0");
    }

    @Test
    void anyOtherCallEndsTheExtensionToo() {
        granted()
                .syscall("getppid")
                .load(8, CONTROL)
                .note("control", 8)
                .syscall("rseq_slice_yield")
                .note("yield", 0)
                .exit(0);
        competitor();
        assertThat(o.run()).isZero();
        assertThat(o.p.notes)
                .containsExactly(
                        "guest/100 registered 0", "guest/100 control 256", "guest/100 control 0", "guest/100 yield 0");
    }

    @Test
    void anExtensionThatIsOverstayedIsRevokedByTheTimer() {
        granted()
                .label("stay")
                .load(8, CONTROL)
                .jumpIfNotZero(8, "stay")
                .note("revoked")
                .syscall("rseq_slice_yield")
                .note("yield", 0)
                .exit(0);
        competitor();
        assertThat(o.run()).isZero();
        assertThat(o.p.notes)
                .containsExactly(
                        "guest/100 registered 0", "guest/100 control 256", "guest/100 revoked", "guest/100 yield 0");
    }

    @Test
    void idsFollowTheTaskToItsCpu() {
        final Task guest = o.guest;
        o.p.syscall("rseq", AREA, 32, 0, SIG).load(8, AREA).note("ids", 8).exit(0);
        assertThat(o.run()).isZero();
        assertThat(o.p.notes).containsExactly("guest/100 ids 0");
        assertThat(guest.rseq.cpuId).isZero();
    }
}
