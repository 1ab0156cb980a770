package org.kernelentry.machine.memory;

import static org.kernelentry.machine.memory.AddressSpace.PAGE_SHIFT;
import static org.kernelentry.machine.memory.AddressSpace.PAGE_SIZE;
import static org.kernelentry.machine.memory.AddressSpace.PROT_EXEC;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.memory.PageTable.Leaf;

/** What is mapped where in one {@link PagedSpace}, by page number; checks limits and accounts for memory. */
final class Mappings {
    private static final int OFFSET = PAGE_SIZE - 1;

    private final PagedSpace space;
    private final long topPage;
    private final long limitPages;
    private final GuestRam ram;
    private final PageTable table = new PageTable();
    private long mappedPages;

    Mappings(final PagedSpace space, final long top, final long limitBytes, final GuestRam ram) {
        this.space = space;
        this.topPage = top >>> PAGE_SHIFT;
        this.limitPages = limitBytes >>> PAGE_SHIFT;
        this.ram = ram;
    }

    GuestRam ram() {
        return ram;
    }

    long limitBytes() {
        return limitPages << PAGE_SHIFT;
    }

    long mappedBytes() {
        return mappedPages << PAGE_SHIFT;
    }

    // ---- single pages

    /** PROT bits with MAPPED and SHARED of {@link PageTable}, or 0. */
    int slot(final long number) {
        final Leaf leaf = table.find(number);
        return leaf == null ? 0 : leaf.slot[PageTable.indexInLeaf(number)];
    }

    /** The page, made on first touch; null when it is not mapped or there is no memory left. */
    @Nullable
    Page touch(final long number) {
        final Leaf leaf = table.find(number);
        final int i = PageTable.indexInLeaf(number);
        if (leaf == null || leaf.slot[i] == 0) {
            return null;
        }
        Page page = leaf.page[i];
        if (page == null && ram.take()) {
            page = space.arenas().newPage(number);
            leaf.page[i] = page;
        }
        return page;
    }

    /** The page if it was touched. */
    @Nullable
    Page page(final long number) {
        final Leaf leaf = table.find(number);
        return leaf == null ? null : leaf.page[PageTable.indexInLeaf(number)];
    }

    private void set(final long number, final int slot, final @Nullable Page page) {
        final Leaf leaf = table.findOrCreate(number);
        final int i = PageTable.indexInLeaf(number);
        leaf.slot[i] = (byte) slot;
        leaf.page[i] = page;
        leaf.mapped++;
        mappedPages++;
    }

    private void drop(final Leaf leaf, final int i) {
        final Page page = leaf.page[i];
        if (page != null) {
            if (page.holdsCode()) {
                space.codeChanged();
            }
            if (--page.mappings == 0) {
                ram.giveBack();
                space.arenas().release(page);
            }
        }
        leaf.slot[i] = 0;
        leaf.page[i] = null;
        leaf.mapped--;
        mappedPages--;
    }

    // ---- ranges of pages, [first, first + count)

    /** The range lies below the top. */
    boolean fits(final long first, final long count) {
        return first <= topPage && count <= topPage - first;
    }

    /** Mapping the range would stay within the limit. */
    boolean affords(final long first, final long count) {
        return mappedPages - countMapped(first, first + count) + count <= limitPages;
    }

    boolean allMapped(final long first, final long count) {
        return countMapped(first, first + count) == count;
    }

    private long countMapped(final long first, final long end) {
        long count = 0;
        for (int index = table.ceiling(first); index < table.size() && table.firstPage(index) < end; index++) {
            final Leaf leaf = table.leafAt(index);
            final long base = table.firstPage(index);
            final int stop = (int) Math.min(PageTable.LEAF_PAGES, end - base);
            for (int i = (int) Math.max(0, first - base); i < stop; i++) {
                count += leaf.slot[i] == 0 ? 0 : 1;
            }
        }
        return count;
    }

    /** Maps fresh pages over the range. */
    void map(final long first, final long count, final int prot) {
        unmap(first, count);
        final long end = first + count;
        for (long n = first; n < end; ) {
            final int from = PageTable.indexInLeaf(n);
            final int to = (int) Math.min(PageTable.LEAF_PAGES, from + end - n);
            final Leaf leaf = table.findOrCreate(n);
            Arrays.fill(leaf.slot, from, to, (byte) (prot & PageTable.PROT_MASK | PageTable.MAPPED));
            leaf.mapped += to - from;
            n += to - from;
        }
        mappedPages += count;
    }

    /** The pages of the range, each counted as mapped once more; null when memory ran out. */
    Page @Nullable [] borrow(final long first, final long count) {
        final Page[] pages = new Page[(int) count];
        for (int i = 0; i < pages.length; i++) {
            final Page page = touch(first + i);
            if (page == null) {
                return null;
            }
            pages[i] = page;
        }
        for (final Page page : pages) {
            page.mappings++;
        }
        return pages;
    }

    /** Maps borrowed pages from {@code first} on. */
    void share(final long first, final Page[] pages, final int prot) {
        unmap(first, pages.length);
        for (int i = 0; i < pages.length; i++) {
            set(first + i, prot & PageTable.PROT_MASK | PageTable.MAPPED | PageTable.SHARED, pages[i]);
        }
    }

