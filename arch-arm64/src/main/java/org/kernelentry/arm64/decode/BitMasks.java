package org.kernelentry.arm64.decode;

/** Bitmask immediates of the logical instructions: DDI 0487, shared pseudocode DecodeBitMasks(). */
public final class BitMasks {
    /** No encoding: 0 itself is no bitmask immediate, so it can stand for "none". */
    public static final long NONE = 0;

    private BitMasks() {}

    /**
     * The mask that (N, immr, imms) stands for, replicated to 64 bits.
     *
     * @return the mask, or {@link #NONE} for a reserved combination
     */
    public static long decode(final int n, final int immr, final int imms) {
        final int selector = n << 6 | ~imms & 0x3f;
        if (selector < 2) {
            return NONE;
        }
        final int log = 31 - Integer.numberOfLeadingZeros(selector);
        final int size = 1 << log;
        final int ones = (imms & size - 1) + 1;
        if (ones == size) {
            return NONE;
        }
        final int rotate = immr & size - 1;
        final long run = (1L << ones) - 1;
        long mask = rotate == 0 ? run : (run >>> rotate | run << size - rotate) & sizeMask(size);
        for (int filled = size; filled < 64; filled *= 2) {
            mask |= mask << filled;
        }
        return mask;
    }

    /**
     * The fields N:immr:imms (13 bits) of a 64-bit mask.
     *
     * @return the fields, or -1 when {@code mask} is no bitmask immediate
     */
    public static int encode(final long mask) {
        if (mask == 0 || mask == -1) {
            return -1;
        }
        int size = 64;
        while (size > 2 && Long.rotateRight(mask, size / 2) == mask) {
            size /= 2;
        }
        final long element = mask & sizeMask(size);
        final int ones = Long.bitCount(element);
        for (int rotate = 0; rotate < size; rotate++) {
            final int n = size == 64 ? 1 : 0;
            final int imms = size == 64 ? ones - 1 : -(size << 1) & 0x3f | ones - 1;
            if (decode(n, rotate, imms) == mask) {
                return n << 12 | rotate << 6 | imms;
            }
        }
        return -1;
    }

    private static long sizeMask(final int size) {
        return size == 64 ? -1 : (1L << size) - 1;
    }
}
