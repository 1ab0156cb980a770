package org.kernelentry.machine.translate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.Op;

class FlagPlanTests extends PlannedBlock {
    private FlagPlan plan(final FlagState begin, final boolean store) {
        final Block block = block();
        return new FlagPlan(block, use(block, WINDOWS), begin, store);
    }

    private FlagPlan plan() {
        return plan(FlagState.IN_SLOTS, false);
    }

    @Test
    void aComparisonIsKnownByItsRegistersAndNotStored() {
        compare();
        branch(PC);
        assertThat(plan().before(2)).isEqualTo(compared(false));
        assertThat(plan().leaving()).containsExactly(compared(false));
    }

    @Test
    void whatIsStoredAtOnceIsKnownOnlyWhereTheBlockAsks() {
        compare();
        assertThat(plan(FlagState.IN_SLOTS, true).end(0)).isSameAs(FlagState.IN_SLOTS);
        branch(PC);
        assertThat(plan(FlagState.IN_SLOTS, true).before(2)).isEqualTo(compared(true));
        assertThat(plan(FlagState.IN_SLOTS, true).leaving()).containsExactly(FlagState.IN_SLOTS);
    }

    @Test
    void anOperandThatIsAboutToChangeGoesToALocalVariable() {
        compare();
        next();
        out.mov(B, C);
        final FlagState moved = new FlagState(SUB, A, FlagState.LOCAL, FlagState.DERIVED, 0, FlagState.NONE, false);
        assertThat(plan().before(2)).isEqualTo(moved);
        assertThat(plan().leaving()).containsExactly(moved);
    }

    @Test
    void anOperandThatTheResultReplacesIsDerivedFromThat() {
        next();
        out.mov(A, subtract());
        final FlagState derived = new FlagState(SUB, FlagState.DERIVED, B, A, 0, FlagState.NONE, false);
        assertThat(plan().end(0)).isEqualTo(derived);
        out.reset();
        next();
        // The second operand is replaced too.
        final int t = out.temp();
        out.alu(Op.SUB, t, A, A);
        out.op(Op.FLAGS, SUB, A, A, t);
        out.mov(A, t);
        assertThat(plan().end(0))
                .isEqualTo(new FlagState(SUB, FlagState.DERIVED, FlagState.LOCAL, A, 0, FlagState.NONE, false));
    }

    @Test
    void aDifferenceThatNobodyComputesIsNoResultToDeriveFrom() {
        next();
        subtract();
        out.mov(A, C);
        assertThat(plan().end(0))
                .isEqualTo(new FlagState(SUB, FlagState.LOCAL, B, FlagState.DERIVED, 0, FlagState.NONE, false));
    }

    @Test
    void temporariesOutliveTheirInstructionInLocalVariables() {
        next();
        final int t = out.temp();
        out.alu(Op.AND, t, A, B);
        out.op(Op.FLAGS, LOGIC, t, t, t);
        assertThat(plan().before(1).isKnown()).isFalse();
        assertThat(plan().behind(1).result()).isEqualTo(t);
        assertThat(plan().end(0))
                .isEqualTo(new FlagState(
                        LOGIC, FlagState.NONE, FlagState.NONE, FlagState.LOCAL, 0, FlagState.NONE, false));
    }

    @Test
    void flagsAreStoredBeforeTheyMayBeReplaced() {
        compare();
        next();
        final int skip = out.skipIfZero(C);
        out.op(Op.FLAGS, LOGIC, C, C, C);
        out.bind(skip);
        final FlagPlan plan = plan();
        assertThat(plan.before(2)).isEqualTo(compared(true));
        assertThat(plan.behind(3).stored()).isFalse();
        assertThat(plan.landing(4)).isSameAs(FlagState.IN_SLOTS);
    }

    @Test
    void anOperandThatMayChangeGoesToALocalVariableBeforeTheSkip() {
        compare();
        next();
        final int skip = out.skipIfZero(C);
        out.mov(A, C);
        out.bind(skip);
        final FlagState moved = new FlagState(SUB, FlagState.LOCAL, B, FlagState.DERIVED, 0, FlagState.NONE, false);
        assertThat(plan().before(2)).isEqualTo(moved);
        assertThat(plan().landing(4)).isEqualTo(moved);
    }

    @Test
    void flagsAreStoredBeforeWhatTheyNeedMayMove() {
        next();
        final int t = out.temp();
        out.alu(Op.AND, t, A, B);
        out.op(Op.FLAGS, LOGIC, t, t, t);
        int skip = out.skipIfZero(C);
        out.mov(B, t);
        out.bind(skip);
        assertThat(plan().before(2).stored()).isTrue();
        assertThat(plan().landing(4)).isSameAs(FlagState.IN_SLOTS);
        out.reset();
        next();
        // The operand is derived from the result, and that moves.
        final int difference = subtract();
        skip = out.skipIfZero(C);
        out.mov(A, difference);
        out.bind(skip);
        assertThat(plan().before(2).stored()).isTrue();
        assertThat(plan().landing(4)).isSameAs(FlagState.IN_SLOTS);
    }

    @Test
    void aSkipOverSomethingElseNeedsNoStore() {
        compare();
        next();
        final int skip = out.skipIfZero(C);
        out.mov(C, SP);
        out.bind(skip);
        assertThat(plan().before(2)).isEqualTo(compared(false));
        assertThat(plan().landing(4)).isEqualTo(compared(false));
    }

    @Test
    void twoSkipsToOnePlaceMeetWithStoredFlagsWhereTheyDiffer() {
        compare();
        next();
        final int first = out.skipIfZero(C);
        out.op(Op.FLAGS, LOGIC, C, C, C);
        final int second = out.skipIfNonZero(C);
        out.mov(SP, B);
        out.bind(first);
        out.bind(second);
        final FlagPlan plan = plan();
        assertThat(plan.before(4).stored()).isTrue();
        assertThat(plan.landing(6)).isSameAs(FlagState.IN_SLOTS);
    }

    @Test
    void whoLeavesTheRegionFindsThemStored() {
        compare();
        next();
        out.helper(0, 0, 0, 0);
        final FlagPlan helper = plan();
        assertThat(helper.before(2)).isEqualTo(compared(true));
        assertThat(helper.behind(2)).isSameAs(FlagState.IN_SLOTS);
        out.reset();
        compare();
        next();
        out.jumpTo(C);
        assertThat(plan().before(2)).isEqualTo(compared(true));
        assertThat(plan().leaving()).isEmpty();
    }

    @Test
    void whatIsKnownAtTheBeginningLastsUntilItIsReplaced() {
        next();
        out.load(Op.LD64, C, SP, 0);
        compare();
        final FlagState begin = new FlagState(LOGIC, FlagState.NONE, FlagState.NONE, C, 0, FlagState.NONE, false);
        final FlagPlan plan = plan(begin, false);
        assertThat(plan.before(0))
                .isEqualTo(new FlagState(
                        LOGIC, FlagState.NONE, FlagState.NONE, FlagState.LOCAL, 0, FlagState.NONE, false));
        assertThat(plan.leaving()).containsExactly(compared(false));
    }
}
