package org.kernelentry.x86.decode;

import org.kernelentry.isa.simd.LanePermutes;
import org.kernelentry.isa.simd.LaneWidths.Narrowing;
import org.kernelentry.isa.simd.Lanes;
import org.kernelentry.machine.ir.Helper;
import org.kernelentry.x86.decode.Vectors.Words;

/** MMX, SSE and SSE2 in the two-byte opcode map. Source: Intel SDM volume 2, table A-3 and table A-6 (groups 12 to 16). */
final class VectorMap {
    private VectorMap() {}

    /** The helpers of everything in the tables, x87 among it. */
    static Helper[] helpers() {
        // Rows name their helpers when a table is made.
        OneByteMap.MAP.at(0);
        TwoByteMap.MAP.at(0);
        return VectorHelpers.all();
    }

    static OpcodeMap addTo(final OpcodeMap map) {
        moves(map);
        floats(map);
        conversions(map);
        integers(map);
        shifts(map);
        permutes(map);
        return state(map);
    }

    private static void moves(final OpcodeMap map) {
        map.row(0x10, "MOVUPS Vx,Wu np", VectorMoves::mov)
                .row(0x10, "MOVUPD Vx,Wu p66", VectorMoves::mov)
                .row(0x10, "MOVSS Vx,Wd f3", VectorMoves::movScalar)
                .row(0x10, "MOVSD Vx,Wq f2", VectorMoves::movScalar)
                .row(0x11, "MOVUPS Wu,Vx np", VectorMoves::mov)
                .row(0x11, "MOVUPD Wu,Vx p66", VectorMoves::mov)
                .row(0x11, "MOVSS Wd,Vx f3", VectorMoves::movScalar)
                .row(0x11, "MOVSD Wq,Vx f2", VectorMoves::movScalar)
                .row(0x12, "MOVLPS Vx,Wq np mem", VectorMoves::movLow)
                .row(0x12, "MOVHLPS Vx,Wx np reg", VectorMoves::movHighToLow)
                .row(0x12, "MOVLPD Vx,Wq p66 mem", VectorMoves::movLow)
                .row(0x13, "MOVLPS Wq,Vx np mem", VectorMoves::storeLow)
                .row(0x13, "MOVLPD Wq,Vx p66 mem", VectorMoves::storeLow)
                .row(0x16, "MOVHPS Vx,Wq np mem", VectorMoves::movHigh)
                .row(0x16, "MOVLHPS Vx,Wx np reg", VectorMoves::movHigh)
                .row(0x16, "MOVHPD Vx,Wq p66 mem", VectorMoves::movHigh)
                .row(0x17, "MOVHPS Wq,Vx np mem", VectorMoves::storeHigh)
                .row(0x17, "MOVHPD Wq,Vx p66 mem", VectorMoves::storeHigh)
                .row(0x28, "MOVAPS Vx,Wx np", VectorMoves::mov)
                .row(0x28, "MOVAPD Vx,Wx p66", VectorMoves::mov)
                .row(0x29, "MOVAPS Wx,Vx np", VectorMoves::mov)
                .row(0x29, "MOVAPD Wx,Vx p66", VectorMoves::mov)
                .row(0x2b, "MOVNTPS Wx,Vx np mem", VectorMoves::mov)
                .row(0x2b, "MOVNTPD Wx,Vx p66 mem", VectorMoves::mov)
                .row(0x50, "MOVMSKPS Gy,Wx np reg", VectorMoves.mask(2))
                .row(0x50, "MOVMSKPD Gy,Wx p66 reg", VectorMoves.mask(3))
                .row(0x6e, "MOVD Pq,Ey np", VectorMoves::movFromGeneral)
                .row(0x6e, "MOVD Vx,Ey p66", VectorMoves::movFromGeneral)
                .row(0x6f, "MOVQ Pq,Qq np", VectorMoves::movMmx)
                .row(0x6f, "MOVDQA Vx,Wx p66", VectorMoves::mov)
                .row(0x6f, "MOVDQU Vx,Wu f3", VectorMoves::mov)
                .row(0x7e, "MOVD Ey,Pq np", VectorMoves::movToGeneral)
                .row(0x7e, "MOVD Ey,Vx p66", VectorMoves::movToGeneral)
                .row(0x7e, "MOVQ Vx,Wq f3", VectorMoves::movQuad)
                .row(0x7f, "MOVQ Qq,Pq np", VectorMoves::movMmx)
                .row(0x7f, "MOVDQA Wx,Vx p66", VectorMoves::mov)
                .row(0x7f, "MOVDQU Wu,Vx f3", VectorMoves::mov)
                .row(0xd6, "MOVQ Wq,Vx p66", VectorMoves::movQuad)
                .row(0xd6, "MOVQ2DQ Vx,Qq f3 reg", VectorMoves::movQuad)
                .row(0xd6, "MOVDQ2Q Pq,Wq f2 reg", VectorMoves::movMmx)
                .row(0xd7, "PMOVMSKB Gy,Qq np reg", VectorMoves.maskMmx())
                .row(0xd7, "PMOVMSKB Gy,Wx p66 reg", VectorMoves.mask(0))
                .row(0xe7, "MOVNTQ Qq,Pq np mem", VectorMoves::movMmx)
                .row(0xe7, "MOVNTDQ Wx,Vx p66 mem", VectorMoves::mov)
                .row(0xf7, "MASKMOVQ Pq,Qq np reg", VectorMoves.MASKMOVQ)
                .row(0xf7, "MASKMOVDQU Vx,Wx p66 reg", VectorMoves.MASKMOVDQU);
    }

