package org.kernelentry.machine.translate;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.kernelentry.machine.ir.Block;

/**
 * The blocks of a region in the order of its code, and where the budget is looked at: at entries and wherever a jump goes back. From there it must
 * cover the longest way to the next look, so that the blocks between only count.
 */
public final class RegionPlan {
    private final List<Block> blocks;
    private final Map<Long, Integer> byPc = new HashMap<>();
    private final boolean[] entries;
    private final int[] needs;

    /** @param indirect which blocks are reached by indirect jumps or from outside; the first always is */
    RegionPlan(final List<Block> blocks, final boolean[] indirect) {
        this.blocks = blocks;
        this.entries = indirect.clone();
        this.needs = new int[indirect.length];
        for (int i = 0; i < indirect.length; i++) {
            byPc.put(blocks.get(i).pc(), i);
        }
        entries[0] = true;
        for (int i = 0; i < indirect.length; i++) {
            for (final long target : blocks.get(i).targets()) {
                final Integer to = byPc.get(target);
                if (to != null && to <= i) {
                    entries[to] = true;
                }
            }
        }
        for (int i = indirect.length - 1; i >= 0; i--) {
            needs[i] = blocks.get(i).instructions() + longestBehind(i);
        }
    }

    private int longestBehind(final int i) {
        return Arrays.stream(blocks.get(i).targets())
                .mapToObj(byPc::get)
                .mapToInt(to -> to == null || entries[to] ? 0 : needs[to])
                .max()
                .orElse(0);
    }

    /** Whether block {@code i} may be entered from outside: the budget is looked at there, so execution may stop and go on there. */
    public boolean isEntry(final int i) {
        return entries[i];
    }

    /** Instructions to the next look at the budget, at most, from block {@code i} on: the least budget for entering there. */
    public int needs(final int i) {
        return needs[i];
    }
}
