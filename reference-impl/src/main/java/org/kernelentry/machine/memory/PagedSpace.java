package org.kernelentry.machine.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An {@link AddressSpace} in byte arrays of one page each.
 *
 * <p>Loads and stores go through two small direct-mapped tables of recently used pages, one for readable and one for writable pages.
 * One comparison decides: the page number of the access's <em>last</em> byte against the entry chosen by the <em>first</em> byte, which
 * differs when the access crosses a page. Everything else (crossing, first touch, refusal, pages that hold cached code) is in
 * methods of its own, so that the fast paths stay small enough to be inlined into the interpreter.
 */
public final class PagedSpace implements AddressSpace {
    /** Limit of mapped bytes where none is given. */
    public static final long DEFAULT_LIMIT = 256L << 20;
    /** Size of the {@link GuestRam} where none is given. */
    public static final long DEFAULT_RAM = 512L << 20;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int OFFSET = PAGE_SIZE - 1;
    private static final int TLB_SIZE = 256;
    private static final int TLB_MASK = TLB_SIZE - 1;
    private static final long NO_TAG = -1;
    private static final Page NO_PAGE = new Page();

    private final long top;
    private final Mappings mappings;
    private final MemoryFault fault = new MemoryFault();
    private int codeGeneration;

    private final long[] readTag = new long[TLB_SIZE];
    private final byte[][] readBytes = new byte[TLB_SIZE][];
    private final int[] readBase = new int[TLB_SIZE];
    private final long[] writeTag = new long[TLB_SIZE];
    private final Page[] writePage = new Page[TLB_SIZE];
    private long execTag = NO_TAG;
    private Page execPage = NO_PAGE;

    /** Where pages that belong together lie together, and the windows of translated code on them. */
    private final Arenas arenas = new Arenas(this);