    private static void floats(final OpcodeMap map) {
        four(map, 0x51, "SQRT", SseFloat.SQRT);
        map.row(0x52, "RSQRTPS Vx,Wx np", SseFloat.approximate(SseFloat::reciprocalRoot, false))
                .row(0x52, "RSQRTSS Vx,Wd f3", SseFloat.approximate(SseFloat::reciprocalRoot, true))
                .row(0x53, "RCPPS Vx,Wx np", SseFloat.approximate(SseFloat::reciprocal, false))
                .row(0x53, "RCPSS Vx,Wd f3", SseFloat.approximate(SseFloat::reciprocal, true));
        both(map, 0x54, "AND", (a, b) -> a & b);
        both(map, 0x55, "ANDN", (a, b) -> ~a & b);
        both(map, 0x56, "OR", (a, b) -> a | b);
        both(map, 0x57, "XOR", (a, b) -> a ^ b);
        four(map, 0x58, "ADD", SseFloat.ADD);
        four(map, 0x59, "MUL", SseFloat.MUL);
        four(map, 0x5c, "SUB", SseFloat.SUB);
        four(map, 0x5d, "MIN", SseFloat.MIN);
        four(map, 0x5e, "DIV", SseFloat.DIV);
        four(map, 0x5f, "MAX", SseFloat.MAX);
        map.row(0x2e, "UCOMISS Vx,Wd np", SseFloat.comi(SseFloat.S, false))
                .row(0x2e, "UCOMISD Vx,Wq p66", SseFloat.comi(SseFloat.D, false))
                .row(0x2f, "COMISS Vx,Wd np", SseFloat.comi(SseFloat.S, true))
                .row(0x2f, "COMISD Vx,Wq p66", SseFloat.comi(SseFloat.D, true))
                .row(0xc2, "CMPPS Vx,Wx,Ib np", SseFloat.cmp(SseFloat.S, false))
                .row(0xc2, "CMPPD Vx,Wx,Ib p66", SseFloat.cmp(SseFloat.D, false))
                .row(0xc2, "CMPSS Vx,Wd,Ib f3", SseFloat.cmp(SseFloat.S, true))
                .row(0xc2, "CMPSD Vx,Wq,Ib f2", SseFloat.cmp(SseFloat.D, true));
    }

