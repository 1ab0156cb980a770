package org.kernelentry.isa.aarch32;

import static org.kernelentry.isa.aarch32.Bits.bit;
import static org.kernelentry.isa.aarch32.Bits.bits;

import org.kernelentry.isa.DecodeTable;

/** 32-bit T32 data processing of registers, multiplies and divisions. DDI 0406C A6.3.12 to A6.3.17. */
final class T32Registers {
    private static final Extend.Kind[] KINDS = Extend.Kind.values();

    /** Lanes of parallel operations by bits 22:20, as A32 numbers them; -1 is unallocated. */
    private static final int[] LANES = {
        Parallel.ADD8, Parallel.ADD16, Parallel.ASX, -1, Parallel.SUB8, Parallel.SUB16, Parallel.SAX, -1
    };

    private T32Registers() {}

    static void add(final DecodeTable<Emitter> t) {
        t.row("1111 1010 0tts nnnn 1111 dddd 0000 mmmm", "LSL, LSR, ASR, ROR (register)", T32Registers::shift);
        t.row("1111 1010 0ooo nnnn 1111 dddd 10rr mmmm", "SXT, UXT and their adding forms", T32Registers::extend);
        t.row("1111 1010 1ooo nnnn 1111 dddd 0ukk mmmm", "parallel add and subtract", T32Registers::parallel);
        t.row("1111 1010 1000 nnnn 1111 dddd 10oo mmmm", "QADD, QDADD, QSUB, QDSUB", T32Registers::saturating);
        t.row("1111 1010 1001 ---- 1111 dddd 1000 mmmm", "REV", (e, i) -> Extend.reverse(e, rd(i), rm(i)));
        t.row("1111 1010 1001 ---- 1111 dddd 1001 mmmm", "REV16", (e, i) -> Extend.reverseHalves(e, rd(i), rm(i)));
        t.row("1111 1010 1001 ---- 1111 dddd 1010 mmmm", "RBIT", (e, i) -> Extend.reverseBits(e, rd(i), rm(i)));
        t.row("1111 1010 1001 ---- 1111 dddd 1011 mmmm", "REVSH", (e, i) -> Extend.reverseSigned(e, rd(i), rm(i)));
        t.row("1111 1010 1010 nnnn 1111 dddd 1000 mmmm", "SEL", (e, i) -> Parallel.select(e, rd(i), rn(i), rm(i)));
        t.row("1111 1010 1011 ---- 1111 dddd 1000 mmmm", "CLZ", (e, i) -> Extend.countLeadingZeros(e, rd(i), rm(i)));
        t.row("1111 1011 0000 nnnn aaaa dddd 0000 mmmm", "MUL, MLA", T32Registers::multiply);
        t.row("1111 1011 0000 nnnn aaaa dddd 0001 mmmm", "MLS", T32Registers::multiplySubtract);
        t.row("1111 1011 0001 nnnn aaaa dddd 00xy mmmm", "SMULxy, SMLAxy", T32Registers::halves);
        t.row("1111 1011 0010 nnnn aaaa dddd 000x mmmm", "SMUAD, SMLAD", (e, i) -> dual(e, i, false));
        t.row("1111 1011 0011 nnnn aaaa dddd 000y mmmm", "SMULWy, SMLAWy", T32Registers::wordHalf);
        t.row("1111 1011 0100 nnnn aaaa dddd 000x mmmm", "SMUSD, SMLSD", (e, i) -> dual(e, i, true));
        t.row("1111 1011 0101 nnnn aaaa dddd 000r mmmm", "SMMUL, SMMLA", (e, i) -> mostSignificant(e, i, false));
        t.row("1111 1011 0110 nnnn aaaa dddd 000r mmmm", "SMMLS", (e, i) -> mostSignificant(e, i, true));
        t.row("1111 1011 0111 nnnn aaaa dddd 0000 mmmm", "USAD8, USADA8", T32Registers::absoluteDifferences);
        t.row("1111 1011 1000 nnnn llll hhhh 0000 mmmm", "SMULL", (e, i) -> multiplyLong(e, i, true, false));
        t.row(
                "1111 1011 1001 nnnn 1111 dddd 1111 mmmm",
                "SDIV",
                (e, i) -> Multiply.divide(e, true, rd(i), rn(i), rm(i)));
        t.row("1111 1011 1010 nnnn llll hhhh 0000 mmmm", "UMULL", (e, i) -> multiplyLong(e, i, false, false));
        t.row(
                "1111 1011 1011 nnnn 1111 dddd 1111 mmmm",
                "UDIV",
                (e, i) -> Multiply.divide(e, false, rd(i), rn(i), rm(i)));
        t.row("1111 1011 1100 nnnn llll hhhh 0000 mmmm", "SMLAL", (e, i) -> multiplyLong(e, i, true, true));
        t.row("1111 1011 1100 nnnn llll hhhh 10xy mmmm", "SMLALxy", T32Registers::halvesLong);
        t.row("1111 1011 1100 nnnn llll hhhh 110x mmmm", "SMLALD", (e, i) -> dualLong(e, i, false));
        t.row("1111 1011 1101 nnnn llll hhhh 110x mmmm", "SMLSLD", (e, i) -> dualLong(e, i, true));
        t.row("1111 1011 1110 nnnn llll hhhh 0000 mmmm", "UMLAL", (e, i) -> multiplyLong(e, i, false, true));
        t.row("1111 1011 1110 nnnn llll hhhh 0110 mmmm", "UMAAL", T32Registers::umaal);
    }

