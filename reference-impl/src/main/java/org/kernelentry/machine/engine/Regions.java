package org.kernelentry.machine.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.translate.RegionCode;
import org.kernelentry.machine.translate.Translator;

/**
 * Decides what is translated: a block that was run often, together with the blocks that can be reached from it by jumps to
 * constants and by the indirect jumps seen last.
 *
 * <p>Blocks are counted by the interpreter, on every transition. Translating costs about as much as a thousand runs of the same block
 * interpreted, so that is when it pays. Regions live in the blocks of the cache and go with them when code changes.
 */
final class Regions {
    /** Threshold of a CPU that only interprets. */
    static final int NEVER = Integer.MAX_VALUE;

    private static final int DEFAULT_THRESHOLD = 1000;
    private static final int MAX_BLOCKS = 64;
    private static final int MAX_INSTRUCTIONS = 220;
    /** A block that was run less often than this part of the hot one stays outside. */
    private static final int COLD = 64;

    private final Translator translator;
    private final int threshold;

    Regions(final Translator translator, final int threshold) {
        this.translator = translator;
        this.threshold = threshold;
    }

    /** The system property {@code org.kernelentry.translate}: a count, or {@code never}. */
    static int configuredThreshold() {
        final String value = System.getProperty("org.kernelentry.translate", "");
        if (value.equals("never")) {
            return NEVER;
        }
        return value.matches("[1-9][0-9]{0,8}") ? Integer.parseInt(value) : DEFAULT_THRESHOLD;
    }

    /**
     * The region to run {@code block} in, or null where it is to be interpreted.
     *
     * @param fromOutside execution begins with this block
     */
    @Nullable
    RegionCode enter(final CachedBlock block, final boolean fromOutside, final BlockCache cache) {
        if (block.region == null && threshold != NEVER) {
            block.entered |= fromOutside;
            if (block.heat >= threshold) {
                translate(block, cache);
            } else if (fromOutside) {
                block.heat++;
            }
        }
        return block.region;
    }

    private void translate(final CachedBlock head, final BlockCache cache) {
        List<CachedBlock> blocks = reachable(head, cache);
        while (true) {
            final boolean[] entries = new boolean[blocks.size()];
            for (int i = 0; i < entries.length; i++) {
                entries[i] = i == 0 || blocks.get(i).entered;
            }
            final RegionCode code =
                    translator.translate(blocks.stream().map(b -> b.block).toList(), entries);
            if (code != null) {
                for (int i = 0; i < entries.length; i++) {
                    if (i == 0 || entries[i] && blocks.get(i).region == null) {
                        blocks.get(i).region = code;
                        blocks.get(i).regionEntry = i;
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
            for (final CachedBlock next : successors(block, cache)) {
                if (!blocks.contains(next)
                        && next.mode == head.mode
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

    private static List<CachedBlock> successors(final CachedBlock block, final BlockCache cache) {
        final List<CachedBlock> found = new ArrayList<>();
        for (final long target : targets(block.block)) {
            final CachedBlock next = cache.find(target, block.mode);
            if (next != null) {
                found.add(next);
            }
        }
        if (block.wentTo != null) {
            found.add(block.wentTo);
        }
        return found;
    }

    private static long[] targets(final Block block) {
        final long[] found = new long[block.ops() + 1];
        int n = 0;
        found[n++] = block.nextPc();
        for (int i = block.firstOp(block.instructions() - 1); i < block.ops(); i++) {
            final int opcode = Block.opcode(block.program()[2 * i]);
            if (opcode == Op.JMP || opcode == Op.JMP_COND || opcode == Op.JMP_IF) {
                found[n++] = block.program()[2 * i + 1];
            }
        }
        return Arrays.copyOf(found, n);
    }
}
