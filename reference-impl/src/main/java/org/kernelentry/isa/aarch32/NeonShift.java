package org.kernelentry.isa.aarch32;

import static org.kernelentry.isa.aarch32.Bits.bit;
import static org.kernelentry.isa.aarch32.Bits.bits;
import static org.kernelentry.isa.aarch32.NeonTable.d;
import static org.kernelentry.isa.aarch32.NeonTable.even;
import static org.kernelentry.isa.aarch32.NeonTable.m;
import static org.kernelentry.isa.aarch32.NeonTable.quad;
import static org.kernelentry.isa.aarch32.NeonTable.unsigned;

import org.kernelentry.isa.aarch32.NeonTable.Check;
import org.kernelentry.isa.fp.FpConvert;
import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.isa.fp.FpFormat;
import org.kernelentry.isa.simd.LaneShifts;
import org.kernelentry.isa.simd.LaneWidths;
import org.kernelentry.isa.simd.LaneWidths.Narrowing;
import org.kernelentry.isa.simd.Lanes;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Op;

/** Two registers and a shift amount, and one register with a modified immediate. DDI 0406C A7.4.4, A7.4.6. */
final class NeonShift {
    /** A word shifted by {@code count}. */
    @FunctionalInterface
    private interface Shift {
        long apply(VfpState v, int size, boolean signed, long d, long m, int count);
    }

    private final NeonTable t;

    private NeonShift(final NeonTable t) {
        this.t = t;
    }

    static void add(final NeonTable t) {
        final NeonShift rows = new NeonShift(t);
        rows.addImmediate();
        rows.addRight();
        rows.addLeft();
        rows.addNarrowing();
        rows.addConversions();
    }

    private void addRight() {
        right("U", "0000", "VSHR", (v, z, s, d, m, c) -> LaneShifts.right(z, s, m, c));
        right("U", "0001", "VSRA", (v, z, s, d, m, c) -> Lanes.add(z, d, LaneShifts.right(z, s, m, c)));
        right("U", "0010", "VRSHR", (v, z, s, d, m, c) -> LaneShifts.roundingRight(z, s, m, c));
        right("U", "0011", "VRSRA", (v, z, s, d, m, c) -> Lanes.add(z, d, LaneShifts.roundingRight(z, s, m, c)));
        right("1", "0100", "VSRI", (v, z, s, d, m, c) -> LaneShifts.rightInsert(z, d, m, c));
    }

    private void addLeft() {
        left("0", "0101", "VSHL (immediate)", (v, z, s, d, m, c) -> LaneShifts.left(z, m, c));
        left("1", "0101", "VSLI", (v, z, s, d, m, c) -> LaneShifts.leftInsert(z, d, m, c));
        left(
                "1",
                "0110",
                "VQSHLU",
                (v, z, s, d, m, c) -> LaneShifts.leftSaturating(z, true, false, m, c, v.saturation));
        left(
                "U",
                "0111",
                "VQSHL (immediate)",
                (v, z, s, d, m, c) -> LaneShifts.leftSaturating(z, s, s, m, c, v.saturation));
    }

    private void addNarrowing() {
        narrow("0", "1000", "0", "VSHRN", Narrowing.TRUNCATE, false);
        narrow("0", "1000", "1", "VRSHRN", Narrowing.TRUNCATE, true);
        narrow("1", "1000", "0", "VQSHRUN", Narrowing.SIGNED_TO_UNSIGNED, false);
        narrow("1", "1000", "1", "VQRSHRUN", Narrowing.SIGNED_TO_UNSIGNED, true);
        narrow("0", "1001", "0", "VQSHRN (signed)", Narrowing.SIGNED_TO_SIGNED, false);
        narrow("0", "1001", "1", "VQRSHRN (signed)", Narrowing.SIGNED_TO_SIGNED, true);
        narrow("1", "1001", "0", "VQSHRN (unsigned)", Narrowing.UNSIGNED_TO_UNSIGNED, false);
        narrow("1", "1001", "1", "VQRSHRN (unsigned)", Narrowing.UNSIGNED_TO_UNSIGNED, true);
        t.data("U 1Dii iiii dddd 1010 00M1 mmmm", "VSHLL, VMOVL", i -> !bit(d(i), 0), NeonShift::lengthen);
    }

    private void addConversions() {
        final Check check = i -> bit(i, 21) && even(i, d(i), m(i));
        t.data("U 1Dii iiii dddd 1110 0QM1 mmmm", "VCVT (from fixed point, SIMD)", check, NeonShift::fromFixed);
        t.data("U 1Dii iiii dddd 1111 0QM1 mmmm", "VCVT (to fixed point, SIMD)", check, NeonShift::toFixed);
    }

    // ---- sizes: the highest bit set of L:imm6 gives the size of the lanes, the bits below it the amount

    private static int field(final int i) {
        return bits(i, 7, 7) << 6 | bits(i, 21, 16);
    }

    private static int size(final int i) {
        return 28 - Integer.numberOfLeadingZeros(field(i));
    }

    private static int leftCount(final int i) {
        return field(i) - Lanes.bits(size(i));
    }

    private static int rightCount(final int i) {
        return 2 * Lanes.bits(size(i)) - field(i);
    }

    // ---- forms of rows

    private void right(final String u, final String a, final String name, final Shift shift) {
        row(u, a, name, true, shift);
    }

    private void left(final String u, final String a, final String name, final Shift shift) {
        row(u, a, name, false, shift);
    }

