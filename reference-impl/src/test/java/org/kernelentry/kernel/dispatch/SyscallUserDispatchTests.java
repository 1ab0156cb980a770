package org.kernelentry.kernel.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.dispatch.SyscallUserDispatch.*;
import static org.kernelentry.kernel.syscall.Errno.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.ThreadFlags;
import org.kernelentry.kernel.testing.ParkedGuest;
import org.kernelentry.kernel.testing.TestPort;

final class SyscallUserDispatchTests {
    private static final long SELECTOR = TestPort.DATA;
    private static final long UNMAPPED = 0x7000_0000;
    private static final long TASK_SIZE = 1L << 40;

    private ParkedGuest guest = new ParkedGuest();

    private void boot(final KernelConfig config) {
        guest.close();
        guest = new ParkedGuest(config);
    }

    private static KernelConfig version(final int version) {
        final KernelConfig config = KernelConfig.of(Flavour.GENERIC);
        return new KernelConfig(config.flavour(), version, config.cpus(), config.options());
    }

    @AfterEach
    void shutDown() {
        guest.close();
    }

    private long set(final long mode, final long offset, final long len, final long selector) {
        return guest.k.dispatch.set(guest.task, mode, offset, len, selector);
    }

    private boolean armed() {
        return (guest.task.syscallWork & ThreadFlags.SYSCALL_WORK_SYSCALL_USER_DISPATCH) != 0;
    }

    private boolean dispatch(final long pc) {
        guest.call(pc, 39, 0x11);
        // The port presets the return register.
        guest.result(-ENOSYS);
        return guest.k.dispatch.syscallUserDispatch(guest.task, guest.task.regs);
    }

    private void selector(final int value) {
        guest.task.requireMm().space.store8(SELECTOR, value);
    }

    @ParameterizedTest(name = "mode {0}, offset {1}, length {2}, selector {3}: {4}")
    @CsvSource({
        // SUD-02: off wants nothing but zeros.
        "0, 0, 0, 0, 0",
        "0, 1, 0, 0, -22",
        "0, 0, 1, 0, -22",
        "0, 0, 0, 1, -22",
        // SUD-03: exclusive.
        "1, 0, 0, 0, 0",
        "1, 0, 0x1000, 0, 0",
        "1, 0, 0xffffffffffffffff, 0, 0",
        "1, 0x1000, 0x1000, 0, 0",
        "1, 0x1000, 0, 0, -22",
        "1, 0x1000, 0xffffffffffffffff, 0, -22",
        "1, 0x1000, 0xfffffffffffff000, 0, -22",
        "1, 0x1000, 0xffffffffffffefff, 0, 0",
        "1, 0xffffffffffffffff, 1, 0, -22",
        "1, 0xfffffffffffffffe, 1, 0, 0",
        // SUD-04: inclusive.
        "2, 0, 0, 0, -22",
        "2, 0, 1, 0, 0",
        "2, 0x1000, 0x1000, 0, 0",
        "2, 0x1000, 0, 0, -22",
        "2, 0x1000, 0xfffffffffffff000, 0, -22",
        "2, 0xfffffffffffff000, 0x1000, 0, -22",
        "2, 0x1000, 0xffffffffffffefff, 0, 0",
        // SUD-05: no other mode.
        "3, 0, 0, 0, -22",
        "0xffffffffffffffff, 0, 0, 0, -22",
        "0x100000001, 0, 0, 0, -22",
        // SUD-07: the selector has to be a user address, mapped or not.
        "1, 0, 0, 0x100000, 0",
        "1, 0, 0, 0x70000000, 0",
        "1, 0, 0, 0xffffffffff, 0",
        "1, 0, 0, 0x10000000000, -14",
        "1, 0, 0, 0xffffffffffffffff, -14",
        "2, 0x1000, 0x1000, 0x10000000000, -14",
        // The range is checked before the selector.
        "1, 0x1000, 0, 0x10000000000, -22",
    })
    void setupIsChecked(
            final String mode, final String offset, final String len, final String selector, final long result) {
        assertThat(set(word(mode), word(offset), word(len), word(selector))).isEqualTo(result);
        assertThat(armed()).isEqualTo(result == 0 && word(mode) != 0);
    }

