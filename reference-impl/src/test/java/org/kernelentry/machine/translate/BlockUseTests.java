package org.kernelentry.machine.translate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.kernelentry.machine.ir.Op;

class BlockUseTests extends PlannedBlock {
    private BlockUse use() {
        return use(WINDOWS);
    }

    private BlockUse use(final Accesses accesses) {
        return use(block(), accesses);
    }

    @Test
    void addressesThatNobodyUsesAreNotComputed() {
        for (int i = 0; i < 2; i++) {
            next();
            final int t = out.temp();
            out.alui(Op.ADDI, t, SP, 16 + 8 * i);
            out.load(Op.LD64, A + i, t, 0);
        }
        final BlockUse use = use();
        assertThat(use.isNeedless(0)).isTrue();
        assertThat(use.isNeedless(2)).isTrue();
        assertThat(use((pc, mode) -> Accesses.SPACE).isNeedless(0)).isFalse();
    }

    @Test
    void flagsOfAComparisonWithAConstantTakeNeitherDifferenceNorConstant() {
        next();
        final int constant = out.constant(7);
        final int t = out.temp();
        out.alu(Op.SUB, t, A, constant);
        out.op(Op.FLAGS, SUB, A, constant, t);
        final BlockUse use = use();
        assertThat(use.constantB(2)).isEqualTo(7);
        assertThat(use.isPlain(2)).isTrue();
        assertThat(use.isNeedless(0)).isTrue();
        assertThat(use.isNeedless(1)).isTrue();
        out.reset();
        next();
        out.op(Op.FLAGS, LOGIC, A, A, A);
        assertThat(use().isPlain(0)).isFalse();
        assertThat(use().constantB(0)).isNull();
    }

    @Test
    void anAddressThatTheSpacesOwnMethodsTakeIsComputed() {
        for (int i = 0; i < 3; i++) {
            next();
            final int t = out.temp();
            out.alui(Op.ADDI, t, SP, 8 * i);
            out.load(Op.LD64, A, t, 0);
        }
        final BlockUse use = use((pc, mode) -> pc == PC ? Accesses.SPACE : Accesses.WINDOW);
        assertThat(use.isNeedless(0)).isFalse();
        assertThat(use.isNeedless(2)).isTrue();
        assertThat(use.isNeedless(4)).isTrue();
    }

    @Test
    void aConstantOfMoreThan32BitsStaysInItsSlot() {
        next();
        final int constant = out.constant(1L << 32);
        final int t = out.temp();
        out.alu(Op.SUB, t, A, constant);
        out.op(Op.FLAGS, SUB, A, constant, t);
        final BlockUse use = use();
        assertThat(use.constantB(2)).isNull();
        assertThat(use.isNeedless(0)).isFalse();
    }

    @Test
    void flagsOfOtherOperandsThanTheResultsAreNotPlain() {
        next();
        final int t = out.temp();
        out.alu(Op.SUB, t, A, B);
        out.op(Op.FLAGS, SUB, A, C, t);
        final BlockUse use = use();
        assertThat(use.isPlain(1)).isFalse();
        assertThat(use.isNeedless(0)).isFalse();
    }

    @Test
    void behindAHelperTheBlockAsksForOtherFlags() {
        compare();
        branch(PC);
        assertThat(use().flagsAreAsked(1)).isTrue();
        out.reset();
        compare();
        next();
        out.helper(0, 0, 0, 0);
        branch(PC);
        assertThat(use().flagsAreAsked(1)).isFalse();
        assertThat(use().callsHelper(0)).isFalse();
        assertThat(use().callsHelper(1)).isTrue();
    }

    @Test
    void aBlockReplacesFlagsOnlyWhereNothingCanSeeTheOldOnes() {
        compare();
        assertThat(use().replacesFlags()).isTrue();
        out.reset();
        next();
        out.load(Op.LD64, A, B, 0);
        compare();
        assertThat(use().replacesFlags()).isFalse();
        out.reset();
        branch(PC);
        assertThat(use().replacesFlags()).isFalse();
    }
}
