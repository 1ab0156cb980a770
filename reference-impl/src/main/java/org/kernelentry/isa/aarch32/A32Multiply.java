package org.kernelentry.isa.aarch32;

import static org.kernelentry.isa.aarch32.Bits.bit;
import static org.kernelentry.isa.aarch32.Bits.bits;

import org.kernelentry.isa.DecodeTable;

/** A32 multiplies. DDI 0406C A5.2.5: Rd or RdHi at 19:16, Ra or RdLo at 15:12, Rm at 11:8, Rn at 3:0. */
final class A32Multiply {
    private A32Multiply() {}

    static void add(final DecodeTable<Emitter> t) {
        t.row("cccc 0000 000s dddd 0000 mmmm 1001 nnnn", "MUL", (e, i) -> multiply(e, i, Emitter.NONE));
        t.row("cccc 0000 001s dddd aaaa mmmm 1001 nnnn", "MLA", (e, i) -> multiply(e, i, low(i)));
        t.row("cccc 0000 0100 hhhh llll mmmm 1001 nnnn", "UMAAL", A32Multiply::umaal);
        t.row("cccc 0000 0110 dddd aaaa mmmm 1001 nnnn", "MLS", A32Multiply::mls);
        t.row("cccc 0000 100s hhhh llll mmmm 1001 nnnn", "UMULL", (e, i) -> multiplyLong(e, i, false, false));
        t.row("cccc 0000 101s hhhh llll mmmm 1001 nnnn", "UMLAL", (e, i) -> multiplyLong(e, i, false, true));
        t.row("cccc 0000 110s hhhh llll mmmm 1001 nnnn", "SMULL", (e, i) -> multiplyLong(e, i, true, false));
        t.row("cccc 0000 111s hhhh llll mmmm 1001 nnnn", "SMLAL", (e, i) -> multiplyLong(e, i, true, true));
        t.row("cccc 0000 ---- ---- ---- ---- 1001 ----", "unallocated", (e, i) -> e.undefined());
    }

    private static int high(final int i) {
        return bits(i, 19, 16);
    }

    private static int low(final int i) {
        return bits(i, 15, 12);
    }

    private static int rm(final int i) {
        return bits(i, 11, 8);
    }

    private static int rn(final int i) {
        return bits(i, 3, 0);
    }

    private static void multiply(final Emitter e, final int i, final int a) {
        Multiply.multiply(e, bit(i, 20), high(i), rn(i), rm(i), a);
    }

    private static void umaal(final Emitter e, final int i) {
        Multiply.multiplyAddAdd(e, low(i), high(i), rn(i), rm(i));
    }

    private static void mls(final Emitter e, final int i) {
        Multiply.subtract(e, high(i), rn(i), rm(i), low(i));
    }

    private static void multiplyLong(final Emitter e, final int i, final boolean signed, final boolean accumulate) {
        Multiply.multiplyLong(e, signed, accumulate, bit(i, 20), low(i), high(i), rn(i), rm(i));
    }
}
