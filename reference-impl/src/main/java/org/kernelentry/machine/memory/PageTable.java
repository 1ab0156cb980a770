package org.kernelentry.machine.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Page number to page and permissions: a sorted array of leaves of 64 pages each, searched without allocation. */
final class PageTable {
    static final int LEAF_SHIFT = 6;
    static final int LEAF_PAGES = 1 << LEAF_SHIFT;
    private static final int LEAF_MASK = LEAF_PAGES - 1;

    /** Slot bits beside PROT_*: the page is mapped; it was mapped by {@link AddressSpace#share}. */
    static final int MAPPED = 0x40;

    static final int SHARED = 8;
    static final int PROT_MASK = 7;

    /** 64 neighbouring pages. */
    static final class Leaf {
        /** PROT bits, MAPPED and SHARED; 0 when nothing is mapped. */
        final byte[] slot = new byte[LEAF_PAGES];
        /** Null until the page is touched. */
        final @Nullable Page[] page = new Page[LEAF_PAGES];

        int mapped;
    }

    private long[] keys = new long[8];
    private Leaf[] leaves = new Leaf[8];
    private int size;

    int size() {
        return size;
    }

    Leaf leafAt(final int index) {
        return leaves[index];
    }

    /** First page number of the leaf at {@code index}. */
    long firstPage(final int index) {
        return keys[index] << LEAF_SHIFT;
    }

    static int indexInLeaf(final long number) {
        return (int) number & LEAF_MASK;
    }

    /** Index of the first leaf that holds pages at or above {@code number}'s leaf. */
    int ceiling(final long number) {
        final int at = search(number >>> LEAF_SHIFT);
        return at >= 0 ? at : ~at;
    }

    @Nullable
    Leaf find(final long number) {
        final int at = search(number >>> LEAF_SHIFT);
        return at >= 0 ? leaves[at] : null;
    }

    Leaf findOrCreate(final long number) {
        final long key = number >>> LEAF_SHIFT;
        final int at = search(key);
        if (at >= 0) {
            return leaves[at];
        }
        final int insert = ~at;
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, size * 2);
            leaves = Arrays.copyOf(leaves, size * 2);
        }
        System.arraycopy(keys, insert, keys, insert + 1, size - insert);
        System.arraycopy(leaves, insert, leaves, insert + 1, size - insert);
        final Leaf leaf = new Leaf();
        keys[insert] = key;
        leaves[insert] = leaf;
        size++;
        return leaf;
    }

    /** Drops leaves in which nothing is mapped any more, from index {@code from} up to but not including {@code to}. */
    void removeEmpty(final int from, final int to) {
        int out = from;
        for (int i = from; i < size; i++) {
            if (i >= to || leaves[i].mapped != 0) {
                keys[out] = keys[i];
                leaves[out] = leaves[i];
                out++;
            }
        }
        Arrays.fill(leaves, out, size, null);
        size = out;
    }

    private int search(final long key) {
        return Arrays.binarySearch(keys, 0, size, key);
    }
}