    private static long word(final String text) {
        return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
    }

    @Test
    void aRefusedSetupChangesNothing() {
        assertThat(set(PR_SYS_DISPATCH_EXCLUSIVE_ON, 0x1000, 0x2000, SELECTOR)).isZero();
        guest.task.syscallDispatch.onDispatch = true;

        assertThat(set(PR_SYS_DISPATCH_OFF, 1, 0, 0)).isEqualTo(-EINVAL);
        assertThat(set(PR_SYS_DISPATCH_EXCLUSIVE_ON, 0x5000, 0, 0)).isEqualTo(-EINVAL);
        assertThat(set(PR_SYS_DISPATCH_EXCLUSIVE_ON, 0x5000, 1, TASK_SIZE)).isEqualTo(-EFAULT);

        assertThat(guest.task.syscallDispatch)
                .extracting("selector", "offset", "len", "onDispatch")
                .containsExactly(SELECTOR, 0x1000L, 0x2000L, true);
        assertThat(armed()).isTrue();
    }

    @Test
    void aSetupClearsAStaleMarkOfARolledBackCall() {
        guest.task.syscallDispatch.onDispatch = true;
        assertThat(set(PR_SYS_DISPATCH_EXCLUSIVE_ON, 0, 0, 0)).isZero();
        assertThat(guest.task.syscallDispatch.onDispatch).isFalse();

        guest.task.syscallDispatch.onDispatch = true;
        assertThat(set(PR_SYS_DISPATCH_OFF, 0, 0, 0)).isZero();
        assertThat(guest.task.syscallDispatch.onDispatch).isFalse();
        assertThat(armed()).isFalse();
    }

    @Test
    void withoutSupportEveryModeIsInvalid() {
        boot(KernelConfig.of(Flavour.GENERIC).without(Option.SYSCALL_USER_DISPATCH));
        for (long mode = 0; mode <= 2; mode++) {
            assertThat(set(mode, 0, mode, 0)).isEqualTo(-EINVAL);
        }
        assertThat(guest.k.dispatch.getConfig(guest.task, 32, new byte[32])).isEqualTo(-EINVAL);
        assertThat(guest.k.dispatch.setConfig(guest.task, 32, new byte[32])).isEqualTo(-EINVAL);
    }

    @Test
    void inclusiveModeIsUnknownToOlderKernels() {
        boot(version(612));
        assertThat(set(PR_SYS_DISPATCH_INCLUSIVE_ON, 0x1000, 0x1000, 0)).isEqualTo(-EINVAL);
        assertThat(set(PR_SYS_DISPATCH_EXCLUSIVE_ON, 0x1000, 0x1000, 0)).isZero();
        assertThat(guest.k.dispatch.setAllowed(false)).isFalse();
        assertThat(guest.k.dispatch.hasPtraceConfig()).isTrue();
        boot(version(KernelConfig.V6_1));
        assertThat(guest.k.dispatch.hasPtraceConfig()).isFalse();
    }

    @Test
    void theSysctlForbidsArmingAndNothingElse() {
        assertThat(set(PR_SYS_DISPATCH_EXCLUSIVE_ON, 0, 0, 0)).isZero();
        assertThat(guest.k.dispatch.setAllowed(false)).isTrue();
        assertThat(set(PR_SYS_DISPATCH_EXCLUSIVE_ON, 0, 0, 0)).isEqualTo(-EPERM);
        assertThat(set(PR_SYS_DISPATCH_INCLUSIVE_ON, 0, 1, 0)).isEqualTo(-EPERM);
        assertThat(set(PR_SYS_DISPATCH_EXCLUSIVE_ON, 0x1000, 0, 0))
                .as("range first")
                .isEqualTo(-EINVAL);
        assertThat(set(PR_SYS_DISPATCH_EXCLUSIVE_ON, 0, 0, TASK_SIZE))
                .as("selector last")
                .isEqualTo(-EPERM);
        assertThat(armed()).isTrue();
        assertThat(dispatch(0x5004)).as("armed tasks stay armed").isTrue();
        assertThat(set(PR_SYS_DISPATCH_OFF, 0, 0, 0)).isZero();
    }

