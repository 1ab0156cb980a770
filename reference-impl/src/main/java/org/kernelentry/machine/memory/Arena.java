package org.kernelentry.machine.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One array for the pages of an aligned range of addresses. A page of that range lies at the same offset here, or has an array of its own. */
final class Arena {
    static final int PAGE_COUNT = 256;
    /** Mask of an address's offset in its arena. */
    static final int OFFSET = PAGE_COUNT * AddressSpace.PAGE_SIZE - 1;

    final byte[] bytes = new byte[PAGE_COUNT * AddressSpace.PAGE_SIZE];
    /** Page number divided by {@link #PAGE_COUNT}. */
    final long key;
    /** Who lies at each place. A page that was moved to another address or given to another space keeps its place until nobody maps it. */
    private final @Nullable Page[] owner = new Page[PAGE_COUNT];

    private int owned;

    Arena(final long key) {
        this.key = key;
    }

    private static int index(final long number) {
        return (int) number & PAGE_COUNT - 1;
    }

    private static int base(final long number) {
        return index(number) << AddressSpace.PAGE_SHIFT;
    }

    long firstPage() {
        return key * PAGE_COUNT;
    }

    /** Whether {@code page} lies where page {@code number} of the space belongs. */
    boolean holds(final @Nullable Page page, final long number) {
        return page != null && owner[index(number)] == page;
    }

    boolean isFree(final long number) {
        return owner[index(number)] == null;
    }

    boolean isEmpty() {
        return owned == 0;
    }

    Page newPage(final long number) {
        final int base = base(number);
        Arrays.fill(bytes, base, base + AddressSpace.PAGE_SIZE, (byte) 0);
        final Page page = new Page(bytes, base);
        owner[index(number)] = page;
        owned++;
        return page;
    }

    /** Takes in a page that has an array of its own. */
    void take(final Page page, final long number) {
        page.moveTo(bytes, base(number));
        owner[index(number)] = page;
        owned++;
    }

    /** Nobody maps {@code page}, which lies here, any more. */
    void release(final Page page) {
        owner[page.base >>> AddressSpace.PAGE_SHIFT] = null;
        owned--;
    }
}
