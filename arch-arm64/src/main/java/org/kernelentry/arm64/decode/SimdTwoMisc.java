package org.kernelentry.arm64.decode;

import static org.kernelentry.arm64.decode.VectorRows.B;
import static org.kernelentry.arm64.decode.VectorRows.BHS;
import static org.kernelentry.arm64.decode.VectorRows.BHSD;
import static org.kernelentry.arm64.decode.VectorRows.D;
import static org.kernelentry.arm64.decode.VectorRows.H;
import static org.kernelentry.arm64.decode.VectorRows.S;

import org.kernelentry.isa.fp.ArmFp;
import org.kernelentry.isa.fp.FpConvert;
import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.isa.fp.FpFormat;
import org.kernelentry.isa.fp.FpMath;
import org.kernelentry.isa.simd.LaneWidths;
import org.kernelentry.isa.simd.LaneWidths.Narrowing;
import org.kernelentry.isa.simd.Lanes;

/** Advanced SIMD two-register miscellaneous and scalar two-register miscellaneous: DDI 0487 C4.1.96. */
final class SimdTwoMisc {
    private static final int NONE = 0;

    private final VectorRows rows;

    private SimdTwoMisc(final VectorRows rows) {
        this.rows = rows;
    }

    static void rows(final VectorRows rows) {
        final SimdTwoMisc table = new SimdTwoMisc(rows);
        table.integer();
        table.widths();
        table.floatingPoint();
        table.conversions();
        table.precisions();
    }

    private static String vector(final String u, final String size, final String opcode) {
        return "0 q " + u + " 01110 " + size + " 10000 " + opcode + " 10 nnnnn ddddd";
    }

    private static String scalar(final String u, final String size, final String opcode) {
        return "01 " + u + " 11110 " + size + " 10000 " + opcode + " 10 nnnnn ddddd";
    }

    private void row(
            final String u,
            final String opcode,
            final String name,
            final int sizes,
            final int scalarSizes,
            final LaneOp op) {
        rows.lanes(vector(u, "zz", opcode), name, sizes, op);
        if (scalarSizes != NONE) {
            rows.scalar(scalar(u, "zz", opcode), name + " (scalar)", scalarSizes, op);
        }
    }

    private void integer() {
        //  U    opcode   name    sizes  scalar
        row("0", "00000", "REV64", BHS, NONE, (u, z, d, a, b) -> Lanes.reverse(z, 3, a));
        row("1", "00000", "REV32", B | H, NONE, (u, z, d, a, b) -> Lanes.reverse(z, 2, a));
        row("0", "00001", "REV16", B, NONE, (u, z, d, a, b) -> Lanes.reverse(z, 1, a));
        row("0", "00010", "SADDLP", BHS, NONE, (u, z, d, a, b) -> LaneWidths.addPairsLong(z, true, a));
        row("1", "00010", "UADDLP", BHS, NONE, (u, z, d, a, b) -> LaneWidths.addPairsLong(z, false, a));
        row("0", "00011", "SUQADD", BHSD, BHSD, (u, z, d, a, b) -> Lanes.addUnsignedToSigned(z, d, a, u.q));
        row("1", "00011", "USQADD", BHSD, BHSD, (u, z, d, a, b) -> Lanes.addSignedToUnsigned(z, d, a, u.q));
        row("0", "00100", "CLS", BHS, NONE, (u, z, d, a, b) -> Lanes.leadingSigns(z, a));
        row("1", "00100", "CLZ", BHS, NONE, (u, z, d, a, b) -> Lanes.leadingZeros(z, a));
        row("0", "00101", "CNT", B, NONE, (u, z, d, a, b) -> Lanes.countBits(a));
        row("1", "00101", "NOT, RBIT", B | H, NONE, (u, z, d, a, b) -> z == 0 ? ~a : Lanes.reverseBits(a));
        row(
                "0",
                "00110",
                "SADALP",
                BHS,
                NONE,
                (u, z, d, a, b) -> Lanes.add(z + 1, d, LaneWidths.addPairsLong(z, true, a)));
        row(
                "1",
                "00110",
                "UADALP",
                BHS,
                NONE,
                (u, z, d, a, b) -> Lanes.add(z + 1, d, LaneWidths.addPairsLong(z, false, a)));
        row("0", "00111", "SQABS", BHSD, BHSD, (u, z, d, a, b) -> Lanes.absSaturating(z, a, u.q));
        row("1", "00111", "SQNEG", BHSD, BHSD, (u, z, d, a, b) -> Lanes.negSaturating(z, a, u.q));
        row("0", "01000", "CMGT (zero)", BHSD, D, (u, z, d, a, b) -> Lanes.greater(z, true, a, 0));
        row("1", "01000", "CMGE (zero)", BHSD, D, (u, z, d, a, b) -> Lanes.greaterOrEqual(z, true, a, 0));
        row("0", "01001", "CMEQ (zero)", BHSD, D, (u, z, d, a, b) -> Lanes.equal(z, a, 0));
        row("1", "01001", "CMLE (zero)", BHSD, D, (u, z, d, a, b) -> Lanes.greaterOrEqual(z, true, 0, a));
        row("0", "01010", "CMLT (zero)", BHSD, D, (u, z, d, a, b) -> Lanes.greater(z, true, 0, a));
        row("0", "01011", "ABS", BHSD, D, (u, z, d, a, b) -> Lanes.abs(z, a));
        row("1", "01011", "NEG", BHSD, D, (u, z, d, a, b) -> Lanes.neg(z, a));
    }

