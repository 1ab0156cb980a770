package org.kernelentry.runner.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kernelentry.runner.cpu.CpuOutcome.End;

final class HostJudgeTests {
    private static final int CASES = 50;

    private static final List<CpuCase> NOPS =
            Collections.nCopies(CASES, new CpuCase(new X86Mode(false), 1, new byte[] {(byte) 0x90}));

    private static CpuOutcome outcome(final End end) {
        return new CpuOutcome(end, 0, new long[HostJudge.WORDS], new byte[CpuCase.PAGE]);
    }

    @Test
    void aProcessorThatEntersNoCaseIsNoJudge() {
        assertThatThrownBy(() -> HostJudge.requireEntered(NOPS, Collections.nCopies(CASES, outcome(End.PROTECTION))))
                .isInstanceOf(JudgeException.class)
                .hasMessage("this machine runs no ia32 code:"
                        + " each of 50 cases ended in a protection fault before its first instruction.");
    }

    @Test
    void oneThatEntersAnyIs() {
        final List<CpuOutcome> outcomes = new ArrayList<>(Collections.nCopies(CASES - 1, outcome(End.PROTECTION)));
        outcomes.add(outcome(End.UNDEFINED));
        assertThatCode(() -> HostJudge.requireEntered(NOPS, outcomes)).doesNotThrowAnyException();
    }

    @Test
    void aCaseThatAHypervisorDoesNotBeginIsNoDifference() {
        final CpuMode mode = new X86Mode(true);
        long seed = 0;
        while (!HostJudge.hasStrangeStack(new CpuCase(mode, seed, new byte[] {(byte) 0x90}))) {
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
