package org.kernelentry.machine.memory;

import org.jspecify.annotations.Nullable;

/** An {@link AddressSpace} in byte arrays of one page each: what is mapped, and the code that was read from it. {@link PageAccess} has the accesses. */
public final class PagedSpace extends PageAccess {
    /** Limit of mapped bytes where none is given. */
    public static final long DEFAULT_LIMIT = 256L << 20;
    /** Size of the {@link GuestRam} where none is given. */
    public static final long DEFAULT_RAM = 512L << 20;

    private final long top;
    private final Mappings mappings;
    private int codeGeneration;

    /** Where pages that belong together lie together, and the windows of translated code on them. */
    private final Arenas arenas = new Arenas(this);

    private PagedSpace(final long top, final long limitBytes, final GuestRam ram) {
        this.top = top & -PAGE_SIZE;
        this.mappings = new Mappings(this, this.top, limitBytes, ram);
    }

    /** A space whose addresses end at {@code top} (rounded down to a page), with the default limits. */
    public static PagedSpace create(final long top) {
        return new PagedSpace(top, DEFAULT_LIMIT, new GuestRam(DEFAULT_RAM));
    }

    /**
     * A space with limits.
     *
     * @param top first address that nothing can be mapped at (unsigned), rounded down to a page
     * @param limitBytes most bytes that can be mapped; copies made by {@link #fork} have the same limit
     * @param ram the machine's memory, shared with the copies
     */
    public static PagedSpace create(final long top, final long limitBytes, final GuestRam ram) {
        return new PagedSpace(top, limitBytes, ram);
    }

    // ---- mappings

    @Override
    public long top() {
        return top;
    }

    @Override
    public boolean map(final long address, final long length, final int prot) {
        requireAligned(address, length);
        final long first = address >>> PAGE_SHIFT;
        final long count = length >>> PAGE_SHIFT;
        if (!mappings.fits(first, count) || !mappings.affords(first, count)) {
            return false;
        }
        mappings.map(first, count, prot);
        flush(first, first + count);
        return true;
    }

    @Override
    public boolean share(
            final long address, final long length, final int prot, final AddressSpace from, final long source) {
        if (!(from instanceof PagedSpace other)) {
            throw new IllegalArgumentException("pages can be shared between paged spaces only");
        }
        requireAligned(address | source, length);
        final long first = address >>> PAGE_SHIFT;
        final long count = length >>> PAGE_SHIFT;
        if (!mappings.fits(first, count)
                || !mappings.affords(first, count)
                || !other.mappings.allMapped(source >>> PAGE_SHIFT, count)) {
            return false;
        }
        final Page[] pages = other.mappings.borrow(source >>> PAGE_SHIFT, count);
        other.arenas.changed(source >>> PAGE_SHIFT, (source >>> PAGE_SHIFT) + count);
        if (pages == null) {
            return false;
        }
        mappings.share(first, pages, prot);
        flush(first, first + count);
        return true;
    }

    @Override
    public void unmap(final long address, final long length) {
        requireAligned(address, length);
        final long first = address >>> PAGE_SHIFT;
        final long count = length >>> PAGE_SHIFT;
        mappings.unmap(first, count);
        flush(first, first + count);
    }

    @Override
    public boolean protect(final long address, final long length, final int prot) {
        requireAligned(address, length);
        final long first = address >>> PAGE_SHIFT;
        final long count = length >>> PAGE_SHIFT;
        final long changed = mappings.protect(first, count, prot);
        flush(first, first + changed);
        return changed == count;
    }

    @Override
    public int protection(final long address) {
        final int slot = mappings.slot(address >>> PAGE_SHIFT);
        return slot == 0 ? -1 : slot & PageTable.PROT_MASK;
    }

    @Override
    public @Nullable AddressSpace fork() {
        final PagedSpace child = new PagedSpace(top, mappings.limitBytes(), mappings.ram());
        if (!mappings.copyTo(child.mappings)) {
            child.unmap(0, top);
            return null;
        }
        return child;
    }

    @Override
    public long mappedBytes() {
        return mappings.mappedBytes();
    }

    @Override
    public long findGap(final long hint, final long length) {
        return mappings.findGap(hint, length);
    }

    @Override
    public long findGapBelow(final long limit, final long length) {
        return mappings.findGapBelow(limit, length);
    }

    @Override
    public long nextMapped(final long address) {
        return mappings.nextMapped(address >>> PAGE_SHIFT);
    }

    @Override
    public boolean move(final long from, final long to, final long length) {
        requireAligned(from | to, length);
        final long count = length >>> PAGE_SHIFT;
        if (!mappings.fits(from >>> PAGE_SHIFT, count) || !mappings.fits(to >>> PAGE_SHIFT, count)) {
            return false;
        }
        mappings.move(from >>> PAGE_SHIFT, to >>> PAGE_SHIFT, count);
        flush(from >>> PAGE_SHIFT, (from >>> PAGE_SHIFT) + count);
        flush(to >>> PAGE_SHIFT, (to >>> PAGE_SHIFT) + count);
        return true;
    }

    private static void requireAligned(final long address, final long length) {
        if (((address | length) & OFFSET) != 0) {
            throw new IllegalArgumentException("address and length must be multiples of the page size");
        }
    }

    // ---- translation

    @Override
    Arenas arenas() {
        return arenas;
    }

    @Override
    Mappings mappings() {
        return mappings;
    }

    /** The window {@code slot} of translated code: see {@link Window}. */
    public Window window(final int slot) {
        return arenas.window(slot);
    }

    /** What windows show parts of; another one only after the code's generation has changed. */
    public byte[] pool() {
        return arenas.pool();
    }

    // ---- code

    @Override
    public int codeGeneration() {
        return codeGeneration;
    }

    @Override
    public void noteCode(final long address) {
        final Page page = translate(address, PROT_EXEC, false);
        if (!page.holdsCode()) {
            arenas.codeNoted();
        }
        page.noteCode(this, (int) address & OFFSET);
    }

    /** Blocks cached by this space's engines may no longer say what memory says. */
    void codeChanged() {
        codeGeneration++;
    }
}