    private void widths() {
        narrow("0", "10010", "XTN", Narrowing.TRUNCATE, false);
        narrow("1", "10010", "SQXTUN", Narrowing.SIGNED_TO_UNSIGNED, true);
        narrow("0", "10100", "SQXTN", Narrowing.SIGNED_TO_SIGNED, true);
        narrow("1", "10100", "UQXTN", Narrowing.UNSIGNED_TO_UNSIGNED, true);
        rows.narrowing(
                vector("1", "zz", "10011"),
                "SHLL",
                BHS,
                VectorRows.widened(false, (u, z, d, a, b) -> Lanes.map(z, false, a, x -> x << Lanes.bits(z - 1))));
    }

    private void narrow(
            final String u, final String opcode, final String name, final Narrowing how, final boolean scalar) {
        rows.narrowing(
                vector(u, "zz", opcode),
                name,
                BHS,
                (unit, r, size, upper, d, a, b) -> VectorRows.putNarrow(
                        r,
                        d,
                        upper,
                        LaneWidths.narrow(size, how, r[a], unit.q)
                                | LaneWidths.narrow(size, how, r[a + 1], unit.q) << 32));
        if (scalar) {
            rows.scalar(scalar(u, "zz", opcode), name + " (scalar)", BHS, new LaneOp() {
                @Override
                public long apply(final FpSimdUnit unit, final int size, final long d, final long a, final long b) {
                    throw new IllegalStateException("scalar only");
                }

                @Override
                public long scalar(final FpSimdUnit unit, final int size, final long d, final long a, final long b) {
                    return LaneWidths.narrow(size, how, a & Lanes.mask(size + 1), unit.q) & Lanes.mask(size);
                }
            });
        }
    }

    private void fp(
            final String u,
            final String size,
            final String opcode,
            final String name,
            final boolean scalar,
            final LaneOp.Fp op) {
        rows.lanesFp(vector(u, size, opcode), name + " (vector)", op);
        if (scalar) {
            rows.scalarFp(scalar(u, size, opcode), name + " (scalar)", op);
        }
    }

