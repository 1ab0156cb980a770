package org.kernelentry.isa.aarch32;

import static org.kernelentry.isa.aarch32.Bits.bit;
import static org.kernelentry.isa.aarch32.NeonTable.d;
import static org.kernelentry.isa.aarch32.NeonTable.even;
import static org.kernelentry.isa.aarch32.NeonTable.m;
import static org.kernelentry.isa.aarch32.NeonTable.n;
import static org.kernelentry.isa.aarch32.NeonTable.quad;
import static org.kernelentry.isa.aarch32.NeonTable.size;
import static org.kernelentry.isa.aarch32.NeonTable.unsigned;

import org.kernelentry.isa.aarch32.NeonTable.Check;
import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.isa.fp.FpFormat;
import org.kernelentry.isa.fp.FpMath;
import org.kernelentry.isa.simd.LaneShifts;
import org.kernelentry.isa.simd.Lanes;

/** Three registers of the same length. DDI 0406C A7.4.1, table A7-9. */
final class NeonThree {
    /** A word of the result; {@code d} is the destination's old word. */
    @FunctionalInterface
    interface Word {
        long apply(VfpState v, int insn, long d, long n, long m);
    }

    /** An operation on lanes, which the U bit makes unsigned. */
    @FunctionalInterface
    interface Signed {
        long apply(VfpState v, int size, boolean signed, long d, long n, long m);
    }

    /** An operation on the lanes of two words. */
    @FunctionalInterface
    interface Plain {
        long apply(VfpState v, int size, long d, long n, long m);
    }

    /** One single precision result. */
    @FunctionalInterface
    interface Single {
        long apply(FpEnv env, long d, long n, long m);
    }

    private static final FpFormat F32 = FpFormat.SINGLE;
    private static final long ALL = 0xffff_ffffL;
    private static final long TWO = 0x4000_0000L;
    private static final long THREE = 0x4040_0000L;
    private static final long ONE_AND_HALF = 0x3fc0_0000L;
    private static final long HALF = 0x3f00_0000L;

    private final NeonTable t;

    private NeonThree(final NeonTable t) {
        this.t = t;
    }

    static void add(final NeonTable t) {
        final NeonThree rows = new NeonThree(t);
        rows.addIntegers();
        rows.addBits();
        rows.addShiftsAndExtremes();
        rows.addProducts();
        rows.addSingles();
    }

    private void addIntegers() {
        signed("0000", "0", "VHADD", 2, (v, z, s, d, n, m) -> Lanes.halvingAdd(z, s, n, m));
        signed("0000", "1", "VQADD", 3, (v, z, s, d, n, m) -> Lanes.addSaturating(z, s, n, m, v.saturation));
        signed("0001", "0", "VRHADD", 2, (v, z, s, d, n, m) -> Lanes.roundingHalvingAdd(z, s, n, m));
        signed("0010", "0", "VHSUB", 2, (v, z, s, d, n, m) -> Lanes.halvingSub(z, s, n, m));
        signed("0010", "1", "VQSUB", 3, (v, z, s, d, n, m) -> Lanes.subSaturating(z, s, n, m, v.saturation));
        signed("0011", "0", "VCGT", 2, (v, z, s, d, n, m) -> Lanes.greater(z, s, n, m));
        signed("0011", "1", "VCGE", 2, (v, z, s, d, n, m) -> Lanes.greaterOrEqual(z, s, n, m));
        plain("0", "1000", "0", "VADD", 0, 3, (v, z, d, n, m) -> Lanes.add(z, n, m));
        plain("1", "1000", "0", "VSUB", 0, 3, (v, z, d, n, m) -> Lanes.sub(z, n, m));
        plain("0", "1000", "1", "VTST", 0, 2, (v, z, d, n, m) -> Lanes.test(z, n, m));
        plain("1", "1000", "1", "VCEQ", 0, 2, (v, z, d, n, m) -> Lanes.equal(z, n, m));
    }

