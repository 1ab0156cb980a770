package org.kernelentry.arm64.decode;

import org.kernelentry.arm64.A64Regs;
import org.kernelentry.isa.DecodeTable;
import org.kernelentry.isa.fp.FpConvert;
import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.isa.fp.FpFormat;
import org.kernelentry.isa.fp.FpMath;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.ir.Op;

/** Scalar floating point: DDI 0487 C4.1.96, "Conversion between floating-point and fixed-point" to "Floating-point data-processing (3 source)". */
final class FloatingPoint {
    private static final int SINGLE = 2;

    private FloatingPoint() {}

    /** What FCMP and its like leave in NZCV, packed: DDI 0487 FPCompare. */
    private static int comparison(final int order) {
        return switch (order) {
            case FpMath.LESS -> Flags.N;
            case FpMath.EQUAL -> Flags.Z | Flags.C;
            case FpMath.GREATER -> Flags.C;
            default -> Flags.C | Flags.V;
        };
    }

    static void rows(final DecodeTable<A64Emitter> t) {
        conversions(t);
        oneSource(t);
        comparisons(t);
        // Immediate
        t.row("000 11110 0z 1 iiiiiiii 100 00000 ddddd", "FMOV (scalar, immediate)", (e, w) -> {
            e.out.constant(e.vectorD(), SimdCopy.expandFp(e.field(20, 13), size(e)));
            e.out.constant(e.vectorD() + 1, 0);
        });
        // Conditional select
        t.row("000 11110 0z 1 mmmmm cccc 11 nnnnn ddddd", "FCSEL", (e, w) -> select(e));
        twoSource(t);
        // 3 source
        threeSource(t, "0", "0", "FMADD", FpMath::mulAdd);
        threeSource(t, "0", "1", "FMSUB", (e, f, d, a, b) -> FpMath.mulAdd(e, f, d, a ^ f.signBit, b));
        threeSource(t, "1", "0", "FNMADD", (e, f, d, a, b) -> FpMath.mulAdd(e, f, d ^ f.signBit, a ^ f.signBit, b));
        threeSource(t, "1", "1", "FNMSUB", (e, f, d, a, b) -> FpMath.mulAdd(e, f, d ^ f.signBit, a, b));
    }

    /** Size of the format: ftype is 00 or 01 in the rows here. */
    private static int size(final A64Emitter e) {
        return SINGLE + e.field(22, 22);
    }

    private static long mask(final A64Emitter e) {
        return size(e) == SINGLE ? 0xffff_ffffL : -1;
    }

    // ---- conversions

    private static void conversions(final DecodeTable<A64Emitter> t) {
        // Between floating point and fixed point
        fromFixed(t, "010", "SCVTF (scalar, fixed)", true);
        fromFixed(t, "011", "UCVTF (scalar, fixed)", false);
        toFixed(t, "000", "FCVTZS (scalar, fixed)", true);
        toFixed(t, "001", "FCVTZU (scalar, fixed)", false);
        // Between floating point and integer
        toInteger(t, "00", "000", "FCVTNS (scalar)", true, FpEnv.NEAREST_EVEN);
        toInteger(t, "00", "001", "FCVTNU (scalar)", false, FpEnv.NEAREST_EVEN);
        toInteger(t, "00", "100", "FCVTAS (scalar)", true, FpEnv.NEAREST_AWAY);
        toInteger(t, "00", "101", "FCVTAU (scalar)", false, FpEnv.NEAREST_AWAY);
        toInteger(t, "01", "000", "FCVTPS (scalar)", true, FpEnv.UP);
        toInteger(t, "01", "001", "FCVTPU (scalar)", false, FpEnv.UP);
        toInteger(t, "10", "000", "FCVTMS (scalar)", true, FpEnv.DOWN);
        toInteger(t, "10", "001", "FCVTMU (scalar)", false, FpEnv.DOWN);
        toInteger(t, "11", "000", "FCVTZS (scalar)", true, FpEnv.TO_ZERO);
        toInteger(t, "11", "001", "FCVTZU (scalar)", false, FpEnv.TO_ZERO);
        fromInteger(t, "010", "SCVTF (scalar, integer)", true);
        fromInteger(t, "011", "UCVTF (scalar, integer)", false);
        t.row(
                "0 00 11110 00 1 00 110 000000 nnnnn ddddd",
                "FMOV (general)",
                (e, w) -> e.out.unary(Op.ZX32, e.target(e.rd()), e.vectorN()));
        t.row("0 00 11110 00 1 00 111 000000 nnnnn ddddd", "FMOV (general)", (e, w) -> {
            e.out.unary(Op.ZX32, e.vectorD(), e.slotN());
            e.out.constant(e.vectorD() + 1, 0);
        });
        t.row(
                "1 00 11110 01 1 00 110 000000 nnnnn ddddd",
                "FMOV (general)",
                (e, w) -> e.out.mov(e.target(e.rd()), e.vectorN()));
        t.row("1 00 11110 01 1 00 111 000000 nnnnn ddddd", "FMOV (general)", (e, w) -> {
            e.out.mov(e.vectorD(), e.slotN());
            e.out.constant(e.vectorD() + 1, 0);
        });
        t.row(
                "1 00 11110 10 1 01 110 000000 nnnnn ddddd",
                "FMOV (general)",
                (e, w) -> e.out.mov(e.target(e.rd()), e.vectorN() + 1));
        t.row(
                "1 00 11110 10 1 01 111 000000 nnnnn ddddd",
                "FMOV (general)",
                (e, w) -> e.out.mov(e.vectorD() + 1, e.slotN()));
    }

