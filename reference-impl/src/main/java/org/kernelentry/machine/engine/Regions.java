package org.kernelentry.machine.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.memory.PagedSpace;
import org.kernelentry.machine.translate.Accesses;
import org.kernelentry.machine.translate.RegionCode;
import org.kernelentry.machine.translate.Translator;

/**
 * Decides what is translated: a block that was run often, together with the blocks that can be reached from it by jumps to
 * constants and by the indirect jumps seen last. A block in the middle of a region, met where a budget ended, is interpreted up to the next entry; it
 * becomes the beginning of another region only when that turns out to be often.
 *
 * <p>Blocks are counted by the interpreter, on every transition. Translating costs about as much as a thousand runs of the same block
 * interpreted, so that is when it pays. Regions live in the blocks of the cache and go with them when code changes.
 */
final class Regions {
    /** Threshold of a CPU that only interprets. */
    static final int NEVER = Integer.MAX_VALUE;

    private static final int DEFAULT_THRESHOLD = 1000;
    private static final Pattern COUNT = Pattern.compile("[1-9][0-9]{0,8}");
    private static final int MAX_BLOCKS = 64;
    private static final int MAX_INSTRUCTIONS = 220;
    /** A block that was run less often than this part of the hot one stays outside. */
    private static final int COLD = 64;

    private static final int FIRST_SLICE = 256;
    /** How often a region is left for one instruction before that accesses memory in another way. */
    private static final int STRIKES = 32;
    /** Instructions between two of these that are unlikely to be for the same reason. */
    private static final long APART = 20_000;

    private static final int ASTRAY = 16;

    private final Translator translator;
    private final BlockDecoder decoder;
    private final int threshold;
    /** How many of the next blocks may be parts of a region that was left in its middle: none of them is a beginning of another. */
    private int astray;

    Regions(final Translator translator, final BlockDecoder decoder, final int threshold) {
        this.translator = translator;
        this.decoder = decoder;
        this.threshold = threshold;
    }

    /** The system property {@code org.kernelentry.translate}: a count, or {@code never}. */
    static int configuredThreshold() {
        final String value = System.getProperty("org.kernelentry.translate", "");
        if (value.equals("never")) {
            return NEVER;
        }
        return COUNT.matcher(value).matches() ? Integer.parseInt(value) : DEFAULT_THRESHOLD;
    }

    /**
     * The region to run {@code block} in, or null where it is to be interpreted.
     *
     * @param fromOutside execution begins with this block
     */
    @Nullable
    RegionCode enter(
            final CachedBlock block, final boolean fromOutside, final BlockCache cache, final PagedSpace space) {
        if (block.region != null) {
            astray = 0;
        } else if (astray > 0) {
            astray--;
        } else if (threshold != NEVER) {
            block.entered |= fromOutside;
            if (block.heat >= threshold && (!block.covered || ++block.strayed >= threshold)) {
                translate(block, cache, space);
            } else if (fromOutside) {
                block.heat++;
            }
        }
        return block.region;
    }

    /**
     * The budget of one run of {@code block}'s region. Short at first: then the JVM compiles the method because it is called often, and not a
     * second time for each of its loops because it is not left (on-stack replacement).
     */
    static long slice(final CachedBlock block, final long most) {
        block.regionRuns++;
        return Math.min(most, Math.max(FIRST_SLICE + 2L * block.regionNeeds, block.regionRuns >> 2));
    }

    /**
     * A region was left for an access of {@code one}. Where that happens again and again, and not because somebody else moved the window away, the
     * instruction is to use the other window, and if that is no better, none.
     *
     * @param one a block of that instruction alone
     * @param entered the block at which the region was entered
     * @param now instructions retired
     */
    void missed(
            final CachedBlock one,
            final CachedBlock entered,
            final long now,
            final BlockCache cache,
            final PagedSpace space) {
        one.strikes = now - one.struckAt < APART ? one.strikes + 1 : 1;
        one.struckAt = now;
        astray = ASTRAY;
        if (one.strikes >= STRIKES && one.access != Accesses.SPACE && entered.regionHead != null) {
            one.strikes = 0;
            one.access++;
            translate(entered.regionHead, cache, space);
        }
    }

    private static int access(final BlockCache cache, final long pc, final int mode) {
        final CachedBlock one = cache.findSingle(pc, mode);
        return one == null ? Accesses.WINDOW : one.access;
    }

    private static void forget(final CachedBlock head) {
        for (final CachedBlock each : head.members) {
            each.covered = false;
            if (each.regionHead == head) {
                each.region = null;
                each.regionHead = null;
                each.regionRuns = 0;
            }
        }
    }

    private void translate(final CachedBlock head, final BlockCache cache, final PagedSpace space) {
        forget(head);
        List<CachedBlock> blocks = reachable(head, cache);
        while (true) {
            final Map<CachedBlock, Block> parts = parts(blocks, space);
            final List<CachedBlock> ordered = ordered(blocks, parts, cache);
            final boolean[] indirects = new boolean[ordered.size()];
            for (int i = 0; i < indirects.length; i++) {
                indirects[i] = i == 0 || ordered.get(i).entered;
            }
            final Translator.Region region = translator.translate(
                    ordered.stream().map(parts::get).toList(), indirects, (pc, mode) -> access(cache, pc, mode), space);
            if (region != null) {
                head.members = ordered.toArray(CachedBlock[]::new);
                for (int i = 0; i < indirects.length; i++) {
                    ordered.get(i).covered = true;
                    if (i == 0 || region.plan().isEntry(i) && ordered.get(i).region == null) {
                        ordered.get(i).region = region.code();
                        ordered.get(i).regionHead = head;
                        ordered.get(i).regionEntry = i;
                        ordered.get(i).regionNeeds = region.plan().needs(i);
                    }
                }
                return;
            }
            if (blocks.size() == 1) {
                // One block that no method can hold: never again.
                head.heat = Integer.MIN_VALUE;
                return;
            }
            blocks = blocks.subList(0, blocks.size() / 2);
        }
    }

    /** {@code head} and what can be reached from it, nearest first; only what was run. */
    private static List<CachedBlock> reachable(final CachedBlock head, final BlockCache cache) {
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
    private Map<CachedBlock, Block> parts(final List<CachedBlock> blocks, final PagedSpace space) {
        final Set<Block.Target> begins = new HashSet<>();
        blocks.forEach(each -> begins.add(new Block.Target(each.pc, each.mode)));
        final Map<CachedBlock, Block> parts = new HashMap<>();
        blocks.forEach(each -> parts.put(each, part(each.block, begins, space)));
        return parts;
    }

    /** Decoded again: flags that the rest of the block replaces are seen where the part ends. */
    private Block part(final Block block, final Set<Block.Target> begins, final PagedSpace space) {
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
    private static List<CachedBlock> ordered(
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
