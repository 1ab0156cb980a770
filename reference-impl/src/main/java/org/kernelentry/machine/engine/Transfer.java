package org.kernelentry.machine.engine;

import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.PageRun;
import org.kernelentry.machine.memory.PagedSpace;

/**
 * Loads or stores of several registers, found by {@link TransferFinder}: what the operations from its place on do, where all is in one page that is
 * at hand, so that nothing can be refused in between. Where that is not so, the first of them is done, and the others follow it on their own.
 */
abstract class Transfer extends Code {
    /**
     * Where memory is accessed.
     *
     * @param base the register that addresses are made of
     * @param offset what a temporary adds to it, with {@code mask} for the sum; an alignment check is of that
     * @param bits those that must be 0 in it
     * @param lowest the first byte from there on, with {@code cut} for the sum
     * @param length how many bytes from that on
     */
    record Place(int base, long offset, long mask, long bits, long lowest, long cut, int length) {}

    /** How {@code base} is moved at the end: by {@code move}, the sum with {@code mask}. */
    record Move(long move, long mask) {}

    private final Code first;
    private final int base;
    private final long offset;
    private final long mask;
    private final long bits;
    private final long lowest;
    private final long cut;
    private final long move;
    private final long moveMask;
    private final int next;

    final int length;
    final int[] slots;
    final int[] at;

    /**
     * A transfer.
     *
     * @param first the first of the operations, on its own
     * @param slots what is loaded or stored
     * @param at where, from the first byte on
     * @param next the operation behind the last
     */
    Transfer(final Code first, final Place place, final Move move, final int[] slots, final int[] at, final int next) {
        this.first = first;
        this.base = place.base;
        this.offset = place.offset;
        this.mask = place.mask;
        this.bits = place.bits;
        this.lowest = place.lowest;
        this.cut = place.cut;
        this.length = place.length;
        this.move = move.move;
        this.moveMask = move.mask;
        this.slots = slots;
        this.at = at;
        this.next = next;
    }

    /** Whether all were done; else nothing was. */
    abstract boolean tried(long[] r, PagedSpace mem, long address);

    static Transfer of(
            final int opcode,
            final Code first,
            final Place place,
            final Move move,
            final int[] slots,
            final int[] at,
            final int next) {
        return switch (opcode) {
            case Op.LD32U ->
                new Transfer(first, place, move, slots, at, next) {
                    @Override
                    boolean tried(final long[] r, final PagedSpace mem, final long address) {
                        return PageRun.load32(mem, address, length, r, slots, at);
                    }
                };
            case Op.LD64 ->
                new Transfer(first, place, move, slots, at, next) {
                    @Override
                    boolean tried(final long[] r, final PagedSpace mem, final long address) {
                        return PageRun.load64(mem, address, length, r, slots, at);
                    }
                };
            case Op.ST32 ->
                new Transfer(first, place, move, slots, at, next) {
                    @Override
                    boolean tried(final long[] r, final PagedSpace mem, final long address) {
                        return PageRun.store32(mem, address, length, r, slots, at);
                    }
                };
            case Op.ST64 ->
                new Transfer(first, place, move, slots, at, next) {
                    @Override
                    boolean tried(final long[] r, final PagedSpace mem, final long address) {
                        return PageRun.store64(mem, address, length, r, slots, at);
                    }
                };
            default -> throw new IllegalArgumentException("operation " + opcode);
        };
    }

    @Override
    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
        final long value = r[base] + offset & mask;
        if ((value & bits) != 0 || !tried(r, mem, value + lowest & cut)) {
            return first.run(r, mem, generation, i);
        }
        r[base] = r[base] + move & moveMask;
        return next;
    }

    @Override
    int next(final int i) {
        return next;
    }

    @Override
    Code alone() {
        return first;
    }
}