    private void row(final String u, final String a, final String name, final boolean right, final Shift shift) {
        t.data(u + " 1Dii iiii dddd " + a + " LQM1 mmmm", name, i -> even(i, d(i), m(i)), (v, s, i, x) -> {
            final int count = right ? rightCount(i) : leftCount(i);
            for (int k = 0; k < (quad(i) ? 2 : 1); k++) {
                final long d = v.d(s, d(i) + k);
                v.setD(s, d(i) + k, shift.apply(v, size(i), !unsigned(i), d, v.d(s, m(i) + k), count));
            }
            v.done(s);
        });
    }

    private void narrow(
            final String u,
            final String a,
            final String b,
            final String name,
            final Narrowing how,
            final boolean rounding) {
        t.data(u + " 1Dii iiii dddd " + a + " 0" + b + "M1 mmmm", name, i -> !bit(m(i), 0), (v, s, i, x) -> {
            final int size = size(i);
            final int count = rightCount(i);
            final long low = LaneWidths.narrowShifted(size, how, rounding, v.d(s, m(i)), count, v.saturation);
            final long high = LaneWidths.narrowShifted(size, how, rounding, v.d(s, m(i) + 1), count, v.saturation);
            v.setD(s, d(i), low | high << 32);
            v.done(s);
        });
    }

    private static void lengthen(final VfpState v, final CpuState s, final int i, final int x) {
        final int size = size(i);
        final long m = v.d(s, m(i));
        for (int k = 0; k < 2; k++) {
            final long wide = LaneWidths.widen(size, !unsigned(i), m, k == 1);
            v.setD(s, d(i) + k, LaneShifts.left(size + 1, wide, leftCount(i)));
        }
    }

    private static void fromFixed(final VfpState v, final CpuState s, final int i, final int x) {
        final int fraction = 64 - bits(i, 21, 16);
        eachSingle(v, s, i, (env, word) -> {
            final boolean signed = !unsigned(i);
            return FpConvert.fromInteger(env, FpFormat.SINGLE, Lanes.lane(2, signed, word, 0), signed, fraction);
        });
    }

    private static void toFixed(final VfpState v, final CpuState s, final int i, final int x) {
        final int fraction = 64 - bits(i, 21, 16);
        eachSingle(
                v,
                s,
                i,
                (env, word) -> FpConvert.toIntegerSaturating(
                        env, FpFormat.SINGLE, word, 32, !unsigned(i), fraction, FpEnv.TO_ZERO));
    }

    /** One single precision lane from another. */
    @FunctionalInterface
    interface One {
        long apply(FpEnv env, long word);
    }

    /** Every 32-bit lane of m, in the standard environment. */
    static void eachSingle(final VfpState v, final CpuState s, final int i, final One op) {
        final FpEnv env = v.standard();
        for (int k = 0; k < (quad(i) ? 2 : 1); k++) {
            final long m = v.d(s, m(i) + k);
            final long low = op.apply(env, m & 0xffff_ffffL);
            v.setD(s, d(i) + k, low & 0xffff_ffffL | op.apply(env, m >>> 32) << 32);
        }
        v.done(s);
    }

    // ---- one register and a modified immediate, A7.4.6: op and cmode

    private void addImmediate() {
        t.data("i 1D00 0iii dddd cccc 0Qo1 iiii", "VMOV, VMVN, VORR, VBIC (immediate)", NeonShift::immediate);
    }

    /** AdvSIMDExpandImm; the inversion of VMVN and VBIC is not part of it. */
    private static long expand(final int op, final int cmode, final int imm8) {
        final long b = imm8;
        switch (cmode >> 1) {
            case 0, 1, 2, 3:
                return Lanes.replicate(2, b << 8 * (cmode >> 1));
            case 4, 5:
                return Lanes.replicate(1, b << 8 * (cmode >> 1 & 1));
            case 6:
                return Lanes.replicate(2, (cmode & 1) == 0 ? b << 8 | 0xff : b << 16 | 0xffff);
            default:
                if ((cmode & 1) != 0) {
                    return Lanes.replicate(2, Vfp.expandImmediate(imm8, false));
                }
                return op == 0 ? Lanes.replicate(0, b) : spreadBits(imm8);
        }
    }

    /** Every bit of the immediate becomes a byte. */
    private static long spreadBits(final int imm8) {
        long result = 0;
        for (int k = 0; k < 8; k++) {
            result |= bit(imm8, k) ? 0xffL << 8 * k : 0;
        }
        return result;
    }

    private static void immediate(final Emitter e, final int i) {
        final int op = bits(i, 5, 5);
        final int cmode = bits(i, 11, 8);
        if (!even(i, d(i)) || op == 1 && cmode == 15) {
            e.undefined();
            return;
        }
        final long value = expand(op, cmode, bits(i, 24, 24) << 7 | bits(i, 18, 16) << 4 | bits(i, 3, 0));
        final boolean accumulates = (cmode & 1) != 0 && cmode < 12;
        final boolean inverts = op == 1 && cmode != 14;
        final int operand = e.out.constant(inverts ? ~value : value);
        for (int k = 0; k < (quad(i) ? 2 : 1); k++) {
            final int slot = e.regs.vfp + d(i) + k;
            if (accumulates) {
                e.out.alu(inverts ? Op.AND : Op.OR, slot, slot, operand);
            } else {
                e.out.mov(slot, operand);
            }
        }
    }
}
