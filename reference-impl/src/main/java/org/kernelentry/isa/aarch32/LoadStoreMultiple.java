package org.kernelentry.isa.aarch32;

import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Op;

/** LDM, STM, PUSH and POP. Memory runs upwards from the lowest register; the base changes after the last access. */
final class LoadStoreMultiple {
    private LoadStoreMultiple() {}

    /** Address of the lowest register, as displacement from the base. */
    private static int lowest(final boolean increment, final boolean before, final int count) {
        if (increment) {
            return before ? 4 : 0;
        }
        return before ? -4 * count : -4 * count + 4;
    }

    private static boolean unpredictable(final int n, final int list) {
        return n == Emitter.PC || list == 0;
    }

    /**
     * LDM in its four modes.
     *
     * @param increment U: upwards from the base
     * @param before P: the base itself is not accessed
     */
    static void load(
            final Emitter e,
            final boolean increment,
            final boolean before,
            final boolean writeback,
            final int n,
            final int list) {
        if (unpredictable(n, list) || writeback && Bits.bit(list, n)) {
            e.undefined();
            return;
        }
        final BlockBuilder out = e.out;
        final int count = Integer.bitCount(list);
        final int start = e.plus(n, lowest(increment, before, count));
        e.checkAligned(start, 4);
        final int[] values = new int[16];
        int at = 0;
        for (int r = 0; r < 16; r++) {
            if (Bits.bit(list, r)) {
                values[r] = out.temp();
                out.load(Op.LD32U, values[r], start, at);
                at += 4;
            }
        }
        if (writeback) {
            out.alui(Op.ADDI32, n, n, increment ? 4L * count : -4L * count);
        }
        for (int r = 0; r < Emitter.PC; r++) {
            if (Bits.bit(list, r)) {
                out.mov(r, values[r]);
            }
        }
        if (Bits.bit(list, Emitter.PC)) {
            e.bxWritePc(values[Emitter.PC]);
        }
    }

    /** STM in its four modes; a base in the list is stored as it was. */
    static void store(
            final Emitter e,
            final boolean increment,
            final boolean before,
            final boolean writeback,
            final int n,
            final int list) {
        if (unpredictable(n, list)) {
            e.undefined();
            return;
        }
        final BlockBuilder out = e.out;
        final int count = Integer.bitCount(list);
        final int start = e.plus(n, lowest(increment, before, count));
        e.checkAligned(start, 4);
        int at = 0;
        for (int r = 0; r < 16; r++) {
            if (Bits.bit(list, r)) {
                out.store(Op.ST32, e.read(r), start, at);
                at += 4;
            }
        }
        if (writeback) {
            out.alui(Op.ADDI32, n, n, increment ? 4L * count : -4L * count);
        }
    }
}