    private static void four(final OpcodeMap map, final int opcode, final String name, final SseFloat.Lane op) {
        map.row(opcode, name + "PS Vx,Wx np", SseFloat.packed(SseFloat.S, op))
                .row(opcode, name + "PD Vx,Wx p66", SseFloat.packed(SseFloat.D, op))
                .row(opcode, name + "SS Vx,Wd f3", SseFloat.scalar(SseFloat.S, op))
                .row(opcode, name + "SD Vx,Wq f2", SseFloat.scalar(SseFloat.D, op));
    }

    /** Logic has no use for the format, but two encodings. */
    private static void both(final OpcodeMap map, final int opcode, final String name, final Words op) {
        map.row(opcode, name + "PS Vx,Wx np", Vectors.words(op)).row(opcode, name + "PD Vx,Wx p66", Vectors.words(op));
    }

    private static void conversions(final OpcodeMap map) {
        map.row(0x2a, "CVTPI2PS Vx,Qq np", SseConvert.CVTPI2PS)
                .row(0x2a, "CVTPI2PD Vx,Qq p66", SseConvert.CVTPI2PD)
                .row(0x2a, "CVTSI2SS Vx,Ey f3", SseConvert.fromGeneral(SseFloat.S))
                .row(0x2a, "CVTSI2SD Vx,Ey f2", SseConvert.fromGeneral(SseFloat.D))
                .row(0x2c, "CVTTPS2PI Pq,Wq np", SseConvert.toMmx(SseFloat.S, true))
                .row(0x2c, "CVTTPD2PI Pq,Wx p66", SseConvert.toMmx(SseFloat.D, true))
                .row(0x2c, "CVTTSS2SI Gy,Wd f3", SseConvert.toGeneral(SseFloat.S, true))
                .row(0x2c, "CVTTSD2SI Gy,Wq f2", SseConvert.toGeneral(SseFloat.D, true))
                .row(0x2d, "CVTPS2PI Pq,Wq np", SseConvert.toMmx(SseFloat.S, false))
                .row(0x2d, "CVTPD2PI Pq,Wx p66", SseConvert.toMmx(SseFloat.D, false))
                .row(0x2d, "CVTSS2SI Gy,Wd f3", SseConvert.toGeneral(SseFloat.S, false))
                .row(0x2d, "CVTSD2SI Gy,Wq f2", SseConvert.toGeneral(SseFloat.D, false))
                .row(0x5a, "CVTPS2PD Vx,Wq np", SseConvert.CVTPS2PD)
                .row(0x5a, "CVTPD2PS Vx,Wx p66", SseConvert.CVTPD2PS)
                .row(0x5a, "CVTSS2SD Vx,Wd f3", SseConvert.CVTSS2SD)
                .row(0x5a, "CVTSD2SS Vx,Wq f2", SseConvert.CVTSD2SS)
                .row(0x5b, "CVTDQ2PS Vx,Wx np", SseConvert.CVTDQ2PS)
                .row(0x5b, "CVTPS2DQ Vx,Wx p66", SseConvert.ps2dq(false))
                .row(0x5b, "CVTTPS2DQ Vx,Wx f3", SseConvert.ps2dq(true))
                .row(0xe6, "CVTDQ2PD Vx,Wq f3", SseConvert.CVTDQ2PD)
                .row(0xe6, "CVTPD2DQ Vx,Wx f2", SseConvert.pd2dq(false))
                .row(0xe6, "CVTTPD2DQ Vx,Wx p66", SseConvert.pd2dq(true));
    }

    /** Word by word: MMX without prefix, SSE2 with 66. */
    private static void words(final OpcodeMap map, final int opcode, final String name, final Words op) {
        map.row(opcode, name + " Pq,Qq np", Vectors.wordsMmx(op)).row(opcode, name + " Vx,Wx p66", Vectors.words(op));
    }