    void unmap(final long first, final long count) {
        final long end = first + count;
        final int from = table.ceiling(first);
        int index = from;
        for (; index < table.size() && table.firstPage(index) < end; index++) {
            final Leaf leaf = table.leafAt(index);
            final long base = table.firstPage(index);
            final int stop = (int) Math.min(PageTable.LEAF_PAGES, end - base);
            for (int i = (int) Math.max(0, first - base); i < stop; i++) {
                if (leaf.slot[i] != 0) {
                    drop(leaf, i);
                }
            }
        }
        table.removeEmpty(from, index);
    }

    /** Changes permissions up to the first gap; returns how many pages that were. */
    long protect(final long first, final long count, final int prot) {
        for (long n = first; n < first + count; n++) {
            final Leaf leaf = table.find(n);
            final int i = PageTable.indexInLeaf(n);
            if (leaf == null || leaf.slot[i] == 0) {
                return n - first;
            }
            final Page page = leaf.page[i];
            if (page != null && page.holdsCode() && (leaf.slot[i] & PROT_EXEC) != 0 && (prot & PROT_EXEC) == 0) {
                space.codeChanged();
            }
            leaf.slot[i] = (byte) (leaf.slot[i] & ~PageTable.PROT_MASK | prot & PageTable.PROT_MASK);
        }
        return count;
    }

    /** Gives {@code child}, which is empty, the same mappings; false when memory ran out. */
    boolean copyTo(final Mappings child) {
        for (int index = 0; index < table.size(); index++) {
            final Leaf leaf = table.leafAt(index);
            for (int i = 0; i < PageTable.LEAF_PAGES; i++) {
                if (leaf.slot[i] == 0) {
                    continue;
                }
                Page page = leaf.page[i];
                if (page != null && (leaf.slot[i] & PageTable.SHARED) != 0) {
                    page.mappings++;
                } else if (page != null) {
                    if (!ram.take()) {
                        return false;
                    }
                    final Page copy = new Page();
                    System.arraycopy(page.bytes, page.base, copy.bytes, 0, PAGE_SIZE);
                    page = copy;
                }
                child.set(table.firstPage(index) + i, leaf.slot[i], page);
            }
        }
        return true;
    }

    /** As {@link AddressSpace#findGap}. */
    long findGap(final long hint, final long length) {
        final long need = (length >>> PAGE_SHIFT) + ((length & OFFSET) == 0 ? 0 : 1);
        long start = (hint >>> PAGE_SHIFT) + ((hint & OFFSET) == 0 ? 0 : 1);
        for (int index = table.ceiling(start); index < table.size(); index++) {
            final Leaf leaf = table.leafAt(index);
            for (int i = 0; i < PageTable.LEAF_PAGES; i++) {
                final long n = table.firstPage(index) + i;
                if (leaf.slot[i] == 0 || n < start) {
                    continue;
                }
                if (n - start >= need) {
                    return start << PAGE_SHIFT;
                }
                start = n + 1;
            }
        }
        return topPage - start >= need ? start << PAGE_SHIFT : -1;
    }

    /** As {@link AddressSpace#findGapBelow}. */
    long findGapBelow(final long limit, final long length) {
        final long need = (length >>> PAGE_SHIFT) + ((length & OFFSET) == 0 ? 0 : 1);
        long end = Math.min(limit >>> PAGE_SHIFT, topPage);
        for (int index = table.ceiling(end) < table.size() ? table.ceiling(end) : table.size() - 1;
                index >= 0;
                index--) {
            final Leaf leaf = table.leafAt(index);
            final long base = table.firstPage(index);
            if (base >= end) {
                continue;
            }
            for (int i = (int) Math.min(PageTable.LEAF_PAGES, end - base) - 1; i >= 0; i--) {
                if (leaf.slot[i] == 0) {
                    continue;
                }
                if (end - (base + i + 1) >= need) {
                    return end - need << PAGE_SHIFT;
                }
                end = base + i;
            }
        }
        // The lowest page is left alone (mmap_min_addr).
        return end - need >= 1 ? end - need << PAGE_SHIFT : -1;
    }

    /** Address of the first page mapped at or above page {@code number}, or -1. */
    long nextMapped(final long number) {
        for (int index = table.ceiling(number); index < table.size(); index++) {
            final Leaf leaf = table.leafAt(index);
            final long base = table.firstPage(index);
            for (int i = (int) Math.max(0, number - base); i < PageTable.LEAF_PAGES; i++) {
                if (leaf.slot[i] != 0) {
                    return base + i << PAGE_SHIFT;
                }
            }
        }
        return -1;
    }

    /** Moves what is mapped in [from, from + count) to [to, to + count). */
    void move(final long from, final long to, final long count) {
        unmap(to, count);
        for (long n = 0; n < count; n++) {
            final Leaf leaf = table.find(from + n);
            final int i = PageTable.indexInLeaf(from + n);
            if (leaf == null || leaf.slot[i] == 0) {
                continue;
            }
            final Page page = leaf.page[i];
            set(to + n, leaf.slot[i], page);
            if (page != null) {
                page.mappings++;
            }
        }
        unmap(from, count);
    }
}