    /** A conversion between a general register of 32 or 64 bits and a format. */
    @FunctionalInterface
    private interface Conversion {
        long apply(FpEnv env, FpFormat f, int bits, long a, int fractionBits);
    }

    /** Helpers by sf and format; b is the number of fraction bits, d a single slot. */
    private static int helpers(final Conversion conversion) {
        int first = -1;
        for (int i = 0; i < 4; i++) {
            final FpFormat f = (i & 1) == 0 ? FpFormat.SINGLE : FpFormat.DOUBLE;
            final int bits = i < 2 ? 32 : 64;
            final int number = A64Helpers.add(unit -> (s, d, a, b) -> {
                unit.begin(s.r);
                s.r[d] = conversion.apply(unit.env, f, bits, s.r[a], b);
                unit.end(s.r);
            });
            first = first < 0 ? number : first;
        }
        return first;
    }

    private static int helper(final A64Emitter e, final int first) {
        return first + 2 * e.field(31, 31) + e.field(22, 22);
    }

    private static int toHelpers(final boolean signed, final int rounding) {
        return helpers((env, f, bits, a, fraction) ->
                FpConvert.toIntegerSaturating(env, f, f.cut(a), bits, signed, fraction, rounding));
    }

    private static int fromHelpers(final boolean signed) {
        return helpers((env, f, bits, a, fraction) ->
                FpConvert.fromInteger(env, f, bits == 64 ? a : signed ? (int) a : a & 0xffff_ffffL, signed, fraction));
    }

    private static void toInteger(
            final DecodeTable<A64Emitter> t,
            final String mode,
            final String opcode,
            final String name,
            final boolean signed,
            final int rounding) {
        final int first = toHelpers(signed, rounding);
        t.row(
                "f 00 11110 0z 1 " + mode + " " + opcode + " 000000 nnnnn ddddd",
                name,
                (e, w) -> e.helper(helper(e, first), e.target(e.rd()), e.vectorN(), 0));
    }

    private static void fromInteger(
            final DecodeTable<A64Emitter> t, final String opcode, final String name, final boolean signed) {
        final int first = fromHelpers(signed);
        t.row("f 00 11110 0z 1 00 " + opcode + " 000000 nnnnn ddddd", name, (e, w) -> {
            e.helper(helper(e, first), e.vectorD(), e.slotN(), 0);
            e.out.constant(e.vectorD() + 1, 0);
        });
    }

    /** The scale is 64 less the fraction bits; those of a W register are at most 32. */
    private static int fractionBits(final A64Emitter e) {
        final int fraction = 64 - e.field(15, 10);
        if (!e.wide() && fraction > 32) {
            e.undefined();
            return -1;
        }
        return fraction;
    }

    private static void toFixed(
            final DecodeTable<A64Emitter> t, final String opcode, final String name, final boolean signed) {
        final int first = toHelpers(signed, FpEnv.TO_ZERO);
        t.row("f 00 11110 0z 0 11 " + opcode + " ssssss nnnnn ddddd", name, (e, w) -> {
            final int fraction = fractionBits(e);
            if (fraction > 0) {
                e.helper(helper(e, first), e.target(e.rd()), e.vectorN(), fraction);
            }
        });
    }

    private static void fromFixed(
            final DecodeTable<A64Emitter> t, final String opcode, final String name, final boolean signed) {
        final int first = fromHelpers(signed);
        t.row("f 00 11110 0z 0 00 " + opcode + " ssssss nnnnn ddddd", name, (e, w) -> {
            final int fraction = fractionBits(e);
            if (fraction > 0) {
                e.helper(helper(e, first), e.vectorD(), e.slotN(), fraction);
                e.out.constant(e.vectorD() + 1, 0);
            }
        });
    }

