package org.kernelentry.arm64.decode;

import static org.kernelentry.arm64.decode.VectorRows.B;
import static org.kernelentry.arm64.decode.VectorRows.BHS;
import static org.kernelentry.arm64.decode.VectorRows.BHSD;
import static org.kernelentry.arm64.decode.VectorRows.D;
import static org.kernelentry.arm64.decode.VectorRows.HS;

import org.kernelentry.isa.fp.ArmFp;
import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.isa.fp.FpFormat;
import org.kernelentry.isa.fp.FpMath;
import org.kernelentry.isa.simd.LanePermutes;
import org.kernelentry.isa.simd.LaneShifts;
import org.kernelentry.isa.simd.Lanes;
import org.kernelentry.machine.ir.Op;

/** Advanced SIMD three same and scalar three same: DDI 0487 C4.1.96. */
final class SimdThreeSame {
    private static final int NONE = 0;

    private final VectorRows rows;

    private SimdThreeSame(final VectorRows rows) {
        this.rows = rows;
    }

    static void rows(final VectorRows rows) {
        final SimdThreeSame table = new SimdThreeSame(rows);
        table.integer();
        table.logical();
        table.pairs();
        table.floatingPoint();
    }

    private static String vector(final String u, final String size, final String opcode) {
        return "0 q " + u + " 01110 " + size + " 1 mmmmm " + opcode + " 1 nnnnn ddddd";
    }

    private static String scalar(final String u, final String size, final String opcode) {
        return "01 " + u + " 11110 " + size + " 1 mmmmm " + opcode + " 1 nnnnn ddddd";
    }

