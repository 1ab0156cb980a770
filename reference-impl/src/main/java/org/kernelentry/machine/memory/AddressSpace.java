package org.kernelentry.machine.memory;

import org.jspecify.annotations.Nullable;

/**
 * Guest memory of one process: pages of 4 KiB with permissions.
 *
 * <p>Accesses are little-endian, may be unaligned and may cross pages. A refused access throws the space's preallocated
 * {@link MemoryFault} that names the lowest refused byte and has no effect on memory. Addresses are unsigned 64-bit; an access that
 * would wrap at the top is refused. Addresses at or above {@code top} never exist.
 *
 * <p>A mapped page takes memory when it is first touched. Should the {@link GuestRam} be used up then, the access is refused as if by
 * permissions ({@code present} is set although {@link #protection} allows it): the place where Linux would start the OOM killer.
 */
public interface AddressSpace {
    int PAGE_SHIFT = 12;
    int PAGE_SIZE = 1 << PAGE_SHIFT;
    int PROT_NONE = 0;
    int PROT_READ = 1;
    int PROT_WRITE = 2;
    int PROT_EXEC = 4;

    /** First address that no mapping can contain (TASK_SIZE). */
    long top();

    /**
     * Maps fresh zeroed pages over [address, address+length), replacing what was there; both multiples of the page size.
     *
     * @return false, with nothing changed, when the range leaves [0, top) or the space's limit of mapped bytes would be exceeded
     *     (ENOMEM)
     */
    boolean map(long address, long length, int prot);

    /**
     * Maps the same pages that {@code from} has at {@code source}: a write through one is seen through the other.
     *
     * @return false, with nothing changed, when some source page is not mapped, or as for {@link #map}
     */
    boolean share(long address, long length, int prot, AddressSpace from, long source);

    /**
     * Removes what is mapped in the range; gaps are no error. A space that is no longer used should be unmapped from 0 to {@link #top}:
     * that gives its memory back to the {@link GuestRam} it shares with others.
     */
    void unmap(long address, long length);

    /** Changes permissions; false when some page of the range is not mapped (the mapped ones before it are changed, as Linux does). */
    boolean protect(long address, long length, int prot);

    /** Permissions of the page that holds {@code address}, or -1 when it is not mapped. */
    int protection(long address);

    /**
     * A copy for fork: same mappings and contents; pages mapped by {@link #share} stay shared, the others are copied.
     *
     * @return null when the {@link GuestRam} cannot hold the copies (ENOMEM)
     */
    @Nullable
    AddressSpace fork();

    /** Bytes mapped, for limits. */
    long mappedBytes();

    /** Lowest free gap of {@code length} bytes at or above {@code hint}, page aligned, or -1. */
    long findGap(long hint, long length);

    /** Highest free gap of {@code length} bytes that ends at or below {@code limit}, page aligned, or -1. */
    long findGapBelow(long limit, long length);

    /** Address of the first mapped page at or above {@code address}'s, or -1. */
    long nextMapped(long address);

    /**
     * Moves mappings with their contents and permissions to [to, to+length), replacing what was there; the ranges must not overlap and
     * holes stay holes.
     *
     * @return false, with nothing changed, when the target leaves [0, top)
     */
    boolean move(long from, long to, long length);

    int load8(long address);

    int load16(long address);

    int load32(long address);

    long load64(long address);

    void store8(long address, int value);

    void store16(long address, int value);

    void store32(long address, int value);

    void store64(long address, long value);

    /** Faults as a store to [address, address+length) would, and changes nothing. */
    void probeWrite(long address, int length);

    /** Fetches one byte of code: needs PROT_EXEC. */
    int fetch8(long address);

    /** Copies guest memory out; all or nothing. */
    void load(long address, byte[] into, int offset, int length);

    /** Copies into guest memory; nothing is written when any byte is refused. */
    void store(long address, byte[] from, int offset, int length);

    /** As {@link #load} for a debugger or loader: permissions are ignored, unmapped pages still fault (FOLL_FORCE). */
    void peek(long address, byte[] into, int offset, int length);

    /** As {@link #store} for a debugger or loader: permissions are ignored, cached code of the page is dropped. */
    void poke(long address, byte[] from, int offset, int length);

    /**
     * Changes whenever code that was fetched from this space may have changed meaning (a store to, remap or permission loss of a page
     * that holds cached blocks). Engines compare it.
     */
    int codeGeneration();

    /** Notes that blocks were decoded from the page of {@code address}, so that changes to it bump {@link #codeGeneration}. */
    void noteCode(long address);

    /** The preallocated fault, filled by the access that was last refused. */
    MemoryFault fault();
}
