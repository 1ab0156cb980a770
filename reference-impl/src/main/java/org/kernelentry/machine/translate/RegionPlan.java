package org.kernelentry.machine.translate;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.Op;

/**
 * The blocks of a region in the order of its code, and where the budget is looked at: at entries and wherever a jump goes back. From there it must
 * cover the longest way from any look to the next, so that the blocks between only count.
 */
public final class RegionPlan {
    private final List<Block> blocks;
    private final Map<Block.Target, Integer> byTarget = new HashMap<>();
    private final int mode;
    private final boolean[] indirect;
    private final boolean[] entries;
    private final int[] needs;
    private int most;

    /** @param indirect which blocks are reached by indirect jumps or from outside; the first always is entered from outside */
    RegionPlan(final List<Block> blocks, final boolean[] indirect) {
        this.blocks = blocks;
        this.mode = usualMode(blocks);
        this.indirect = indirect.clone();
        this.needs = new int[indirect.length];
        for (int i = 0; i < indirect.length; i++) {
            final Block block = blocks.get(i);
            byTarget.put(new Block.Target(block.pc(), block.mode()), i);
            this.indirect[i] &= block.mode() == mode;
        }
        this.entries = this.indirect.clone();
        entries[0] = true;
        for (int i = 0; i < indirect.length; i++) {
            for (final Block.Target target : blocks.get(i).targets()) {
                final Integer to = byTarget.get(target);
                if (to != null && to <= i) {
                    entries[to] = true;
                }
            }
        }
        for (int i = indirect.length - 1; i >= 0; i--) {
            needs[i] = blocks.get(i).instructions() + longestBehind(i);
            most = Math.max(most, needs[i]);
        }
    }

    private static int usualMode(final List<Block> blocks) {
        final Map<Integer, Integer> instructions = new HashMap<>();
        blocks.forEach(block -> instructions.merge(block.mode(), block.instructions(), Integer::sum));
        return Collections.max(instructions.entrySet(), Map.Entry.comparingByValue())
                .getKey();
    }

    /** The mode of most of its instructions. Indirect jumps go on in the region only in this one; instructions in IT blocks have others. */
    int mode() {
        return mode;
    }

    /** The block at a place. */
    @Nullable
    Integer find(final Block.Target target) {
        return byTarget.get(target);
    }

    /** Whether indirect jumps go on at block {@code i}. */
    boolean isIndirect(final int i) {
        return indirect[i];
    }

    private int longestBehind(final int i) {
        return blocks.get(i).targets().stream()
                .map(byTarget::get)
                .mapToInt(to -> to == null || entries[to] ? 0 : needs[to])
                .max()
                .orElse(0);
    }

    /** Whether block {@code i} may be entered from outside: the budget is looked at there, so execution may stop and go on there. */
    public boolean isEntry(final int i) {
        return entries[i];
    }

    /** The number by which block {@code i}, an entry, is entered. */
    public int entry(final int i) {
        int number = 0;
        for (int k = 0; k < i; k++) {
            number += entries[k] ? 1 : 0;
        }
        return number;
    }

    /** How many entries there are. */
    public int entries() {
        return entry(entries.length);
    }

    /**
     * Where indirect jumps go on in the region: what is run by the number behind those of the entries goes on like an indirect jump to the state's
     * pc. None where there are no such jumps.
     */
    public long[] indirectTargets() {
        return hasIndirectJumps()
                ? IntStream.range(0, indirect.length)
                        .filter(i -> indirect[i])
                        .mapToLong(i -> blocks.get(i).pc())
                        .toArray()
                : new long[0];
    }

    boolean hasIndirectJumps() {
        return blocks.stream().anyMatch(RegionPlan::endsIndirectly);
    }

    private static boolean endsIndirectly(final Block block) {
        return IntStream.range(block.firstOp(block.instructions() - 1), block.ops())
                .map(i -> Block.opcode(block.program()[2 * i]))
                .anyMatch(opcode -> opcode == Op.JMPR || opcode == Op.JMPR_MODE || opcode == Op.HELPER_END);
    }

    /** Instructions from a look at the budget to the next, at most, wherever that is: the least budget for entering. */
    public int most() {
        return most;
    }
}