    private void floatingPoint() {
        // U    size  opcode   name    scalar
        fp("0", "1z", "01100", "FCMGT (zero)", true, (e, f, d, a, b) -> SimdThreeSame.greater(e, f, a, 0));
        fp("1", "1z", "01100", "FCMGE (zero)", true, (e, f, d, a, b) -> SimdThreeSame.greaterOrEqual(e, f, a, 0));
        fp(
                "0",
                "1z",
                "01101",
                "FCMEQ (zero)",
                true,
                (e, f, d, a, b) -> SimdThreeSame.all(f, FpMath.compare(e, f, a, 0, false) == FpMath.EQUAL));
        fp("1", "1z", "01101", "FCMLE (zero)", true, (e, f, d, a, b) -> SimdThreeSame.greaterOrEqual(e, f, 0, a));
        fp("0", "1z", "01110", "FCMLT (zero)", true, (e, f, d, a, b) -> SimdThreeSame.greater(e, f, 0, a));
        fp("0", "1z", "01111", "FABS", false, (e, f, d, a, b) -> a & ~f.signBit);
        fp("1", "1z", "01111", "FNEG", false, (e, f, d, a, b) -> a ^ f.signBit);
        fp("0", "0z", "11000", "FRINTN", false, rint(FpEnv.NEAREST_EVEN));
        fp("1", "0z", "11000", "FRINTA", false, rint(FpEnv.NEAREST_AWAY));
        fp("0", "1z", "11000", "FRINTP", false, rint(FpEnv.UP));
        fp("0", "0z", "11001", "FRINTM", false, rint(FpEnv.DOWN));
        fp(
                "1",
                "0z",
                "11001",
                "FRINTX",
                false,
                (e, f, d, a, b) -> FpConvert.roundToIntegral(e, f, a, e.rounding, true));
        fp("0", "1z", "11001", "FRINTZ", false, rint(FpEnv.TO_ZERO));
        fp(
                "1",
                "1z",
                "11001",
                "FRINTI",
                false,
                (e, f, d, a, b) -> FpConvert.roundToIntegral(e, f, a, e.rounding, false));
        fp("0", "1z", "11101", "FRECPE", true, (e, f, d, a, b) -> ArmFp.recipEstimate(e, f, a));
        fp("1", "1z", "11101", "FRSQRTE", true, (e, f, d, a, b) -> ArmFp.rsqrtEstimate(e, f, a));
        fp("1", "1z", "11111", "FSQRT", false, (e, f, d, a, b) -> FpMath.sqrt(e, f, a));
        rows.scalarFp(scalar("0", "1z", "11111"), "FRECPX", (e, f, d, a, b) -> ArmFp.recipExponent(e, f, a));
        rows.lanes(
                vector("0", "10", "11100"),
                "URECPE",
                S,
                (u, z, d, a, b) -> Lanes.map(2, false, a, ArmFp::unsignedRecipEstimate));
        rows.lanes(
                vector("1", "10", "11100"),
                "URSQRTE",
                S,
                (u, z, d, a, b) -> Lanes.map(2, false, a, ArmFp::unsignedRsqrtEstimate));
    }

    private static LaneOp.Fp rint(final int rounding) {
        return (e, f, d, a, b) -> FpConvert.roundToIntegral(e, f, a, rounding, false);
    }

    private void conversions() {
        toInteger("0z", "11010", "FCVTN", FpEnv.NEAREST_EVEN);
        toInteger("0z", "11011", "FCVTM", FpEnv.DOWN);
        toInteger("1z", "11010", "FCVTP", FpEnv.UP);
        toInteger("1z", "11011", "FCVTZ", FpEnv.TO_ZERO);
        toInteger("0z", "11100", "FCVTA", FpEnv.NEAREST_AWAY);
        fp("0", "0z", "11101", "SCVTF", true, (e, f, d, a, b) -> fromInteger(e, f, a, true, 0));
        fp("1", "0z", "11101", "UCVTF", true, (e, f, d, a, b) -> fromInteger(e, f, a, false, 0));
    }

