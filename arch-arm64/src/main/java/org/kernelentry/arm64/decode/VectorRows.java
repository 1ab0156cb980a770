package org.kernelentry.arm64.decode;

import org.kernelentry.arm64.A64Regs;
import org.kernelentry.isa.DecodeTable;
import org.kernelentry.isa.simd.LaneWidths;
import org.kernelentry.isa.simd.Lanes;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Helper;

/**
 * The shapes that rows of the Advanced SIMD tables have: what of the registers an operation gets to see. A row names what it does to a
 * word of lanes; the shape makes the helpers, one for each size and width, and the decoding.
 */
final class VectorRows {
    /** Sets of sizes. */
    static final int B = 1;

    static final int H = 2;
    static final int S = 4;
    static final int D = 8;
    static final int HS = H | S;
    static final int BHS = B | H | S;
    static final int BHSD = B | H | S | D;

    /** Offsets of the helpers of one operation: vectors by 2 * size + Q, scalars by size behind them. */
    private static final int SCALAR = 8;

    final DecodeTable<A64Emitter> t;

    VectorRows(final DecodeTable<A64Emitter> table) {
        this.t = table;
    }

    /** An operation that needs more than one word of a register. */
    @FunctionalInterface
    interface Whole {
        void apply(FpSimdUnit unit, long[] r, int size, boolean full, int d, int a, int b);
    }

    private record LaneHelper(FpSimdUnit unit, LaneOp op, int size, boolean full, boolean immediate) implements Helper {
        @Override
        public void run(final CpuState s, final int d, final int a, final int b) {
            final long[] r = s.r;
            unit.begin(r);
            final long low = op.apply(unit, size, r[d], r[a], immediate ? b : r[b]);
            r[d + 1] = full ? op.apply(unit, size, r[d + 1], r[a + 1], immediate ? b : r[b + 1]) : 0;
            r[d] = low;
            unit.end(r);
        }
    }

    private record ScalarHelper(FpSimdUnit unit, LaneOp op, int size, boolean immediate) implements Helper {
        @Override
        public void run(final CpuState s, final int d, final int a, final int b) {
            final long[] r = s.r;
            unit.begin(r);
            r[d] = op.scalar(unit, size, r[d], r[a], immediate ? b : r[b]);
            r[d + 1] = 0;
            unit.end(r);
        }
    }

    private record WholeHelper(FpSimdUnit unit, Whole op, int size, boolean full) implements Helper {
        @Override
        public void run(final CpuState s, final int d, final int a, final int b) {
            unit.begin(s.r);
            op.apply(unit, s.r, size, full, d, a, b);
            unit.end(s.r);
        }
    }

    /** Helpers of an operation lane by lane; the number of the first. */
    static int lanes(final LaneOp op, final boolean immediate) {
        final int first = A64Helpers.add(unit -> new LaneHelper(unit, op, 0, false, immediate));
        for (int i = 1; i < SCALAR; i++) {
            final int size = i >> 1;
            final boolean full = (i & 1) != 0;
            A64Helpers.add(unit -> new LaneHelper(unit, op, size, full, immediate));
        }
        for (int i = 0; i < 4; i++) {
            final int size = i;
            A64Helpers.add(unit -> new ScalarHelper(unit, op, size, immediate));
        }
        return first;
    }

    /** Helpers of an operation on whole registers; the number of the first. */
    static int whole(final Whole op) {
        final int first = A64Helpers.add(unit -> new WholeHelper(unit, op, 0, false));
        for (int i = 1; i < SCALAR; i++) {
            final int size = i >> 1;
            final boolean full = (i & 1) != 0;
            A64Helpers.add(unit -> new WholeHelper(unit, op, size, full));
        }
        return first;
    }

    /** Number of the helper for a vector of the instruction's width. */
    static int vector(final A64Emitter e, final int first, final int size) {
        return first + 2 * size + (e.bit(30) ? 1 : 0);
    }

    static int scalar(final int first, final int size) {
        return first + SCALAR + size;
    }

    /** Whether the row has the size; a vector of one doubleword is not allocated. Emits the undefined instruction otherwise. */
    static boolean fits(final A64Emitter e, final int sizes, final int size, final boolean vector) {
        final boolean fits = (sizes >> size & 1) != 0 && (!vector || size != 3 || e.bit(30));
        if (!fits) {
            e.undefined();
        }
        return fits;
    }

    private static int slot(final int register) {
        return A64Regs.v(register);
    }

    // ---- lane by lane

    /** A row whose size is in bits 23:22 and whose operands are Vn and Vm. */
    void lanes(final String pattern, final String name, final int sizes, final LaneOp op) {
        final int first = lanes(op, false);
        t.row(pattern, name, (e, w) -> {
            final int size = e.field(23, 22);
            if (fits(e, sizes, size, true)) {
                e.helper(vector(e, first, size), slot(e.rd()), slot(e.rn()), slot(e.rm()));
            }
        });
    }

