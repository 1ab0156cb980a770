package org.kernelentry.machine.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Loads and stores of several slots, all in one page that the tables of {@link PageAccess} know, so that one look decides for all of them and none can
 * be refused. Where that is not so, nothing happens, and the caller has to do them one by one.
 *
 * <p>{@code length} bytes from {@code address} on are all that is accessed; slot {@code slots[k]} of {@code r} is at {@code address + at[k]}.
 */
public final class PageRun {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW = 0xffff_ffffL;

    private PageRun() {}

    /** Loads words of 32 bits without a sign. */
    public static boolean load32(
            final PagedSpace mem,
            final long address,
            final int length,
            final long[] r,
            final int[] slots,
            final int[] at) {
        final int entry = mem.readableAtOnce(address, length);
        if (entry < 0) {
            return false;
        }
        final byte[] bytes = mem.readBytes[entry];
        final int from = mem.readBase[entry] + PageAccess.offset(address);
        for (int k = 0; k < slots.length; k++) {
            r[slots[k]] = (int) INT.get(bytes, from + at[k]) & LOW;
        }
        return true;
    }

    /** Loads words of 64 bits. */
    public static boolean load64(
            final PagedSpace mem,
            final long address,
            final int length,
            final long[] r,
            final int[] slots,
            final int[] at) {
        final int entry = mem.readableAtOnce(address, length);
        if (entry < 0) {
            return false;
        }
        final byte[] bytes = mem.readBytes[entry];
        final int from = mem.readBase[entry] + PageAccess.offset(address);
        for (int k = 0; k < slots.length; k++) {
            r[slots[k]] = (long) LONG.get(bytes, from + at[k]);
        }
        return true;
    }

    /** Stores the low halves. */
    public static boolean store32(
            final PagedSpace mem,
            final long address,
            final int length,
            final long[] r,
            final int[] slots,
            final int[] at) {
        final Page page = mem.writableAtOnce(address, length);
        if (page == null || page.writable == null) {
            return false;
        }
        final byte[] bytes = page.writable;
        final int to = page.base + PageAccess.offset(address);
        for (int k = 0; k < slots.length; k++) {
            INT.set(bytes, to + at[k], (int) r[slots[k]]);
        }
        return true;
    }

    /** Stores all 64 bits. */
    public static boolean store64(
            final PagedSpace mem,
            final long address,
            final int length,
            final long[] r,
            final int[] slots,
            final int[] at) {
        final Page page = mem.writableAtOnce(address, length);
        if (page == null || page.writable == null) {
            return false;
        }
        final byte[] bytes = page.writable;
        final int to = page.base + PageAccess.offset(address);
        for (int k = 0; k < slots.length; k++) {
            LONG.set(bytes, to + at[k], r[slots[k]]);
        }
        return true;
    }
}
