package org.kernelentry.isa.aarch32;

import static org.kernelentry.isa.aarch32.Bits.bit;
import static org.kernelentry.isa.aarch32.Bits.bits;
import static org.kernelentry.isa.aarch32.NeonTable.d;
import static org.kernelentry.isa.aarch32.NeonTable.even;
import static org.kernelentry.isa.aarch32.NeonTable.m;
import static org.kernelentry.isa.aarch32.NeonTable.n;
import static org.kernelentry.isa.aarch32.NeonTable.quad;

import org.kernelentry.isa.aarch32.Helpers.VfpHelper;
import org.kernelentry.isa.aarch32.NeonTable.Check;
import org.kernelentry.isa.fp.ArmFp;
import org.kernelentry.isa.fp.FpConvert;
import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.isa.fp.FpFormat;
import org.kernelentry.isa.fp.FpMath;
import org.kernelentry.isa.simd.LanePermutes;
import org.kernelentry.isa.simd.LaneShifts;
import org.kernelentry.isa.simd.LaneWidths;
import org.kernelentry.isa.simd.LaneWidths.Narrowing;
import org.kernelentry.isa.simd.Lanes;
import org.kernelentry.machine.CpuState;

/** Two registers, miscellaneous, and VEXT, VTBL, VDUP. DDI 0406C A7.4.5, table A7-13, and A7.4. */
final class NeonMisc {
    /** A word of the result. */
    @FunctionalInterface
    private interface Word {
        long apply(VfpState v, int size, long d, long m);
    }

    /** What happens to two registers whose lanes are exchanged. */
    @FunctionalInterface
    private interface Exchange {
        void apply(VfpState v, CpuState s, int size, int d, int m, int words);
    }

    private static final FpFormat F32 = FpFormat.SINGLE;

    private final NeonTable t;

    private NeonMisc(final NeonTable t) {
        this.t = t;
    }

    static void add(final NeonTable t) {
        final NeonMisc rows = new NeonMisc(t);
        rows.addBits();
        rows.addComparisons();
        rows.addExchanges();
        rows.addWidths();
        rows.addSingles();
        rows.addOthers();
    }

    private void addBits() {
        for (int container = 3; container > 0; container--) {
            final int to = container;
            final String b = switch (container) {
                case 3 -> "0000";
                case 2 -> "0001";
                default -> "0010";
            };
            word("00", b, "VREV" + (8 << container), 0, container - 1, (v, z, d, m) -> Lanes.reverse(z, to, m));
        }
        word("00", "0100", "VPADDL (signed)", 0, 2, (v, z, d, m) -> LaneWidths.addPairsLong(z, true, m));
        word("00", "0101", "VPADDL (unsigned)", 0, 2, (v, z, d, m) -> LaneWidths.addPairsLong(z, false, m));
        word("00", "1000", "VCLS", 0, 2, (v, z, d, m) -> Lanes.leadingSigns(z, m));
        word("00", "1001", "VCLZ", 0, 2, (v, z, d, m) -> Lanes.leadingZeros(z, m));
        word("00", "1010", "VCNT", 0, 0, (v, z, d, m) -> Lanes.countBits(m));
        word("00", "1011", "VMVN (register)", 0, 0, (v, z, d, m) -> ~m);
        word(
                "00",
                "1100",
                "VPADAL (signed)",
                0,
                2,
                (v, z, d, m) -> Lanes.add(z + 1, d, LaneWidths.addPairsLong(z, true, m)));
        word(
                "00",
                "1101",
                "VPADAL (unsigned)",
                0,
                2,
                (v, z, d, m) -> Lanes.add(z + 1, d, LaneWidths.addPairsLong(z, false, m)));
        word("00", "1110", "VQABS", 0, 2, (v, z, d, m) -> Lanes.absSaturating(z, m, v.saturation));
        word("00", "1111", "VQNEG", 0, 2, (v, z, d, m) -> Lanes.negSaturating(z, m, v.saturation));
        word("01", "0110", "VABS (integer)", 0, 2, (v, z, d, m) -> Lanes.abs(z, m));
        word("01", "0111", "VNEG (integer)", 0, 2, (v, z, d, m) -> Lanes.neg(z, m));
        word("01", "1110", "VABS (single)", 2, 2, (v, z, d, m) -> m & 0x7fff_ffff_7fff_ffffL);
        word("01", "1111", "VNEG (single)", 2, 2, (v, z, d, m) -> m ^ 0x8000_0000_8000_0000L);
    }

