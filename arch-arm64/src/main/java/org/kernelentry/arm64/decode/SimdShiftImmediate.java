package org.kernelentry.arm64.decode;

import org.kernelentry.isa.fp.FpConvert;
import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.isa.simd.LaneShifts;
import org.kernelentry.isa.simd.LaneWidths;
import org.kernelentry.isa.simd.LaneWidths.Narrowing;
import org.kernelentry.isa.simd.Lanes;

/**
 * Advanced SIMD shift by immediate and scalar shift by immediate: DDI 0487 C4.1.96.
 *
 * <p>The highest bit set in immh is the size; immh:immb is the width plus the count for a shift to the left, twice the width less the
 * count for one to the right.
 */
final class SimdShiftImmediate {
    private static final int BHSD = VectorRows.BHSD;
    private static final int D = VectorRows.D;
    private static final int NONE = 0;

    private final VectorRows rows;

    private SimdShiftImmediate(final VectorRows rows) {
        this.rows = rows;
    }

    static void rows(final VectorRows rows) {
        final SimdShiftImmediate table = new SimdShiftImmediate(rows);
        table.right();
        table.left();
        table.narrowing();
        table.widening();
        table.fixedPoint();
    }

    /** immh and immb, by size. */
    private static final String[] IMMEDIATE = {"0001 iii", "001i iii", "01ii iii", "1iii iii"};

    private static String vector(final String u, final int size, final String opcode) {
        return "0 q " + u + " 011110 " + IMMEDIATE[size] + " " + opcode + " 1 nnnnn ddddd";
    }

    private static String scalar(final String u, final int size, final String opcode) {
        return "01 " + u + " 111110 " + IMMEDIATE[size] + " " + opcode + " 1 nnnnn ddddd";
    }

    private static int rightCount(final A64Emitter e, final int size) {
        return 2 * Lanes.bits(size) - e.field(22, 16);
    }

    private void row(
            final String u,
            final String opcode,
            final String name,
            final boolean left,
            final int sizes,
            final int scalarSizes,
            final LaneOp op) {
        final int first = VectorRows.lanes(op, true);
        for (int i = 0; i < IMMEDIATE.length; i++) {
            final int size = i;
            if ((sizes >> size & 1) != 0) {
                rows.t.row(vector(u, size, opcode), name, (e, w) -> {
                    if (VectorRows.fits(e, sizes, size, true)) {
                        e.helper(VectorRows.vector(e, first, size), e.vectorD(), e.vectorN(), count(e, left, size));
                    }
                });
            }
        }
        if (scalarSizes != NONE) {
            final int firstScalar = VectorRows.lanes(scalarWithImmediate(op), true);
            for (int i = 0; i < IMMEDIATE.length; i++) {
                final int size = i;
                if ((scalarSizes >> size & 1) != 0) {
                    rows.t.row(
                            scalar(u, size, opcode),
                            name + " (scalar)",
                            (e, w) -> e.helper(
                                    VectorRows.scalar(firstScalar, size),
                                    e.vectorD(),
                                    e.vectorN(),
                                    count(e, left, size)));
                }
            }
        }
    }

    /** The default of {@link LaneOp#scalar} would cut the immediate like a lane. */
    private static LaneOp scalarWithImmediate(final LaneOp op) {
        if (op instanceof LaneOp.FloatingPoint) {
            return op;
        }
        return new LaneOp() {
            @Override
            public long apply(final FpSimdUnit unit, final int size, final long d, final long a, final long b) {
                return op.apply(unit, size, d, a, b);
            }

            @Override
            public long scalar(final FpSimdUnit unit, final int size, final long d, final long a, final long b) {
                final long mask = Lanes.mask(size);
                return op.apply(unit, size, d & mask, a & mask, b) & mask;
            }
        };
    }

    private static int count(final A64Emitter e, final boolean left, final int size) {
        return left ? e.field(22, 16) - Lanes.bits(size) : rightCount(e, size);
    }

    private void right() {
        //  U    opcode   name  left   sizes scalar
        row("0", "00000", "SSHR", false, BHSD, D, (u, z, d, a, b) -> LaneShifts.right(z, true, a, (int) b));
        row("1", "00000", "USHR", false, BHSD, D, (u, z, d, a, b) -> LaneShifts.right(z, false, a, (int) b));
        row(
                "0",
                "00010",
                "SSRA",
                false,
                BHSD,
                D,
                (u, z, d, a, b) -> Lanes.add(z, d, LaneShifts.right(z, true, a, (int) b)));
        row(
                "1",
                "00010",
                "USRA",
                false,
                BHSD,
                D,
                (u, z, d, a, b) -> Lanes.add(z, d, LaneShifts.right(z, false, a, (int) b)));
        row("0", "00100", "SRSHR", false, BHSD, D, (u, z, d, a, b) -> LaneShifts.roundingRight(z, true, a, (int) b));
        row("1", "00100", "URSHR", false, BHSD, D, (u, z, d, a, b) -> LaneShifts.roundingRight(z, false, a, (int) b));
        row(
                "0",
                "00110",
                "SRSRA",
                false,
                BHSD,
                D,
                (u, z, d, a, b) -> Lanes.add(z, d, LaneShifts.roundingRight(z, true, a, (int) b)));
        row(
                "1",
                "00110",
                "URSRA",
                false,
                BHSD,
                D,
                (u, z, d, a, b) -> Lanes.add(z, d, LaneShifts.roundingRight(z, false, a, (int) b)));
        row("1", "01000", "SRI", false, BHSD, D, (u, z, d, a, b) -> LaneShifts.rightInsert(z, d, a, (int) b));
    }

