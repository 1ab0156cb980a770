package org.kernelentry.isa.aarch32;

import static org.kernelentry.isa.aarch32.Bits.bit;
import static org.kernelentry.isa.aarch32.Bits.bits;
import static org.kernelentry.isa.aarch32.NeonTable.d;
import static org.kernelentry.isa.aarch32.NeonTable.n;
import static org.kernelentry.isa.aarch32.NeonTable.size;
import static org.kernelentry.isa.aarch32.NeonTable.unsigned;

import org.kernelentry.isa.aarch32.NeonTable.Check;
import org.kernelentry.isa.aarch32.NeonThree.Plain;
import org.kernelentry.isa.aarch32.NeonThree.Signed;
import org.kernelentry.isa.aarch32.NeonThree.Single;
import org.kernelentry.isa.fp.FpFormat;
import org.kernelentry.isa.fp.FpMath;
import org.kernelentry.isa.simd.LaneWidths;
import org.kernelentry.isa.simd.Lanes;
import org.kernelentry.machine.CpuState;

/** Three registers of different lengths, and two registers with a scalar. DDI 0406C A7.4.2, A7.4.3. */
final class NeonWide {
    private final NeonTable t;

    private NeonWide(final NeonTable t) {
        this.t = t;
    }

    static void add(final NeonTable t) {
        final NeonWide rows = new NeonWide(t);
        rows.addLong();
        rows.addNarrow();
        rows.addScalar();
    }

    private void addLong() {
        lengthen("U", "0000", "VADDL", (v, z, s, d, n, m) -> Lanes.add(z, n, m));
        wide("U", "0001", "VADDW", (v, z, s, d, n, m) -> Lanes.add(z, n, m));
        lengthen("U", "0010", "VSUBL", (v, z, s, d, n, m) -> Lanes.sub(z, n, m));
        wide("U", "0011", "VSUBW", (v, z, s, d, n, m) -> Lanes.sub(z, n, m));
        lengthen("U", "0101", "VABAL", (v, z, s, d, n, m) -> Lanes.add(z, d, distance(z, n, m)));
        lengthen("U", "0111", "VABDL", (v, z, s, d, n, m) -> distance(z, n, m));
        lengthen("U", "1000", "VMLAL", (v, z, s, d, n, m) -> Lanes.add(z, d, Lanes.mul(z, n, m)));
        lengthen("U", "1010", "VMLSL", (v, z, s, d, n, m) -> Lanes.sub(z, d, Lanes.mul(z, n, m)));
        lengthen("U", "1100", "VMULL", (v, z, s, d, n, m) -> Lanes.mul(z, n, m));
        doubling("1001", "VQDMLAL", NeonWide::doublingAdd);
        doubling("1011", "VQDMLSL", NeonWide::doublingSubtract);
        doubling("1101", "VQDMULL", (v, z, s, d, n, m) -> LaneWidths.mulDoublingLong(z - 1, n, m, v.saturation));
        t.data(
                "0 1Dzz nnnn dddd 1110 N0M0 mmmm",
                "VMULL (polynomial)",
                i -> size(i) == 0 && evenD(i),
                (v, s, i, a) -> eachHalf(
                        v,
                        s,
                        i,
                        false,
                        v.d(s, n(i)),
                        v.d(s, NeonTable.m(i)),
                        (x, z, g, d, n, m) -> Lanes.map(1, false, n, m, Lanes::polynomial)));
    }

    private void addNarrow() {
        narrow("0", "0100", "VADDHN", false, Lanes::add);
        narrow("1", "0100", "VRADDHN", true, Lanes::add);
        narrow("0", "0110", "VSUBHN", false, Lanes::sub);
        narrow("1", "0110", "VRSUBHN", true, Lanes::sub);
    }

