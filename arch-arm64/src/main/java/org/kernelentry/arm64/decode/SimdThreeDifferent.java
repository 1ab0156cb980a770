package org.kernelentry.arm64.decode;

import static org.kernelentry.arm64.decode.VectorRows.B;
import static org.kernelentry.arm64.decode.VectorRows.BHS;
import static org.kernelentry.arm64.decode.VectorRows.HS;

import org.kernelentry.isa.simd.LaneWidths;
import org.kernelentry.isa.simd.Lanes;

/** Advanced SIMD three different and scalar three different: DDI 0487 C4.1.96. Q says which halves of the narrow operands. */
final class SimdThreeDifferent {
    private final VectorRows rows;

    private SimdThreeDifferent(final VectorRows rows) {
        this.rows = rows;
    }

    static void rows(final VectorRows rows) {
        final SimdThreeDifferent table = new SimdThreeDifferent(rows);
        //             U    opcode  name   sizes
        table.longs("0000", "ADDL", (u, z, d, a, b) -> Lanes.add(z, a, b));
        table.wides("0001", "ADDW", (u, z, d, a, b) -> Lanes.add(z, a, b));
        table.longs("0010", "SUBL", (u, z, d, a, b) -> Lanes.sub(z, a, b));
        table.wides("0011", "SUBW", (u, z, d, a, b) -> Lanes.sub(z, a, b));
        table.narrow("0", "0100", "ADDHN", false, (u, z, d, a, b) -> Lanes.add(z, a, b));
        table.narrow("1", "0100", "RADDHN", true, (u, z, d, a, b) -> Lanes.add(z, a, b));
        table.longs("0101", "ABAL", (u, z, d, a, b) -> Lanes.add(z, d, Lanes.absDiff(z, true, a, b)));
        table.narrow("0", "0110", "SUBHN", false, (u, z, d, a, b) -> Lanes.sub(z, a, b));
        table.narrow("1", "0110", "RSUBHN", true, (u, z, d, a, b) -> Lanes.sub(z, a, b));
        table.longs("0111", "ABDL", (u, z, d, a, b) -> Lanes.absDiff(z, true, a, b));
        table.longs("1000", "MLAL", SimdThreeSame::mla);
        table.doubling("1001", "SQDMLAL", SimdThreeDifferent::sqdmlal);
        table.longs("1010", "MLSL", SimdThreeSame::mls);
        table.doubling("1011", "SQDMLSL", SimdThreeDifferent::sqdmlsl);
        table.longs("1100", "MULL", (u, z, d, a, b) -> Lanes.mul(z, a, b));
        table.doubling("1101", "SQDMULL", SimdThreeDifferent::sqdmull);
        table.polynomial();
    }

    /** Sizes are those of the wide lanes from here on. */
    static long sqdmull(final FpSimdUnit u, final int size, final long d, final long a, final long b) {
        return LaneWidths.mulDoublingLong(size - 1, a, b, u.q);
    }

    static long sqdmlal(final FpSimdUnit u, final int size, final long d, final long a, final long b) {
        return Lanes.addSaturating(size, true, d, sqdmull(u, size, d, a, b), u.q);
    }

    static long sqdmlsl(final FpSimdUnit u, final int size, final long d, final long a, final long b) {
        return Lanes.subSaturating(size, true, d, sqdmull(u, size, d, a, b), u.q);
    }

    private static String pattern(final String u, final String opcode) {
        return "0 q " + u + " 01110 zz 1 mmmmm " + opcode + " 00 nnnnn ddddd";
    }

    private void longs(final String opcode, final String name, final LaneOp op) {
        rows.narrowing(pattern("0", opcode), "S" + name, BHS, VectorRows.widened(true, op));
        rows.narrowing(pattern("1", opcode), "U" + name, BHS, VectorRows.widened(false, op));
    }

    private void wides(final String opcode, final String name, final LaneOp op) {
        rows.narrowing(pattern("0", opcode), "S" + name, BHS, VectorRows.widenedSecond(true, op));
        rows.narrowing(pattern("1", opcode), "U" + name, BHS, VectorRows.widenedSecond(false, op));
    }

    private void narrow(
            final String u, final String opcode, final String name, final boolean rounding, final LaneOp op) {
        rows.narrowing(pattern(u, opcode), name, BHS, (unit, r, size, upper, d, a, b) -> {
            final long low = op.apply(unit, size + 1, 0, r[a], r[b]);
            final long high = op.apply(unit, size + 1, 0, r[a + 1], r[b + 1]);
            VectorRows.putNarrow(
                    r,
                    d,
                    upper,
                    LaneWidths.highHalves(size, rounding, low) | LaneWidths.highHalves(size, rounding, high) << 32);
        });
    }

    private void doubling(final String opcode, final String name, final LaneOp op) {
        rows.narrowing(pattern("0", opcode), name, HS, VectorRows.widened(true, op));
        rows.scalar(
                "01 0 11110 zz 1 mmmmm " + opcode + " 00 nnnnn ddddd",
                name + " (scalar)",
                HS,
                VectorRows.widenedScalar(op));
    }

    private void polynomial() {
        rows.narrowing(pattern("0", "1110"), "PMULL", B | VectorRows.D, (unit, r, size, upper, d, a, b) -> {
            final long x = upper ? r[a + 1] : r[a];
            final long y = upper ? r[b + 1] : r[b];
            if (size == 3) {
                r[d] = Lanes.polynomialLow(x, y);
                r[d + 1] = Lanes.polynomialHigh(x, y);
                return;
            }
            r[d] = products(x, y, false);
            r[d + 1] = products(x, y, true);
        });
    }

    private static long products(final long x, final long y, final boolean upper) {
        return Lanes.map(
                1,
                false,
                LaneWidths.widen(0, false, x, upper),
                LaneWidths.widen(0, false, y, upper),
                Lanes::polynomial);
    }
}
