package org.kernelentry.isa.simd;

/** Lanes put into another order; a vector is one word, or two with the low one first. */
public final class LanePermutes {
    private LanePermutes() {}

    /** The lanes 0, 2, ... of a word, in its low half: the word taken apart. */
    private static long pack(final int size, final long word, final int first) {
        if (size == 3) {
            return word;
        }
        long result = 0;
        for (int i = 0; i < Lanes.count(size) / 2; i++) {
            result = Lanes.with(size, result, i, Lanes.unsigned(size, word, 2 * i + first));
        }
        return result;
    }

    /**
     * UZP1, UZP2 of two words: the even or odd lanes of {@code a}, above them those of {@code b}; lanes of at most 32 bits.
     *
     * @param odd 0 for the even lanes, 1 for the odd ones
     */
    public static long unzip(final int size, final long a, final long b, final int odd) {
        return pack(size, a, odd) | pack(size, b, odd) << 32;
    }

    /** Alternately a lane of the low halves of {@code a} and of {@code b}; lanes of at most 32 bits: ZIP1, PUNPCKL. */
    public static long zipLow(final int size, final long a, final long b) {
        long result = 0;
        for (int i = 0; i < Lanes.count(size) / 2; i++) {
            result = Lanes.with(size, result, 2 * i, Lanes.unsigned(size, a, i));
            result = Lanes.with(size, result, 2 * i + 1, Lanes.unsigned(size, b, i));
        }
        return result;
    }

    /** As {@link #zipLow} of the high halves: ZIP2, PUNPCKH. */
    public static long zipHigh(final int size, final long a, final long b) {
        return zipLow(size, a >>> 32, b >>> 32);
    }

    /** TRN1 (odd 0), TRN2 (odd 1): even lanes from {@code a}, odd lanes from {@code b}; lanes of at most 32 bits. */
    public static long transpose(final int size, final long a, final long b, final int odd) {
        final long even = Lanes.evenLanes(size);
        final int bits = Lanes.bits(size);
        return odd == 0 ? a & even | (b & even) << bits : a >>> bits & even | b & ~even;
    }

    /** Eight bytes from byte {@code at}, 0 to 8, of the two words: EXT. */
    public static long extract(final long low, final long high, final int at) {
        if (at == 0) {
            return low;
        }
        return at == 8 ? high : low >>> 8 * at | high << 64 - 8 * at;
    }

    /**
     * TBL, TBX: each byte of {@code indices} chooses a byte of the table.
     *
     * @param slots where in {@code r} the words of the table are; as many as {@code words} count
     * @param otherwise bytes for indices behind the table
     */
    public static long table(
            final long[] r, final int[] slots, final int words, final long indices, final long otherwise) {
        long result = 0;
        for (int i = 0; i < 8; i++) {
            final int index = (int) (indices >>> 8 * i) & 0xff;
            final long from = index < 8 * words ? r[slots[index >> 3]] >>> 8 * (index & 7) : otherwise >>> 8 * i;
            result |= (from & 0xff) << 8 * i;
        }
        return result;
    }
}