    private void addComparisons() {
        word("01", "0000", "VCGT (zero)", 0, 2, (v, z, d, m) -> Lanes.greater(z, true, m, 0));
        word("01", "0001", "VCGE (zero)", 0, 2, (v, z, d, m) -> Lanes.greaterOrEqual(z, true, m, 0));
        word("01", "0010", "VCEQ (zero)", 0, 2, (v, z, d, m) -> Lanes.equal(z, m, 0));
        word("01", "0011", "VCLE (zero)", 0, 2, (v, z, d, m) -> Lanes.greaterOrEqual(z, true, 0, m));
        word("01", "0100", "VCLT (zero)", 0, 2, (v, z, d, m) -> Lanes.greater(z, true, 0, m));
        single("01", "1000", "VCGT (single, zero)", (e, m) -> NeonThree.greater(e, m, 0));
        single("01", "1001", "VCGE (single, zero)", (e, m) -> NeonThree.greaterOrEqual(e, m, 0));
        single(
                "01",
                "1010",
                "VCEQ (single, zero)",
                (e, m) -> NeonThree.truth(FpMath.compare(e, F32, m, 0, false) == FpMath.EQUAL));
        single("01", "1011", "VCLE (single, zero)", (e, m) -> NeonThree.greaterOrEqual(e, 0, m));
        single("01", "1100", "VCLT (single, zero)", (e, m) -> NeonThree.greater(e, 0, m));
    }

    private void addExchanges() {
        exchange("0000", "VSWP", i -> size(i) == 0, (v, s, z, d, m, words) -> {
            for (int k = 0; k < words; k++) {
                final long old = v.d(s, d + k);
                v.setD(s, d + k, v.d(s, m + k));
                v.setD(s, m + k, old);
            }
        });
        exchange("0001", "VTRN", i -> size(i) != 3, (v, s, z, d, m, words) -> {
            for (int k = 0; k < words; k++) {
                final long a = v.d(s, d + k);
                final long b = v.d(s, m + k);
                v.setD(s, d + k, LanePermutes.transpose(z, a, b, 0));
                v.setD(s, m + k, LanePermutes.transpose(z, a, b, 1));
            }
        });
        exchange("0010", "VUZP", i -> size(i) < (quad(i) ? 3 : 2), NeonMisc::unzip);
        exchange("0011", "VZIP", i -> size(i) < (quad(i) ? 3 : 2), NeonMisc::zip);
    }

    private void addWidths() {
        narrow("0100", "0", "VMOVN", Narrowing.TRUNCATE);
        narrow("0100", "1", "VQMOVUN", Narrowing.SIGNED_TO_UNSIGNED);
        narrow("0101", "0", "VQMOVN (signed)", Narrowing.SIGNED_TO_SIGNED);
        narrow("0101", "1", "VQMOVN (unsigned)", Narrowing.UNSIGNED_TO_UNSIGNED);
        row("10", "0110", "0", "VSHLL (by the size)", i -> size(i) != 3 && !bit(d(i), 0), (v, s, i, x) -> {
            final long m = v.d(s, m(i));
            final int z = size(i);
            for (int k = 0; k < 2; k++) {
                final long wide = LaneWidths.widen(z, false, m, k == 1);
                v.setD(s, d(i) + k, LaneShifts.left(z + 1, wide, Lanes.bits(z)));
            }
        });
        row("10", "1100", "0", "VCVT (single to half)", i -> size(i) == 1 && !bit(m(i), 0), NeonMisc::toHalf);
        row("10", "1110", "0", "VCVT (half to single)", i -> size(i) == 1 && !bit(d(i), 0), NeonMisc::fromHalf);
    }