    private static void integers(final OpcodeMap map) {
        final String[] suffix = {"B", "W", "D", "Q"};
        for (int n = 0; n < 3; n++) {
            final int size = n;
            words(map, 0x64 + n, "PCMPGT" + suffix[n], (a, b) -> Lanes.greater(size, true, a, b));
            words(map, 0x74 + n, "PCMPEQ" + suffix[n], (a, b) -> Lanes.equal(size, a, b));
            words(map, 0xf8 + n, "PSUB" + suffix[n], (a, b) -> Lanes.sub(size, a, b));
            words(map, 0xfc + n, "PADD" + suffix[n], (a, b) -> Lanes.add(size, a, b));
        }
        for (int n = 0; n < 2; n++) {
            final int size = n;
            words(map, 0xd8 + n, "PSUBUS" + suffix[n], SseInteger.subSaturating(size, false));
            words(map, 0xdc + n, "PADDUS" + suffix[n], SseInteger.addSaturating(size, false));
            words(map, 0xe8 + n, "PSUBS" + suffix[n], SseInteger.subSaturating(size, true));
            words(map, 0xec + n, "PADDS" + suffix[n], SseInteger.addSaturating(size, true));
        }
        words(map, 0xd4, "PADDQ", (a, b) -> a + b);
        words(map, 0xfb, "PSUBQ", (a, b) -> a - b);
        words(map, 0xd5, "PMULLW", (a, b) -> Lanes.mul(1, a, b));
        words(map, 0xe4, "PMULHUW", (a, b) -> Lanes.mulHigh(1, false, a, b));
        words(map, 0xe5, "PMULHW", (a, b) -> Lanes.mulHigh(1, true, a, b));
        words(map, 0xf4, "PMULUDQ", (a, b) -> (a & 0xffff_ffffL) * (b & 0xffff_ffffL));
        words(map, 0xf5, "PMADDWD", SseInteger::multiplyAdd);
        words(map, 0xf6, "PSADBW", SseInteger::sumOfDifferences);
        words(map, 0xe0, "PAVGB", (a, b) -> Lanes.roundingHalvingAdd(0, false, a, b));
        words(map, 0xe3, "PAVGW", (a, b) -> Lanes.roundingHalvingAdd(1, false, a, b));
        words(map, 0xda, "PMINUB", (a, b) -> Lanes.min(0, false, a, b));
        words(map, 0xde, "PMAXUB", (a, b) -> Lanes.max(0, false, a, b));
        words(map, 0xea, "PMINSW", (a, b) -> Lanes.min(1, true, a, b));
        words(map, 0xee, "PMAXSW", (a, b) -> Lanes.max(1, true, a, b));
        words(map, 0xdb, "PAND", (a, b) -> a & b);
        words(map, 0xdf, "PANDN", (a, b) -> ~a & b);
        words(map, 0xeb, "POR", (a, b) -> a | b);
        words(map, 0xef, "PXOR", (a, b) -> a ^ b);
    }

    private static void shifts(final OpcodeMap map) {
        final String[] suffix = {"B", "W", "D", "Q"};
        for (int n = 1; n <= 3; n++) {
            shift(map, 0xd0 + n, 0x70 + n, 2, "PSRL" + suffix[n], SseInteger.shiftRight(n, false));
            if (n < 3) {
                shift(map, 0xe0 + n, 0x70 + n, 4, "PSRA" + suffix[n], SseInteger.shiftRight(n, true));
            }
            shift(map, 0xf0 + n, 0x70 + n, 6, "PSLL" + suffix[n], SseInteger.shiftLeft(n));
        }
        map.row(0x73, 3, "PSRLDQ Wx,Ib p66 reg", SseInteger.byteShift(false))
                .row(0x73, 7, "PSLLDQ Wx,Ib p66 reg", SseInteger.byteShift(true));
    }

    /** By a register, and by an immediate in a group. */
    private static void shift(
            final OpcodeMap map,
            final int opcode,
            final int group,
            final int digit,
            final String name,
            final Words op) {
        map.row(opcode, name + " Pq,Qq np", Vectors.wordsMmx(op))
                .row(opcode, name + " Vx,Wx p66", Vectors.shift(op))
                .row(group, digit, name + " Qq,Ib np reg", SseInteger.shiftImmediateMmx(op))
                .row(group, digit, name + " Wx,Ib p66 reg", SseInteger.shiftImmediate(op));
    }

