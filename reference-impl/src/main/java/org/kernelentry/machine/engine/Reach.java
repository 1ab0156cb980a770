package org.kernelentry.machine.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.memory.PagedSpace;

/** What may become a region: blocks that can be reached from one by jumps to constants and by the indirect jumps seen last. */
final class Reach {
    private static final int MAX_BLOCKS = 128;
    private static final int MAX_INSTRUCTIONS = 400;
    /** A block that was run less often than this part of the hot one stays outside. */
    private static final int COLD = 16;

    private Reach() {}

    /** {@code head} and what can be reached from it, nearest first; only what was run. */
    static List<CachedBlock> of(final CachedBlock head, final BlockCache cache) {
        final List<CachedBlock> blocks = new ArrayList<>();
        blocks.add(head);
        int instructions = head.instructions;
        for (int i = 0; i < blocks.size() && blocks.size() < MAX_BLOCKS; i++) {
            final CachedBlock block = blocks.get(i);
            for (final CachedBlock next : successors(block, block.block, cache)) {
                if (!blocks.contains(next)
                        && next.heat >= head.heat / COLD
                        && instructions + next.instructions <= MAX_INSTRUCTIONS
                        && blocks.size() < MAX_BLOCKS) {
                    blocks.add(next);
                    instructions += next.instructions;
                }
            }
        }
        return blocks;
    }

    /**
     * What each of the blocks is up to where another begins. If the same code stood in two of them, a loop through it would have two beginnings, and
     * the JVM's compiler would leave it as it is.
     */
    static Map<CachedBlock, Block> parts(
            final List<CachedBlock> blocks, final BlockDecoder decoder, final PagedSpace space) {
        final Set<Block.Target> begins = new HashSet<>();
        blocks.forEach(each -> begins.add(new Block.Target(each.pc, each.mode)));
        final Map<CachedBlock, Block> parts = new HashMap<>();
        blocks.forEach(each -> parts.put(each, part(each.block, begins, decoder, space)));
        return parts;
    }

    /** Decoded again: flags that the rest of the block replaces are seen where the part ends. */
    private static Block part(
            final Block block, final Set<Block.Target> begins, final BlockDecoder decoder, final PagedSpace space) {
        int length = 1;
        while (length < block.instructions() && !begins.contains(new Block.Target(block.pcOf(length), block.mode()))) {
            length++;
        }
        if (length == block.instructions()) {
            return block;
        }
        final Block part = decoder.decode(space, block.pc(), block.mode(), length);
        return part == null ? block : part;
    }

    /** The blocks such that jumps go forward, except in loops: reverse postorder from the first. */
    static List<CachedBlock> ordered(
            final List<CachedBlock> blocks, final Map<CachedBlock, Block> parts, final BlockCache cache) {
        final LinkedHashSet<CachedBlock> postorder = new LinkedHashSet<>();
        visit(blocks.get(0), parts, new HashSet<>(blocks), postorder, cache);
        final List<CachedBlock> ordered = new ArrayList<>(postorder);
        Collections.reverse(ordered);
        return ordered;
    }

    private static void visit(
            final CachedBlock block,
            final Map<CachedBlock, Block> parts,
            final Set<CachedBlock> unvisited,
            final Set<CachedBlock> postorder,
            final BlockCache cache) {
        unvisited.remove(block);
        for (final CachedBlock next : successors(block, parts.getOrDefault(block, block.block), cache)) {
            if (unvisited.contains(next)) {
                visit(next, parts, unvisited, postorder, cache);
            }
        }
        postorder.add(block);
    }

    private static List<CachedBlock> successors(final CachedBlock block, final Block part, final BlockCache cache) {
        final List<CachedBlock> found = new ArrayList<>();
        for (final Block.Target target : part.targets()) {
            final CachedBlock next = cache.find(target.pc(), target.mode());
            if (next != null) {
                found.add(next);
            }
        }
        // A jump to another mode that is no constant leaves every region.
        if (block.wentTo != null && block.wentTo.mode == block.mode) {
            found.add(block.wentTo);
        }
        return found;
    }
}
