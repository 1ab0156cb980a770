package org.kernelentry.machine.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The loads and stores of a {@link PagedSpace}.
 *
 * <p>They go through two small direct-mapped tables of recently used pages, one for readable and one for writable pages.
 * One comparison decides: the page number of the access's <em>last</em> byte against the entry chosen by the <em>first</em> byte, which
 * differs when the access crosses a page. Everything else (crossing, first touch, refusal, pages that hold cached code) is in
 * methods of its own, so that the fast paths stay small enough to be inlined into the interpreter.
 *
 * <p>Where accesses are counted, the tables stay empty and no window opens, so that all of them come by the slow paths, which count.
 */
public abstract sealed class PageAccess implements AddressSpace permits PagedSpace {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    static final int OFFSET = PAGE_SIZE - 1;
    private static final int TLB_SIZE = 256;
    private static final int TLB_MASK = TLB_SIZE - 1;
    private static final long NO_TAG = -1;
    /** Where the byte begins that may be ignored. */
    private static final int TAG_SHIFT = 56;

    private static final Page NO_PAGE = new Page();

    private final MemoryFault fault = new MemoryFault();
    private final long[] readTag = new long[TLB_SIZE];
    final byte[][] readBytes = new byte[TLB_SIZE][];
    final int[] readBase = new int[TLB_SIZE];
    private final long[] writeTag = new long[TLB_SIZE];
    private final Page[] writePage = new Page[TLB_SIZE];
    /** Whether the tables may know a page. */
    private boolean filled = true;

    private long execTag = NO_TAG;
    private Page execPage = NO_PAGE;
    private @Nullable AccessCount count;
    private boolean topByteIgnored;

    PageAccess() {
        flushAll();
    }

    abstract Mappings mappings();

    abstract Arenas arenas();

    /**
     * Counts every load and store from now on, which makes them slow; those that are refused do not count, nor do {@link #peek}, {@link #poke} and
     * fetches of code. Copies made by {@link #fork} are not counted.
     *
     * @param newCount what to count into; null counts no longer
     */
    public void count(final @Nullable AccessCount newCount) {
        count = newCount;
        flush(0, top() >>> PAGE_SHIFT);
    }

    /**
     * Whether loads and stores at an address that is mapped without its top byte go there. Such accesses always take the slow path; no table and no
     * window knows them.
     */
    public void ignoreTopByte(final boolean ignored) {
        topByteIgnored = ignored;
    }

    /** Whether accesses are counted. */
    boolean isCounted() {
        return count != null;
    }

    /** What the tables remember a page by; nothing where the next access to it must be counted, or where its address has a tag. */
    private long tag(final long number) {
        return count == null && number >>> TAG_SHIFT - PAGE_SHIFT == 0 ? number : NO_TAG;
    }

    // ---- translation

    private MemoryFault refuse(final long address, final int access, final boolean present) {
        fault.address = address;
        fault.access = access;
        fault.present = present;
        return fault;
    }

    /** The page of {@code address} if it is mapped with permission {@code access} ({@code force}: with any permission). */
    final Page translate(final long address, final int access, final boolean force) {
        long number = address >>> PAGE_SHIFT;
        int slot = mappings().slot(number);
        if (slot == 0 && topByteIgnored && access != PROT_EXEC && address >>> TAG_SHIFT != 0) {
            number = (address & (1L << TAG_SHIFT) - 1) >>> PAGE_SHIFT;
            slot = mappings().slot(number);
        }
        if (slot == 0) {
            throw refuse(address, access, false);
        }
        if ((slot & access) == 0 && !force) {
            throw refuse(address, access, true);
        }
        final Page page = mappings().touch(number);
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
            filled = true;
            readTag[i] = tag(number);
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
        filled = true;
        writeTag[i] = tag(number);
        writePage[i] = page;
        return page;
    }

    private void flushAll() {
        if (filled) {
            Arrays.fill(readTag, NO_TAG);
            Arrays.fill(readBytes, NO_PAGE.bytes);
            Arrays.fill(readBase, 0);
            Arrays.fill(writeTag, NO_TAG);
            Arrays.fill(writePage, NO_PAGE);
            filled = false;
        }
        execTag = NO_TAG;
        execPage = NO_PAGE;
    }