    private static void permutes(final OpcodeMap map) {
        final String[] low = {"BW", "WD", "DQ"};
        for (int n = 0; n < 3; n++) {
            final int size = n;
            map.row(
                            0x60 + n,
                            "PUNPCKL" + low[n] + " Pq,Qd np",
                            Vectors.wordsMmx((a, b) -> LanePermutes.zipLow(size, a, b)))
                    .row(0x60 + n, "PUNPCKL" + low[n] + " Vx,Wx p66", SseInteger.unpack(n, false))
                    .row(
                            0x68 + n,
                            "PUNPCKH" + low[n] + " Pq,Qq np",
                            Vectors.wordsMmx((a, b) -> LanePermutes.zipHigh(size, a, b)))
                    .row(0x68 + n, "PUNPCKH" + low[n] + " Vx,Wx p66", SseInteger.unpack(n, true));
        }
        pack(map, 0x63, "PACKSSWB", 0, Narrowing.SIGNED_TO_SIGNED);
        pack(map, 0x67, "PACKUSWB", 0, Narrowing.SIGNED_TO_UNSIGNED);
        pack(map, 0x6b, "PACKSSDW", 1, Narrowing.SIGNED_TO_SIGNED);
        map.row(0x6c, "PUNPCKLQDQ Vx,Wx p66", SseInteger.unpack(3, false))
                .row(0x6d, "PUNPCKHQDQ Vx,Wx p66", SseInteger.unpack(3, true))
                .row(0x14, "UNPCKLPS Vx,Wx np", SseInteger.unpack(2, false))
                .row(0x14, "UNPCKLPD Vx,Wx p66", SseInteger.unpack(3, false))
                .row(0x15, "UNPCKHPS Vx,Wx np", SseInteger.unpack(2, true))
                .row(0x15, "UNPCKHPD Vx,Wx p66", SseInteger.unpack(3, true))
                .row(0x70, "PSHUFW Pq,Qq,Ib np", SseInteger.PSHUFW)
                .row(0x70, "PSHUFD Vx,Wx,Ib p66", SseInteger.PSHUFD)
                .row(0x70, "PSHUFHW Vx,Wx,Ib f3", SseInteger.PSHUFHW)
                .row(0x70, "PSHUFLW Vx,Wx,Ib f2", SseInteger.PSHUFLW)
                .row(0xc4, "PINSRW Pq,Ew,Ib np", SseInteger.PINSRW_MMX)
                .row(0xc4, "PINSRW Vx,Ew,Ib p66", SseInteger.PINSRW)
                .row(0xc5, "PEXTRW Gy,Qq,Ib np reg", SseInteger.PEXTRW_MMX)
                .row(0xc5, "PEXTRW Gy,Wx,Ib p66 reg", SseInteger.PEXTRW)
                .row(0xc6, "SHUFPS Vx,Wx,Ib np", SseInteger.SHUFPS)
                .row(0xc6, "SHUFPD Vx,Wx,Ib p66", SseInteger.SHUFPD);
    }

    private static void pack(
            final OpcodeMap map, final int opcode, final String name, final int size, final Narrowing how) {
        map.row(opcode, name + " Pq,Qq np", SseInteger.packMmx(size, how))
                .row(opcode, name + " Vx,Wx p66", SseInteger.pack(size, how));
    }

    private static OpcodeMap state(final OpcodeMap map) {
        return map.row(0x77, "EMMS np", FxInsns::emms)
                .row(0xae, 0, "FXSAVE M np", FxInsns.FXSAVE)
                .row(0xae, 1, "FXRSTOR M np", FxInsns.FXRSTOR)
                .row(0xae, 2, "LDMXCSR Ed np mem", FxInsns.LDMXCSR)
                .row(0xae, 3, "STMXCSR Ed np mem", FxInsns::stmxcsr)
                .row(0xae, 7, "CLFLUSH Eb np mem", FxInsns::clflush);
    }
}