    private void addSingles() {
        word(
                "11",
                "1000",
                "VRECPE (integer)",
                2,
                2,
                (v, z, d, m) -> Lanes.map(2, false, m, ArmFp::unsignedRecipEstimate));
        word(
                "11",
                "1001",
                "VRSQRTE (integer)",
                2,
                2,
                (v, z, d, m) -> Lanes.map(2, false, m, ArmFp::unsignedRsqrtEstimate));
        single("11", "1010", "VRECPE (single)", (e, m) -> ArmFp.recipEstimate(e, F32, m));
        single("11", "1011", "VRSQRTE (single)", (e, m) -> ArmFp.rsqrtEstimate(e, F32, m));
        single(
                "11",
                "1100",
                "VCVT (from signed, SIMD)",
                (e, m) -> FpConvert.fromInteger(e, F32, Lanes.signed(2, m, 0), true, 0));
        single("11", "1101", "VCVT (from unsigned, SIMD)", (e, m) -> FpConvert.fromInteger(e, F32, m, false, 0));
        single("11", "1110", "VCVT (to signed, SIMD)", (e, m) -> toInteger(e, m, true));
        single("11", "1111", "VCVT (to unsigned, SIMD)", (e, m) -> toInteger(e, m, false));
    }

    private void addOthers() {
        final Check three = i -> even(i, d(i), n(i), m(i)) && (quad(i) || !bit(i, 11));
        t.data("0 1D11 nnnn dddd iiii NQM0 mmmm", "VEXT", three, NeonMisc::extract);
        final Check table = i -> n(i) + bits(i, 9, 8) < 32;
        t.data("1 1D11 nnnn dddd 10ll NxM0 mmmm", "VTBL, VTBX", table, NeonMisc::look);
        final Check lane = i -> bits(i, 18, 16) != 0 && even(i, d(i));
        t.data("1 1D11 iiii dddd 1100 0QM0 mmmm", "VDUP (scalar)", lane, NeonMisc::duplicate);
    }

    // ---- forms of rows: size is in bits 19:18, A in 17:16, the upper four bits of B in 10:7

    private static int size(final int i) {
        return bits(i, 19, 18);
    }

    private void row(
            final String a, final String b, final String q, final String name, final Check check, final VfpHelper op) {
        t.data("1 1D11 zz" + a + " dddd 0" + b + " " + q + "M0 mmmm", name, check, op);
    }

    private void word(
            final String a, final String b, final String name, final int smallest, final int largest, final Word op) {
        final Check check = i -> size(i) >= smallest && size(i) <= largest && even(i, d(i), m(i));
        row(a, b, "Q", name, check, (v, s, i, x) -> {
            for (int k = 0; k < (quad(i) ? 2 : 1); k++) {
                v.setD(s, d(i) + k, op.apply(v, size(i), v.d(s, d(i) + k), v.d(s, m(i) + k)));
            }
            v.done(s);
        });
    }

    private void single(final String a, final String b, final String name, final NeonShift.One op) {
        row(
                a,
                b,
                "Q",
                name,
                i -> size(i) == 2 && even(i, d(i), m(i)),
                (v, s, i, x) -> NeonShift.eachSingle(v, s, i, op));
    }

    private void exchange(final String b, final String name, final Check sizes, final Exchange op) {
        final Check check = i -> sizes.allows(i) && even(i, d(i), m(i));
        row("10", b, "Q", name, check, (v, s, i, x) -> op.apply(v, s, size(i), d(i), m(i), quad(i) ? 2 : 1));
    }

    private void narrow(final String b, final String op, final String name, final Narrowing how) {
        row("10", b, op, name, i -> size(i) != 3 && !bit(m(i), 0), (v, s, i, x) -> {
            final long low = LaneWidths.narrow(size(i), how, v.d(s, m(i)), v.saturation);
            final long high = LaneWidths.narrow(size(i), how, v.d(s, m(i) + 1), v.saturation);
            v.setD(s, d(i), low | high << 32);
            v.done(s);
        });
    }

    // ---- meanings

    private static long toInteger(final FpEnv e, final long m, final boolean signed) {
        return FpConvert.toIntegerSaturating(e, F32, m, 32, signed, 0, FpEnv.TO_ZERO);
    }

