package org.kernelentry.machine.memory;

/** Placeholder until the page tables land in the next commit. */
public final class PagedSpace {
    private PagedSpace() {}

    /** A space whose addresses end at {@code top}. */
    public static AddressSpace create(final long top) {
        throw new UnsupportedOperationException("no pages yet, top " + top);
    }
}