    private void toInteger(final String size, final String opcode, final String name, final int rounding) {
        fp(
                "0",
                size,
                opcode,
                name + "S",
                true,
                (e, f, d, a, b) -> FpConvert.toIntegerSaturating(e, f, a, f.bits, true, 0, rounding));
        fp(
                "1",
                size,
                opcode,
                name + "U",
                true,
                (e, f, d, a, b) -> FpConvert.toIntegerSaturating(e, f, a, f.bits, false, 0, rounding));
    }

    /** A lane as a number of the same width. */
    static long fromInteger(
            final FpEnv env, final FpFormat f, final long a, final boolean signed, final int fractionBits) {
        final long value = f.bits == 64 ? a : signed ? (int) a : a & 0xffff_ffffL;
        return FpConvert.fromInteger(env, f, value, signed, fractionBits);
    }

    /** FCVTN, FCVTL, FCVTXN: sz is that of the wide lanes, less one. */
    private void precisions() {
        precision(
                "0",
                "0z",
                "10110",
                "FCVTN",
                (u, r, size, upper, d, a, b) ->
                        VectorRows.putNarrow(r, d, upper, narrowFp(u, size, r[a]) | narrowFp(u, size, r[a + 1]) << 32));
        precision("0", "0z", "10111", "FCVTL", (u, r, size, upper, d, a, b) -> {
            final long from = upper ? r[a + 1] : r[a];
            r[d] = widenFp(u, size, from);
            r[d + 1] = widenFp(u, size, from >>> 32);
        });
        precision(
                "1",
                "01",
                "10110",
                "FCVTXN",
                (u, r, size, upper, d, a, b) ->
                        VectorRows.putNarrow(r, d, upper, toOdd(u, r[a]) | toOdd(u, r[a + 1]) << 32));
        final int first = VectorRows.lanes(
                LaneOp.of((e, f, d, a, b) -> FpConvert.convert(e, FpFormat.DOUBLE, FpFormat.SINGLE, a, FpEnv.TO_ODD)),
                false);
        rows.t.row(
                scalar("1", "01", "10110"),
                "FCVTXN (scalar)",
                (e, w) -> e.helper(VectorRows.scalar(first, 3), e.vectorD(), e.vectorN(), e.vectorM()));
    }

    private void precision(
            final String u, final String size, final String opcode, final String name, final VectorRows.Whole op) {
        final int first = VectorRows.whole(op);
        rows.t.row(
                vector(u, size, opcode),
                name,
                (e, w) -> e.helper(
                        VectorRows.vector(e, first, 1 + e.field(22, 22)), e.vectorD(), e.vectorN(), e.vectorM()));
    }

    static FpFormat half(final FpSimdUnit unit) {
        return unit.alternativeHalf ? FpFormat.HALF_ALTERNATIVE : FpFormat.HALF;
    }

    private static long toOdd(final FpSimdUnit u, final long a) {
        return FpConvert.convert(u.env, FpFormat.DOUBLE, FpFormat.SINGLE, a, FpEnv.TO_ODD);
    }

    /** A word of wide lanes in 32 bits. */
    private static long narrowFp(final FpSimdUnit u, final int size, final long a) {
        if (size == 2) {
            return FpConvert.convert(u.env, FpFormat.DOUBLE, FpFormat.SINGLE, a);
        }
        return FpConvert.convert(u.env, FpFormat.SINGLE, half(u), a & 0xffff_ffffL)
                | FpConvert.convert(u.env, FpFormat.SINGLE, half(u), a >>> 32) << 16;
    }

    /** The low 32 bits as a word of wide lanes. */
    private static long widenFp(final FpSimdUnit u, final int size, final long a) {
        if (size == 2) {
            return FpConvert.convert(u.env, FpFormat.SINGLE, FpFormat.DOUBLE, a & 0xffff_ffffL);
        }
        return FpConvert.convert(u.env, half(u), FpFormat.SINGLE, a & 0xffff)
                | FpConvert.convert(u.env, half(u), FpFormat.SINGLE, a >>> 16 & 0xffff) << 32;
    }
}