    private void addBits() {
        bitwise("0", "00", "VAND", (v, i, d, n, m) -> n & m);
        bitwise("0", "01", "VBIC", (v, i, d, n, m) -> n & ~m);
        bitwise("0", "10", "VORR, VMOV", (v, i, d, n, m) -> n | m);
        bitwise("0", "11", "VORN", (v, i, d, n, m) -> n | ~m);
        bitwise("1", "00", "VEOR", (v, i, d, n, m) -> n ^ m);
        bitwise("1", "01", "VBSL", (v, i, d, n, m) -> n & d | m & ~d);
        bitwise("1", "10", "VBIT", (v, i, d, n, m) -> n & m | d & ~m);
        bitwise("1", "11", "VBIF", (v, i, d, n, m) -> d & m | n & ~m);
    }

    private void addShiftsAndExtremes() {
        // The counts are in the first operand.
        signed("0100", "0", "VSHL (register)", 3, (v, z, s, d, n, m) -> LaneShifts.byRegister(z, s, false, m, n));
        signed(
                "0100",
                "1",
                "VQSHL (register)",
                3,
                (v, z, s, d, n, m) -> LaneShifts.byRegisterSaturating(z, s, false, m, n, v.saturation));
        signed("0101", "0", "VRSHL", 3, (v, z, s, d, n, m) -> LaneShifts.byRegister(z, s, true, m, n));
        signed(
                "0101",
                "1",
                "VQRSHL",
                3,
                (v, z, s, d, n, m) -> LaneShifts.byRegisterSaturating(z, s, true, m, n, v.saturation));
        signed("0110", "0", "VMAX", 2, (v, z, s, d, n, m) -> Lanes.max(z, s, n, m));
        signed("0110", "1", "VMIN", 2, (v, z, s, d, n, m) -> Lanes.min(z, s, n, m));
        signed("0111", "0", "VABD", 2, (v, z, s, d, n, m) -> Lanes.absDiff(z, s, n, m));
        signed("0111", "1", "VABA", 2, (v, z, s, d, n, m) -> Lanes.add(z, d, Lanes.absDiff(z, s, n, m)));
        pairwise("U", "1010", "0", "VPMAX", (x, y, signed) -> Math.max(x, y));
        pairwise("U", "1010", "1", "VPMIN", (x, y, signed) -> Math.min(x, y));
        pairwise("0", "1011", "1", "VPADD", (x, y, signed) -> x + y);
    }

    private void addProducts() {
        plain("0", "1001", "0", "VMLA", 0, 2, (v, z, d, n, m) -> Lanes.add(z, d, Lanes.mul(z, n, m)));
        plain("1", "1001", "0", "VMLS", 0, 2, (v, z, d, n, m) -> Lanes.sub(z, d, Lanes.mul(z, n, m)));
        plain("0", "1001", "1", "VMUL", 0, 2, (v, z, d, n, m) -> Lanes.mul(z, n, m));
        plain("1", "1001", "1", "VMUL (polynomial)", 0, 0, (v, z, d, n, m) -> Lanes.mulPolynomial(n, m));
        plain(
                "0",
                "1011",
                "0",
                "VQDMULH",
                1,
                2,
                (v, z, d, n, m) -> Lanes.mulDoublingHigh(z, false, n, m, v.saturation));
        plain(
                "1",
                "1011",
                "0",
                "VQRDMULH",
                1,
                2,
                (v, z, d, n, m) -> Lanes.mulDoublingHigh(z, true, n, m, v.saturation));
    }

