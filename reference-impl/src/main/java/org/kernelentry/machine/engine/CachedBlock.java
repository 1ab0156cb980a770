package org.kernelentry.machine.engine;

import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.Block;

/** A block in a cache, with the blocks that were seen to follow it. */
final class CachedBlock {
    final Block block;
    final long[] program;
    final long pc;
    final int mode;
    final int instructions;
    /** Follows when the last instruction jumped to a constant. */
    @Nullable
    CachedBlock taken;
    /** Follows when it did not. */
    @Nullable
    CachedBlock fall;
    /** Next in the same bucket of the cache. */
    @Nullable
    CachedBlock bucketNext;

    CachedBlock(final Block block) {
        this.block = block;
        this.program = block.program();
        this.pc = block.pc();
        this.mode = block.mode();
        this.instructions = block.instructions();
    }
}
