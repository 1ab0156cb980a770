package org.kernelentry.arm64.decode;

import static org.kernelentry.arm64.decode.VectorRows.BHS;

import org.kernelentry.isa.fp.FpFormat;
import org.kernelentry.isa.fp.FpMath;
import org.kernelentry.isa.simd.Lanes;

/** Advanced SIMD across lanes and scalar pairwise: DDI 0487 C4.1.96. */
final class SimdAcross {
    private final VectorRows rows;

    private SimdAcross(final VectorRows rows) {
        this.rows = rows;
    }

    static void rows(final VectorRows rows) {
        final SimdAcross table = new SimdAcross(rows);
        //           U    opcode   name
        table.across("0", "00011", "SADDLV", true, true, Long::sum);
        table.across("1", "00011", "UADDLV", false, true, Long::sum);
        table.across("0", "01010", "SMAXV", true, false, Math::max);
        table.across("1", "01010", "UMAXV", false, false, Math::max);
        table.across("0", "11010", "SMINV", true, false, Math::min);
        table.across("1", "11010", "UMINV", false, false, Math::min);
        table.across("0", "11011", "ADDV", false, false, Long::sum);
        table.acrossFp("00", "01100", "FMAXNMV", FpMath::maxNum);
        table.acrossFp("10", "01100", "FMINNMV", FpMath::minNum);
        table.acrossFp("00", "01111", "FMAXV", FpMath::max);
        table.acrossFp("10", "01111", "FMINV", FpMath::min);
        table.pairs();
    }

    private static String pattern(final String u, final String size, final String opcode) {
        return "0 q " + u + " 01110 " + size + " 11000 " + opcode + " 10 nnnnn ddddd";
    }

    private void across(
            final String u,
            final String opcode,
            final String name,
            final boolean signed,
            final boolean wide,
            final Lanes.Binary op) {
        final int first = VectorRows.whole((unit, r, size, full, d, a, b) -> {
            long result = Lanes.lane(size, signed, r[a], 0);
            for (int i = 1; i < Lanes.count(size); i++) {
                result = op.apply(result, Lanes.lane(size, signed, r[a], i));
            }
            for (int i = 0; full && i < Lanes.count(size); i++) {
                result = op.apply(result, Lanes.lane(size, signed, r[a + 1], i));
            }
            r[d] = result & Lanes.mask(wide ? size + 1 : size);
            r[d + 1] = 0;
        });
        rows.t.row(pattern(u, "zz", opcode), name, (e, w) -> {
            final int size = e.field(23, 22);
            if (size == 3 || size == 2 && !e.bit(30)) {
                e.undefined();
            } else if (VectorRows.fits(e, BHS, size, true)) {
                e.helper(VectorRows.vector(e, first, size), e.vectorD(), e.vectorN(), e.vectorN());
            }
        });
    }

    /** The lanes in pairs, as the manual's Reduce does: the order decides which NaN is propagated. */
    private void acrossFp(final String size, final String opcode, final String name, final SimdThreeSame.Fp2 op) {
        final int first = VectorRows.whole((unit, r, z, full, d, a, b) -> {
            final long low =
                    op.apply(unit.env, FpFormat.SINGLE, Lanes.unsigned(2, r[a], 0), Lanes.unsigned(2, r[a], 1));
            final long high =
                    op.apply(unit.env, FpFormat.SINGLE, Lanes.unsigned(2, r[a + 1], 0), Lanes.unsigned(2, r[a + 1], 1));
            r[d] = op.apply(unit.env, FpFormat.SINGLE, low, high);
            r[d + 1] = 0;
        });
        rows.t.row(
                "0 1 1 01110 " + size + " 11000 " + opcode + " 10 nnnnn ddddd",
                name,
                (e, w) -> e.helper(VectorRows.vector(e, first, 2), e.vectorD(), e.vectorN(), e.vectorN()));
    }

    private void pairs() {
        final int add = VectorRows.whole((unit, r, size, full, d, a, b) -> {
            r[d] = r[a] + r[a + 1];
            r[d + 1] = 0;
        });
        rows.t.row(
                "01 0 11110 11 11000 11011 10 nnnnn ddddd",
                "ADDP (scalar)",
                (e, w) -> e.helper(add, e.vectorD(), e.vectorN(), e.vectorN()));
        pairFp("0z", "01100", "FMAXNMP (scalar)", FpMath::maxNum);
        pairFp("1z", "01100", "FMINNMP (scalar)", FpMath::minNum);
        pairFp("0z", "01101", "FADDP (scalar)", FpMath::add);
        pairFp("0z", "01111", "FMAXP (scalar)", FpMath::max);
        pairFp("1z", "01111", "FMINP (scalar)", FpMath::min);
    }

    private void pairFp(final String size, final String opcode, final String name, final SimdThreeSame.Fp2 op) {
        final int first = VectorRows.whole((unit, r, z, full, d, a, b) -> {
            r[d] = z == 3
                    ? op.apply(unit.env, FpFormat.DOUBLE, r[a], r[a + 1])
                    : op.apply(unit.env, FpFormat.SINGLE, Lanes.unsigned(2, r[a], 0), Lanes.unsigned(2, r[a], 1));
            r[d + 1] = 0;
        });
        rows.t.row(
                "01 1 11110 " + size + " 11000 " + opcode + " 10 nnnnn ddddd",
                name,
                (e, w) -> e.helper(first + 2 * (2 + e.field(22, 22)), e.vectorD(), e.vectorN(), e.vectorN()));
    }
}
