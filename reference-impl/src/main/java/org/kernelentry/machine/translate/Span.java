package org.kernelentry.machine.translate;

import org.kernelentry.machine.memory.Window;

/**
 * Accesses of a block that go to places with constant distances between them: where the window shows the lowest and the highest, it shows all, so
 * only the first asks. What the stack is used for at the beginning and the end of a function is one or two of these.
 */
final class Span {
    /** Most bytes from the lowest place to the end of the highest. */
    private static final int MOST = Window.SLACK;

    /** The operation that asks the window, for all of them. */
    final int first;
    /** The first access is {@link #displacement} behind the value of this slot. */
    final int base;

    final long displacement;
    /** Offset of the first access, as {@code Offsets} has it. */
    private final long origin;

    private int window;

    private long low;
    private long end;
    private int last;
    private int members;
    /** Which of the local variables for places; -1 for none. */
    int place = -1;

    Span(
            final int first,
            final int window,
            final long offset,
            final int bytes,
            final int base,
            final long displacement) {
        this.first = first;
        this.base = base;
        this.displacement = displacement;
        this.window = window;
        this.origin = offset;
        this.low = offset;
        this.end = offset + bytes;
        this.last = first;
        this.members = 1;
    }

    /** Takes in an access that writes, or does not, if it is near enough. */
    boolean add(final int op, final long offset, final int bytes, final boolean writes) {
        final long newLow = Math.min(low, offset);
        final long newEnd = Math.max(end, offset + bytes);
        if (newEnd - newLow > MOST) {
            return false;
        }
        low = newLow;
        end = newEnd;
        last = op;
        members++;
        if (writes && window < Window.WRITE) {
            window += Window.WRITE - Window.READ;
        }
        return true;
    }

    /** Number of the window: if only one of the accesses writes, one that shows what can be written, and so read. */
    int window() {
        return window;
    }

    /** Whether asking together spares something. */
    boolean pays() {
        return members > 1;
    }

    /** The operation of the last access. */
    int last() {
        return last;
    }

    /** From the first access to the lowest, in bytes; not above 0. */
    long lowest() {
        return low - origin;
    }

    /** From the first access to the last eight bytes of the highest; not below {@link #lowest}, as a window is asked for eight bytes. */
    long highest() {
        return Math.max(end - Long.BYTES, low) - origin;
    }

    /** From the lowest place to the access at {@code offset}. */
    int distance(final long offset) {
        return (int) (offset - low);
    }
}