    private static void unzip(
            final VfpState v, final CpuState s, final int z, final int d, final int m, final int words) {
        final long a0 = v.d(s, d);
        final long a1 = words == 1 ? v.d(s, m) : v.d(s, d + 1);
        final long b0 = v.d(s, m);
        final long b1 = words == 1 ? 0 : v.d(s, m + 1);
        v.setD(s, d, LanePermutes.unzip(z, a0, a1, 0));
        if (words == 1) {
            v.setD(s, m, LanePermutes.unzip(z, a0, a1, 1));
        } else {
            v.setD(s, d + 1, LanePermutes.unzip(z, b0, b1, 0));
            v.setD(s, m, LanePermutes.unzip(z, a0, a1, 1));
            v.setD(s, m + 1, LanePermutes.unzip(z, b0, b1, 1));
        }
    }

    private static void zip(
            final VfpState v, final CpuState s, final int z, final int d, final int m, final int words) {
        final long a0 = v.d(s, d);
        final long b0 = v.d(s, m);
        if (words == 1) {
            v.setD(s, d, LanePermutes.zipLow(z, a0, b0));
            v.setD(s, m, LanePermutes.zipHigh(z, a0, b0));
            return;
        }
        final long a1 = v.d(s, d + 1);
        final long b1 = v.d(s, m + 1);
        v.setD(s, d, LanePermutes.zipLow(z, a0, b0));
        v.setD(s, d + 1, LanePermutes.zipHigh(z, a0, b0));
        v.setD(s, m, LanePermutes.zipLow(z, a1, b1));
        v.setD(s, m + 1, LanePermutes.zipHigh(z, a1, b1));
    }

    /** Half precision with AHP as FPSCR has it, everything else as in the standard environment. */
    private static void toHalf(final VfpState v, final CpuState s, final int i, final int x) {
        final FpEnv env = v.standard();
        long result = 0;
        for (int k = 0; k < 4; k++) {
            final long single = v.d(s, m(i) + (k >> 1)) >>> 32 * (k & 1) & 0xffff_ffffL;
            result |= FpConvert.convert(env, F32, v.half(s), single) << 16 * k;
        }
        v.setD(s, d(i), result);
        v.done(s);
    }

    private static void fromHalf(final VfpState v, final CpuState s, final int i, final int x) {
        final FpEnv env = v.standard();
        final long m = v.d(s, m(i));
        for (int k = 0; k < 2; k++) {
            final long low = FpConvert.convert(env, v.half(s), F32, m >>> 32 * k & 0xffff);
            v.setD(s, d(i) + k, low | FpConvert.convert(env, v.half(s), F32, m >>> 32 * k + 16 & 0xffff) << 32);
        }
        v.done(s);
    }

    private static void extract(final VfpState v, final CpuState s, final int i, final int x) {
        final int at = bits(i, 11, 8);
        if (!quad(i)) {
            v.setD(s, d(i), LanePermutes.extract(v.d(s, n(i)), v.d(s, m(i)), at));
            return;
        }
        final long n1 = v.d(s, n(i) + 1);
        final long m0 = v.d(s, m(i));
        final long low = at < 8 ? LanePermutes.extract(v.d(s, n(i)), n1, at) : LanePermutes.extract(n1, m0, at - 8);
        final long high =
                at < 8 ? LanePermutes.extract(n1, m0, at) : LanePermutes.extract(m0, v.d(s, m(i) + 1), at - 8);
        v.setD(s, d(i), low);
        v.setD(s, d(i) + 1, high);
    }

    /** VTBX (bit 6) keeps the bytes whose index is behind the table, VTBL makes them 0. */
    private static void look(final VfpState v, final CpuState s, final int i, final int x) {
        final int words = bits(i, 9, 8) + 1;
        final int first = v.base() + n(i);
        final int[] slots = {first, first + 1, first + 2, first + 3};
        final long otherwise = bit(i, 6) ? v.d(s, d(i)) : 0;
        v.setD(s, d(i), LanePermutes.table(s.r, slots, words, v.d(s, m(i)), otherwise));
    }

    private static void duplicate(final VfpState v, final CpuState s, final int i, final int x) {
        final int imm4 = bits(i, 19, 16);
        final int size = Integer.numberOfTrailingZeros(imm4);
        final long value = Lanes.replicate(size, Lanes.unsigned(size, v.d(s, m(i)), imm4 >> size + 1));
        for (int k = 0; k < (quad(i) ? 2 : 1); k++) {
            v.setD(s, d(i) + k, value);
        }
    }
}