    /** Rows for vectors and, where there are scalar sizes, for scalars. */
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
        //  U    opcode   name      sizes scalar
        row("0", "00000", "SHADD", BHS, NONE, (u, z, d, a, b) -> Lanes.halvingAdd(z, true, a, b));
        row("1", "00000", "UHADD", BHS, NONE, (u, z, d, a, b) -> Lanes.halvingAdd(z, false, a, b));
        row("0", "00001", "SQADD", BHSD, BHSD, (u, z, d, a, b) -> Lanes.addSaturating(z, true, a, b, u.q));
        row("1", "00001", "UQADD", BHSD, BHSD, (u, z, d, a, b) -> Lanes.addSaturating(z, false, a, b, u.q));
        row("0", "00010", "SRHADD", BHS, NONE, (u, z, d, a, b) -> Lanes.roundingHalvingAdd(z, true, a, b));
        row("1", "00010", "URHADD", BHS, NONE, (u, z, d, a, b) -> Lanes.roundingHalvingAdd(z, false, a, b));
        row("0", "00100", "SHSUB", BHS, NONE, (u, z, d, a, b) -> Lanes.halvingSub(z, true, a, b));
        row("1", "00100", "UHSUB", BHS, NONE, (u, z, d, a, b) -> Lanes.halvingSub(z, false, a, b));
        row("0", "00101", "SQSUB", BHSD, BHSD, (u, z, d, a, b) -> Lanes.subSaturating(z, true, a, b, u.q));
        row("1", "00101", "UQSUB", BHSD, BHSD, (u, z, d, a, b) -> Lanes.subSaturating(z, false, a, b, u.q));
        row("0", "00110", "CMGT", BHSD, D, (u, z, d, a, b) -> Lanes.greater(z, true, a, b));
        row("1", "00110", "CMHI", BHSD, D, (u, z, d, a, b) -> Lanes.greater(z, false, a, b));
        row("0", "00111", "CMGE", BHSD, D, (u, z, d, a, b) -> Lanes.greaterOrEqual(z, true, a, b));
        row("1", "00111", "CMHS", BHSD, D, (u, z, d, a, b) -> Lanes.greaterOrEqual(z, false, a, b));
        row("0", "01000", "SSHL", BHSD, D, (u, z, d, a, b) -> LaneShifts.byRegister(z, true, false, a, b));
        row("1", "01000", "USHL", BHSD, D, (u, z, d, a, b) -> LaneShifts.byRegister(z, false, false, a, b));
        row(
                "0",
                "01001",
                "SQSHL",
                BHSD,
                BHSD,
                (u, z, d, a, b) -> LaneShifts.byRegisterSaturating(z, true, false, a, b, u.q));
        row(
                "1",
                "01001",
                "UQSHL",
                BHSD,
                BHSD,
                (u, z, d, a, b) -> LaneShifts.byRegisterSaturating(z, false, false, a, b, u.q));
        row("0", "01010", "SRSHL", BHSD, D, (u, z, d, a, b) -> LaneShifts.byRegister(z, true, true, a, b));
        row("1", "01010", "URSHL", BHSD, D, (u, z, d, a, b) -> LaneShifts.byRegister(z, false, true, a, b));
        row(
                "0",
                "01011",
                "SQRSHL",
                BHSD,
                BHSD,
                (u, z, d, a, b) -> LaneShifts.byRegisterSaturating(z, true, true, a, b, u.q));
        row(
                "1",
                "01011",
                "UQRSHL",
                BHSD,
                BHSD,
                (u, z, d, a, b) -> LaneShifts.byRegisterSaturating(z, false, true, a, b, u.q));
        row("0", "01100", "SMAX", BHS, NONE, (u, z, d, a, b) -> Lanes.max(z, true, a, b));
        row("1", "01100", "UMAX", BHS, NONE, (u, z, d, a, b) -> Lanes.max(z, false, a, b));
        row("0", "01101", "SMIN", BHS, NONE, (u, z, d, a, b) -> Lanes.min(z, true, a, b));
        row("1", "01101", "UMIN", BHS, NONE, (u, z, d, a, b) -> Lanes.min(z, false, a, b));
        row("0", "01110", "SABD", BHS, NONE, (u, z, d, a, b) -> Lanes.absDiff(z, true, a, b));
        row("1", "01110", "UABD", BHS, NONE, (u, z, d, a, b) -> Lanes.absDiff(z, false, a, b));
        row("0", "01111", "SABA", BHS, NONE, (u, z, d, a, b) -> Lanes.add(z, d, Lanes.absDiff(z, true, a, b)));
        row("1", "01111", "UABA", BHS, NONE, (u, z, d, a, b) -> Lanes.add(z, d, Lanes.absDiff(z, false, a, b)));
        row("0", "10000", "ADD", BHSD, D, (u, z, d, a, b) -> Lanes.add(z, a, b));
        row("1", "10000", "SUB", BHSD, D, (u, z, d, a, b) -> Lanes.sub(z, a, b));
        row("0", "10001", "CMTST", BHSD, D, (u, z, d, a, b) -> Lanes.test(z, a, b));
        row("1", "10001", "CMEQ", BHSD, D, (u, z, d, a, b) -> Lanes.equal(z, a, b));
        row("0", "10010", "MLA", BHS, NONE, SimdThreeSame::mla);
        row("1", "10010", "MLS", BHS, NONE, SimdThreeSame::mls);
        row("0", "10011", "MUL", BHS, NONE, (u, z, d, a, b) -> Lanes.mul(z, a, b));
        row("1", "10011", "PMUL", B, NONE, (u, z, d, a, b) -> Lanes.mulPolynomial(a, b));
        row("0", "10110", "SQDMULH", HS, HS, SimdThreeSame::sqdmulh);
        row("1", "10110", "SQRDMULH", HS, HS, SimdThreeSame::sqrdmulh);
    }

    static long mla(final FpSimdUnit u, final int size, final long d, final long a, final long b) {
        return Lanes.add(size, d, Lanes.mul(size, a, b));
    }

    static long mls(final FpSimdUnit u, final int size, final long d, final long a, final long b) {
        return Lanes.sub(size, d, Lanes.mul(size, a, b));
    }

    static long sqdmulh(final FpSimdUnit u, final int size, final long d, final long a, final long b) {
        return Lanes.mulDoublingHigh(size, false, a, b, u.q);
    }

    static long sqrdmulh(final FpSimdUnit u, final int size, final long d, final long a, final long b) {
        return Lanes.mulDoublingHigh(size, true, a, b, u.q);
    }

    /** The size field is part of the opcode; there are no lanes. */
    private void logical() {
        plain("0", "00", "AND", Op.AND, false);
        plain("0", "01", "BIC", Op.AND, true);
        plain("0", "10", "ORR", Op.OR, false);
        plain("0", "11", "ORN", Op.OR, true);
        plain("1", "00", "EOR", Op.XOR, false);
        bits("1", "01", "BSL", (u, z, d, a, b) -> b ^ (b ^ a) & d);
        bits("1", "10", "BIT", (u, z, d, a, b) -> d ^ (d ^ a) & b);
        bits("1", "11", "BIF", (u, z, d, a, b) -> d ^ (d ^ a) & ~b);
    }

    private void plain(final String u, final String size, final String name, final int opcode, final boolean invert) {
        rows.t.row(vector(u, size, "00011"), name + " (vector)", (e, w) -> {
            final int halves = e.bit(30) ? 2 : 1;
            for (int i = 0; i < halves; i++) {
                int b = e.vectorM() + i;
                if (invert) {
                    b = e.temp();
                    e.out.unary(Op.NOT, b, e.vectorM() + i);
                }
                e.out.alu(opcode, e.vectorD() + i, e.vectorN() + i, b);
            }
            if (halves == 1) {
                e.out.constant(e.vectorD() + 1, 0);
            }
        });
    }

    private void bits(final String u, final String size, final String name, final LaneOp op) {
        final int first = VectorRows.lanes(op, false);
        rows.t.row(
                vector(u, size, "00011"),
                name + " (vector)",
                (e, w) -> e.helper(VectorRows.vector(e, first, 0), e.vectorD(), e.vectorN(), e.vectorM()));
    }

    private void pairs() {
        pair("0", "10100", "SMAXP", BHS, (u, z, d, a, b) -> Lanes.max(z, true, a, b));
        pair("1", "10100", "UMAXP", BHS, (u, z, d, a, b) -> Lanes.max(z, false, a, b));
        pair("0", "10101", "SMINP", BHS, (u, z, d, a, b) -> Lanes.min(z, true, a, b));
        pair("1", "10101", "UMINP", BHS, (u, z, d, a, b) -> Lanes.min(z, false, a, b));
        pair("0", "10111", "ADDP", BHSD, (u, z, d, a, b) -> Lanes.add(z, a, b));
        pairFp("0z", "11000", "FMAXNMP", FpMath::maxNum);
        pairFp("1z", "11000", "FMINNMP", FpMath::minNum);
        pairFp("0z", "11010", "FADDP", FpMath::add);
        pairFp("0z", "11110", "FMAXP", FpMath::max);
        pairFp("1z", "11110", "FMINP", FpMath::min);
    }

    private void pair(final String u, final String opcode, final String name, final int sizes, final LaneOp op) {
        rows.whole(vector(u, "zz", opcode), name, sizes, pairwise(op));
    }

    /** An operation of two operands of the format. */
    @FunctionalInterface
    interface Fp2 {
        long apply(FpEnv env, FpFormat f, long a, long b);
    }

    private void pairFp(final String size, final String opcode, final String name, final Fp2 op) {
        final int first = VectorRows.whole(pairwise(LaneOp.of((env, f, d, a, b) -> op.apply(env, f, a, b))));
        rows.t.row(vector("1", size, opcode), name + " (vector)", (e, w) -> {
            final int z = 2 + e.field(22, 22);
            if (VectorRows.fits(e, BHSD, z, true)) {
                e.helper(VectorRows.vector(e, first, z), e.vectorD(), e.vectorN(), e.vectorM());
            }
        });
    }

    /** Neighbours of Vn, then those of Vm. */
    private static VectorRows.Whole pairwise(final LaneOp op) {
        return (u, r, size, full, d, a, b) -> {
            if (size == 3) {
                final long low = op.apply(u, 3, 0, r[a], r[a + 1]);
                r[d + 1] = op.apply(u, 3, 0, r[b], r[b + 1]);
                r[d] = low;
            } else if (full) {
                final long low = neighbours(u, op, size, r[a], r[a + 1]);
                r[d + 1] = neighbours(u, op, size, r[b], r[b + 1]);
                r[d] = low;
            } else {
                r[d] = neighbours(u, op, size, r[a], r[b]);
                r[d + 1] = 0;
            }
        };
    }

    private static long neighbours(
            final FpSimdUnit u, final LaneOp op, final int size, final long low, final long high) {
        return op.apply(u, size, 0, LanePermutes.unzip(size, low, high, 0), LanePermutes.unzip(size, low, high, 1));
    }

    private void floatingPoint() {
        //    U    size  opcode   name
        fp("0", "0z", "11000", "FMAXNM", false, (e, f, d, a, b) -> FpMath.maxNum(e, f, a, b));
        fp("0", "1z", "11000", "FMINNM", false, (e, f, d, a, b) -> FpMath.minNum(e, f, a, b));
        fp("0", "0z", "11001", "FMLA", false, FpMath::mulAdd);
        fp("0", "1z", "11001", "FMLS", false, (e, f, d, a, b) -> FpMath.mulAdd(e, f, d, a ^ f.signBit, b));
        fp("0", "0z", "11010", "FADD", false, (e, f, d, a, b) -> FpMath.add(e, f, a, b));
        fp("0", "1z", "11010", "FSUB", false, (e, f, d, a, b) -> FpMath.sub(e, f, a, b));
        fp("1", "1z", "11010", "FABD", true, (e, f, d, a, b) -> FpMath.sub(e, f, a, b) & ~f.signBit);
        fp("0", "0z", "11011", "FMULX", true, (e, f, d, a, b) -> FpMath.mulExtended(e, f, a, b));
        fp("1", "0z", "11011", "FMUL", false, (e, f, d, a, b) -> FpMath.mul(e, f, a, b));
        fp(
                "0",
                "0z",
                "11100",
                "FCMEQ",
                true,
                (e, f, d, a, b) -> all(f, FpMath.compare(e, f, a, b, false) == FpMath.EQUAL));
        fp("1", "0z", "11100", "FCMGE", true, (e, f, d, a, b) -> greaterOrEqual(e, f, a, b));
        fp("1", "1z", "11100", "FCMGT", true, (e, f, d, a, b) -> greater(e, f, a, b));
        fp("1", "0z", "11101", "FACGE", true, (e, f, d, a, b) -> greaterOrEqual(e, f, a & ~f.signBit, b & ~f.signBit));
        fp("1", "1z", "11101", "FACGT", true, (e, f, d, a, b) -> greater(e, f, a & ~f.signBit, b & ~f.signBit));
        fp("0", "0z", "11110", "FMAX", false, (e, f, d, a, b) -> FpMath.max(e, f, a, b));
        fp("0", "1z", "11110", "FMIN", false, (e, f, d, a, b) -> FpMath.min(e, f, a, b));
        fp("0", "0z", "11111", "FRECPS", true, (e, f, d, a, b) -> ArmFp.recipStep(e, f, a, b));
        fp("0", "1z", "11111", "FRSQRTS", true, (e, f, d, a, b) -> ArmFp.rsqrtStep(e, f, a, b));
        fp("1", "0z", "11111", "FDIV", false, (e, f, d, a, b) -> FpMath.div(e, f, a, b));
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

    /** All ones where the comparison holds. */
    static long all(final FpFormat f, final boolean holds) {
        return holds ? f.cut(-1) : 0;
    }

    static long greater(final FpEnv env, final FpFormat f, final long a, final long b) {
        return all(f, FpMath.compare(env, f, a, b, true) == FpMath.GREATER);
    }

    static long greaterOrEqual(final FpEnv env, final FpFormat f, final long a, final long b) {
        final int order = FpMath.compare(env, f, a, b, true);
        return all(f, order == FpMath.GREATER || order == FpMath.EQUAL);
    }
}
