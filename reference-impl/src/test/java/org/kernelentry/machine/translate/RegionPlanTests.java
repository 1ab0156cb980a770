package org.kernelentry.machine.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.Op;

class RegionPlanTests extends PlannedBlock {
    private static final FlagState COMPARED = compared(false);

    private final List<Block> blocks = new ArrayList<>();

    /** A block at {@code pc} that loads, compares if told to, and branches to {@code target}. */
    private void block(final long pc, final boolean loads, final boolean compares, final long target) {
        beginAt(pc);
        next();
        if (loads) {
            out.load(Op.LD64, C, SP, 0);
        } else {
            out.mov(C, SP);
        }
        if (compares) {
            compare();
        }
        branch(target);
        blocks.add(block());
    }

    private RegionPlan plan(final boolean again, final Integer... indirect) {
        final boolean[] indirects = new boolean[blocks.size()];
        Arrays.stream(indirect).forEach(i -> indirects[i] = true);
        final List<BlockUse> uses =
                blocks.stream().map(block -> use(block, WINDOWS)).toList();
        return new RegionPlan(blocks, uses, indirects, again);
    }

    private static Block.Target at(final long pc) {
        return new Block.Target(pc, 0);
    }

    @Test
    void aLoopThatComparesAtItsEndStoresNoFlags() {
        block(0x100, true, true, 0x100);
        final RegionPlan plan = plan(true, 0);
        assertThat(plan.nodes()).extracting(RegionPlan.Node::block).containsExactly(0, 0);
        assertThat(plan.nodes().get(0).flags().begin()).isSameAs(FlagState.IN_SLOTS);
        assertThat(plan.nodes().get(1).flags().begin()).isEqualTo(COMPARED);
        assertThat(plan.find(at(0x100), COMPARED)).isEqualTo(1);
        assertThat(plan.stores(1, COMPARED)).isFalse();
        assertThat(plan.looks(1)).as("the loop looks at the budget").isTrue();
        assertThat(plan.entryNodes()).containsExactly(0);
        assertThat(plan.most()).isEqualTo(3);
    }

    @Test
    void aBlockThatIsThereOnceWantsItsFlagsInTheirSlots() {
        block(0x100, true, true, 0x100);
        final RegionPlan plan = plan(false, 0);
        assertThat(plan.nodes()).hasSize(1);
        assertThat(plan.find(at(0x100), COMPARED)).isZero();
        assertThat(plan.stores(0, COMPARED)).isTrue();
        assertThat(plan.stores(0, COMPARED.store())).isFalse();
    }

    @Test
    void whoReplacesFlagsBeforeAnybodyLooksIsThereOnceAndNeedsNone() {
        block(0x100, true, true, 0x200);
        block(0x200, false, true, 0x900);
        final RegionPlan plan = plan(true, 0);
        assertThat(plan.nodes()).extracting(RegionPlan.Node::block).containsExactly(0, 1);
        assertThat(plan.stores(1, COMPARED)).isFalse();
    }

    @Test
    void anEntryNeedsThemEvenIfItReplacesThem() {
        block(0x100, true, true, 0x200);
        block(0x200, false, true, 0x900);
        final RegionPlan plan = plan(true, 0, 1);
        // Its budget may end there.
        assertThat(plan.entryNodes()).containsExactly(0, 1);
        assertThat(plan.nodes()).extracting(RegionPlan.Node::block).containsExactly(0, 1, 1);
        assertThat(plan.entry(1)).isEqualTo(1);
        assertThat(plan.stores(1, COMPARED)).isTrue();
    }

    @Test
    void nodesAreNotMoreThanFit() {
        for (int i = 0; i < 100; i++) {
            block(0x100 + 12 * i, true, true, 0x100);
        }
        final RegionPlan plan = plan(true, 0);
        assertThat(plan.nodes().size() * 3).isBetween(300, 330);
        for (int n = 0; n < plan.nodes().size(); n++) {
            for (final FlagState state : plan.nodes().get(n).flags().leaving()) {
                assertThat(plan.find(at(plan.block(n).nextPc()), state) == null)
                        .as("behind the last, and nowhere else, the region ends")
                        .isEqualTo(plan.nodes().get(n).block() == 99);
            }
        }
    }

    @Test
    void ofOneBlockThereAreFewStates() {
        block(0x100, true, false, 0x900);
        block(0x108, true, true, 0x100);
        block(0x114, true, true, 0x100);
        final RegionPlan plan = plan(true, 0);
        assertThat(plan.nodes().stream().filter(node -> node.block() == 0).count())
                .isBetween(2L, 3L);
    }
}
