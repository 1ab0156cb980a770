package org.kernelentry.machine.engine;

import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.translate.RegionCode;

/** A block in a cache, with the blocks that were seen to follow it. */
final class CachedBlock {
    private static final CachedBlock[] NONE = {};

    /** Operations, two longs each as in {@link Block#program}, after {@link Fusion}. */
    final long[] program;

    /** Those operations, ready to run. */
    Code[] codes = {};

    final long pc;
    /** Address behind the last instruction. */
    final long nextPc;

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

    /** Followed when it last ended in an indirect jump. */
    @Nullable
    CachedBlock wentTo;
    /** How often it was run, as far as that was counted; see {@link Regions}. */
    int heat;
    /** The block that the last region was made for of which it is a part. */
    @Nullable
    CachedBlock owner;
    /** How often it was met outside of that all the same, as it cannot be entered there. */
    int strayed;
    /** It was reached from outside or by an indirect jump. */
    boolean entered;
    /** The region it can be entered in, and the number of the entry there. */
    @Nullable
    RegionCode region;

    int regionEntry;
    /** The least budget for entering there. */
    int regionNeeds;
    /** How often it was entered there, about, and how often it will be before {@link Regions#turn}. */
    int regionRuns;

    int regionRunsLeft;
    /** Most instructions of a run there. */
    long regionSlice;

    /** The block that the region was made for, and there all that are in it. */
    @Nullable
    CachedBlock regionHead;

    CachedBlock[] members = NONE;
    /** There also: how many entries it has, and where its indirect jumps go; see {@link Regions#exercise}. */
    int regionEntries;

    long[] regionTargets = {};

    /** Of a block of one instruction: how it accesses memory in regions, of {@link org.kernelentry.machine.translate.Accesses}. */
    int access;
    /** How often a region was left for it lately, and when last; see {@link Regions#missed}. */
    int strikes;

    long struckAt;

    /** Does nothing but jump to itself, so that only time passes until somebody else acts. */
    final boolean stays;

    /** What was decoded. */
    final Block block;

    private final int[] firstOp;
    private final byte[] instructionOf;

    CachedBlock(final Block block, final long[] program, final int[] firstOp) {
        this.block = block;
        this.program = program;
        this.firstOp = firstOp;
        this.instructionOf = Block.instructionsOf(firstOp);
        this.pc = block.pc();
        this.nextPc = block.nextPc();
        this.mode = block.mode();
        this.instructions = block.instructions();
        this.stays = instructionOf.length == 1 && Block.opcode(program[0]) == Op.JMP && program[1] == pc;
    }

    int ops() {
        return instructionOf.length;
    }

    /** Address of instruction {@code k}; behind the last for {@code k} = {@link #instructions}. */
    long pcOf(final int k) {
        return block.pcOf(k);
    }

    /** Index of the first operation of instruction {@code k}. */
    int firstOp(final int k) {
        return firstOp[k];
    }

    /** The instruction that operation {@code i} belongs to. */
    int instructionOf(final int i) {
        return instructionOf[i];
    }
}
