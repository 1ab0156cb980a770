package org.kernelentry.machine.memory;

/**
 * A refused guest access on its way from {@link AddressSpace} to the engine or to the kernel's user-access functions.
 *
 * <p>Preallocated (one per address space) and without stack trace: raising it costs nothing and allocates nothing. It never leaves
 * the machine or the user-access functions.
 */
public final class MemoryFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Lowest refused address. */
    public long address;
    /** {@link AddressSpace#PROT_READ}, {@code PROT_WRITE} or {@code PROT_EXEC}. */
    public int access;
    /** The page exists but its permissions (or, on first touch, exhausted memory) refuse the access. */
    public boolean present;

    MemoryFault() {
        super("guest memory fault", null, false, false);
    }
}
