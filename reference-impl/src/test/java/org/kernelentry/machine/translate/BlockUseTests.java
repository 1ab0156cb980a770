package org.kernelentry.machine.translate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.Op;

class BlockUseTests {
    private static final int SP = 0;
    private static final int A = 1;
    private static final int B = 2;
    private static final int C = 3;
    private static final long PC = 0x1000;

    private final BlockBuilder out = new BlockBuilder(4);

    private void next() {
        out.beginInstruction(PC + 4L * out.instructionCount());
    }

    private BlockUse use() {
        return use((pc, mode) -> Accesses.WINDOW);
    }

    private BlockUse use(final Accesses accesses) {
        final Block block = Block.of(out, PC + 4L * out.instructionCount(), 0, 0);
        return new BlockUse(block, new AccessPlan(block, accesses, SP, false));
    }

    private void compare() {
        next();
        final int t = out.temp();
        out.alu(Op.SUB, t, A, B);
        out.op(Op.FLAGS, FlagKind.pack(FlagKind.SUB, 64), A, B, t);
    }

    private void branch() {
        next();
        out.op(Op.JMP_COND, Cond.Z, 0, 0, PC);
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
        out.op(Op.FLAGS, FlagKind.pack(FlagKind.SUB, 64), A, constant, t);
        final BlockUse use = use();
        assertThat(use.constantB(2)).isEqualTo(7);
        assertThat(use.isPlain(2)).isTrue();
        assertThat(use.isNeedless(0)).isTrue();
        assertThat(use.isNeedless(1)).isTrue();
        out.reset();
        next();
        out.op(Op.FLAGS, FlagKind.pack(FlagKind.LOGIC, 64), A, A, A);
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
        out.op(Op.FLAGS, FlagKind.pack(FlagKind.SUB, 64), A, constant, t);
        final BlockUse use = use();
        assertThat(use.constantB(2)).isNull();
        assertThat(use.isNeedless(0)).isFalse();
    }

    @Test
    void flagsOfOtherOperandsThanTheResultsAreNotPlain() {
        next();
        final int t = out.temp();
        out.alu(Op.SUB, t, A, B);
        out.op(Op.FLAGS, FlagKind.pack(FlagKind.SUB, 64), A, C, t);
        final BlockUse use = use();
        assertThat(use.isPlain(1)).isFalse();
        assertThat(use.isNeedless(0)).isFalse();
    }

    @Test
    void behindAHelperTheBlockAsksForOtherFlags() {
        compare();
        branch();
        assertThat(use().flagsAreAsked(1)).isTrue();
        out.reset();
        compare();
        next();
        out.helper(0, 0, 0, 0);
        branch();
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
        branch();
        assertThat(use().replacesFlags()).isFalse();
    }
}
