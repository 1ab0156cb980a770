package org.kernelentry.machine.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.PagedSpace;

/**
 * Makes {@link Inlined} code of blocks that were run often, and {@link Transfer}s.
 *
 * <p>Only for a CPU that never translates: a block that is translated after as many runs would have both done to it.
 */
final class Inlining {
    /** Threshold of a CPU that leaves all code as it is. */
    static final int NEVER = Integer.MAX_VALUE;

    /** A new sequence of operations costs a class, which takes the JVM about as long as a thousand runs of a block. */
    private static final int DEFAULT_THRESHOLD = 1000;
    /** Classes at most: bounds what a guest can make the host remember. */
    private static final int MOST_COPIES = 1024;

    private final int threshold;
    /** Copies of {@link Inlined} by the classes of the operations in them. */
    private final Map<List<Class<?>>, Constructor<?>> copies = new HashMap<>();

    /** @param threshold how often a block is run before its code is changed; 0 does that at once */
    Inlining(final int threshold) {
        this.threshold = threshold;
    }

    /** The threshold of a CPU that translates after that many runs: what is translated soon is not worth it. */
    static int thresholdFor(final int translateAfter) {
        return translateAfter == Regions.NEVER ? DEFAULT_THRESHOLD : NEVER;
    }

    /** Changes the code of {@code block} as soon as that was run often enough. */
    void watch(final CachedBlock block, final Code[] codes) {
        if (threshold == 0) {
            change(block, codes);
        } else if (threshold != NEVER && block.ops() > 0) {
            codes[0] = new Watched(block, codes);
        }
    }

    /** The first operation of a block until its code is changed. */
    private final class Watched extends Code {
        private final CachedBlock block;
        private final Code[] codes;
        private final Code first;
        private int runs;

        Watched(final CachedBlock block, final Code[] codes) {
            this.block = block;
            this.codes = codes;
            this.first = codes[0];
        }

        @Override
        int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
            if (++runs == threshold) {
                codes[0] = first;
                change(block, codes);
            }
            return first.run(r, mem, generation, i);
        }
    }

    private void change(final CachedBlock block, final Code[] codes) {
        for (int i = 0; i < block.ops(); ) {
            final Code transfer = TransferFinder.find(block, i, codes[i]);
            codes[i] = transfer == null ? codes[i] : transfer;
            i = codes[i].next(i);
        }
        final Code[] parts = new Code[Inlined.PARTS];
        final int[] places = new int[Inlined.PARTS];
        for (int i = 0; i < block.ops(); ) {
            Arrays.fill(parts, Code.NOTHING);
            Arrays.fill(places, i);
            final int from = i;
            int n = 0;
            while (n < parts.length && inlines(block, i)) {
                parts[n] = codes[i];
                places[n++] = i;
                i = following(block, codes, i);
            }
            if (n > 1) {
                final Code inlined = inlined(parts, places);
                codes[from] = inlined == null ? codes[from] : inlined;
            }
            i = n == 0 ? i + 1 : i;
        }
    }

    /** A helper may trap, which only the interpreter knows how to take. */
    private static boolean inlines(final CachedBlock block, final int i) {
        if (i >= block.ops()) {
            return i == block.ops();
        }
        final int opcode = Block.opcode(block.program[2 * i]);
        return opcode != Op.HELPER && opcode != Op.HELPER_END;
    }

    /** The operation that is likely to follow {@code i}: none behind a jump, and the one that a check skips to where all is well. */
    private static int following(final CachedBlock block, final Code[] codes, final int i) {
        if (i == block.ops() || FusedOp.jumps(Block.opcode(block.program[2 * i]))) {
            return block.ops() + 1;
        }
        final int next = codes[i].next(i);
        final boolean check = Block.opcode(block.program[2 * i]) == FusedOp.SKIP_IF_NO_BITS
                && next == i + 1
                && next < block.ops()
                && Block.opcode(block.program[2 * next]) == Op.EXIT;
        return check ? (int) block.program[2 * i + 1] : next;
    }

    private @Nullable Code inlined(final Code[] parts, final int[] places) {
        final List<Class<?>> classes = new ArrayList<>();
        for (final Code part : parts) {
            classes.add(part.getClass());
        }
        Constructor<?> copy = copies.get(classes);
        try {
            if (copy == null) {
                if (copies.size() == MOST_COPIES) {
                    return null;
                }
                copy = copy();
                copies.put(classes, copy);
            }
            return (Code) copy.newInstance(parts, places);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the JVM refuses a copy of a class that it took", e);
        }
    }

    private static Constructor<?> copy() throws ReflectiveOperationException {
        try (InputStream in = Inlined.class.getResourceAsStream("Inlined.class")) {
            return MethodHandles.lookup()
                    .defineHiddenClass(in.readAllBytes(), true)
                    .lookupClass()
                    .getDeclaredConstructor(Code[].class, int[].class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
