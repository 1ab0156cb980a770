package org.kernelentry.machine.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.Block;

/** Decoded blocks of one address space by address and mode. Flushed as a whole: code changes are rare. */
final class BlockCache {
    /** Operations kept at most (16 bytes each): bounds what a guest can make the host remember. */
    private static final int MAX_OPS = 1 << 18;

    private static final int BUCKETS = 1 << 11;

    /** The table of a cache that has seen no block: never written to. */
    private static final @Nullable CachedBlock[] NONE = new CachedBlock[BUCKETS];

    private @Nullable CachedBlock[] blocks = NONE;
    /** Blocks of one instruction each, for stepping and for the last instructions of a budget. */
    private @Nullable CachedBlock[] singles = NONE;

    private int ops;
    private int generation;
    /** Most instructions of the next block decoded. */
    private int limit = Block.MAX_INSTRUCTIONS;

    private static int bucket(final long pc) {
        return (int) (pc * 0x9E3779B97F4A7C15L >>> 64 - 11);
    }

    /** Drops everything if code may have changed since the last call. */
    void refresh(final int nowGeneration) {
        if (generation != nowGeneration) {
            generation = nowGeneration;
            if (ops != 0) {
                limit = 1;
            }
            clear();
        }
    }

    /**
     * How many instructions the next block should have at most. After a change of code blocks start short and double, so that a program
     * which rewrites itself all the time costs no more decoding than it executes.
     */
    int nextLimit() {
        final int now = limit;
        limit = Math.min(2 * limit, Block.MAX_INSTRUCTIONS);
        return now;
    }

    private void clear() {
        if (ops != 0) {
            empty(blocks);
            empty(singles);
            ops = 0;
        }
    }

    private static void empty(final @Nullable CachedBlock[] table) {
        if (table != NONE) {
            Arrays.fill(table, null);
        }
    }

    @Nullable
    CachedBlock find(final long pc, final int mode) {
        return find(blocks, pc, mode);
    }

    @Nullable
    CachedBlock findSingle(final long pc, final int mode) {
        return find(singles, pc, mode);
    }

    void add(final CachedBlock block) {
        blocks = with(blocks, block);
    }

    void addSingle(final CachedBlock block) {
        singles = with(singles, block);
    }

    private static @Nullable CachedBlock find(final @Nullable CachedBlock[] table, final long pc, final int mode) {
        CachedBlock at = table[bucket(pc)];
        while (at != null && (at.pc != pc || at.mode != mode)) {
            at = at.bucketNext;
        }
        return at;
    }

    private @Nullable CachedBlock[] with(final @Nullable CachedBlock[] known, final CachedBlock block) {
        // An instruction may decode to no operation at all (a nop), so count one more.
        final int size = block.ops() + 1;
        if (ops + size > MAX_OPS) {
            clear();
        }
        ops += size;
        final @Nullable CachedBlock[] table = known != NONE ? known : new CachedBlock[BUCKETS];
        final int bucket = bucket(block.pc);
        block.bucketNext = table[bucket];
        table[bucket] = block;
        return table;
    }
}
