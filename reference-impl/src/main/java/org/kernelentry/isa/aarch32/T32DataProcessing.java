package org.kernelentry.isa.aarch32;

import static org.kernelentry.isa.aarch32.Bits.bit;
import static org.kernelentry.isa.aarch32.Bits.bits;

import org.kernelentry.isa.DecodeTable;

/** 32-bit T32 data processing with modified immediates, plain immediates and shifted registers. DDI 0406C A6.3.1, A6.3.3, A6.3.11. */
final class T32DataProcessing {
    private static final int INVALID = -1;

    /** Operations by the op field, bits 24:21, as A32 numbers them. */
    private static final int[] OPERATIONS = {
        DataProcessing.AND,
        DataProcessing.BIC,
        DataProcessing.ORR,
        DataProcessing.ORN,
        DataProcessing.EOR,
        INVALID,
        INVALID,
        INVALID,
        DataProcessing.ADD,
        INVALID,
        DataProcessing.ADC,
        DataProcessing.SBC,
        INVALID,
        DataProcessing.SUB,
        DataProcessing.RSB,
        INVALID
    };

    private T32DataProcessing() {}

    /** A6.3.11. */
    static void addShifted(final DecodeTable<Emitter> t) {
        t.row("1110 1010 1100 nnnn 0iii dddd iit0 mmmm", "PKH", T32DataProcessing::pack);
        t.row("1110 101o ooos nnnn 0iii dddd iitt mmmm", "data processing (shifted)", T32DataProcessing::shifted);
    }

    /** A6.3.1 and A6.3.3. */
    static void addImmediate(final DecodeTable<Emitter> t) {
        t.row("1111 0i0o ooos nnnn 0iii dddd iiii iiii", "data processing (modified)", T32DataProcessing::modified);
        t.row("1111 0i10 0000 nnnn 0iii dddd iiii iiii", "ADDW, ADR", T32DataProcessing::addPlain);
        t.row("1111 0i10 1010 nnnn 0iii dddd iiii iiii", "SUBW, ADR", T32DataProcessing::addPlain);
        t.row("1111 0i10 0100 iiii 0iii dddd iiii iiii", "MOVW", T32DataProcessing::movw);
        t.row("1111 0i10 1100 iiii 0iii dddd iiii iiii", "MOVT", T32DataProcessing::movt);
        t.row("1111 0011 0010 nnnn 0000 dddd 000i iiii", "SSAT16", (e, i) -> saturateHalves(e, i, true));
        t.row("1111 0011 1010 nnnn 0000 dddd 000i iiii", "USAT16", (e, i) -> saturateHalves(e, i, false));
        t.row("1111 0011 00s0 nnnn 0iii dddd ii0i iiii", "SSAT", (e, i) -> saturate(e, i, true));
        t.row("1111 0011 10s0 nnnn 0iii dddd ii0i iiii", "USAT", (e, i) -> saturate(e, i, false));
        t.row("1111 0011 0100 nnnn 0lll dddd ll0w wwww", "SBFX", (e, i) -> extract(e, i, true));
        t.row("1111 0011 1100 nnnn 0lll dddd ll0w wwww", "UBFX", (e, i) -> extract(e, i, false));
        t.row("1111 0011 0110 nnnn 0lll dddd ll0m mmmm", "BFI, BFC", T32DataProcessing::insert);
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

    /** imm3:imm2, the amount of a shift. */
    private static int imm5(final int i) {
        return bits(i, 14, 12) << 2 | bits(i, 7, 6);
    }

    /** i:imm3:imm8. */
    private static int imm12(final int i) {
        return bits(i, 26, 26) << 11 | bits(i, 14, 12) << 8 | bits(i, 7, 0);
    }

    /** The operation: with S and Rd 15 a comparison, with Rn 15 a move. */
    private static int operation(final int i) {
        final boolean compare = bit(i, 20) && rd(i) == Emitter.PC;
        final boolean move = rn(i) == Emitter.PC;
        final int operation = OPERATIONS[bits(i, 24, 21)];
        if (compare) {
            return switch (operation) {
                case DataProcessing.AND -> DataProcessing.TST;
                case DataProcessing.EOR -> DataProcessing.TEQ;
                case DataProcessing.ADD -> DataProcessing.CMN;
                case DataProcessing.SUB -> DataProcessing.CMP;
                default -> INVALID;
            };
        }
        if (move && operation == DataProcessing.ORR) {
            return DataProcessing.MOV;
        }
        return move && operation == DataProcessing.ORN ? DataProcessing.MVN : operation;
    }

    /** A result in r15, or r15 as first operand of an operation that has one, is unpredictable. */
    private static boolean refused(final Emitter e, final int i, final int operation) {
        final boolean noFirst = operation == DataProcessing.MOV || operation == DataProcessing.MVN;
        final boolean badResult = rd(i) == Emitter.PC && !DataProcessing.compares(operation);
        final boolean badFirst = rn(i) == Emitter.PC && !noFirst;
        if (operation == INVALID || badResult || badFirst) {
            e.undefined();
            return true;
        }
        return false;
    }

    private static void shifted(final Emitter e, final int i) {
        final int operation = operation(i);
        if (refused(e, i, operation)) {
            return;
        }
        if (rm(i) == Emitter.PC) {
            e.undefined();
            return;
        }
        final Shifter operand = Shifter.byImmediate(e, rm(i), bits(i, 5, 4), imm5(i), bit(i, 20));
        DataProcessing.emit(e, operation, bit(i, 20), rd(i), rn(i), operand);
    }

    private static void pack(final Emitter e, final int i) {
        Extend.pack(e, bit(i, 5), rd(i), rn(i), rm(i), imm5(i));
    }

    private static void modified(final Emitter e, final int i) {
        final int operation = operation(i);
        if (!refused(e, i, operation)) {
            final Shifter operand = Shifter.t32Immediate(e, imm12(i), bit(i, 20));
            DataProcessing.emit(e, operation, bit(i, 20), rd(i), rn(i), operand);
        }
    }

    private static void addPlain(final Emitter e, final int i) {
        if (rd(i) == Emitter.PC) {
            e.undefined();
            return;
        }
        final int by = bit(i, 23) ? -imm12(i) : imm12(i);
        e.write(rd(i), e.plus(e.readBase(rn(i)), by));
    }

    private static int imm16(final int i) {
        return rn(i) << 12 | imm12(i);
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

    private static void saturate(final Emitter e, final int i, final boolean signed) {
        Extend.saturate(e, signed, bits(i, 4, 0) + (signed ? 1 : 0), rd(i), rn(i), bit(i, 21), imm5(i));
    }

    private static void saturateHalves(final Emitter e, final int i, final boolean signed) {
        if (bit(i, 4)) {
            e.undefined();
            return;
        }
        Extend.saturateHalves(e, signed, bits(i, 3, 0) + (signed ? 1 : 0), rd(i), rn(i));
    }

    private static void extract(final Emitter e, final int i, final boolean signed) {
        Extend.extract(e, signed, rd(i), rn(i), imm5(i), bits(i, 4, 0) + 1);
    }

    private static void insert(final Emitter e, final int i) {
        Extend.insert(e, rd(i), rn(i), imm5(i), bits(i, 4, 0));
    }
}