    /** What is mapped at pages [first, end), or how, has changed. */
    final void flush(final long first, final long end) {
        arenas().changed(first, end);
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
    final void forget(final long number) {
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

    /** The entry of the table of readable pages that knows the page of all these bytes, or -1. */
    final int readableAtOnce(final long address, final int length) {
        final int i = (int) (address >>> PAGE_SHIFT) & TLB_MASK;
        return readTag[i] == address >>> PAGE_SHIFT && readTag[i] == address + length - 1 >>> PAGE_SHIFT ? i : -1;
    }

    /** The page of all these bytes, if the table of writable pages knows it. */
    final @Nullable Page writableAtOnce(final long address, final int length) {
        final int i = (int) (address >>> PAGE_SHIFT) & TLB_MASK;
        return writeTag[i] == address >>> PAGE_SHIFT && writeTag[i] == address + length - 1 >>> PAGE_SHIFT
                ? writePage[i]
                : null;
    }

    static int offset(final long address) {
        return (int) address & OFFSET;
    }

    // ---- loads

    @Override
    public final int load8(final long address) {
        final int i = (int) (address >>> PAGE_SHIFT) & TLB_MASK;
        if (readTag[i] == address >>> PAGE_SHIFT) {
            return readBytes[i][readBase[i] + ((int) address & OFFSET)] & 0xff;
        }
        return (int) loadSlow(address, 1);
    }

    @Override
    public final int load16(final long address) {
        final int i = (int) (address >>> PAGE_SHIFT) & TLB_MASK;
        if (readTag[i] == address + 1 >>> PAGE_SHIFT) {
            return (short) SHORT.get(readBytes[i], readBase[i] + ((int) address & OFFSET)) & 0xffff;
        }
        return (int) loadSlow(address, 2);
    }

    @Override
    public final int load32(final long address) {
        final int i = (int) (address >>> PAGE_SHIFT) & TLB_MASK;
        if (readTag[i] == address + 3 >>> PAGE_SHIFT) {
            return (int) INT.get(readBytes[i], readBase[i] + ((int) address & OFFSET));
        }
        return (int) loadSlow(address, 4);
    }

    @Override
    public final long load64(final long address) {
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
        if (count != null) {
            count.loads++;
        }
        return value;
    }

    @Override
    public final int fetch8(final long address) {
        if (execTag != address >>> PAGE_SHIFT) {
            execPage = translate(address, PROT_EXEC, false);
            execTag = address >>> PAGE_SHIFT;
        }
        return execPage.bytes[execPage.base + ((int) address & OFFSET)] & 0xff;
    }

    @Override
    public final void load(final long address, final byte[] into, final int offset, final int length) {
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
        if (count != null) {
            count.loads += AccessCount.words(length);
        }
    }

    @Override
    public final void peek(final long address, final byte[] into, final int offset, final int length) {
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
    public final void store8(final long address, final int value) {
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
    public final void store16(final long address, final int value) {
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
    public final void store32(final long address, final int value) {
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
    public final void store64(final long address, final long value) {
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
        if (count != null) {
            count.stores++;
        }
    }

    @Override
    public final void probeWrite(final long address, final int length) {
        if (length > 0) {
            writable(address);
            for (int done = inFirstPage(address, length); done < length; done += PAGE_SIZE) {
                writable(address + done);
            }
        }
    }

    @Override
    public final void store(final long address, final byte[] from, final int offset, final int length) {
        probeWrite(address, length);
        for (int done = 0; done < length; ) {
            final int chunk = Math.min(inFirstPage(address + done, length), length - done);
            put(writable(address + done), (int) (address + done) & OFFSET, from, offset + done, chunk);
            done += chunk;
        }
        if (count != null) {
            count.stores += AccessCount.words(length);
        }
    }

    @Override
    public final void poke(final long address, final byte[] from, final int offset, final int length) {
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

    @Override
    public final MemoryFault fault() {
        return fault;
    }
}
