package org.kernelentry.x86.decode;

import org.kernelentry.isa.fp.FpFormat;

/** The x87 escapes in the one-byte opcode map. Source: Intel SDM volume 2, tables. */
final class X87Map {
    private X87Map() {}

    static OpcodeMap addTo(final OpcodeMap map) {
        // D8: single precision, ST(0) with ST(i)
        memory(map, 0xd8, "F", "Md", X87Arithmetic.single());
        for (int digit = 0; digit < 8; digit++) {
            map.row(0xd8, digit, "F" + X87Arithmetic.name(digit) + " reg", X87Arithmetic.toTop(digit));
        }
        d9(map);
        // DA: 32-bit integers, FCMOVcc
        memory(map, 0xda, "FI", "Md", X87Arithmetic.integer(32));
        map.row(0xda, 0, "FCMOVB reg", X87Compare::cmov)
                .row(0xda, 1, "FCMOVE reg", X87Compare::cmov)
                .row(0xda, 2, "FCMOVBE reg", X87Compare::cmov)
                .row(0xda, 3, "FCMOVU reg", X87Compare::cmov)
                .row(0xda, 5, 1, "FUCOMPP", X87Compare.compare(false, 2));
        db(map);
        // DC: double precision, ST(i) with ST(0); the subtractions and divisions change places
        memory(map, 0xdc, "F", "Mq", X87Arithmetic.twice());
        toRegister(map, 0xdc, "", false);
        dd(map);
        // DE: 16-bit integers, as DC with a pop
        memory(map, 0xde, "FI", "Mw", X87Arithmetic.integer(16));
        toRegister(map, 0xde, "P", true);
        map.row(0xde, 3, 1, "FCOMPP", X87Compare.compare(true, 2));
        return df(map);
    }

    private static void memory(
            final OpcodeMap map,
            final int opcode,
            final String prefix,
            final String operand,
            final X87Arithmetic.Source source) {
        for (int digit = 0; digit < 8; digit++) {
            map.row(
                    opcode,
                    digit,
                    prefix + X87Arithmetic.name(digit) + " " + operand + " mem",
                    X87Arithmetic.memory(digit, source));
        }
    }

    private static void toRegister(final OpcodeMap map, final int opcode, final String suffix, final boolean pop) {
        map.row(opcode, 0, "FADD" + suffix + " reg", X87Arithmetic.toRegister(X87Arithmetic.ADD, pop))
                .row(opcode, 1, "FMUL" + suffix + " reg", X87Arithmetic.toRegister(X87Arithmetic.MUL, pop))
                .row(opcode, 4, "FSUBR" + suffix + " reg", X87Arithmetic.toRegister(X87Arithmetic.SUB, pop))
                .row(opcode, 5, "FSUB" + suffix + " reg", X87Arithmetic.toRegister(X87Arithmetic.SUBR, pop))
                .row(opcode, 6, "FDIVR" + suffix + " reg", X87Arithmetic.toRegister(X87Arithmetic.DIV, pop))
                .row(opcode, 7, "FDIV" + suffix + " reg", X87Arithmetic.toRegister(X87Arithmetic.DIVR, pop));
    }

    private static void d9(final OpcodeMap map) {
        map.row(0xd9, 0, "FLD Md mem", X87Moves.load(FpFormat.SINGLE))
                .row(0xd9, 2, "FST Md mem", X87Moves.store(FpFormat.SINGLE, false))
                .row(0xd9, 3, "FSTP Md mem", X87Moves.store(FpFormat.SINGLE, true))
                .row(0xd9, 4, "FLDENV M mem", X87State.FLDENV)
                .row(0xd9, 5, "FLDCW Mw mem", X87State.FLDCW)
                .row(0xd9, 6, "FNSTENV M mem", X87State.FNSTENV)
                .row(0xd9, 7, "FNSTCW Mw mem", X87State::fnstcw)
                .row(0xd9, 0, "FLD reg", X87Moves.LOAD_REGISTER)
                .row(0xd9, 1, "FXCH reg", X87Moves.FXCH)
                .row(0xd9, 2, 0, "FNOP", X87Unit::begin)
                .row(0xd9, 4, 0, "FCHS", X87Moves.sign(true))
                .row(0xd9, 4, 1, "FABS", X87Moves.sign(false))
                .row(0xd9, 4, 4, "FTST", X87Compare.FTST)
                .row(0xd9, 4, 5, "FXAM", X87Compare.FXAM)
                .row(0xd9, 5, 0, "FLD1", X87Moves.constant(0x8000_0000_0000_0000L, 0x3fff, 0, 0))
                .row(0xd9, 5, 1, "FLDL2T", X87Moves.constant(0xd49a_784b_cd1b_8afeL, 0x4000, 0x4, 1))
                .row(0xd9, 5, 2, "FLDL2E", X87Moves.constant(0xb8aa_3b29_5c17_f0bcL, 0x3fff, 0xa, -1))
                .row(0xd9, 5, 3, "FLDPI", X87Moves.constant(0xc90f_daa2_2168_c235L, 0x4000, 0xa, -1))
                .row(0xd9, 5, 4, "FLDLG2", X87Moves.constant(0x9a20_9a84_fbcf_f799L, 0x3ffd, 0xa, -1))
                .row(0xd9, 5, 5, "FLDLN2", X87Moves.constant(0xb172_17f7_d1cf_79acL, 0x3ffe, 0xa, -1))
                .row(0xd9, 5, 6, "FLDZ", X87Moves.constant(0, 0, 0, 0))
                .row(0xd9, 6, 0, "F2XM1", X87Functions.F2XM1)
                .row(0xd9, 6, 1, "FYL2X", X87Functions.FYL2X)
                .row(0xd9, 6, 2, "FPTAN", X87Functions.FPTAN)
                .row(0xd9, 6, 3, "FPATAN", X87Functions.FPATAN)
                .row(0xd9, 6, 4, "FXTRACT", X87Functions.FXTRACT)
                .row(0xd9, 6, 5, "FPREM1", X87Functions.remainder(true))
                .row(0xd9, 6, 6, "FDECSTP", X87Moves.turn(-1))
                .row(0xd9, 6, 7, "FINCSTP", X87Moves.turn(1))
                .row(0xd9, 7, 0, "FPREM", X87Functions.remainder(false))
                .row(0xd9, 7, 1, "FYL2XP1", X87Functions.FYL2XP1)
                .row(0xd9, 7, 2, "FSQRT", X87Functions.FSQRT)
                .row(0xd9, 7, 3, "FSINCOS", X87Functions.FSINCOS)
                .row(0xd9, 7, 4, "FRNDINT", X87Functions.FRNDINT)
                .row(0xd9, 7, 5, "FSCALE", X87Functions.FSCALE)
                .row(0xd9, 7, 6, "FSIN", X87Functions.FSIN)
                .row(0xd9, 7, 7, "FCOS", X87Functions.FCOS);
    }

