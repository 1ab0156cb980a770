package org.kernelentry.machine.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A part of the space's {@link Arenas#pool} for the pages of an aligned range of addresses. A page of that range lies at the same offset here, or has
 * an array of its own.
 */
final class Arena {
    static final int PAGE_COUNT = 256;
    static final int SIZE = PAGE_COUNT * AddressSpace.PAGE_SIZE;

    private byte[] bytes;
    /** Where it begins in {@link #bytes}, divided by {@link #SIZE}. */
    final int slot;
    /** Page number divided by {@link #PAGE_COUNT}. */
    final long key;
    /** Who lies at each place. A page that was moved to another address or given to another space keeps its place until nobody maps it. */
    private final @Nullable Page[] owner = new Page[PAGE_COUNT];

    private int owned;

    Arena(final long key, final byte[] bytes, final int slot) {
        this.key = key;
        this.bytes = bytes;
        this.slot = slot;
    }

    private static int index(final long number) {
        return (int) number & PAGE_COUNT - 1;
    }

    private int base(final long number) {
        return slot * SIZE + (index(number) << AddressSpace.PAGE_SHIFT);
    }

    /** What takes an address to its place in the pool. */
    int delta() {
        return slot * SIZE - (int) (firstPage() << AddressSpace.PAGE_SHIFT);
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

    /** The arena lies in {@code pool} from now on, with those of its pages that nobody else remembers; the others have no place in it any more. */
    void moveTo(final byte[] pool, final PagedSpace space) {
        bytes = pool;
        for (long n = firstPage(); n < firstPage() + PAGE_COUNT; n++) {
            final Page page = owner[index(n)];
            if (page != null && page.mappings == 1 && space.mappings().page(n) == page) {
                page.moveTo(pool, base(n));
                space.forget(n);
            } else if (page != null) {
                owner[index(n)] = null;
                owned--;
            }
        }
    }

    /** Nobody maps {@code page}, which lies here, any more. */
    void release(final Page page) {
        owner[index(page.base >>> AddressSpace.PAGE_SHIFT)] = null;
        owned--;
    }
}
