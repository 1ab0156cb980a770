package org.kernelentry.arm64.decode;

import static org.kernelentry.arm64.decode.VectorRows.HS;

import org.kernelentry.arm64.A64Regs;
import org.kernelentry.isa.fp.FpMath;
import org.kernelentry.isa.simd.Lanes;

/**
 * Advanced SIMD vector x indexed element and scalar x indexed element: DDI 0487 C4.1.96.
 *
 * <p>The element is put into all lanes of a temporary, then it is the operation on two vectors.
 */
final class SimdIndexed {
    private final VectorRows rows;
    private final int replicate = SimdCopy.REPLICATE;

    private SimdIndexed(final VectorRows rows) {
        this.rows = rows;
    }

    static void rows(final VectorRows rows) {
        final SimdIndexed table = new SimdIndexed(rows);
        //            U    opcode  name
        table.same("1", "0000", "MLA", SimdThreeSame::mla);
        table.same("1", "0100", "MLS", SimdThreeSame::mls);
        table.same("0", "1000", "MUL", (u, z, d, a, b) -> Lanes.mul(z, a, b));
        table.longs("0010", "MLAL", SimdThreeSame::mla);
        table.longs("0110", "MLSL", SimdThreeSame::mls);
        table.longs("1010", "MULL", (u, z, d, a, b) -> Lanes.mul(z, a, b));
        table.doubling("0011", "SQDMLAL", SimdThreeDifferent::sqdmlal);
        table.doubling("0111", "SQDMLSL", SimdThreeDifferent::sqdmlsl);
        table.doubling("1011", "SQDMULL", SimdThreeDifferent::sqdmull);
        table.same("0", "1100", "SQDMULH", SimdThreeSame::sqdmulh);
        table.scalar("1100", "SQDMULH", SimdThreeSame::sqdmulh);
        table.same("0", "1101", "SQRDMULH", SimdThreeSame::sqrdmulh);
        table.scalar("1101", "SQRDMULH", SimdThreeSame::sqrdmulh);
        table.fp("0", "0001", "FMLA", FpMath::mulAdd);
        table.fp("0", "0101", "FMLS", (e, f, d, a, b) -> FpMath.mulAdd(e, f, d, a ^ f.signBit, b));
        table.fp("0", "1001", "FMUL", (e, f, d, a, b) -> FpMath.mul(e, f, a, b));
        table.fp("1", "1001", "FMULX", (e, f, d, a, b) -> FpMath.mulExtended(e, f, a, b));
    }

    private static String vector(final String u, final String size, final String opcode) {
        return "0 q " + u + " 01111 " + size + " l m mmmm " + opcode + " h 0 nnnnn ddddd";
    }

    private static String scalarPattern(final String u, final String size, final String opcode) {
        return "01 " + u + " 11111 " + size + " l m mmmm " + opcode + " h 0 nnnnn ddddd";
    }

    /** The element of a halfword (H:L:M, Vm of four bits), word (H:L, M:Vm) or doubleword (H). */
    private int element(final A64Emitter e, final int size) {
        final int h = e.field(11, 11);
        final int l = e.field(21, 21);
        final int m = e.field(20, 20);
        final int index = switch (size) {
            case 1 -> h << 2 | l << 1 | m;
            case 2 -> h << 1 | l;
            default -> h;
        };
        final int register = size == 1 ? e.field(19, 16) : e.rm();
        final int b = e.vectorTemp();
        e.helper(replicate + size, b, A64Regs.v(register), index);
        return b;
    }

    private static boolean fits(final A64Emitter e) {
        final int size = e.field(23, 22);
        return VectorRows.fits(e, HS, size, false);
    }

    private void same(final String u, final String opcode, final String name, final LaneOp op) {
        final int first = VectorRows.lanes(op, false);
        rows.t.row(vector(u, "zz", opcode), name + " (by element)", (e, w) -> {
            if (fits(e)) {
                final int size = e.field(23, 22);
                e.helper(VectorRows.vector(e, first, size), e.vectorD(), e.vectorN(), element(e, size));
            }
        });
    }

    private void scalar(final String opcode, final String name, final LaneOp op) {
        final int first = VectorRows.lanes(op, false);
        rows.t.row(scalarPattern("0", "zz", opcode), name + " (scalar, by element)", (e, w) -> {
            if (fits(e)) {
                final int size = e.field(23, 22);
                e.helper(VectorRows.scalar(first, size), e.vectorD(), e.vectorN(), element(e, size));
            }
        });
    }

    private void widening(final String u, final String opcode, final String name, final VectorRows.Whole op) {
        final int first = VectorRows.whole(op);
        rows.t.row(vector(u, "zz", opcode), name + " (by element)", (e, w) -> {
            if (fits(e)) {
                final int size = e.field(23, 22);
                e.helper(VectorRows.vector(e, first, size), e.vectorD(), e.vectorN(), element(e, size));
            }
        });
    }

    private void longs(final String opcode, final String name, final LaneOp op) {
        widening("0", opcode, "S" + name, VectorRows.widened(true, op));
        widening("1", opcode, "U" + name, VectorRows.widened(false, op));
    }

    private void doubling(final String opcode, final String name, final LaneOp op) {
        widening("0", opcode, name, VectorRows.widened(true, op));
        scalar(opcode, name, VectorRows.widenedScalar(op));
    }

    /** sz is bit 22; a doubleword's index is H, and L must be 0. */
    private void fp(final String u, final String opcode, final String name, final LaneOp.Fp op) {
        final int first = VectorRows.lanes(LaneOp.of(op), false);
        rows.t.row(vector(u, "1z", opcode), name + " (by element)", (e, w) -> {
            final int size = 2 + e.field(22, 22);
            if (size == 3 && e.bit(21)) {
                e.undefined();
            } else if (VectorRows.fits(e, VectorRows.BHSD, size, true)) {
                e.helper(VectorRows.vector(e, first, size), e.vectorD(), e.vectorN(), element(e, size));
            }
        });
        rows.t.row(scalarPattern(u, "1z", opcode), name + " (scalar, by element)", (e, w) -> {
            final int size = 2 + e.field(22, 22);
            if (size == 3 && e.bit(21)) {
                e.undefined();
            } else {
                e.helper(VectorRows.scalar(first, size), e.vectorD(), e.vectorN(), element(e, size));
            }
        });
    }
}
