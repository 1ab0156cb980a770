package org.kernelentry.machine.translate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.Window;

class AccessPlanTests extends PlannedBlock {
    private AccessPlan plan() {
        return plan(WINDOWS);
    }

    private AccessPlan plan(final Accesses accesses) {
        return accesses(block(), accesses);
    }

    private void load(final int d, final int base, final long displacement) {
        next();
        out.load(Op.LD64, d, base, displacement);
    }

    private void store(final int value, final int base, final long displacement) {
        next();
        out.store(Op.ST64, value, base, displacement);
    }

    @Test
    void accessesAtConstantDistancesAskTogether() {
        store(A, SP, -16);
        next();
        out.alui(Op.ADDI, SP, SP, -32);
        store(B, SP, 8);
        load(C, SP, 24);
        final AccessPlan plan = plan();
        final Span span = plan.span(0);
        assertThat(span).isNotNull();
        assertThat(plan.span(2)).isSameAs(span);
        assertThat(plan.span(3)).isSameAs(span);
        assertThat(span.first).isZero();
        assertThat(span.lowest()).isEqualTo(-8);
        assertThat(span.highest()).isEqualTo(8);
        assertThat(plan.distance(0)).isEqualTo(8);
        assertThat(plan.distance(2)).isZero();
        assertThat(plan.distance(3)).isEqualTo(16);
        assertThat(plan.window(3)).isEqualTo(Window.WRITE_STACK);
    }

    @Test
    void oneStoreAmongLoadsMakesThemAskForWhatCanBeWritten() {
        load(A, C, 0);
        load(B, C, 8);
        assertThat(plan().window(0)).isEqualTo(Window.READ);
        store(A, C, 16);
        assertThat(plan().window(0)).isEqualTo(Window.WRITE);
    }

    @Test
    void oneAccessAsksAlone() {
        load(A, B, 0);
        load(B, C, 0);
        assertThat(plan().span(0)).isNull();
        assertThat(plan().span(1)).isNull();
    }

    @Test
    void whatIsTooFarAwayAsksForItself() {
        load(A, SP, 0);
        load(B, SP, 504);
        final AccessPlan near = plan();
        assertThat(near.span(1)).isSameAs(near.span(0));
        load(C, SP, 512);
        final AccessPlan plan = plan();
        assertThat(plan.span(1)).isSameAs(plan.span(0)).isNotNull();
        assertThat(plan.span(2)).isNull();
    }

    @Test
    void anotherValueInTheRegisterIsAnotherPlace() {
        load(A, C, 0);
        load(C, SP, 0);
        load(B, C, 8);
        assertThat(plan().span(0)).isNull();
        assertThat(plan().span(2)).isNull();
    }

    @Test
    void windowsMayMoveBehindHelpersAndTheSpacesOwnMethods() {
        load(A, SP, 0);
        next();
        out.helper(0, 0, 0, 0);
        load(B, SP, 8);
        assertThat(plan().span(0)).isNull();
        out.reset();
        load(A, SP, 0);
        load(C, B, 0);
        load(B, SP, 8);
        assertThat(plan().span(0)).isNotNull();
        final AccessPlan plan = plan((pc, mode) -> pc == PC + 4 ? Accesses.SPACE : Accesses.WINDOW);
        assertThat(plan.mayLeave(1)).isFalse();
        assertThat(plan.mayThrow(1)).isTrue();
        assertThat(plan.span(0)).isNull();
        assertThat(plan.span(2)).isNull();
    }

    @Test
    void whatMayBeSkippedAsksForItself() {
        next();
        final int skip = out.skipIfZero(A);
        out.load(Op.LD64, B, SP, 0);
        out.bind(skip);
        load(C, SP, 8);
        assertThat(plan().span(1)).isNull();
        assertThat(plan().span(2)).isNull();
    }

    @Test
    void theFirstAsksByARegisterNotByATemporary() {
        for (int i = 0; i < 2; i++) {
            next();
            final int t = out.temp();
            out.alui(Op.ADDI, t, SP, 16 + 8 * i);
            out.load(Op.LD64, A + i, t, 0);
        }
        assertThat(plan().span(1).base).isEqualTo(SP);
        assertThat(plan().span(1).displacement).isEqualTo(16);
    }

    @Test
    void whatIsTooFarAwayBeginsAnotherSpan() {
        load(A, SP, 0);
        load(B, SP, 8);
        load(A, SP, 1024);
        load(B, SP, 1032);
        final AccessPlan plan = plan();
        assertThat(plan.span(1)).isSameAs(plan.span(0)).isNotNull();
        assertThat(plan.span(3)).isSameAs(plan.span(2)).isNotNull().isNotSameAs(plan.span(0));
        assertThat(plan.span(2).first).isEqualTo(2);
        assertThat(plan.distance(2)).isZero();
    }
}