    private void addSingles() {
        single("0", "0", "1100", "1", "VFMA", (e, d, n, m) -> FpMath.mulAdd(e, F32, d, n, m));
        single("0", "1", "1100", "1", "VFMS", (e, d, n, m) -> FpMath.mulAdd(e, F32, d, Vfp.neg(F32, n), m));
        single("0", "0", "1101", "0", "VADD (single)", (e, d, n, m) -> FpMath.add(e, F32, n, m));
        single("0", "1", "1101", "0", "VSUB (single)", (e, d, n, m) -> FpMath.sub(e, F32, n, m));
        single("1", "1", "1101", "0", "VABD (single)", (e, d, n, m) -> FpMath.sub(e, F32, n, m) & ~F32.signBit);
        single("0", "0", "1101", "1", "VMLA (single)", NeonThree::multiplyAdd);
        single("0", "1", "1101", "1", "VMLS (single)", NeonThree::multiplySubtract);
        single("1", "0", "1101", "1", "VMUL (single)", (e, d, n, m) -> FpMath.mul(e, F32, n, m));
        single(
                "0",
                "0",
                "1110",
                "0",
                "VCEQ (single)",
                (e, d, n, m) -> truth(FpMath.compare(e, F32, n, m, false) == FpMath.EQUAL));
        single("1", "0", "1110", "0", "VCGE (single)", (e, d, n, m) -> greaterOrEqual(e, n, m));
        single("1", "1", "1110", "0", "VCGT (single)", (e, d, n, m) -> greater(e, n, m));
        single("1", "0", "1110", "1", "VACGE", (e, d, n, m) -> greaterOrEqual(e, abs(n), abs(m)));
        single("1", "1", "1110", "1", "VACGT", (e, d, n, m) -> greater(e, abs(n), abs(m)));
        single("0", "0", "1111", "0", "VMAX (single)", (e, d, n, m) -> FpMath.max(e, F32, n, m));
        single("0", "1", "1111", "0", "VMIN (single)", (e, d, n, m) -> FpMath.min(e, F32, n, m));
        single("0", "0", "1111", "1", "VRECPS", NeonThree::recipStep);
        single("0", "1", "1111", "1", "VRSQRTS", NeonThree::rsqrtStep);
        singlePairs("0", "1101", "VPADD (single)", (e, d, n, m) -> FpMath.add(e, F32, n, m));
        singlePairs("0", "1111", "VPMAX (single)", (e, d, n, m) -> FpMath.max(e, F32, n, m));
        singlePairs("1", "1111", "VPMIN (single)", (e, d, n, m) -> FpMath.min(e, F32, n, m));
    }

    // ---- forms of rows

    private static Check sizes(final int from, final int to) {
        return i -> size(i) >= from && size(i) <= to && even(i, d(i), n(i), m(i));
    }

    private void row(final String pattern, final String name, final Check check, final Word word) {
        t.data(pattern, name, check, (v, s, i, a) -> {
            for (int k = 0; k < (quad(i) ? 2 : 1); k++) {
                final long result = word.apply(v, i, v.d(s, d(i) + k), v.d(s, n(i) + k), v.d(s, m(i) + k));
                v.setD(s, d(i) + k, result);
            }
            v.done(s);
        });
    }

    private static String pattern(final String u, final String size, final String a, final String b) {
        return u + " 0D" + size + " nnnn dddd " + a + " NQM" + b + " mmmm";
    }

    private void signed(final String a, final String b, final String name, final int largest, final Signed op) {
        row(
                pattern("U", "zz", a, b),
                name,
                sizes(0, largest),
                (v, i, d, n, m) -> op.apply(v, size(i), !unsigned(i), d, n, m));
    }

    private void plain(
            final String u,
            final String a,
            final String b,
            final String name,
            final int smallest,
            final int largest,
            final Plain op) {
        row(pattern(u, "zz", a, b), name, sizes(smallest, largest), (v, i, d, n, m) -> op.apply(v, size(i), d, n, m));
    }

    private void bitwise(final String u, final String size, final String name, final Word op) {
        row(pattern(u, size, "0001", "1"), name, i -> even(i, d(i), n(i), m(i)), op);
    }

    private void single(
            final String u, final String op, final String a, final String b, final String name, final Single single) {
        row(
                pattern(u, op + "z", a, b),
                name,
                i -> !bit(i, 20) && even(i, d(i), n(i), m(i)),
                (v, i, d, n, m) -> both(v, single, d, n, m));
    }

