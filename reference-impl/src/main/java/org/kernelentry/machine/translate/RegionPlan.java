package org.kernelentry.machine.translate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.Op;

/**
 * The blocks of a region in the order of its code, and where the budget is looked at: at entries and wherever a jump goes back. From there it must
 * cover the longest way from any look to the next, so that the blocks between only count.
 *
 * <p>A block may be there several times, each for another state of the flags at its beginning: a loop that compares at its end then never stores
 * flags, as only the ways out of it need them. One of them, where the flags are in their slots, is for who enters from outside.
 */
public final class RegionPlan {
    /** How often a block is there at most. */
    private static final int STATES = 3;
    /** So many instructions all are, or once. */
    private static final int MOST_INSTRUCTIONS = 200;

    /**
     * A block as it stands in the code.
     *
     * @param block its number
     * @param flags what is known of them
     */
    record Node(int block, FlagPlan flags) {}

    private final List<Block> blocks;
    private final List<BlockUse> uses;
    private final boolean again;
    private final Map<Block.Target, Integer> byTarget = new HashMap<>();
    private final int mode;
    private final boolean[] indirect;
    /** Blocks that are entered from outside, or again where a budget ended. */
    private final boolean[] entries;

    /** For each block its nodes, by what is known at the beginning; the numbers are places in {@link #nodes}. */
    private final List<Map<FlagState, Integer>> states = new ArrayList<>();

    private final List<Node> nodes = new ArrayList<>();
    /** Nodes that look at the budget. */
    private final boolean[] looks;

    private int most;

    /**
     * @param uses of each block
     * @param indirect which blocks are reached by indirect jumps or from outside; the first always is entered from outside
     * @param again blocks may be there several times
     */
    RegionPlan(final List<Block> blocks, final List<BlockUse> uses, final boolean[] indirect, final boolean again) {
        this.blocks = blocks;
        this.uses = uses;
        this.again = again;
        this.mode = usualMode(blocks);
        this.indirect = indirect.clone();
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
        findNodes();
        this.looks = new boolean[nodes.size()];
        final int[] needs = new int[nodes.size()];
        findLooks();
        for (int n = needs.length - 1; n >= 0; n--) {
            needs[n] = block(n).instructions()
                    + targets(n).stream()
                            .mapToInt(to -> looks[to] ? 0 : needs[to])
                            .max()
                            .orElse(0);
            most = Math.max(most, needs[n]);
        }
    }

    static int usualMode(final List<Block> blocks) {
        final Map<Integer, Integer> instructions = new HashMap<>();
        blocks.forEach(block -> instructions.merge(block.mode(), block.instructions(), Integer::sum));
        return Collections.max(instructions.entrySet(), Map.Entry.comparingByValue())
                .getKey();
    }

    // ---- nodes

    private void findNodes() {
        final List<Map<FlagState, FlagPlan>> found = new ArrayList<>();
        final Deque<Node> open = new ArrayDeque<>();
        int room = again ? MOST_INSTRUCTIONS : 0;
        for (int i = 0; i < blocks.size(); i++) {
            found.add(new LinkedHashMap<>());
            if (entries[i] || !again) {
                open.add(add(found, i, FlagState.IN_SLOTS));
                room -= blocks.get(i).instructions();
            }
        }
        while (!open.isEmpty()) {
            final Node node = open.removeLast();
            for (final Block.Target target : blocks.get(node.block).targets()) {
                final Integer to = byTarget.get(target);
                if (to == null) {
                    continue;
                }
                for (final FlagState leaving : node.flags.leaving()) {
                    final Map<FlagState, FlagPlan> known = found.get(to);
                    final boolean fits = known.size() < STATES && blocks.get(to).instructions() <= room;
                    final FlagState state = needsFlags(to) && fits ? leaving : FlagState.IN_SLOTS;
                    if (!known.containsKey(leaving) && !known.containsKey(state)) {
                        open.add(add(found, to, state));
                        room -= blocks.get(to).instructions();
                    }
                }
            }
        }
        for (int i = 0; i < blocks.size(); i++) {
            final Map<FlagState, Integer> places = new HashMap<>();
            for (final FlagPlan each : found.get(i).values()) {
                places.put(each.begin(), nodes.size());
                nodes.add(new Node(i, each));
            }
            states.add(places);
        }
    }

    private Node add(final List<Map<FlagState, FlagPlan>> found, final int block, final FlagState state) {
        final FlagPlan plan = new FlagPlan(blocks.get(block), uses.get(block), state, !again);
        found.get(block).put(state, plan);
        return new Node(block, plan);
    }

    /** Whether block {@code i} or who leaves it may look at flags that it has not set. */
    private boolean needsFlags(final int i) {
        return entries[i] || !uses.get(i).replacesFlags();
    }

    private void findLooks() {
        for (int n = 0; n < looks.length; n++) {
            looks[n] |= isEntryNode(n);
            for (final int to : targets(n)) {
                looks[to] |= to <= n;
            }
        }
    }

    private boolean isEntryNode(final int n) {
        final Node node = nodes.get(n);
        return entries[node.block] && !node.flags.begin().isKnown();
    }

    private List<Integer> targets(final int n) {
        final List<Integer> all = new ArrayList<>();
        for (final Block.Target target : block(n).targets()) {
            for (final FlagState state : nodes.get(n).flags.leaving()) {
                final Integer to = find(target, state);
                if (to != null) {
                    all.add(to);
                }
            }
        }
        return all;
    }

    /** The blocks as they stand in the code. */
    List<Node> nodes() {
        return nodes;
    }

    /** The block of node {@code n}. */
    Block block(final int n) {
        return blocks.get(nodes.get(n).block);
    }

    /** Whether the budget is looked at where node {@code n} begins. */
    boolean looks(final int n) {
        return looks[n];
    }

    /** The node where code goes on at a place, which knows that of the flags; null if that is not in the region. */
    @Nullable
    Integer find(final Block.Target target, final FlagState state) {
        final Integer block = byTarget.get(target);
        if (block == null) {
            return null;
        }
        final Map<FlagState, Integer> known = states.get(block);
        final Integer exactly = known.get(state.passed());
        return exactly != null ? exactly : known.get(FlagState.IN_SLOTS);
    }

    /** Whether the flags have to be stored on the way to node {@code n} by who knows that of them. */
    boolean stores(final int n, final FlagState state) {
        final Node node = nodes.get(n);
        return !state.stored() && !node.flags.begin().isKnown() && needsFlags(node.block);
    }

    /** The nodes for who enters from outside, in the order of the numbers they are entered by. */
    List<Integer> entryNodes() {
        return IntStream.range(0, nodes.size())
                .filter(this::isEntryNode)
                .boxed()
                .toList();
    }

    /** The nodes where indirect jumps go on. */
    List<Integer> indirectNodes() {
        return entryNodes().stream().filter(n -> indirect[nodes.get(n).block]).toList();
    }

    /** Whether code may be there more than once: the region is small. */
    boolean isRoomy() {
        return again;
    }

    /** The mode of most of its instructions. Indirect jumps go on in the region only in this one; instructions in IT blocks have others. */
    int mode() {
        return mode;
    }

    // ---- for who enters

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