    // ---- 1 source

    private static void oneSource(final DecodeTable<A64Emitter> t) {
        t.row(one("000000"), "FMOV (register)", (e, w) -> bits(e, Op.ANDI, mask(e)));
        t.row(one("000001"), "FABS (scalar)", (e, w) -> bits(e, Op.ANDI, mask(e) >>> 1));
        t.row(one("000010"), "FNEG (scalar)", (e, w) -> bits(e, Op.XORI, mask(e) ^ mask(e) >>> 1));
        one(t, "000011", "FSQRT (scalar)", (e, f, d, a, b) -> FpMath.sqrt(e, f, a));
        one(t, "001000", "FRINTN (scalar)", rint(FpEnv.NEAREST_EVEN));
        one(t, "001001", "FRINTP (scalar)", rint(FpEnv.UP));
        one(t, "001010", "FRINTM (scalar)", rint(FpEnv.DOWN));
        one(t, "001011", "FRINTZ (scalar)", rint(FpEnv.TO_ZERO));
        one(t, "001100", "FRINTA (scalar)", rint(FpEnv.NEAREST_AWAY));
        one(t, "001110", "FRINTX (scalar)", (e, f, d, a, b) -> FpConvert.roundToIntegral(e, f, a, e.rounding, true));
        one(t, "001111", "FRINTI (scalar)", (e, f, d, a, b) -> FpConvert.roundToIntegral(e, f, a, e.rounding, false));
        final String[] types = {"00", "01", "11"};
        for (final String from : types) {
            for (final String to : types) {
                if (!from.equals(to)) {
                    convert(t, from, to);
                }
            }
        }
    }

    private static String one(final String opcode) {
        return "000 11110 0z 1 " + opcode + " 10000 nnnnn ddddd";
    }

    private static LaneOp.Fp rint(final int rounding) {
        return (e, f, d, a, b) -> FpConvert.roundToIntegral(e, f, a, rounding, false);
    }

    private static void one(
            final DecodeTable<A64Emitter> t, final String opcode, final String name, final LaneOp.Fp op) {
        new VectorRows(t).scalarFp(one(opcode), name, op);
    }

    /** A change of bits of the low lane. */
    private static void bits(final A64Emitter e, final int opcode, final long mask) {
        final int d = e.vectorD();
        if (opcode == Op.XORI && size(e) == SINGLE) {
            final int t = e.temp();
            e.out.unary(Op.ZX32, t, e.vectorN());
            e.out.alui(opcode, d, t, mask);
        } else {
            e.out.alui(opcode, d, e.vectorN(), mask);
        }
        e.out.constant(d + 1, 0);
    }

    private static FpFormat format(final FpSimdUnit unit, final String type) {
        return switch (type) {
            case "00" -> FpFormat.SINGLE;
            case "01" -> FpFormat.DOUBLE;
            default -> SimdTwoMisc.half(unit);
        };
    }

    private static void convert(final DecodeTable<A64Emitter> t, final String from, final String to) {
        final int number = A64Helpers.add(unit -> (s, d, a, b) -> {
            unit.begin(s.r);
            final FpFormat f = format(unit, from);
            s.r[d] = FpConvert.convert(unit.env, f, format(unit, to), f.cut(s.r[a]));
            s.r[d + 1] = 0;
            unit.end(s.r);
        });
        t.row(
                "000 11110 " + from + " 1 0001 " + to + " 10000 nnnnn ddddd",
                "FCVT",
                (e, w) -> e.helper(number, e.vectorD(), e.vectorN(), 0));
    }

    // ---- comparisons

    private static void comparisons(final DecodeTable<A64Emitter> t) {
        final int quiet = compareHelpers(false);
        final int signalling = compareHelpers(true);
        t.row("000 11110 0z 1 mmmmm 00 1000 nnnnn 00 000", "FCMP", (e, w) -> compare(e, quiet, e.vectorM()));
        t.row("000 11110 0z 1 ----- 00 1000 nnnnn 01 000", "FCMP (zero)", (e, w) -> compare(e, quiet, A64Regs.XZR));
        t.row("000 11110 0z 1 mmmmm 00 1000 nnnnn 10 000", "FCMPE", (e, w) -> compare(e, signalling, e.vectorM()));
        t.row(
                "000 11110 0z 1 ----- 00 1000 nnnnn 11 000",
                "FCMPE (zero)",
                (e, w) -> compare(e, signalling, A64Regs.XZR));
        t.row("000 11110 0z 1 mmmmm cccc 01 nnnnn 0 zzzz", "FCCMP", (e, w) -> conditionalCompare(e, quiet));
        t.row("000 11110 0z 1 mmmmm cccc 01 nnnnn 1 zzzz", "FCCMPE", (e, w) -> conditionalCompare(e, signalling));
    }

