package org.kernelentry.machine.memory;

import static org.kernelentry.machine.memory.AddressSpace.PROT_READ;
import static org.kernelentry.machine.memory.AddressSpace.PROT_WRITE;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Arena}s of a space and its {@link Window}s. There are none until translated code uses memory a lot; then the pages around it are
 * brought together. Pages that are mapped more than once stay where they are, since others may remember the place.
 */
final class Arenas {
    /** A guest makes the host keep at most this many megabytes that it does not use itself. */
    private static final int MAX_ARENAS = 8;

    private static final int FIRST_ARENAS = 2;
    private static final long LAST_OF_4G = (1L << Integer.SIZE - AddressSpace.PAGE_SHIFT) - 1;
    private static final byte[] NONE = {};

    private final PagedSpace space;
    private final List<Arena> arenas = new ArrayList<>(0);
    private byte[] pool = NONE;
    private final Window[] windows = new Window[Window.COUNT];

    Arenas(final PagedSpace space) {
        this.space = space;
        for (int i = 0; i < windows.length; i++) {
            windows[i] = new Window(this, i < Window.WRITE ? PROT_READ : PROT_WRITE);
        }
    }

    Window window(final int number) {
        return windows[number];
    }

    /**
     * The array that all arenas lie in: as many bytes as a power of two, and a few more ({@link Window#SLACK}), so that an access at any masked
     * place, or a little behind, is inside. Translated code has it as a constant; it is replaced by a larger one when the third arena is wanted, and then all code is translated again.
     */
    byte[] pool() {
        if (pool.length == 0) {
            pool = new byte[FIRST_ARENAS * Arena.SIZE + Window.SLACK];
        }
        return pool;
    }

    private void grow() {
        final byte[] larger = new byte[MAX_ARENAS * Arena.SIZE + Window.SLACK];
        for (final Arena arena : arenas) {
            arena.moveTo(larger, space);
        }
        pool = larger;
        for (final Window window : windows) {
            window.close();
        }
        space.codeChanged();
    }

    private @Nullable Arena find(final long number) {
        for (int i = 0; i < arenas.size(); i++) {
            if (arenas.get(i).key == number / Arena.PAGE_COUNT) {
                return arenas.get(i);
            }
        }
        return null;
    }

    /** A page of zeroes for page {@code number} of the space. */
    Page newPage(final long number) {
        final Arena arena = find(number);
        return arena != null && arena.isFree(number) ? arena.newPage(number) : new Page();
    }

    /** Nobody maps {@code page} any more. */
    void release(final Page page) {
        for (int i = 0; page.bytes == pool && i < arenas.size(); i++) {
            if (arenas.get(i).slot == page.base / Arena.SIZE) {
                arenas.get(i).release(page);
                if (arenas.get(i).isEmpty()) {
                    arenas.remove(i);
                }
                return;
            }
        }
    }

    /** What is mapped at pages [first, end), or how, has changed. */
    void changed(final long first, final long end) {
        for (final Window window : windows) {
            if (window.overlaps(first, end)) {
                window.close();
            }
        }
    }

    /** From now on stores to some page must be looked at. */
    void codeNoted() {
        windows[Window.WRITE].close();
        windows[Window.WRITE_STACK].close();
    }

    /**
     * Moves {@code window} to the pages around {@code number}, as far as they allow it.
     *
     * @param mayGrow no translated code is running, so the pool may be replaced
     */
    void point(final Window window, final long number, final boolean mayGrow) {
        if (space.isCounted() || !usable(number, window.access)) {
            return;
        }
        final Arena arena = arena(number, mayGrow);
        if (arena == null || !gathered(arena, number)) {
            return;
        }
        long first = number;
        while (first > arena.firstPage() && inWindow(arena, first - 1, window.access)) {
            first--;
        }
        long end = number + 1;
        while (end < arena.firstPage() + Arena.PAGE_COUNT && inWindow(arena, end, window.access)) {
            end++;
        }
        window.open(arena, first, end);
    }

    private boolean inWindow(final Arena arena, final long number, final int access) {
        return usable(number, access) && arena.holds(space.mappings().page(number), number);
    }

    /**
     * The page was touched, is mapped once, and nothing but the permission, which it has, decides about an access. What can be written can be
     * read too. Not the first and last of 4 GiB, and the next: translated code does not look whether 32 bits have overflown.
     */
    private boolean usable(final long number, final int access) {
        final Page page = space.mappings().page(number);
        return page != null
                && number != 0
                && number != LAST_OF_4G
                && number != LAST_OF_4G + 1
                && page.mappings == 1
                && (space.mappings().slot(number) & (access | PROT_READ)) == (access | PROT_READ)
                && (access == PROT_READ || page.writable != null);
    }

    private @Nullable Arena arena(final long number, final boolean mayGrow) {
        final Arena known = find(number);
        if (known != null || arenas.size() == MAX_ARENAS) {
            return known;
        }
        if (arenas.size() == pool().length / Arena.SIZE) {
            if (!mayGrow) {
                return null;
            }
            grow();
        }
        final Arena arena = new Arena(number / Arena.PAGE_COUNT, pool, freeSlot());
        arenas.add(arena);
        return arena;
    }

    private int freeSlot() {
        int used = 0;
        for (final Arena arena : arenas) {
            used |= 1 << arena.slot;
        }
        return Integer.numberOfTrailingZeros(~used);
    }

    /** Whether page {@code number} lies in {@code arena}, after all that can have been taken in. */
    private boolean gathered(final Arena arena, final long number) {
        if (!arena.holds(space.mappings().page(number), number)) {
            for (long n = arena.firstPage(); n < arena.firstPage() + Arena.PAGE_COUNT; n++) {
                final Page page = space.mappings().page(n);
                if (page != null
                        && page.mappings == 1
                        && arena.isFree(n)
                        && page.bytes.length == AddressSpace.PAGE_SIZE) {
                    arena.take(page, n);
                    space.forget(n);
                }
            }
        }
        return arena.holds(space.mappings().page(number), number);
    }
}