    private static int rn(final int i) {
        return bits(i, 19, 16);
    }

    private static int rd(final int i) {
        return bits(i, 11, 8);
    }

    private static int rm(final int i) {
        return bits(i, 3, 0);
    }

    /** Ra or RdLo. */
    private static int ra(final int i) {
        return bits(i, 15, 12);
    }

    /** Ra, where 15 means the form without accumulation. */
    private static int accumulator(final int i) {
        return ra(i) == Emitter.PC ? Emitter.NONE : ra(i);
    }

    private static void shift(final Emitter e, final int i) {
        if (rn(i) == Emitter.PC || rd(i) == Emitter.PC || rm(i) == Emitter.PC) {
            e.undefined();
            return;
        }
        final Shifter operand = Shifter.byRegister(e, rn(i), bits(i, 22, 21), rm(i), bit(i, 20));
        DataProcessing.emit(e, DataProcessing.MOV, bit(i, 20), rd(i), 0, operand);
    }

    private static void extend(final Emitter e, final int i) {
        final int kind = bits(i, 22, 20);
        if (kind >= KINDS.length) {
            e.undefined();
        } else {
            Extend.extend(e, KINDS[kind], rd(i), rn(i), rm(i), bits(i, 5, 4));
        }
    }

    private static void parallel(final Emitter e, final int i) {
        final int lanes = LANES[bits(i, 22, 20)];
        final int treatment = bits(i, 5, 4);
        if (lanes == -1 || treatment == 3) {
            e.undefined();
        } else {
            Parallel.emit(e, (bit(i, 6) ? 4 : 0) | treatment + 1, lanes, rd(i), rn(i), rm(i));
        }
    }

    private static void saturating(final Emitter e, final int i) {
        Extend.saturatingSum(e, bit(i, 4), bit(i, 5), rd(i), rn(i), rm(i));
    }

    private static void multiply(final Emitter e, final int i) {
        Multiply.multiply(e, false, rd(i), rn(i), rm(i), accumulator(i));
    }

    private static void multiplySubtract(final Emitter e, final int i) {
        Multiply.subtract(e, rd(i), rn(i), rm(i), ra(i));
    }

    private static void halves(final Emitter e, final int i) {
        Multiply.halves(e, rd(i), rn(i), bits(i, 5, 5), rm(i), bits(i, 4, 4), accumulator(i));
    }

    private static void wordHalf(final Emitter e, final int i) {
        Multiply.wordHalf(e, rd(i), rn(i), rm(i), bits(i, 4, 4), accumulator(i));
    }

    private static void dual(final Emitter e, final int i, final boolean difference) {
        Multiply.dual(e, difference, bit(i, 4), rd(i), rn(i), rm(i), accumulator(i));
    }

    private static void mostSignificant(final Emitter e, final int i, final boolean subtract) {
        if (subtract && ra(i) == Emitter.PC) {
            e.undefined();
            return;
        }
        Multiply.mostSignificant(e, subtract, bit(i, 4), rd(i), rn(i), rm(i), accumulator(i));
    }

    private static void absoluteDifferences(final Emitter e, final int i) {
        Multiply.absoluteDifferences(e, rd(i), rn(i), rm(i), accumulator(i));
    }

    private static void multiplyLong(final Emitter e, final int i, final boolean signed, final boolean accumulate) {
        Multiply.multiplyLong(e, signed, accumulate, false, ra(i), rd(i), rn(i), rm(i));
    }

    private static void halvesLong(final Emitter e, final int i) {
        Multiply.halvesLong(e, ra(i), rd(i), rn(i), bits(i, 5, 5), rm(i), bits(i, 4, 4));
    }

    private static void dualLong(final Emitter e, final int i, final boolean difference) {
        Multiply.dualLong(e, difference, bit(i, 4), ra(i), rd(i), rn(i), rm(i));
    }

    private static void umaal(final Emitter e, final int i) {
        Multiply.multiplyAddAdd(e, ra(i), rd(i), rn(i), rm(i));
    }
}
