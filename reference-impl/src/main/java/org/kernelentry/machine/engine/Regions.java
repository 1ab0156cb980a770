package org.kernelentry.machine.engine;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.memory.PagedSpace;
import org.kernelentry.machine.translate.Accesses;
import org.kernelentry.machine.translate.RegionCode;
import org.kernelentry.machine.translate.RegionRun;
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
    private static final int FIRST_SLICE = 32;
    /** So many runs are counted. */
    private static final int MOST_RUNS = 1 << 20;
    /** Exercises: how long a region is new, and how many runs are between them. */
    private static final int NEW = 1 << 14;

    private static final int RUNS_BETWEEN = 64;
    private static final int LATER_RUNS_BETWEEN = 512;
    /** How often a region is left for one instruction before that accesses memory in another way. */
    private static final int STRIKES = 32;
    /** Instructions between two of these that are unlikely to be for the same reason. */
    private static final long APART = 20_000;

    private static final int ASTRAY = 16;
    /** No size of a method. */
    private static final int FITS = 0;

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
     * @param last the block that a region was entered with last, or null
     */
    @Nullable
    RegionCode enter(
            final CachedBlock block,
            final boolean fromOutside,
            final @Nullable CachedBlock last,
            final BlockCache cache,
            final PagedSpace space) {
        if (block.region != null) {
            astray = 0;
        } else if (astray > 0) {
            astray--;
        } else if (threshold != NEVER) {
            block.entered |= fromOutside;
            if (block.heat >= threshold && (block.owner == null || ++block.strayed >= threshold)) {
                translate(block, last == null ? null : last.regionHead, cache, space);
            } else if (fromOutside) {
                block.heat++;
            }
        }
        return block.region;
    }

    /**
     * What is done now and then between two runs of {@code block}'s region: it is exercised, and its budget grows. That is short at first: then the
     * JVM compiles the method because it is called often, and not a second time for each of its loops because it is not left (on-stack replacement).
     */
    static void turn(final CachedBlock block, final RegionRun run, final CpuState state, final PagedSpace space) {
        exercise(block, run, state, space);
        final int runs = block.regionRuns < NEW ? RUNS_BETWEEN : LATER_RUNS_BETWEEN;
        block.regionRunsLeft = runs - 1;
        block.regionRuns = Math.min(block.regionRuns + runs, MOST_RUNS);
        block.regionSlice = slice(block);
    }

    private static long slice(final CachedBlock block) {
        return Math.max(FIRST_SLICE + 2L * block.regionNeeds, block.regionRuns >> 5);
    }

    /**
     * Leaves {@code block}'s region at each of its entries at once, for want of budget, and by each of its indirect jumps; again and again, often while
     * it is new. The JVM's compiler leaves out what it has never seen, and compiles the method again, which takes a while, when it comes after all; a
     * budget ends anywhere.
     */
    private static void exercise(
            final CachedBlock block, final RegionRun run, final CpuState state, final PagedSpace space) {
        final CachedBlock head = block.regionHead;
        final RegionCode region = block.region;
        if (head == null || region == null) {
            return;
        }
        final long pc = state.pc;
        run.budget = 0;
        for (int entry = 0; entry < head.regionEntries; entry++) {
            region.run(run, state, state.r, space, 0, entry);
        }
        for (final long target : head.regionTargets) {
            state.pc = target;
            region.run(run, state, state.r, space, 0, head.regionEntries);
        }
        state.pc = pc;
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
            translate(entered.regionHead, null, cache, space);
        }
    }

    private static int access(final BlockCache cache, final long pc, final int mode) {
        final CachedBlock one = cache.findSingle(pc, mode);
        return one == null ? Accesses.WINDOW : one.access;
    }

    private static void forget(final CachedBlock head) {
        for (final CachedBlock each : head.members) {
            each.owner = each.owner == head ? null : each.owner;
            each.strayed = 0;
            if (each.regionHead == head) {
                each.region = null;
                each.regionHead = null;
                each.regionRuns = 0;
            }
        }
    }

    /**
     * Makes a region that {@code head} can be entered in. If the one that was left for it, or that it is a part of, can hold it too, that is made
     * anew: two that hold nearly the same would be compiled one after the other, and left for one another.
     *
     * @param last what that was made for, if it is known
     */
    private void translate(
            final CachedBlock head, final @Nullable CachedBlock last, final BlockCache cache, final PagedSpace space) {
        final boolean isPart = head.owner != null && head.owner != head;
        final CachedBlock old = isPart ? head.owner : last;
        forget(head);
        if (old != null && old != head && cache.find(old.pc, old.mode) == old) {
            head.entered = true;
            final List<CachedBlock> with = Reach.of(old, cache);
            if (with.contains(head) && attempt(old, with, cache, space) != FITS && isPart) {
                forget(old);
                shrink(old, with, cache, space);
            }
            if (head.region != null) {
                return;
            }
        }
        shrink(head, Reach.of(head, cache), cache, space);
    }

    /** Makes a region of as many of the blocks as a method holds. */
    private void shrink(
            final CachedBlock head, final List<CachedBlock> most, final BlockCache cache, final PagedSpace space) {
        List<CachedBlock> blocks = most;
        int bytecode = attempt(head, blocks, cache, space);
        while (bytecode != FITS && blocks.size() > 1) {
            blocks = blocks.subList(0, fewer(blocks.size(), bytecode));
            bytecode = attempt(head, blocks, cache, space);
        }
        if (bytecode != FITS) {
            // One block that no method can hold: never again.
            head.heat = Integer.MIN_VALUE;
        }
    }

    /** Makes a region of the blocks, the first of which is {@code head}. Returns {@link #FITS} or, when a method cannot hold it, what it would take. */
    private int attempt(
            final CachedBlock head, final List<CachedBlock> blocks, final BlockCache cache, final PagedSpace space) {
        final Map<CachedBlock, Block> parts = Reach.parts(blocks, decoder, space);
        final List<CachedBlock> ordered = Reach.ordered(blocks, parts, cache);
        final Set<CachedBlock> replaced = replaced(blocks);
        final boolean[] indirects = new boolean[ordered.size()];
        for (int i = 0; i < indirects.length; i++) {
            indirects[i] = i == 0 || ordered.get(i).entered || replaced.contains(ordered.get(i));
        }
        final Translator.Region region = translator.translate(
                ordered.stream().map(parts::get).toList(), indirects, (pc, mode) -> access(cache, pc, mode), space);
        if (region.code() == null) {
            return region.bytecode();
        }
        replaced.forEach(Regions::forget);
        forget(head);
        head.members = ordered.toArray(CachedBlock[]::new);
        head.regionEntries = region.plan().entries();
        head.regionTargets = region.plan().indirectTargets();
        for (int i = 0; i < indirects.length; i++) {
            final CachedBlock each = ordered.get(i);
            each.owner = head;
            if (i == 0 || region.plan().isEntry(i) && each.region == null) {
                each.region = region.code();
                each.regionHead = head;
                each.regionEntry = region.plan().entry(i);
                each.regionNeeds = region.plan().most();
                each.regionRunsLeft = RUNS_BETWEEN - 1;
                each.regionSlice = slice(each);
            }
        }
        return FITS;
    }

    /** Beginnings of regions that one of these blocks replaces: it is entered where they were, and not left for them. */
    private static Set<CachedBlock> replaced(final List<CachedBlock> blocks) {
        final Set<CachedBlock> all = new HashSet<>(blocks);
        final Set<CachedBlock> heads = new HashSet<>();
        for (final CachedBlock each : blocks) {
            final CachedBlock head = each.regionHead;
            if (head != null && all.containsAll(List.of(head.members))) {
                heads.add(head);
            }
        }
        return heads;
    }

    /** How many of the blocks a method may hold, judging by what all of them took. */
    private static int fewer(final int blocks, final int bytecode) {
        final int fitting = (int) ((long) blocks * Translator.MAX_BYTECODE / Math.max(bytecode, 1));
        return Math.max(1, Math.min(fitting, blocks - 1 - blocks / 16));
    }
}
