package org.kernelentry.isa.aarch32;

import static org.kernelentry.isa.aarch32.Bits.bit;
import static org.kernelentry.isa.aarch32.Bits.bits;

import org.kernelentry.isa.DecodeTable;

/** A32 data processing and the miscellaneous instructions between its rows. DDI 0406C A5.2. */
final class A32DataProcessing {
    private A32DataProcessing() {}

    /** The rows that stand where a comparison without S would be: A5.2.11, A5.2.12 and the 16-bit immediates. */
    static void addMiscellaneous(final DecodeTable<Emitter> t) {
        t.row("cccc 0001 0000 1111 dddd 0000 0000 0000", "MRS", (e, i) -> SystemRegisters.readStatus(e, rd(i)));
        t.row("cccc 0001 0010 ffff 1111 0000 0000 mmmm", "MSR (register)", A32DataProcessing::msrRegister);
        t.row("cccc 0001 0010 1111 1111 1111 0001 mmmm", "BX", A32DataProcessing::bx);
        t.row("cccc 0001 0010 1111 1111 1111 0010 mmmm", "BXJ", A32DataProcessing::bx);
        t.row("cccc 0001 0010 1111 1111 1111 0011 mmmm", "BLX (register)", A32DataProcessing::blx);
        t.row("cccc 0001 0110 1111 dddd 1111 0001 mmmm", "CLZ", (e, i) -> Extend.countLeadingZeros(e, rd(i), rm(i)));
        t.row("cccc 0001 0oo0 nnnn dddd 0000 0101 mmmm", "QADD, QSUB, QDADD, QDSUB", A32DataProcessing::saturating);
        t.row("cccc 0001 0010 iiii iiii iiii 0111 iiii", "BKPT", A32DataProcessing::breakpoint);
        t.row("cccc 0001 0000 dddd aaaa mmmm 1yx0 nnnn", "SMLAxy", (e, i) -> halves(e, i, ra(i)));
        t.row("cccc 0001 0010 dddd aaaa mmmm 1y00 nnnn", "SMLAWy", (e, i) -> wordHalf(e, i, ra(i)));
        t.row("cccc 0001 0010 dddd 0000 mmmm 1y10 nnnn", "SMULWy", (e, i) -> wordHalf(e, i, Emitter.NONE));
        t.row("cccc 0001 0100 hhhh llll mmmm 1yx0 nnnn", "SMLALxy", A32DataProcessing::halvesLong);
        t.row("cccc 0001 0110 dddd 0000 mmmm 1yx0 nnnn", "SMULxy", (e, i) -> halves(e, i, Emitter.NONE));
        t.row("cccc 0001 0--0 ---- ---- ---- 0--- ----", "unallocated", (e, i) -> e.undefined());
        t.row("cccc 0001 0--0 ---- ---- ---- ---0 ----", "unallocated", (e, i) -> e.undefined());
        t.row("cccc 0011 0000 iiii dddd iiii iiii iiii", "MOVW", A32DataProcessing::movw);
        t.row("cccc 0011 0100 iiii dddd iiii iiii iiii", "MOVT", A32DataProcessing::movt);
        t.row("cccc 0011 0010 0000 1111 0000 iiii iiii", "hints", SystemRegisters::hint);
        t.row("cccc 0011 0010 ffff 1111 iiii iiii iiii", "MSR (immediate)", A32DataProcessing::msrImmediate);
        t.row("cccc 0011 0-10 ---- ---- ---- ---- ----", "unallocated", (e, i) -> e.undefined());
    }

    /** A5.2.1 to A5.2.3: sixteen operations in three forms each. */
    static void add(final DecodeTable<Emitter> t) {
        t.row("cccc 000o ooos nnnn dddd iiii itt0 mmmm", "data processing (register)", A32DataProcessing::register);
        t.row("cccc 000o ooos nnnn dddd ssss 0tt1 mmmm", "data processing (shifted)", A32DataProcessing::shifted);
        t.row("cccc 001o ooos nnnn dddd iiii iiii iiii", "data processing (immediate)", A32DataProcessing::immediate);
    }

    private static int rn(final int i) {
        return bits(i, 19, 16);
    }

    private static int rd(final int i) {
        return bits(i, 15, 12);
    }

    private static int rs(final int i) {
        return bits(i, 11, 8);
    }

    private static int rm(final int i) {
        return bits(i, 3, 0);
    }

