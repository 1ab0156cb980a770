package org.kernelentry.machine.memory;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A range of addresses that translated code reads or writes without asking for the page: all its pages have the permission and lie in one
 * {@link Arena} as they lie in the space.
 *
 * <p>An access at {@code a} may use the space's {@link PagedSpace#pool pool} at {@code (int) a + delta} if {@code a + bias < limit} (see {@link Limits}), a signed
 * comparison that stands for the unsigned {@code a - first < length - 7}. One limit serves all sizes, so the last seven bytes of a window are never used through it. Whatever is refused
 * here is for the space's own loads and stores, after {@link #missed}.
 */
public final class Window {
    /** Numbers of windows: two to read and two to read or write, as programs use the stack and something else at the same time. */
    public static final int READ = 0;

    public static final int READ_STACK = 1;
    public static final int WRITE = 2;
    public static final int WRITE_STACK = 3;
    public static final int COUNT = 4;

    /** So many bytes behind a place in the pool, masked, are in the pool. */
    public static final int SLACK = 512;

    /**
     * Accesses of so many bits to a place in the pool, low byte first. The JVM's compiler takes in what these constants do however much
     * that is altogether; of methods it does so up to a limit, and calls the rest.
     */
    public static final MethodHandle GET16 = get(char[].class);

    public static final MethodHandle GET16S = get(short[].class);
    public static final MethodHandle GET32 = get(int[].class);
    public static final MethodHandle GET64 = get(long[].class);
    public static final MethodHandle PUT16 = put(short[].class);
    public static final MethodHandle PUT32 = put(int[].class);
    public static final MethodHandle PUT64 = put(long[].class);

    private static final int MARGIN = Long.BYTES - 1;
    private static final int FIRST_PATIENCE = Integer.getInteger("org.kernelentry.window", 64);
    private static final int MOST_PATIENCE = 1 << 14;
    /** How many accesses have to leave translated code before the window moves; none once it was closed. */
    private static final int MOVES_AFTER = 4;

    private static final int OPENS_AFTER = 8;

    private final Arenas arenas;
    /** PROT_READ or PROT_WRITE. */
    final int access;
    /** Page numbers [first, end); equal when the window is closed. */
    long first;

    long end;
    private int misses;
    private int patience = FIRST_PATIENCE;
    private int refusals;
    private boolean hasBeenOpen;

    /** What translated code reads. It has no way back to the space, which goes when nobody but a cache of its code is left. */
    public final Limits limits = new Limits();

    /** See {@link Window}. */
    public static final class Limits {
        public long bias;
        public long limit = Long.MIN_VALUE;
        public int delta;
    }

    Window(final Arenas arenas, final int access) {
        this.arenas = arenas;
        this.access = access;
    }

    /** The window is on pages [first, end) of {@code arena}. */
    void open(final Arena arena, final long newFirst, final long newEnd) {
        first = newFirst;
        end = newEnd;
        hasBeenOpen = true;
        limits.delta = arena.delta();
        limits.bias = Long.MIN_VALUE - (newFirst << AddressSpace.PAGE_SHIFT);
        limits.limit = Long.MIN_VALUE + (newEnd - newFirst << AddressSpace.PAGE_SHIFT) - MARGIN;
    }

    /** Nothing is seen through the window until the next miss. */
    void close() {
        first = 0;
        end = 0;
        limits.limit = Long.MIN_VALUE;
        misses = patience;
    }

    boolean overlaps(final long from, final long to) {
        return first < to && from < end;
    }

    /**
     * An access was refused. After many, the window moves to where they are; each time it waits longer, so that a program that uses two places in
     * turn does not pay for moving.
     */
    public void missed(final long address) {
        final long number = address >>> AddressSpace.PAGE_SHIFT;
        // A stack or a heap that grows: sooner.
        misses += number == end || number == first - 1 ? 1 + patience / 8 : 1;
        if (misses >= patience) {
            misses = 0;
            patience = Math.min(2 * patience, MOST_PATIENCE);
            arenas.point(this, number, false);
        }
    }

    /**
     * Translated code was left for an access that was refused: as {@link #missed}, but that costs much more. Who is refused again and again is to
     * look elsewhere, so the window does not grow more patient.
     */
    public void refused(final long address) {
        final long number = address >>> AddressSpace.PAGE_SHIFT;
        if (number >= first && number < end) {
            return;
        }
        refusals++;
        if (number == end
                || number == first - 1
                || refusals >= MOVES_AFTER && end != 0
                || hasBeenOpen && end == 0
                || refusals >= OPENS_AFTER) {
            refusals = 0;
            arenas.point(this, number, true);
        }
    }

    private static MethodHandle get(final Class<?> array) {
        return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN)
                .toMethodHandle(VarHandle.AccessMode.GET);
    }

    private static MethodHandle put(final Class<?> array) {
        return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN)
                .toMethodHandle(VarHandle.AccessMode.SET);
    }
}
