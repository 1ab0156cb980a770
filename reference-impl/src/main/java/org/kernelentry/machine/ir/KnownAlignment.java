package org.kernelentry.machine.ir;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Drops checks of alignment that cannot fail, as one before in the same block was of the same value, or of one a multiple away: on arm64 every
 * access by the stack pointer has one (DDI 0487 D1.8.2).
 *
 * <p>A check is an ANDI of an address with one less than a power of two, a SKIP_IFZ of its result, and behind that an EXIT.
 */
final class KnownAlignment {
    private final BlockBuilder block;
    private final Offsets offsets;
    private final Map<Long, Fact> facts = new HashMap<>();
    /** Operations that may be skipped. */
    private final BitSet conditional = new BitSet();

    private final boolean[] gone;

    /** That bits {@code mask} of the value {@code offset} behind a root are clear. */
    private record Fact(long offset, long mask) {
        boolean implies(final long otherOffset, final long otherMask) {
            return (otherMask & ~mask) == 0 && (otherOffset - offset & otherMask) == 0;
        }
    }

    private KnownAlignment(final BlockBuilder block) {
        this.block = block;
        this.offsets = new Offsets(block.firstTemp() + BlockBuilder.TEMPS, block.firstTemp(), false);
        this.gone = new boolean[block.opCount()];
    }

    /** One element per operation: it is to be left out. */
    static boolean[] find(final BlockBuilder block) {
        if (exits(block) < 2) {
            return new boolean[block.opCount()];
        }
        final KnownAlignment pass = new KnownAlignment(block);
        pass.run();
        return pass.gone;
    }

    private static long exits(final BlockBuilder block) {
        return IntStream.range(0, block.opCount())
                .filter(i -> block.code()[4 * i] == Op.EXIT)
                .count();
    }

    private int opcode(final int i) {
        return block.code()[4 * i];
    }

    private void run() {
        for (int i = 0; i < gone.length; i++) {
            if (OpShape.skips(opcode(i))) {
                conditional.set(i + 1, (int) block.imms()[i]);
            }
        }
        for (int i = 0; i < gone.length; i++) {
            if (isCheck(i)) {
                check(i);
            }
            if (OpShape.opaque(opcode(i))) {
                offsets.forgetAll();
            }
            offsets.follow(
                    opcode(i), block.code()[4 * i + 1], block.code()[4 * i + 2], block.imms()[i], !conditional.get(i));
        }
    }

    /** Whether the operations at {@code i} are a check and nothing else. */
    private boolean isCheck(final int i) {
        if (i + 2 >= gone.length
                || opcode(i) != Op.ANDI
                || opcode(i + 1) != Op.SKIP_IFZ
                || block.code()[4 * i + 1] < block.firstTemp()
                || block.code()[4 * i + 6] != block.code()[4 * i + 1]
                || !isLow(block.imms()[i])
                || conditional.get(i)) {
            return false;
        }
        return block.imms()[i + 1] == i + 3 && opcode(i + 2) == Op.EXIT;
    }

    /** One bit less than a power of two, and of the half that every register has. */
    private static boolean isLow(final long mask) {
        return (mask & mask + 1) == 0 && mask >>> Integer.SIZE == 0;
    }

    private void check(final int i) {
        final int slot = block.code()[4 * i + 2];
        final long offset = offsets.offset(slot, 0);
        final Fact known = facts.get(offsets.root(slot));
        if (known != null && known.implies(offset, block.imms()[i])) {
            gone[i + 1] = true;
            gone[i + 2] = true;
        } else {
            facts.put(offsets.root(slot), new Fact(offset, block.imms()[i]));
        }
    }
}