    private static int ra(final int i) {
        return bits(i, 15, 12);
    }

    private static int operation(final int i) {
        return bits(i, 24, 21);
    }

    /** S, and only then does the shifter's carry matter. */
    private static boolean s(final int i) {
        return bit(i, 20);
    }

    /** Comparisons have no Rd and moves no Rn: the field should be 0. */
    private static boolean badUnusedField(final Emitter e, final int i) {
        final boolean move = operation(i) == DataProcessing.MOV || operation(i) == DataProcessing.MVN;
        if (move && rn(i) != 0 || DataProcessing.compares(operation(i)) && rd(i) != 0) {
            e.undefined();
            return true;
        }
        return false;
    }

    private static void register(final Emitter e, final int i) {
        if (badUnusedField(e, i)) {
            return;
        }
        final Shifter operand = Shifter.byImmediate(e, rm(i), bits(i, 6, 5), bits(i, 11, 7), s(i));
        DataProcessing.emit(e, operation(i), s(i), rd(i), rn(i), operand);
    }

    private static void shifted(final Emitter e, final int i) {
        if (badUnusedField(e, i)) {
            return;
        }
        if (rn(i) == Emitter.PC || rd(i) == Emitter.PC || rm(i) == Emitter.PC || rs(i) == Emitter.PC) {
            e.undefined();
            return;
        }
        final Shifter operand = Shifter.byRegister(e, rm(i), bits(i, 6, 5), rs(i), s(i));
        DataProcessing.emit(e, operation(i), s(i), rd(i), rn(i), operand);
    }

    private static void immediate(final Emitter e, final int i) {
        if (badUnusedField(e, i)) {
            return;
        }
        DataProcessing.emit(e, operation(i), s(i), rd(i), rn(i), Shifter.a32Immediate(e, bits(i, 11, 0), s(i)));
    }

    private static int imm16(final int i) {
        return bits(i, 19, 16) << 12 | bits(i, 11, 0);
    }

    private static void movw(final Emitter e, final int i) {
        if (rd(i) == Emitter.PC) {
            e.undefined();
            return;
        }
        DataProcessing.loadConstant(e, rd(i), imm16(i));
    }

    private static void movt(final Emitter e, final int i) {
        DataProcessing.moveTop(e, rd(i), imm16(i));
    }

    private static void msrRegister(final Emitter e, final int i) {
        if (rm(i) == Emitter.PC) {
            e.undefined();
            return;
        }
        SystemRegisters.writeStatus(e, bits(i, 19, 16), rm(i));
    }

    private static void msrImmediate(final Emitter e, final int i) {
        SystemRegisters.writeStatus(e, bits(i, 19, 16), e.constant(Shifter.a32Expand(bits(i, 11, 0))));
    }

    private static void bx(final Emitter e, final int i) {
        e.bxWritePc(e.read(rm(i)));
    }

    private static void blx(final Emitter e, final int i) {
        if (rm(i) == Emitter.PC) {
            e.undefined();
            return;
        }
        final int target = e.out.temp();
        e.out.mov(target, rm(i));
        e.out.constant(Emitter.LR, e.next);
        e.bxWritePc(target);
    }

    private static void breakpoint(final Emitter e, final int i) {
        e.breakpoint(bits(i, 19, 8) << 4 | bits(i, 3, 0));
    }

    private static void saturating(final Emitter e, final int i) {
        Extend.saturatingSum(e, bit(i, 22), bit(i, 21), rd(i), rn(i), rm(i));
    }

    // Multiplies put Rd at 19:16, Ra at 15:12, Rm at 11:8 and Rn at 3:0.

    private static void halves(final Emitter e, final int i, final int a) {
        Multiply.halves(e, bits(i, 19, 16), bits(i, 3, 0), bits(i, 5, 5), bits(i, 11, 8), bits(i, 6, 6), a);
    }

    private static void wordHalf(final Emitter e, final int i, final int a) {
        Multiply.wordHalf(e, bits(i, 19, 16), bits(i, 3, 0), bits(i, 11, 8), bits(i, 6, 6), a);
    }

    private static void halvesLong(final Emitter e, final int i) {
        Multiply.halvesLong(
                e, bits(i, 15, 12), bits(i, 19, 16), bits(i, 3, 0), bits(i, 5, 5), bits(i, 11, 8), bits(i, 6, 6));
    }
}
