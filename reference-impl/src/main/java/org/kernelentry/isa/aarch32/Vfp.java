package org.kernelentry.isa.aarch32;

import static org.kernelentry.isa.aarch32.Bits.bit;
import static org.kernelentry.isa.aarch32.Bits.bits;

import org.kernelentry.isa.DecodeTable;
import org.kernelentry.isa.aarch32.Helpers.VfpHelper;
import org.kernelentry.isa.fp.FpConvert;
import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.isa.fp.FpFormat;
import org.kernelentry.isa.fp.FpMath;
import org.kernelentry.isa.simd.Lanes;
import org.kernelentry.machine.CpuState;

/** VFPv4 data processing. DDI 0406C A7.5; in T32 the same encodings with condition 1110. */
final class Vfp {
    /** One result of two operands and the destination's old value. */
    @FunctionalInterface
    private interface Three {
        long apply(FpEnv env, FpFormat f, long d, long n, long m);
    }

    /** One result of one operand. */
    @FunctionalInterface
    private interface One {
        long apply(FpEnv env, FpFormat f, long m);
    }

    private static final int SINGLE_BITS = 32;

    private final DecodeTable<Emitter> t;
    private final String condition;

    private Vfp(final DecodeTable<Emitter> t, final String condition) {
        this.t = t;
        this.condition = condition;
    }

    /** @param condition the upper four bits of the patterns */
    static void add(final DecodeTable<Emitter> t, final String condition) {
        final Vfp rows = new Vfp(t, condition);
        rows.addThree();
        rows.addOther();
        rows.addConversions();
    }

    private void addThree() {
        three("0D00", "0", "VMLA", (e, f, d, n, m) -> FpMath.add(e, f, d, FpMath.mul(e, f, n, m)));
        three("0D00", "1", "VMLS", (e, f, d, n, m) -> FpMath.add(e, f, d, neg(f, FpMath.mul(e, f, n, m))));
        three("0D01", "0", "VNMLS", (e, f, d, n, m) -> FpMath.add(e, f, neg(f, d), FpMath.mul(e, f, n, m)));
        three("0D01", "1", "VNMLA", (e, f, d, n, m) -> FpMath.add(e, f, neg(f, d), neg(f, FpMath.mul(e, f, n, m))));
        three("0D10", "0", "VMUL", (e, f, d, n, m) -> FpMath.mul(e, f, n, m));
        three("0D10", "1", "VNMUL", (e, f, d, n, m) -> neg(f, FpMath.mul(e, f, n, m)));
        three("0D11", "0", "VADD", (e, f, d, n, m) -> FpMath.add(e, f, n, m));
        three("0D11", "1", "VSUB", (e, f, d, n, m) -> FpMath.sub(e, f, n, m));
        three("1D00", "0", "VDIV", (e, f, d, n, m) -> FpMath.div(e, f, n, m));
        three("1D01", "0", "VFNMS", (e, f, d, n, m) -> FpMath.mulAdd(e, f, neg(f, d), n, m));
        three("1D01", "1", "VFNMA", (e, f, d, n, m) -> FpMath.mulAdd(e, f, neg(f, d), neg(f, n), m));
        three("1D10", "0", "VFMA", (e, f, d, n, m) -> FpMath.mulAdd(e, f, d, n, m));
        three("1D10", "1", "VFMS", (e, f, d, n, m) -> FpMath.mulAdd(e, f, d, neg(f, n), m));
    }

    private void addOther() {
        row("1D11 iiii dddd 101s 0000 iiii", "VMOV (immediate)", Vfp::moveImmediate);
        row("1D11 0000 dddd 101s 01M0 mmmm", "VMOV (register)", Vfp::moveRegister);
        one("0000", "1", "VABS", (e, f, m) -> m & ~f.signBit);
        one("0001", "0", "VNEG", (e, f, m) -> neg(f, m));
        one("0001", "1", "VSQRT", FpMath::sqrt);
        helper("1D11 0100 dddd 101s e1M0 mmmm", "VCMP, VCMPE", (v, s, i, a) -> compare(v, s, i, m(v, s, i)));
        helper("1D11 0101 dddd 101s e100 0000", "VCMP, VCMPE (zero)", (v, s, i, a) -> compare(v, s, i, 0));
    }