    private void left() {
        row("0", "01010", "SHL", true, BHSD, D, (u, z, d, a, b) -> LaneShifts.left(z, a, (int) b));
        row("1", "01010", "SLI", true, BHSD, D, (u, z, d, a, b) -> LaneShifts.leftInsert(z, d, a, (int) b));
        row(
                "1",
                "01100",
                "SQSHLU",
                true,
                BHSD,
                BHSD,
                (u, z, d, a, b) -> LaneShifts.leftSaturating(z, true, false, a, (int) b, u.q));
        row(
                "0",
                "01110",
                "SQSHL (immediate)",
                true,
                BHSD,
                BHSD,
                (u, z, d, a, b) -> LaneShifts.leftSaturating(z, true, true, a, (int) b, u.q));
        row(
                "1",
                "01110",
                "UQSHL (immediate)",
                true,
                BHSD,
                BHSD,
                (u, z, d, a, b) -> LaneShifts.leftSaturating(z, false, false, a, (int) b, u.q));
    }

    private void narrowing() {
        narrow("0", "10000", "SHRN", Narrowing.TRUNCATE, false, false);
        narrow("1", "10000", "SQSHRUN", Narrowing.SIGNED_TO_UNSIGNED, false, true);
        narrow("0", "10001", "RSHRN", Narrowing.TRUNCATE, true, false);
        narrow("1", "10001", "SQRSHRUN", Narrowing.SIGNED_TO_UNSIGNED, true, true);
        narrow("0", "10010", "SQSHRN", Narrowing.SIGNED_TO_SIGNED, false, true);
        narrow("1", "10010", "UQSHRN", Narrowing.UNSIGNED_TO_UNSIGNED, false, true);
        narrow("0", "10011", "SQRSHRN", Narrowing.SIGNED_TO_SIGNED, true, true);
        narrow("1", "10011", "UQRSHRN", Narrowing.UNSIGNED_TO_UNSIGNED, true, true);
    }

    private void narrow(
            final String u,
            final String opcode,
            final String name,
            final Narrowing how,
            final boolean rounding,
            final boolean scalar) {
        final int first = VectorRows.whole((unit, r, size, upper, d, a, b) -> VectorRows.putNarrow(
                r,
                d,
                upper,
                LaneWidths.narrowShifted(size, how, rounding, r[a], b, unit.q)
                        | LaneWidths.narrowShifted(size, how, rounding, r[a + 1], b, unit.q) << 32));
        for (int i = 0; i < 3; i++) {
            final int size = i;
            rows.t.row(
                    vector(u, size, opcode),
                    name,
                    (e, w) ->
                            e.helper(VectorRows.vector(e, first, size), e.vectorD(), e.vectorN(), rightCount(e, size)));
        }
        if (scalar) {
            final int firstScalar = VectorRows.whole((unit, r, size, upper, d, a, b) -> {
                final long lane = r[a] & Lanes.mask(size + 1);
                r[d] = LaneWidths.narrowShifted(size, how, rounding, lane, b, unit.q) & Lanes.mask(size);
                r[d + 1] = 0;
            });
            for (int i = 0; i < 3; i++) {
                final int size = i;
                rows.t.row(
                        scalar(u, size, opcode),
                        name + " (scalar)",
                        (e, w) -> e.helper(firstScalar + 2 * size, e.vectorD(), e.vectorN(), rightCount(e, size)));
            }
        }
    }

    private void widening() {
        widen("0", "SSHLL", true);
        widen("1", "USHLL", false);
    }

    private void widen(final String u, final String name, final boolean signed) {
        final int first = VectorRows.whole((unit, r, size, upper, d, a, b) -> {
            final long from = upper ? r[a + 1] : r[a];
            r[d] = LaneShifts.left(size + 1, LaneWidths.widen(size, signed, from, false), b);
            r[d + 1] = LaneShifts.left(size + 1, LaneWidths.widen(size, signed, from, true), b);
        });
        for (int i = 0; i < 3; i++) {
            final int size = i;
            rows.t.row(
                    vector(u, size, "10100"),
                    name,
                    (e, w) -> e.helper(
                            VectorRows.vector(e, first, size), e.vectorD(), e.vectorN(), count(e, true, size)));
        }
    }

    private void fixedPoint() {
        final int sizes = VectorRows.S | D;
        row(
                "0",
                "11100",
                "SCVTF (fixed)",
                false,
                sizes,
                sizes,
                LaneOp.ofImmediate((e, f, d, a, b) -> SimdTwoMisc.fromInteger(e, f, a, true, (int) b)));
        row(
                "1",
                "11100",
                "UCVTF (fixed)",
                false,
                sizes,
                sizes,
                LaneOp.ofImmediate((e, f, d, a, b) -> SimdTwoMisc.fromInteger(e, f, a, false, (int) b)));
        row(
                "0",
                "11111",
                "FCVTZS (fixed)",
                false,
                sizes,
                sizes,
                LaneOp.ofImmediate((e, f, d, a, b) ->
                        FpConvert.toIntegerSaturating(e, f, a, f.bits, true, (int) b, FpEnv.TO_ZERO)));
        row(
                "1",
                "11111",
                "FCVTZU (fixed)",
                false,
                sizes,
                sizes,
                LaneOp.ofImmediate((e, f, d, a, b) ->
                        FpConvert.toIntegerSaturating(e, f, a, f.bits, false, (int) b, FpEnv.TO_ZERO)));
    }
}