    @ParameterizedTest(name = "range {0}+{1}, pc {2}: dispatched {3}")
    @CsvSource({
        // SUD-09: the pc is after the instruction, so the range shifts by one instruction.
        "0x1000, 0x100, 0x0fff, true",
        "0x1000, 0x100, 0x1000, false",
        "0x1000, 0x100, 0x10ff, false",
        "0x1000, 0x100, 0x1100, true",
        // SUD-10: no range at all, and the whole space but its last byte.
        "0, 0, 0, true",
        "0, 0, 0x1004, true",
        "0, 0xffffffffffffffff, 0x1004, false",
        "0, 0xffffffffffffffff, 0xffffffffffffffff, true",
        "0, 0x1004, 0x1004, true",
        "0, 0x1005, 0x1004, false",
    })
    void exclusiveRangesExemptWhatLiesInThem(
            final String offset, final String len, final String pc, final boolean taken) {
        assertThat(set(PR_SYS_DISPATCH_EXCLUSIVE_ON, word(offset), word(len), 0))
                .isZero();
        assertThat(dispatch(word(pc))).isEqualTo(taken);
    }

    @ParameterizedTest(name = "range {0}+{1}, pc {2}: dispatched {3}")
    @CsvSource({
        "0x1000, 0x100, 0x0fff, false",
        "0x1000, 0x100, 0x1000, true",
        "0x1000, 0x100, 0x10ff, true",
        "0x1000, 0x100, 0x1100, false",
        "0x1000, 0x100, 0xffffffffffffffff, false",
        "0x1000, 0x100, 0, false",
        "0, 0x100, 0, true",
        "0, 0x100, 0x100, false",
        "0, 0xffffffffffffffff, 0x5004, true",
        "0, 0xffffffffffffffff, 0xffffffffffffffff, false",
    })
    void inclusiveRangesMakeCandidatesOfWhatLiesInThem(
            final String offset, final String len, final String pc, final boolean taken) {
        assertThat(set(PR_SYS_DISPATCH_INCLUSIVE_ON, word(offset), word(len), 0))
                .isZero();
        assertThat(dispatch(word(pc))).isEqualTo(taken);
    }

    @Test
    void aDispatchedCallIsRolledBackAndRaisesSigsys() {
        set(PR_SYS_DISPATCH_EXCLUSIVE_ON, 0, 0, SELECTOR);
        selector(SYSCALL_DISPATCH_FILTER_BLOCK);

        assertThat(dispatch(0x5004)).isTrue();

        assertThat(guest.signal())
                .isEqualTo(new SigInfo(
                        Signals.SIGSYS,
                        0,
                        SigInfo.SYS_USER_DISPATCH,
                        0,
                        0,
                        0x5004,
                        39,
                        guest.k.arch.syscallGetArch(guest.task)));
        assertThat(guest.result()).as("rolled back").isEqualTo(0x11);
        assertThat(guest.task.syscallDispatch.onDispatch).isTrue();
    }