    private void addConversions() {
        helper("1D11 0010 dddd 1010 t1M0 mmmm", "VCVTB, VCVTT (from half)", Vfp::fromHalf);
        helper("1D11 0011 dddd 1010 t1M0 mmmm", "VCVTB, VCVTT (to half)", Vfp::toHalf);
        helper("1D11 0111 dddd 1010 11M0 mmmm", "VCVT (single to double)", Vfp::toDouble);
        helper("1D11 0111 dddd 1011 11M0 mmmm", "VCVT (double to single)", Vfp::toSingle);
        helper("1D11 1000 dddd 101s o1M0 mmmm", "VCVT (from integer)", Vfp::fromInteger);
        helper("1D11 110o dddd 101s r1M0 mmmm", "VCVT, VCVTR (to integer)", Vfp::toInteger);
        row("1D11 101u dddd 101s x1i0 iiii", "VCVT (from fixed point)", fixed(Helpers.add(Vfp::fromFixed)));
        row("1D11 111u dddd 101s x1i0 iiii", "VCVT (to fixed point)", fixed(Helpers.add(Vfp::toFixed)));
    }

    // ---- forms of rows

    private void row(final String pattern, final String name, final DecodeTable.Meaning<Emitter> meaning) {
        t.row(condition + " 1110 " + pattern, name, meaning);
    }

    private void helper(final String pattern, final String name, final VfpHelper helper) {
        final int number = Helpers.add(helper);
        row(pattern, name, (e, i) -> e.vfp(number, i, 0));
    }

    private void three(final String opc1, final String op, final String name, final Three operation) {
        final VfpHelper helper = (v, s, i, a) -> {
            final FpFormat f = format(i);
            set(v, s, i, operation.apply(v.fpscr(s), f, d(v, s, i), n(v, s, i), m(v, s, i)));
            v.done(s);
        };
        helper(opc1 + " nnnn dddd 101s N" + op + "M0 mmmm", name, helper);
    }

    private void one(final String opc2, final String op, final String name, final One operation) {
        final VfpHelper helper = (v, s, i, a) -> {
            set(v, s, i, operation.apply(v.fpscr(s), format(i), m(v, s, i)));
            v.done(s);
        };
        helper("1D11 " + opc2 + " dddd 101s " + op + "1M0 mmmm", name, helper);
    }

    // ---- operands: D, N and M are the lowest bits of S numbers, the highest of D numbers

    static boolean isDouble(final int i) {
        return bit(i, 8);
    }

    private static FpFormat format(final int i) {
        return isDouble(i) ? FpFormat.DOUBLE : FpFormat.SINGLE;
    }

    static int number(final boolean wide, final int four, final int one) {
        return wide ? one << 4 | four : four << 1 | one;
    }

    static int vd(final int i, final boolean wide) {
        return number(wide, bits(i, 15, 12), bits(i, 22, 22));
    }

    static int vn(final int i, final boolean wide) {
        return number(wide, bits(i, 19, 16), bits(i, 7, 7));
    }

    static int vm(final int i, final boolean wide) {
        return number(wide, bits(i, 3, 0), bits(i, 5, 5));
    }

    private static long get(final VfpState v, final CpuState s, final boolean wide, final int n) {
        return wide ? v.d(s, n) : v.s(s, n);
    }

    private static long d(final VfpState v, final CpuState s, final int i) {
        return get(v, s, isDouble(i), vd(i, isDouble(i)));
    }

    private static long n(final VfpState v, final CpuState s, final int i) {
        return get(v, s, isDouble(i), vn(i, isDouble(i)));
    }

    private static long m(final VfpState v, final CpuState s, final int i) {
        return get(v, s, isDouble(i), vm(i, isDouble(i)));
    }

    private static void set(final VfpState v, final CpuState s, final int i, final long value) {
        set(v, s, i, isDouble(i), value);
    }

    private static void set(final VfpState v, final CpuState s, final int i, final boolean wide, final long value) {
        if (wide) {
            v.setD(s, vd(i, true), value);
        } else {
            v.setS(s, vd(i, false), value);
        }
    }

    // ---- meanings

    static long neg(final FpFormat f, final long a) {
        return a ^ f.signBit;
    }

    /** VFPExpandImm, A7.5.1. */
    static long expandImmediate(final int imm8, final boolean wide) {
        final long sign = bits(imm8, 7, 7);
        final boolean b6 = bit(imm8, 6);
        if (wide) {
            return sign << 63 | (b6 ? 0x3fcL : 0x400L) << 52 | (long) (imm8 & 0x3f) << 48;
        }
        return sign << 31 | (b6 ? 0x7cL : 0x80L) << 23 | (long) (imm8 & 0x3f) << 19;
    }

    private static void moveImmediate(final Emitter e, final int i) {
        final boolean wide = isDouble(i);
        final long value = expandImmediate(bits(i, 19, 16) << 4 | bits(i, 3, 0), wide);
        VfpMoves.write(e, vd(i, wide), wide, e.out.constant(value));
    }