    private static void db(final OpcodeMap map) {
        map.row(0xdb, 0, "FILD Md mem", X87Moves.loadInteger(32))
                .row(0xdb, 2, "FIST Md mem", X87Moves.storeInteger(32, false))
                .row(0xdb, 3, "FISTP Md mem", X87Moves.storeInteger(32, true))
                .row(0xdb, 5, "FLD M mem", X87Moves.LOAD_EXTENDED)
                .row(0xdb, 7, "FSTP M mem", X87Moves.STORE_EXTENDED)
                .row(0xdb, 0, "FCMOVNB reg", X87Compare::cmov)
                .row(0xdb, 1, "FCMOVNE reg", X87Compare::cmov)
                .row(0xdb, 2, "FCMOVNBE reg", X87Compare::cmov)
                .row(0xdb, 3, "FCMOVNU reg", X87Compare::cmov)
                // Instructions of the 8087 and the 80287 that do nothing any more.
                .row(0xdb, 4, 0, "FNENI", Moves::nop)
                .row(0xdb, 4, 1, "FNDISI", Moves::nop)
                .row(0xdb, 4, 2, "FNCLEX", X87State::fnclex)
                .row(0xdb, 4, 3, "FNINIT", X87State.FNINIT)
                .row(0xdb, 4, 4, "FNSETPM", Moves::nop)
                .row(0xdb, 5, "FUCOMI reg", X87Compare.compareToFlags(false, false))
                .row(0xdb, 6, "FCOMI reg", X87Compare.compareToFlags(true, false));
    }

    private static void dd(final OpcodeMap map) {
        map.row(0xdd, 0, "FLD Mq mem", X87Moves.load(FpFormat.DOUBLE))
                .row(0xdd, 2, "FST Mq mem", X87Moves.store(FpFormat.DOUBLE, false))
                .row(0xdd, 3, "FSTP Mq mem", X87Moves.store(FpFormat.DOUBLE, true))
                .row(0xdd, 4, "FRSTOR M mem", X87State.FRSTOR)
                .row(0xdd, 6, "FNSAVE M mem", X87State.FNSAVE)
                .row(0xdd, 7, "FNSTSW Mw mem", X87State::fnstsw)
                .row(0xdd, 0, "FFREE reg", X87Moves.FFREE)
                .row(0xdd, 2, "FST reg", X87Moves.storeRegister(false))
                .row(0xdd, 3, "FSTP reg", X87Moves.storeRegister(true))
                .row(0xdd, 4, "FUCOM reg", X87Compare.compare(false, 0))
                .row(0xdd, 5, "FUCOMP reg", X87Compare.compare(false, 1));
    }

    private static OpcodeMap df(final OpcodeMap map) {
        return map.row(0xdf, 0, "FILD Mw mem", X87Moves.loadInteger(16))
                .row(0xdf, 2, "FIST Mw mem", X87Moves.storeInteger(16, false))
                .row(0xdf, 3, "FISTP Mw mem", X87Moves.storeInteger(16, true))
                .row(0xdf, 4, "FBLD M mem", X87Decimal.FBLD)
                .row(0xdf, 5, "FILD Mq mem", X87Moves.loadInteger(64))
                .row(0xdf, 6, "FBSTP M mem", X87Decimal.FBSTP)
                .row(0xdf, 7, "FISTP Mq mem", X87Moves.storeInteger(64, true))
                .row(0xdf, 4, 0, "FNSTSW", X87State::fnstsw)
                .row(0xdf, 5, "FUCOMIP reg", X87Compare.compareToFlags(false, true))
                .row(0xdf, 6, "FCOMIP reg", X87Compare.compareToFlags(true, true));
    }
}