    private void addScalar() {
        final FpFormat f = FpFormat.SINGLE;
        scalar("0000", "VMLA (scalar)", (v, z, d, n, m) -> Lanes.add(z, d, Lanes.mul(z, n, m)));
        scalar("0100", "VMLS (scalar)", (v, z, d, n, m) -> Lanes.sub(z, d, Lanes.mul(z, n, m)));
        scalar("1000", "VMUL (scalar)", (v, z, d, n, m) -> Lanes.mul(z, n, m));
        scalar("1100", "VQDMULH (scalar)", (v, z, d, n, m) -> Lanes.mulDoublingHigh(z, false, n, m, v.saturation));
        scalar("1101", "VQRDMULH (scalar)", (v, z, d, n, m) -> Lanes.mulDoublingHigh(z, true, n, m, v.saturation));
        scalarSingle("0001", "VMLA (single, scalar)", NeonThree::multiplyAdd);
        scalarSingle("0101", "VMLS (single, scalar)", NeonThree::multiplySubtract);
        scalarSingle("1001", "VMUL (single, scalar)", (e, d, n, m) -> FpMath.mul(e, f, n, m));
        scalarLong("U", "0010", "VMLAL (scalar)", (v, z, s, d, n, m) -> Lanes.add(z, d, Lanes.mul(z, n, m)));
        scalarLong("U", "0110", "VMLSL (scalar)", (v, z, s, d, n, m) -> Lanes.sub(z, d, Lanes.mul(z, n, m)));
        scalarLong("U", "1010", "VMULL (scalar)", (v, z, s, d, n, m) -> Lanes.mul(z, n, m));
        scalarLong("0", "0011", "VQDMLAL (scalar)", NeonWide::doublingAdd);
        scalarLong("0", "0111", "VQDMLSL (scalar)", NeonWide::doublingSubtract);
        scalarLong(
                "0",
                "1011",
                "VQDMULL (scalar)",
                (v, z, s, d, n, m) -> LaneWidths.mulDoublingLong(z - 1, n, m, v.saturation));
    }

    // ---- lanes that have been widened

    private static long distance(final int size, final long n, final long m) {
        return Lanes.map(size, true, n, m, (x, y) -> Math.abs(x - y));
    }

    private static long doublingAdd(
            final VfpState v, final int z, final boolean signed, final long d, final long n, final long m) {
        final long product = LaneWidths.mulDoublingLong(z - 1, n, m, v.saturation);
        return Lanes.addSaturating(z, true, d, product, v.saturation);
    }

    private static long doublingSubtract(
            final VfpState v, final int z, final boolean signed, final long d, final long n, final long m) {
        final long product = LaneWidths.mulDoublingLong(z - 1, n, m, v.saturation);
        return Lanes.subSaturating(z, true, d, product, v.saturation);
    }

    // ---- forms of rows

    private static boolean evenD(final int i) {
        return !bit(d(i), 0);
    }

    private static String pattern(final String u, final String a) {
        return u + " 1Dzz nnnn dddd " + a + " N0M0 mmmm";
    }

    private void lengthen(final String u, final String a, final String name, final Signed op) {
        t.data(
                pattern(u, a),
                name,
                i -> size(i) != 3 && evenD(i),
                (v, s, i, x) -> eachHalf(v, s, i, !unsigned(i), v.d(s, n(i)), v.d(s, NeonTable.m(i)), op));
    }

    private void doubling(final String a, final String name, final Signed op) {
        t.data(
                pattern("0", a),
                name,
                i -> (size(i) == 1 || size(i) == 2) && evenD(i),
                (v, s, i, x) -> eachHalf(v, s, i, true, v.d(s, n(i)), v.d(s, NeonTable.m(i)), op));
    }

    /** Both operands widened. */
    private static void eachHalf(
            final VfpState v,
            final CpuState s,
            final int i,
            final boolean signed,
            final long n,
            final long m,
            final Signed op) {
        final int size = size(i);
        for (int k = 0; k < 2; k++) {
            final long wideN = LaneWidths.widen(size, signed, n, k == 1);
            final long wideM = LaneWidths.widen(size, signed, m, k == 1);
            v.setD(s, d(i) + k, op.apply(v, size + 1, signed, v.d(s, d(i) + k), wideN, wideM));
        }
        v.done(s);
    }