    /** As {@link #lanes} of lane 0. */
    void scalar(final String pattern, final String name, final int sizes, final LaneOp op) {
        final int first = lanes(op, false);
        t.row(pattern, name, (e, w) -> {
            final int size = e.field(23, 22);
            if (fits(e, sizes, size, false)) {
                e.helper(scalar(first, size), slot(e.rd()), slot(e.rn()), slot(e.rm()));
            }
        });
    }

    /** A floating-point row whose size is in bit 22. */
    void lanesFp(final String pattern, final String name, final LaneOp.Fp op) {
        final int first = lanes(LaneOp.of(op), false);
        t.row(pattern, name, (e, w) -> {
            final int size = 2 + e.field(22, 22);
            if (fits(e, S | D, size, true)) {
                e.helper(vector(e, first, size), slot(e.rd()), slot(e.rn()), slot(e.rm()));
            }
        });
    }

    void scalarFp(final String pattern, final String name, final LaneOp.Fp op) {
        final int first = lanes(LaneOp.of(op), false);
        t.row(
                pattern,
                name,
                (e, w) -> e.helper(scalar(first, 2 + e.field(22, 22)), slot(e.rd()), slot(e.rn()), slot(e.rm())));
    }

    // ---- whole registers

    /** A row whose size is in bits 23:22. */
    void whole(final String pattern, final String name, final int sizes, final Whole op) {
        final int first = whole(op);
        t.row(pattern, name, (e, w) -> {
            final int size = e.field(23, 22);
            if (fits(e, sizes, size, true)) {
                e.helper(vector(e, first, size), slot(e.rd()), slot(e.rn()), slot(e.rm()));
            }
        });
    }

    /** As {@link #whole} for rows where a doubleword does not need the full width, or nothing is a doubleword. */
    void narrowing(final String pattern, final String name, final int sizes, final Whole op) {
        final int first = whole(op);
        t.row(pattern, name, (e, w) -> {
            final int size = e.field(23, 22);
            if (fits(e, sizes, size, false)) {
                e.helper(vector(e, first, size), slot(e.rd()), slot(e.rn()), slot(e.rm()));
            }
        });
    }

    /** The result of a narrowing operation: the low half of Vd with the rest cleared, or its high half with the rest kept. */
    static void putNarrow(final long[] r, final int d, final boolean upper, final long result) {
        if (upper) {
            r[d + 1] = result;
        } else {
            r[d] = result;
            r[d + 1] = 0;
        }
    }

    /** Applies {@code op} to lanes of twice the size that hold those of the lower or upper halves of Vn and Vm. */
    static Whole widened(final boolean signed, final LaneOp op) {
        return (unit, r, size, upper, d, a, b) -> {
            final long x = upper ? r[a + 1] : r[a];
            final long y = upper ? r[b + 1] : r[b];
            final long low = op.apply(
                    unit,
                    size + 1,
                    r[d],
                    LaneWidths.widen(size, signed, x, false),
                    LaneWidths.widen(size, signed, y, false));
            r[d + 1] = op.apply(
                    unit,
                    size + 1,
                    r[d + 1],
                    LaneWidths.widen(size, signed, x, true),
                    LaneWidths.widen(size, signed, y, true));
            r[d] = low;
        };
    }

    /** As {@link #widened} where Vn has the wide lanes already. */
    static Whole widenedSecond(final boolean signed, final LaneOp op) {
        return (unit, r, size, upper, d, a, b) -> {
            final long y = upper ? r[b + 1] : r[b];
            final long low = op.apply(unit, size + 1, r[d], r[a], LaneWidths.widen(size, signed, y, false));
            r[d + 1] = op.apply(unit, size + 1, r[d + 1], r[a + 1], LaneWidths.widen(size, signed, y, true));
            r[d] = low;
        };
    }

    /** Lane 0 of both operands, made a lane of twice the size; what {@link #widened} is for vectors. */
    static LaneOp widenedScalar(final LaneOp op) {
        return new LaneOp() {
            @Override
            public long apply(final FpSimdUnit unit, final int size, final long d, final long a, final long b) {
                throw new IllegalStateException("scalar only");
            }

            @Override
            public long scalar(final FpSimdUnit unit, final int size, final long d, final long a, final long b) {
                final long mask = Lanes.mask(size + 1);
                return op.apply(
                                unit,
                                size + 1,
                                d & mask,
                                Lanes.signed(size, a, 0) & mask,
                                Lanes.signed(size, b, 0) & mask)
                        & mask;
            }
        };
    }
}
