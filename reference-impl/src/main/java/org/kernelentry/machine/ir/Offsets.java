package org.kernelentry.machine.ir;

import org.kernelentry.machine.memory.AddressSpace;

/**
 * What is known of the slots while a block is read from its beginning: of which unknown value, its root, each is a constant more.
 *
 * <p>A slot is exact, or it is the low half of that sum, with zeros above. Only slots of one kind can be compared: of two of the second, each less
 * than 2^32, the difference is a constant where both lie in one window, since none reaches across a multiple of 2^32.
 */
public final class Offsets {
    private final long[] roots;
    private final long[] offsets;
    private final boolean[] cut;
    private long nextRoot;

    /**
     * @param slots how many there are
     * @param registers those that the architecture defines, the first ones
     * @param narrow whether each of these is less than 2^32
     */
    public Offsets(final int slots, final int registers, final boolean narrow) {
        roots = new long[slots];
        offsets = new long[slots];
        cut = new boolean[slots];
        for (int slot = 0; slot < slots; slot++) {
            forget(slot);
            cut[slot] = narrow && slot < registers;
        }
    }

    private void forget(final int slot) {
        roots[slot] = nextRoot++;
        offsets[slot] = 0;
        cut[slot] = false;
    }

    /** A helper was called. */
    public void forgetAll() {
        for (int slot = 0; slot < roots.length; slot++) {
            forget(slot);
        }
    }

    /**
     * Takes note of an operation.
     *
     * @param certain whether it is executed whenever its instruction is
     */
    public void follow(final int opcode, final int d, final int a, final long imm, final boolean certain) {
        if (!OpShape.writesD(opcode)) {
            return;
        }
        switch (certain ? opcode : Op.LAST + 1) {
            case Op.MOV -> derive(d, a, 0, cut[a]);
            case Op.ZX32 -> derive(d, a, 0, true);
            case Op.ADDI32 -> derive(d, a, imm << Integer.SIZE >> Integer.SIZE, true);
            case Op.ADDI -> {
                if (cut[a]) {
                    forget(d);
                } else {
                    derive(d, a, imm, false);
                }
            }
            default -> forget(d);
        }
    }

    private void derive(final int d, final int a, final long more, final boolean isCut) {
        roots[d] = roots[a];
        offsets[d] = offsets[a] + more;
        cut[d] = isCut;
    }

    /**
     * Whether the place {@code displacement} behind a slot's value can be compared with others. If the slot is cut, the sum is not, and may be 2^32
     * or more: then it would be another place, in one of the pages at both ends, which no window shows.
     */
    public boolean isKnown(final int slot, final long displacement) {
        return !cut[slot] || displacement > -AddressSpace.PAGE_SIZE && displacement < AddressSpace.PAGE_SIZE;
    }

    /** The unknown value that the slot's is a constant more than. */
    long root(final int slot) {
        return roots[slot];
    }

    /** What places have in common that can be compared. */
    public long family(final int slot) {
        return roots[slot] << 1 | (cut[slot] ? 1 : 0);
    }

    /** A slot less than {@code end} whose value can be compared with that of {@code slot}, or {@code slot} itself. */
    public int alike(final int slot, final int end) {
        for (int other = 0; other < end; other++) {
            if (family(other) == family(slot)) {
                return other;
            }
        }
        return slot;
    }

    /** What the place has more than that. */
    public long offset(final int slot, final long displacement) {
        return offsets[slot] + displacement;
    }
}
