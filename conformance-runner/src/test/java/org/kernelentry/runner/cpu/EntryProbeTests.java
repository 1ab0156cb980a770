package org.kernelentry.runner.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.kernelentry.runner.cpu.CpuOutcome.End;

final class EntryProbeTests {
    private static CpuOutcome outcome(final End end) {
        return new CpuOutcome(end, 0, new long[HostJudge.WORDS], new byte[CpuCase.PAGE]);
    }

    private static final byte[] HLT = {(byte) 0xf4};

    private static CpuOutcome refused() {
        final CpuOutcome outcome = outcome(End.PROTECTION);
        outcome.after()[X86Mode.PC] = CpuCase.CODE_START;
        return outcome;
    }

    private static CpuCase halt(final CpuMode mode, final boolean strangeStack) {
        long seed = 0;
        while (EntryProbe.hasStrangeStack(new CpuCase(mode, seed, HLT)) != strangeStack) {
            seed++;
        }
        return new CpuCase(mode, seed, HLT);
    }

    @Test
    void aProcessorThatBeginsNothingIsNoJudge() {
        final EntryProbe probe = new EntryProbe(test -> refused());
        assertThatThrownBy(() -> probe.told(halt(new X86Mode(false), false), refused()))
                .isInstanceOf(JudgeException.class)
                .hasMessage("this machine runs no ia32 code: even a NOP ends in a protection fault.");
    }

    @Test
    void aPrivilegedInstructionFaultsWhereANopDoesNot() {
        final EntryProbe probe = new EntryProbe(test -> outcome(End.UNDEFINED));
        for (final boolean strange : new boolean[] {false, true}) {
            assertThat(probe.told(halt(new X86Mode(true), strange), refused()).end())
                    .isEqualTo(End.PROTECTION);
        }
    }

    @Test
    void whatIsRefusedForItsStackWasNotJudged() {
        final EntryProbe probe =
                new EntryProbe(test -> EntryProbe.hasStrangeStack(test) ? refused() : outcome(End.UNDEFINED));
        final CpuMode mode = new X86Mode(true);
        assertThat(probe.told(halt(mode, true), refused()).end()).isEqualTo(End.NEVER);
        assertThat(probe.told(halt(mode, false), refused()).end()).isEqualTo(End.PROTECTION);
    }

    @Test
    void aCaseThatAHypervisorDoesNotBeginIsNoDifference() {
        final CpuMode mode = new X86Mode(true);
        long seed = 0;
        while (!EntryProbe.hasStrangeStack(new CpuCase(mode, seed, new byte[] {(byte) 0x90}))) {
            seed++;
        }
        final CpuCase strange = new CpuCase(mode, seed, new byte[] {(byte) 0x90});

        assertThat(strange.before()[X86Mode.RSP] >>> 47).isNotIn(0L, 0x1ffffL);
        assertThat(mode.mask(strange, outcome(End.UNDEFINED), outcome(End.NEVER)))
                .isEqualTo("this machine's hypervisor enters no code with a stack pointer that is not canonical");
        assertThat(mode.mask(strange, outcome(End.UNDEFINED), outcome(End.UNDEFINED)))
                .isEmpty();
    }

    @Test
    void whichOfTwoFaultsComesFirstIsOpenButNotWhetherOneDoes() {
        final CpuMode mode = new X86Mode(true);
        final CpuCase nop = new CpuCase(mode, 1, new byte[] {(byte) 0x90});

        assertThat(mode.mask(nop, outcome(End.ALIGNMENT), outcome(End.PAGE_FAULT)))
                .isEqualTo("vol. 3, 6.9: whether an address or its alignment faults first");
        assertThat(mode.mask(nop, outcome(End.PROTECTION), outcome(End.ALIGNMENT)))
                .isEqualTo("vol. 3, 6.9: whether an address or its alignment faults first");
        assertThat(mode.mask(nop, outcome(End.ALIGNMENT), outcome(End.UNDEFINED)))
                .isEmpty();
    }
}