    /** Both lanes of a word. */
    static long both(final VfpState v, final Single op, final long d, final long n, final long m) {
        final FpEnv env = v.standard();
        final long low = op.apply(env, d & ALL, n & ALL, m & ALL);
        final long high = op.apply(env, d >>> 32, n >>> 32, m >>> 32);
        return low & ALL | high << 32;
    }

    /** What a pairwise operation does with two neighbours. */
    @FunctionalInterface
    private interface Pair {
        long apply(long x, long y, boolean signed);
    }

    private void pairwise(final String u, final String a, final String b, final String name, final Pair op) {
        final Check check = i -> !quad(i) && size(i) != 3;
        row(pattern(u, "zz", a, b), name, check, (v, i, d, n, m) -> pairs(size(i), !unsigned(i), n, m, op));
    }

    private static long pairs(final int size, final boolean signed, final long low, final long high, final Pair op) {
        final int half = Lanes.count(size) / 2;
        long result = 0;
        for (int k = 0; k < Lanes.count(size); k++) {
            final long from = k < half ? low : high;
            final int lane = 2 * (k % half);
            final long x = Lanes.lane(size, signed, from, lane);
            result = Lanes.with(size, result, k, op.apply(x, Lanes.lane(size, signed, from, lane + 1), signed));
        }
        return result;
    }

    private void singlePairs(final String op, final String a, final String name, final Single single) {
        row(
                pattern("1", op + "z", a, "0"),
                name,
                i -> !bit(i, 20) && !quad(i),
                (v, i, d, n, m) -> both(v, single, 0, n & ALL | m << 32, n >>> 32 | m & ~ALL));
    }

    // ---- meanings

    static long truth(final boolean holds) {
        return holds ? ALL : 0;
    }

    static long abs(final long a) {
        return a & ~F32.signBit;
    }

    static long greaterOrEqual(final FpEnv e, final long n, final long m) {
        final int order = FpMath.compare(e, F32, n, m, true);
        return truth(order == FpMath.GREATER || order == FpMath.EQUAL);
    }

    static long greater(final FpEnv e, final long n, final long m) {
        return truth(FpMath.compare(e, F32, n, m, true) == FpMath.GREATER);
    }

    static long multiplyAdd(final FpEnv e, final long d, final long n, final long m) {
        return FpMath.add(e, F32, d, FpMath.mul(e, F32, n, m));
    }

    static long multiplySubtract(final FpEnv e, final long d, final long n, final long m) {
        return FpMath.add(e, F32, d, Vfp.neg(F32, FpMath.mul(e, F32, n, m)));
    }

    /** FPRecipStep: the product is rounded before it is subtracted, unlike in AArch64 (A2.7.8). */
    private static long recipStep(final FpEnv e, final long d, final long n, final long m) {
        if (infinityTimesZero(e, n, m)) {
            return TWO;
        }
        return FpMath.sub(e, F32, TWO, FpMath.mul(e, F32, n, m));
    }

    /** FPRSqrtStep: (3 - n * m) / 2, each step rounded. */
    private static long rsqrtStep(final FpEnv e, final long d, final long n, final long m) {
        if (infinityTimesZero(e, n, m)) {
            return ONE_AND_HALF;
        }
        return FpMath.mul(e, F32, FpMath.sub(e, F32, THREE, FpMath.mul(e, F32, n, m)), HALF);
    }

    private static boolean infinityTimesZero(final FpEnv e, final long n, final long m) {
        return F32.isInfinite(n) && flushedZero(e, m) || F32.isInfinite(m) && flushedZero(e, n);
    }

    private static boolean flushedZero(final FpEnv e, final long a) {
        if (F32.isDenormal(a)) {
            e.flags |= FpEnv.INPUT_DENORMAL;
            return true;
        }
        return F32.isZero(a);
    }
}