    private PagedSpace(final long top, final long limitBytes, final GuestRam ram) {
        this.top = top & -PAGE_SIZE;
        this.mappings = new Mappings(this, this.top, limitBytes, ram);
        flushAll();
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

    Arenas arenas() {
        return arenas;
    }

    Mappings mappings() {
        return mappings;
    }

    /** The window {@code slot} of translated code: see {@link Window}. */
    public Window window(final int slot) {
        return arenas.window(slot);
    }

    private MemoryFault refuse(final long address, final int access, final boolean present) {
        fault.address = address;
        fault.access = access;
        fault.present = present;
        return fault;
    }

    /** The page of {@code address} if it is mapped with permission {@code access} ({@code force}: with any permission). */
    private Page translate(final long address, final int access, final boolean force) {
        final long number = address >>> PAGE_SHIFT;
        final int slot = mappings.slot(number);
        if (slot == 0) {
            throw refuse(address, access, false);
        }
        if ((slot & access) == 0 && !force) {
            throw refuse(address, access, true);
        }
        final Page page = mappings.touch(number);
        if (page == null) {
            throw refuse(address, access, true);
        }
        return page;
    }

    /** The entry of the table of readable pages for {@code address}, filled. */
    private int readable(final long address) {
        final long number = address >>> PAGE_SHIFT;
        final int i = (int) number & TLB_MASK;
        if (readTag[i] != number) {
            final Page page = translate(address, PROT_READ, false);
            readTag[i] = number;
            readBytes[i] = page.bytes;
            readBase[i] = page.base;
        }
        return i;
    }

    private int readByte(final long address) {
        final int i = readable(address);
        return readBytes[i][readBase[i] + ((int) address & OFFSET)] & 0xff;
    }

    private Page writable(final long address) {
        final long number = address >>> PAGE_SHIFT;
        final int i = (int) number & TLB_MASK;
        if (writeTag[i] == number) {
            return writePage[i];
        }
        final Page page = translate(address, PROT_WRITE, false);
        writeTag[i] = number;
        writePage[i] = page;
        return page;
    }

    private void flushAll() {
        Arrays.fill(readTag, NO_TAG);
        Arrays.fill(readBytes, NO_PAGE.bytes);
        Arrays.fill(readBase, 0);
        Arrays.fill(writeTag, NO_TAG);
        Arrays.fill(writePage, NO_PAGE);
        execTag = NO_TAG;
        execPage = NO_PAGE;
    }

    private void flush(final long first, final long end) {
        arenas.changed(first, end);
        if (end - first >= TLB_SIZE / 8) {
            flushAll();
            return;
        }
        for (long n = first; n < end; n++) {
            forget(n);
        }
        execTag = NO_TAG;
        execPage = NO_PAGE;
    }

    /** The tables of recently used pages forget this one. */
    void forget(final long number) {
        final int i = (int) number & TLB_MASK;
        if (readTag[i] == number) {
            readTag[i] = NO_TAG;
            readBytes[i] = NO_PAGE.bytes;
            readBase[i] = 0;
        }
        if (writeTag[i] == number) {
            writeTag[i] = NO_TAG;
            writePage[i] = NO_PAGE;
        }
    }

    // ---- loads

    @Override
    public int load8(final long address) {
        final int i = (int) (address >>> PAGE_SHIFT) & TLB_MASK;
        if (readTag[i] == address >>> PAGE_SHIFT) {
            return readBytes[i][readBase[i] + ((int) address & OFFSET)] & 0xff;
        }
        return readByte(address);
    }

    @Override
    public int load16(final long address) {
        final int i = (int) (address >>> PAGE_SHIFT) & TLB_MASK;
        if (readTag[i] == address + 1 >>> PAGE_SHIFT) {
            return (short) SHORT.get(readBytes[i], readBase[i] + ((int) address & OFFSET)) & 0xffff;
        }
        return (int) loadSlow(address, 2);
    }

    @Override
    public int load32(final long address) {
        final int i = (int) (address >>> PAGE_SHIFT) & TLB_MASK;
        if (readTag[i] == address + 3 >>> PAGE_SHIFT) {
            return (int) INT.get(readBytes[i], readBase[i] + ((int) address & OFFSET));
        }
        return (int) loadSlow(address, 4);
    }

    @Override
    public long load64(final long address) {
        final int i = (int) (address >>> PAGE_SHIFT) & TLB_MASK;
        if (readTag[i] == address + 7 >>> PAGE_SHIFT) {
            return (long) LONG.get(readBytes[i], readBase[i] + ((int) address & OFFSET));
        }
        return loadSlow(address, 8);
    }

    private long loadSlow(final long address, final int size) {
        long value = 0;
        for (int k = 0; k < size; k++) {
            value |= (long) readByte(address + k) << 8 * k;
        }
        return value;
    }

    @Override
    public int fetch8(final long address) {
        if (execTag != address >>> PAGE_SHIFT) {
            execPage = translate(address, PROT_EXEC, false);
            execTag = address >>> PAGE_SHIFT;
        }
        return execPage.bytes[execPage.base + ((int) address & OFFSET)] & 0xff;
    }

    @Override
    public void load(final long address, final byte[] into, final int offset, final int length) {
        if (length > 0) {
            readable(address);
            for (int done = inFirstPage(address, length); done < length; done += PAGE_SIZE) {
                readable(address + done);
            }
        }
        for (int done = 0; done < length; ) {
            final int chunk = Math.min(inFirstPage(address + done, length), length - done);
            final int i = readable(address + done);
            final int at = readBase[i] + ((int) (address + done) & OFFSET);
            System.arraycopy(readBytes[i], at, into, offset + done, chunk);
            done += chunk;
        }
    }

    @Override
    public void peek(final long address, final byte[] into, final int offset, final int length) {
        checkForced(address, length, PROT_READ);
        for (int done = 0; done < length; ) {
            final int chunk = Math.min(inFirstPage(address + done, length), length - done);
            final Page page = translate(address + done, PROT_READ, true);
            System.arraycopy(page.bytes, page.base + ((int) (address + done) & OFFSET), into, offset + done, chunk);
            done += chunk;
        }
    }

    // ---- stores

    @Override
    public void store8(final long address, final int value) {
        final int i = (int) (address >>> PAGE_SHIFT) & TLB_MASK;
        if (writeTag[i] == address >>> PAGE_SHIFT) {
            final Page page = writePage[i];
            final byte[] bytes = page.writable;
            if (bytes != null) {
                bytes[page.base + ((int) address & OFFSET)] = (byte) value;
                return;
            }
        }
        storeSlow(address, 1, value);
    }

    @Override
    public void store16(final long address, final int value) {
        final int i = (int) (address >>> PAGE_SHIFT) & TLB_MASK;
        if (writeTag[i] == address + 1 >>> PAGE_SHIFT) {
            final Page page = writePage[i];
            final byte[] bytes = page.writable;
            if (bytes != null) {
                SHORT.set(bytes, page.base + ((int) address & OFFSET), (short) value);
                return;
            }
        }
        storeSlow(address, 2, value);
    }

    @Override
    public void store32(final long address, final int value) {
        final int i = (int) (address >>> PAGE_SHIFT) & TLB_MASK;
        if (writeTag[i] == address + 3 >>> PAGE_SHIFT) {
            final Page page = writePage[i];
            final byte[] bytes = page.writable;
            if (bytes != null) {
                INT.set(bytes, page.base + ((int) address & OFFSET), value);
                return;
            }
        }
        storeSlow(address, 4, value);
    }

    @Override
    public void store64(final long address, final long value) {
        final int i = (int) (address >>> PAGE_SHIFT) & TLB_MASK;
        if (writeTag[i] == address + 7 >>> PAGE_SHIFT) {
            final Page page = writePage[i];
            final byte[] bytes = page.writable;
            if (bytes != null) {
                LONG.set(bytes, page.base + ((int) address & OFFSET), value);
                return;
            }
        }
        storeSlow(address, 8, value);
    }

    private void storeSlow(final long address, final int size, final long value) {
        final Page first = writable(address);
        final int offset = (int) address & OFFSET;
        final int here = Math.min(size, PAGE_SIZE - offset);
        // Both pages are asked for before the first byte changes.
        final Page second = here < size ? writable(address + here) : first;
        for (int k = 0; k < here; k++) {
            first.bytes[first.base + offset + k] = (byte) (value >>> 8 * k);
        }
        first.written(offset, here);
        for (int k = here; k < size; k++) {
            second.bytes[second.base + k - here] = (byte) (value >>> 8 * k);
        }
        if (here < size) {
            second.written(0, size - here);
        }
    }

    @Override
    public void probeWrite(final long address, final int length) {
        if (length > 0) {
            writable(address);
            for (int done = inFirstPage(address, length); done < length; done += PAGE_SIZE) {
                writable(address + done);
            }
        }
    }

    @Override
    public void store(final long address, final byte[] from, final int offset, final int length) {
        probeWrite(address, length);
        for (int done = 0; done < length; ) {
            final int chunk = Math.min(inFirstPage(address + done, length), length - done);
            put(writable(address + done), (int) (address + done) & OFFSET, from, offset + done, chunk);
            done += chunk;
        }
    }

    @Override
    public void poke(final long address, final byte[] from, final int offset, final int length) {
        checkForced(address, length, PROT_WRITE);
        for (int done = 0; done < length; ) {
            final int chunk = Math.min(inFirstPage(address + done, length), length - done);
            final Page page = translate(address + done, PROT_WRITE, true);
            put(page, (int) (address + done) & OFFSET, from, offset + done, chunk);
            done += chunk;
        }
    }

    private static void put(final Page page, final int at, final byte[] from, final int offset, final int length) {
        System.arraycopy(from, offset, page.bytes, page.base + at, length);
        page.written(at, length);
    }

    private void checkForced(final long address, final int length, final int access) {
        if (length > 0) {
            translate(address, access, true);
            for (int done = inFirstPage(address, length); done < length; done += PAGE_SIZE) {
                translate(address + done, access, true);
            }
        }
    }

    /** How many of {@code length} bytes lie in the page of {@code address}. */
    private static int inFirstPage(final long address, final int length) {
        return Math.min(length, PAGE_SIZE - ((int) address & OFFSET));
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

    @Override
    public MemoryFault fault() {
        return fault;
    }
}
