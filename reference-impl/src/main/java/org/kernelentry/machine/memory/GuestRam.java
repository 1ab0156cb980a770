package org.kernelentry.machine.memory;

/** The memory of one emulated machine: how many pages its address spaces may hold together. */
public final class GuestRam {
    private final long limit;
    private long used;

    /** @param bytes limit, rounded down to whole pages */
    public GuestRam(final long bytes) {
        this.limit = bytes >>> AddressSpace.PAGE_SHIFT;
    }

    /** Bytes held by touched pages now; a page mapped in several places counts once. */
    public long usedBytes() {
        return used << AddressSpace.PAGE_SHIFT;
    }

    boolean take() {
        if (used >= limit) {
            return false;
        }
        used++;
        return true;
    }

    void giveBack() {
        used--;
    }
}
