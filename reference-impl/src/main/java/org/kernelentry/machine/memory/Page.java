package org.kernelentry.machine.memory;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bytes of one page, which several mappings may show, and what is known about code decoded from them. */
final class Page {
    /** Code is tracked in lines of 64 bytes, so that data beside code costs no invalidation. */
    private static final int LINE_SHIFT = 6;

    /** Holds the page's bytes from {@link #base} on: an array of its own, or an {@link Arena}'s. */
    byte[] bytes;

    int base;
    /** The bytes again while plain stores need not look further, null while blocks decoded from this page are cached. */
    byte @Nullable [] writable;
    /** Number of mappings, over all spaces. */
    int mappings = 1;

    private long codeLines;
    /** Who caches blocks of this page; weak, because a space may be dropped while a shared page lives on. */
    private final List<WeakReference<PagedSpace>> cachedBy = new ArrayList<>(0);

    Page() {
        this(new byte[AddressSpace.PAGE_SIZE], 0);
    }

    /** A page of zeroes in {@code bytes} from {@code base} on. */
    Page(final byte[] bytes, final int base) {
        this.bytes = bytes;
        this.base = base;
        this.writable = bytes;
    }

    /** The page lives elsewhere from now on; nobody else may remember where it was. */
    void moveTo(final byte[] newBytes, final int newBase) {
        System.arraycopy(bytes, base, newBytes, newBase, AddressSpace.PAGE_SIZE);
        bytes = newBytes;
        base = newBase;
        writable = codeLines == 0 ? newBytes : null;
    }

    boolean holdsCode() {
        return codeLines != 0;
    }

    /** Blocks of {@code space} were decoded from the line at {@code offset}. */
    void noteCode(final PagedSpace space, final int offset) {
        codeLines |= 1L << (offset >>> LINE_SHIFT);
        writable = null;
        for (int i = cachedBy.size() - 1; i >= 0; i--) {
            final PagedSpace known = cachedBy.get(i).get();
            if (known == space) {
                return;
            }
            if (known == null) {
                cachedBy.remove(i);
            }
        }
        cachedBy.add(new WeakReference<>(space));
    }

    /** Bytes [offset, offset+length) of this page have been changed. */
    void written(final int offset, final int length) {
        if (codeLines == 0 || length == 0) {
            return;
        }
        final int first = offset >>> LINE_SHIFT;
        final int last = offset + length - 1 >>> LINE_SHIFT;
        final long lines = -1L >>> 63 - (last - first) << first;
        if ((codeLines & lines) == 0) {
            return;
        }
        for (final WeakReference<PagedSpace> reference : cachedBy) {
            final PagedSpace space = reference.get();
            if (space != null) {
                space.codeChanged();
            }
        }
        cachedBy.clear();
        codeLines = 0;
        writable = bytes;
    }
}