    @Test
    void theSelectorIsReadAtEveryCall() {
        set(PR_SYS_DISPATCH_EXCLUSIVE_ON, 0, 0, SELECTOR);
        selector(SYSCALL_DISPATCH_FILTER_ALLOW);
        assertThat(dispatch(0x5004)).isFalse();
        assertThat(guest.signalled()).isFalse();
        assertThat(guest.task.syscallDispatch.onDispatch).isFalse();
        assertThat(guest.result()).isEqualTo(-ENOSYS);
        selector(SYSCALL_DISPATCH_FILTER_BLOCK);
        assertThat(dispatch(0x5004)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"2", "255", "128"})
    void anyOtherSelectorByteKillsAndLeavesTheRegisters(final int value) {
        set(PR_SYS_DISPATCH_EXCLUSIVE_ON, 0, 0, SELECTOR);
        selector(value);
        guest.task.sighand.action[Signals.SIGSYS] =
                new SigAction(0x9000, 0, 0, org.kernelentry.kernel.signal.SigSet.EMPTY);

        assertThat(dispatch(0x5004)).isTrue();

        assertThat(guest.signal().signo()).isEqualTo(Signals.SIGSYS);
        assertThat(guest.task.sighand.action[Signals.SIGSYS].handler())
                .as("not catchable")
                .isZero();
        assertThat(guest.task.syscallDispatch.onDispatch)
                .as("so the exit work is seen (SUD-25)")
                .isFalse();
        assertThat(guest.result()).isEqualTo(-ENOSYS);
    }

    @Test
    void aSelectorThatCannotBeReadKills() {
        set(PR_SYS_DISPATCH_EXCLUSIVE_ON, 0, 0, UNMAPPED);
        assertThat(dispatch(0x5004)).isTrue();
        assertThat(guest.signal().signo()).isEqualTo(Signals.SIGSEGV);
        assertThat(guest.task.syscallDispatch.onDispatch).isFalse();
        assertThat(guest.result()).isEqualTo(-ENOSYS);
    }

    @Test
    void theSelectorIsNotLookedAtInTheExemptRange() {
        set(PR_SYS_DISPATCH_EXCLUSIVE_ON, 0x5000, 0x100, UNMAPPED);
        assertThat(dispatch(0x5004)).isFalse();
        assertThat(guest.signalled()).isFalse();
    }

    private static ByteBuffer config(final long mode, final long selector, final long offset, final long len) {
        return ByteBuffer.allocate(PTRACE_SUD_CONFIG_SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(mode)
                .putLong(selector)
                .putLong(offset)
                .putLong(len);
    }

    @Test
    void aTracerReadsWhatIsKeptAndWritesWhatThePrctlTakes() {
        final byte[] read = new byte[PTRACE_SUD_CONFIG_SIZE];
        assertThat(guest.k.dispatch.setConfig(
                        guest.task, 32, config(1, SELECTOR, 0x1000, 0x20).array()))
                .isZero();
        assertThat(guest.k.dispatch.getConfig(guest.task, 32, read)).isZero();
        assertThat(read).isEqualTo(config(1, SELECTOR, 0x1000, 0x20).array());

        guest.k.dispatch.clear(guest.task);
        assertThat(guest.k.dispatch.getConfig(guest.task, 32, read)).isZero();
        assertThat(read)
                .as("off, the words stay (SUD-20)")
                .isEqualTo(config(0, SELECTOR, 0x1000, 0x20).array());

        assertThat(guest.k.dispatch.getConfig(guest.task, 31, read)).isEqualTo(-EINVAL);
        assertThat(guest.k.dispatch.setConfig(guest.task, 33, read)).isEqualTo(-EINVAL);
        assertThat(guest.k.dispatch.setConfig(guest.task, 32, config(3, 0, 0, 0).array()))
                .isEqualTo(-EINVAL);
    }

    @Test
    void anInclusiveConfigurationDoesNotSurviveBeingReadAndWrittenBack() {
        final byte[] read = new byte[PTRACE_SUD_CONFIG_SIZE];
        assertThat(set(PR_SYS_DISPATCH_INCLUSIVE_ON, 0x1000, 0x100, 0)).isZero();
        assertThat(guest.k.dispatch.getConfig(guest.task, 32, read)).isZero();
        assertThat(read).isEqualTo(config(1, 0, 0x1100, -0x100).array());
        assertThat(guest.k.dispatch.setConfig(guest.task, 32, read)).isEqualTo(-EINVAL);
    }
}