    /** The second operand widened. */
    private void wide(final String u, final String a, final String name, final Signed op) {
        final Check check = i -> size(i) != 3 && evenD(i) && !bit(n(i), 0);
        t.data(pattern(u, a), name, check, (v, s, i, x) -> {
            final long m = v.d(s, NeonTable.m(i));
            for (int k = 0; k < 2; k++) {
                final long wideM = LaneWidths.widen(size(i), !unsigned(i), m, k == 1);
                v.setD(s, d(i) + k, op.apply(v, size(i) + 1, !unsigned(i), 0, v.d(s, n(i) + k), wideM));
            }
        });
    }

    /** A sum or difference of lanes. */
    @FunctionalInterface
    private interface Sum {
        long apply(int size, long n, long m);
    }

    private void narrow(final String u, final String a, final String name, final boolean rounding, final Sum sum) {
        final Check check = i -> size(i) != 3 && !bit(n(i), 0) && !bit(NeonTable.m(i), 0);
        t.data(pattern(u, a), name, check, (v, s, i, x) -> {
            final int size = size(i);
            final int m = NeonTable.m(i);
            final long low = LaneWidths.highHalves(size, rounding, sum.apply(size + 1, v.d(s, n(i)), v.d(s, m)));
            final long high =
                    LaneWidths.highHalves(size, rounding, sum.apply(size + 1, v.d(s, n(i) + 1), v.d(s, m + 1)));
            v.setD(s, d(i), low | high << 32);
        });
    }

    // ---- the scalar: a lane of D0 to D7 for halfwords, of D0 to D15 for words

    private static long scalarOf(final VfpState v, final CpuState s, final int i) {
        final int size = size(i);
        final int register = bits(i, 3, 0) & (size == 1 ? 7 : 15);
        final int lane = size == 1 ? bits(i, 5, 5) << 1 | bits(i, 3, 3) : bits(i, 5, 5);
        return Lanes.replicate(size, Lanes.unsigned(size, v.d(s, register), lane));
    }

    private static boolean scalarQuad(final int i) {
        return bit(i, 24);
    }

    private static boolean scalarAllowed(final int i, final int smallest) {
        return size(i) >= smallest && size(i) <= 2 && !(scalarQuad(i) && (bit(d(i), 0) || bit(n(i), 0)));
    }

    private void scalar(final String a, final String name, final Plain op) {
        t.data("Q 1Dzz nnnn dddd " + a + " N1M0 mmmm", name, i -> scalarAllowed(i, 1), (v, s, i, x) -> {
            final long m = scalarOf(v, s, i);
            for (int k = 0; k < (scalarQuad(i) ? 2 : 1); k++) {
                v.setD(s, d(i) + k, op.apply(v, size(i), v.d(s, d(i) + k), v.d(s, n(i) + k), m));
            }
            v.done(s);
        });
    }

    private void scalarSingle(final String a, final String name, final Single op) {
        t.data("Q 1Dzz nnnn dddd " + a + " N1M0 mmmm", name, i -> scalarAllowed(i, 2), (v, s, i, x) -> {
            final long m = scalarOf(v, s, i);
            for (int k = 0; k < (scalarQuad(i) ? 2 : 1); k++) {
                v.setD(s, d(i) + k, NeonThree.both(v, op, v.d(s, d(i) + k), v.d(s, n(i) + k), m));
            }
            v.done(s);
        });
    }

    private void scalarLong(final String u, final String a, final String name, final Signed op) {
        final Check check = i -> (size(i) == 1 || size(i) == 2) && evenD(i);
        t.data(
                u + " 1Dzz nnnn dddd " + a + " N1M0 mmmm",
                name,
                check,
                (v, s, i, x) -> eachHalf(v, s, i, !unsigned(i), v.d(s, n(i)), scalarOf(v, s, i), op));
    }
}