    /** Helpers by format: d = the packed flags. */
    private static int compareHelpers(final boolean signalling) {
        final int first = compareHelper(FpFormat.SINGLE, signalling);
        compareHelper(FpFormat.DOUBLE, signalling);
        return first;
    }

    private static int compareHelper(final FpFormat f, final boolean signalling) {
        return A64Helpers.add(unit -> (s, d, a, b) -> {
            unit.begin(s.r);
            s.r[d] = comparison(FpMath.compare(unit.env, f, f.cut(s.r[a]), f.cut(s.r[b]), signalling));
            unit.end(s.r);
        });
    }

    private static void compare(final A64Emitter e, final int first, final int b) {
        final int flags = e.temp();
        e.helper(first + size(e) - SINGLE, flags, e.vectorN(), b);
        e.out.putFlags(flags);
    }

    private static void conditionalCompare(final A64Emitter e, final int first) {
        final int condition = e.field(15, 12);
        if (A64Emitter.always(condition)) {
            compare(e, first, e.vectorM());
            return;
        }
        final int otherwise = e.out.constant(A64Regs.packed((long) e.field(3, 0) << 28));
        final int compare = e.out.skipIf(A64Emitter.cond(condition));
        e.out.putFlags(otherwise);
        final int done = e.out.skip();
        e.out.bind(compare);
        compare(e, first, e.vectorM());
        e.out.bind(done);
    }

    private static void select(final A64Emitter e) {
        final int condition = e.field(15, 12);
        int value = e.vectorN();
        if (!A64Emitter.always(condition)) {
            final int test = e.temp();
            value = e.temp();
            e.out.getCond(test, A64Emitter.cond(condition));
            e.out.select(value, test, e.vectorN(), e.vectorM());
        }
        e.out.alui(Op.ANDI, e.vectorD(), value, mask(e));
        e.out.constant(e.vectorD() + 1, 0);
    }

    // ---- 2 and 3 sources

    private static void twoSource(final DecodeTable<A64Emitter> t) {
        two(t, "0000", "FMUL (scalar)", (e, f, d, a, b) -> FpMath.mul(e, f, a, b));
        two(t, "0001", "FDIV (scalar)", (e, f, d, a, b) -> FpMath.div(e, f, a, b));
        two(t, "0010", "FADD (scalar)", (e, f, d, a, b) -> FpMath.add(e, f, a, b));
        two(t, "0011", "FSUB (scalar)", (e, f, d, a, b) -> FpMath.sub(e, f, a, b));
        two(t, "0100", "FMAX (scalar)", (e, f, d, a, b) -> FpMath.max(e, f, a, b));
        two(t, "0101", "FMIN (scalar)", (e, f, d, a, b) -> FpMath.min(e, f, a, b));
        two(t, "0110", "FMAXNM (scalar)", (e, f, d, a, b) -> FpMath.maxNum(e, f, a, b));
        two(t, "0111", "FMINNM (scalar)", (e, f, d, a, b) -> FpMath.minNum(e, f, a, b));
        two(t, "1000", "FNMUL (scalar)", (e, f, d, a, b) -> FpMath.mul(e, f, a, b) ^ f.signBit);
    }

    private static void two(
            final DecodeTable<A64Emitter> t, final String opcode, final String name, final LaneOp.Fp op) {
        new VectorRows(t).scalarFp("000 11110 0z 1 mmmmm " + opcode + " 10 nnnnn ddddd", name, op);
    }

    /** The addend is the old value of the temporary that takes the result. */
    private static void threeSource(
            final DecodeTable<A64Emitter> t, final String o1, final String o0, final String name, final LaneOp.Fp op) {
        final int first = VectorRows.lanes(LaneOp.of(op), false);
        t.row("000 11111 0z " + o1 + " mmmmm " + o0 + " aaaaa nnnnn ddddd", name, (e, w) -> {
            final int result = e.vectorTemp();
            e.out.mov(result, A64Regs.v(e.ra()));
            e.helper(VectorRows.scalar(first, size(e)), result, e.vectorN(), e.vectorM());
            e.out.mov(e.vectorD(), result);
            e.out.constant(e.vectorD() + 1, 0);
        });
    }
}
