package org.kernelentry.isa.aarch32;

import static org.kernelentry.isa.aarch32.Bits.bit;
import static org.kernelentry.isa.aarch32.Bits.bits;

import org.jspecify.annotations.Nullable;
import org.kernelentry.isa.DecodeTable;

/** A32 media instructions: bits 27:25 are 011 and bit 4 is 1. DDI 0406C A5.4. */
final class A32Media {
    /** Kinds of extension by bits 22:20. */
    private static final Extend.@Nullable Kind[] KINDS = {
        Extend.Kind.SXTB16, null, Extend.Kind.SXTB, Extend.Kind.SXTH,
        Extend.Kind.UXTB16, null, Extend.Kind.UXTB, Extend.Kind.UXTH
    };

    private A32Media() {}

    static void add(final DecodeTable<Emitter> t) {
        t.row("cccc 0110 0uoo nnnn dddd 1111 ppp1 mmmm", "parallel add and subtract", A32Media::parallel);
        t.row("cccc 0110 1000 nnnn dddd iiii it01 mmmm", "PKH", A32Media::pack);
        t.row("cccc 0110 1000 nnnn dddd 1111 1011 mmmm", "SEL", (e, i) -> Parallel.select(e, rd(i), rn(i), rm(i)));
        t.row("cccc 0110 101i iiii dddd iiii is01 nnnn", "SSAT", A32Media::saturate);
        t.row("cccc 0110 111i iiii dddd iiii is01 nnnn", "USAT", A32Media::saturate);
        t.row("cccc 0110 1010 iiii dddd 1111 0011 nnnn", "SSAT16", A32Media::saturateHalves);
        t.row("cccc 0110 1110 iiii dddd 1111 0011 nnnn", "USAT16", A32Media::saturateHalves);
        t.row("cccc 0110 1ooo nnnn dddd rr00 0111 mmmm", "SXT, UXT and their adding forms", A32Media::extend);
        t.row("cccc 0110 1011 1111 dddd 1111 0011 mmmm", "REV", (e, i) -> Extend.reverse(e, rd(i), rm(i)));
        t.row("cccc 0110 1011 1111 dddd 1111 1011 mmmm", "REV16", (e, i) -> Extend.reverseHalves(e, rd(i), rm(i)));
        t.row("cccc 0110 1111 1111 dddd 1111 0011 mmmm", "RBIT", (e, i) -> Extend.reverseBits(e, rd(i), rm(i)));
        t.row("cccc 0110 1111 1111 dddd 1111 1011 mmmm", "REVSH", (e, i) -> Extend.reverseSigned(e, rd(i), rm(i)));
        t.row("cccc 0111 0000 dddd aaaa mmmm 0sx1 nnnn", "SMLAD, SMLSD, SMUAD, SMUSD", A32Media::dual);
        t.row("cccc 0111 0001 dddd 1111 mmmm 0001 nnnn", "SDIV", (e, i) -> divide(e, i, true));
        t.row("cccc 0111 0011 dddd 1111 mmmm 0001 nnnn", "UDIV", (e, i) -> divide(e, i, false));
        t.row("cccc 0111 0100 hhhh llll mmmm 0sx1 nnnn", "SMLALD, SMLSLD", A32Media::dualLong);
        t.row("cccc 0111 0101 dddd aaaa mmmm 00r1 nnnn", "SMMLA, SMMUL", (e, i) -> mostSignificant(e, i, false));
        t.row("cccc 0111 0101 dddd aaaa mmmm 11r1 nnnn", "SMMLS", (e, i) -> mostSignificant(e, i, true));
        t.row("cccc 0111 1000 dddd aaaa mmmm 0001 nnnn", "USAD8, USADA8", A32Media::absoluteDifferences);
        t.row("cccc 0111 101w wwww dddd llll l101 nnnn", "SBFX", (e, i) -> extract(e, i, true));
        t.row("cccc 0111 111w wwww dddd llll l101 nnnn", "UBFX", (e, i) -> extract(e, i, false));
        t.row("cccc 0111 110m mmmm dddd llll l001 nnnn", "BFI, BFC", A32Media::insert);
        // UDF and the holes; the kernel tells its own breakpoint encodings from the word at the pc.
        t.row("cccc 011- ---- ---- ---- ---- ---1 ----", "unallocated", (e, i) -> e.undefined());
    }

    private static int rn(final int i) {
        return bits(i, 19, 16);
    }

    private static int rd(final int i) {
        return bits(i, 15, 12);
    }

    private static int rm(final int i) {
        return bits(i, 3, 0);
    }

    private static void parallel(final Emitter e, final int i) {
        Parallel.emit(e, bits(i, 22, 20), bits(i, 7, 5), rd(i), rn(i), rm(i));
    }

    private static void pack(final Emitter e, final int i) {
        Extend.pack(e, bit(i, 6), rd(i), rn(i), rm(i), bits(i, 11, 7));
    }

    private static void saturate(final Emitter e, final int i) {
        final boolean signed = !bit(i, 22);
        final int bits = bits(i, 20, 16) + (signed ? 1 : 0);
        Extend.saturate(e, signed, bits, rd(i), bits(i, 3, 0), bit(i, 6), bits(i, 11, 7));
    }

    private static void saturateHalves(final Emitter e, final int i) {
        final boolean signed = !bit(i, 22);
        Extend.saturateHalves(e, signed, bits(i, 19, 16) + (signed ? 1 : 0), rd(i), bits(i, 3, 0));
    }

    private static void extend(final Emitter e, final int i) {
        final Extend.Kind kind = KINDS[bits(i, 22, 20)];
        if (kind == null) {
            e.undefined();
        } else {
            Extend.extend(e, kind, rd(i), rn(i), rm(i), bits(i, 11, 10));
        }
    }

    private static int accumulator(final int i) {
        return bits(i, 15, 12) == Emitter.PC ? Emitter.NONE : bits(i, 15, 12);
    }

    private static void dual(final Emitter e, final int i) {
        Multiply.dual(e, bit(i, 6), bit(i, 5), bits(i, 19, 16), bits(i, 3, 0), bits(i, 11, 8), accumulator(i));
    }

    private static void dualLong(final Emitter e, final int i) {
        Multiply.dualLong(e, bit(i, 6), bit(i, 5), bits(i, 15, 12), bits(i, 19, 16), bits(i, 3, 0), bits(i, 11, 8));
    }

    private static void mostSignificant(final Emitter e, final int i, final boolean subtract) {
        if (subtract && accumulator(i) == Emitter.NONE) {
            e.undefined();
            return;
        }
        Multiply.mostSignificant(
                e, subtract, bit(i, 5), bits(i, 19, 16), bits(i, 3, 0), bits(i, 11, 8), accumulator(i));
    }

    private static void absoluteDifferences(final Emitter e, final int i) {
        Multiply.absoluteDifferences(e, bits(i, 19, 16), bits(i, 3, 0), bits(i, 11, 8), accumulator(i));
    }

    private static void divide(final Emitter e, final int i, final boolean signed) {
        Multiply.divide(e, signed, bits(i, 19, 16), bits(i, 3, 0), bits(i, 11, 8));
    }

    private static void extract(final Emitter e, final int i, final boolean signed) {
        Extend.extract(e, signed, rd(i), bits(i, 3, 0), bits(i, 11, 7), bits(i, 20, 16) + 1);
    }

    private static void insert(final Emitter e, final int i) {
        Extend.insert(e, rd(i), bits(i, 3, 0), bits(i, 11, 7), bits(i, 20, 16));
    }
}