    private static void moveRegister(final Emitter e, final int i) {
        final boolean wide = isDouble(i);
        VfpMoves.write(e, vd(i, wide), wide, VfpMoves.read(e, vm(i, wide), wide));
    }

    /** NZCV of a comparison, A2.7.5 FPCompare. */
    private static void compare(final VfpState v, final CpuState s, final int i, final long m) {
        final int order = FpMath.compare(v.fpscr(s), format(i), d(v, s, i), m, bit(i, 7));
        v.done(s);
        v.setNzcv(
                s,
                switch (order) {
                    case FpMath.EQUAL -> 0b0110;
                    case FpMath.LESS -> 0b1000;
                    case FpMath.GREATER -> 0b0010;
                    default -> 0b0011;
                });
    }

    private static void fromHalf(final VfpState v, final CpuState s, final int i, final int a) {
        final long half = v.s(s, vm(i, false)) >>> (bit(i, 7) ? 16 : 0) & 0xffff;
        v.setS(s, vd(i, false), FpConvert.convert(v.fpscr(s), v.half(s), FpFormat.SINGLE, half));
        v.done(s);
    }

    private static void toHalf(final VfpState v, final CpuState s, final int i, final int a) {
        final int d = vd(i, false);
        final long half = FpConvert.convert(v.fpscr(s), FpFormat.SINGLE, v.half(s), v.s(s, vm(i, false)));
        final long old = v.s(s, d);
        v.setS(s, d, bit(i, 7) ? old & 0xffff | half << 16 : old & 0xffff_0000L | half);
        v.done(s);
    }

    private static void toDouble(final VfpState v, final CpuState s, final int i, final int a) {
        final long single = v.s(s, vm(i, false));
        v.setD(s, vd(i, true), FpConvert.convert(v.fpscr(s), FpFormat.SINGLE, FpFormat.DOUBLE, single));
        v.done(s);
    }

    private static void toSingle(final VfpState v, final CpuState s, final int i, final int a) {
        final long wide = v.d(s, vm(i, true));
        v.setS(s, vd(i, false), FpConvert.convert(v.fpscr(s), FpFormat.DOUBLE, FpFormat.SINGLE, wide));
        v.done(s);
    }

    private static void fromInteger(final VfpState v, final CpuState s, final int i, final int a) {
        final boolean signed = bit(i, 7);
        final long word = v.s(s, vm(i, false));
        set(v, s, i, FpConvert.fromInteger(v.fpscr(s), format(i), Lanes.lane(2, signed, word, 0), signed, 0));
        v.done(s);
    }

    private static void toInteger(final VfpState v, final CpuState s, final int i, final int a) {
        final FpEnv env = v.fpscr(s);
        final int rounding = bit(i, 7) ? FpEnv.TO_ZERO : env.rounding;
        final long value = m(v, s, i);
        v.setS(
                s,
                vd(i, false),
                FpConvert.toIntegerSaturating(env, format(i), value, SINGLE_BITS, bit(i, 16), 0, rounding));
        v.done(s);
    }

    /** Bits of the fixed-point number, and how many of them are behind the point. */
    private static int fixedSize(final int i) {
        return bit(i, 7) ? 32 : 16;
    }

    private static int fractionBits(final int i) {
        return fixedSize(i) - (bits(i, 3, 0) << 1 | bits(i, 5, 5));
    }

    private static DecodeTable.Meaning<Emitter> fixed(final int number) {
        return (e, i) -> {
            if (fractionBits(i) < 0) {
                e.undefined();
            } else {
                e.vfp(number, i, 0);
            }
        };
    }

    private static long extend(final long value, final int width, final boolean unsigned) {
        return unsigned ? value & -1L >>> 64 - width : value << 64 - width >> 64 - width;
    }

    private static void fromFixed(final VfpState v, final CpuState s, final int i, final int a) {
        final FpEnv env = v.fpscr(s);
        env.rounding = FpEnv.NEAREST_EVEN;
        final boolean unsigned = bit(i, 16);
        final long value = extend(d(v, s, i), fixedSize(i), unsigned);
        set(v, s, i, FpConvert.fromInteger(env, format(i), value, !unsigned, fractionBits(i)));
        v.done(s);
    }

    private static void toFixed(final VfpState v, final CpuState s, final int i, final int a) {
        final boolean unsigned = bit(i, 16);
        final int size = fixedSize(i);
        final long fixed = FpConvert.toIntegerSaturating(
                v.fpscr(s), format(i), d(v, s, i), size, !unsigned, fractionBits(i), FpEnv.TO_ZERO);
        set(v, s, i, extend(fixed, size, unsigned));
        v.done(s);
    }
}
