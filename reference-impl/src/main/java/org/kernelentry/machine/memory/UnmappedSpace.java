package org.kernelentry.machine.memory;

/** The space of a CPU that runs nobody: every access is refused. */
public final class UnmappedSpace {
    private UnmappedSpace() {}

    public static AddressSpace create() {
        return PagedSpace.create(0);
    }
}
