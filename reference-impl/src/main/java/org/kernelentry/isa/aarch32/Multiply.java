package org.kernelentry.isa.aarch32;

import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Op;

/** Multiplication and division. A register 15 makes all of them unpredictable; here undefined. */
final class Multiply {
    /** Half of a register that is multiplied. */
    static final int BOTTOM = 0;

    static final int TOP = 1;

    private Multiply() {}

    private static boolean hasPc(final Emitter e, final int... registers) {
        for (final int n : registers) {
            if (n == Emitter.PC) {
                e.undefined();
                return true;
            }
        }
        return false;
    }

    /** d = n * m, plus a when a is a register; flags N and Z when s. */
    static void multiply(final Emitter e, final boolean s, final int d, final int n, final int m, final int a) {
        if (hasPc(e, d, n, m, a)) {
            return;
        }
        final int product = e.out.temp();
        e.out.alu(Op.MUL32, product, n, m);
        if (a != Emitter.NONE) {
            e.out.alu(Op.ADD32, product, product, a);
        }
        e.out.mov(d, product);
        if (s) {
            e.flagsLogical(product, Emitter.NONE);
        }
    }

    /** MLS: d = a - n * m. */
    static void subtract(final Emitter e, final int d, final int n, final int m, final int a) {
        if (hasPc(e, d, n, m, a)) {
            return;
        }
        final int product = e.out.temp();
        e.out.alu(Op.MUL32, product, n, m);
        e.out.alu(Op.SUB32, d, a, product);
    }

    /** hi:lo = n * m, plus hi:lo when {@code accumulate}. */
    static void multiplyLong(
            final Emitter e,
            final boolean signed,
            final boolean accumulate,
            final boolean s,
            final int lo,
            final int hi,
            final int n,
            final int m) {
        if (hasPc(e, lo, hi, n, m)) {
            return;
        }
        final BlockBuilder out = e.out;
        final int product = out.temp();
        out.alu(Op.MUL, product, widened(e, signed, n), widened(e, signed, m));
        if (accumulate) {
            out.alu(Op.ADD, product, product, pair(e, lo, hi));
        }
        if (s) {
            e.flagsResult(product, Emitter.NONE, 64);
        }
        split(e, product, lo, hi);
    }

    /** UMAAL: hi:lo = n * m + hi + lo. */
    static void multiplyAddAdd(final Emitter e, final int lo, final int hi, final int n, final int m) {
        if (hasPc(e, lo, hi, n, m)) {
            return;
        }
        final int product = e.out.temp();
        e.out.alu(Op.MUL, product, n, m);
        e.out.alu(Op.ADD, product, product, lo);
        e.out.alu(Op.ADD, product, product, hi);
        split(e, product, lo, hi);
    }

    private static int widened(final Emitter e, final boolean signed, final int n) {
        if (!signed) {
            return n;
        }
        final int t = e.out.temp();
        e.out.unary(Op.SX32, t, n);
        return t;
    }

    /** hi:lo as one 64-bit value. */
    private static int pair(final Emitter e, final int lo, final int hi) {
        final int t = e.out.temp();
        e.out.alui(Op.SHLI, t, hi, 32);
        e.out.alu(Op.OR, t, t, lo);
        return t;
    }

    private static void split(final Emitter e, final int value, final int lo, final int hi) {
        e.out.unary(Op.ZX32, lo, value);
        e.out.alui(Op.SHRI, hi, value, 32);
    }

    private static int half(final Emitter e, final int n, final int which) {
        final int t = e.out.temp();
        if (which == TOP) {
            e.out.alui(Op.SHRI, t, n, 16);
            e.out.unary(Op.SX16, t, t);
        } else {
            e.out.unary(Op.SX16, t, n);
        }
        return t;
    }

    /** SMULxy, SMLAxy: halves multiplied, plus a with Q on overflow when a is a register. */
    static void halves(
            final Emitter e, final int d, final int n, final int nHalf, final int m, final int mHalf, final int a) {
        if (hasPc(e, d, n, m, a)) {
            return;
        }
        final int product = e.out.temp();
        e.out.alu(Op.MUL, product, half(e, n, nHalf), half(e, m, mHalf));
        accumulate(e, d, product, a);
    }

    /** SMULWy, SMLAWy: the upper 32 of the 48 bits of word times half, plus a with Q on overflow. */
    static void wordHalf(final Emitter e, final int d, final int n, final int m, final int mHalf, final int a) {
        if (hasPc(e, d, n, m, a)) {
            return;
        }
        final int product = e.out.temp();
        e.out.alu(Op.MUL, product, widened(e, true, n), half(e, m, mHalf));
        e.out.alui(Op.SARI, product, product, 16);
        accumulate(e, d, product, a);
    }

    /** SMLALxy: hi:lo += half * half. */
    static void halvesLong(
            final Emitter e, final int lo, final int hi, final int n, final int nHalf, final int m, final int mHalf) {
        if (hasPc(e, lo, hi, n, m)) {
            return;
        }
        final int product = e.out.temp();
        e.out.alu(Op.MUL, product, half(e, n, nHalf), half(e, m, mHalf));
        e.out.alu(Op.ADD, product, product, pair(e, lo, hi));
        split(e, product, lo, hi);
    }

    /**
     * SMUAD, SMUSD, SMLAD, SMLSD: the sum or difference of two products of halves, plus a.
     *
     * @param exchange multiply bottom by top and top by bottom
     */
    static void dual(
            final Emitter e,
            final boolean difference,
            final boolean exchange,
            final int d,
            final int n,
            final int m,
            final int a) {
        if (hasPc(e, d, n, m, a)) {
            return;
        }
        accumulate(e, d, dualProduct(e, difference, exchange, n, m), a);
    }

    /** SMLALD, SMLSLD: hi:lo += the sum or difference of two products of halves. */
    static void dualLong(
            final Emitter e,
            final boolean difference,
            final boolean exchange,
            final int lo,
            final int hi,
            final int n,
            final int m) {
        if (hasPc(e, lo, hi, n, m)) {
            return;
        }
        final int sum = dualProduct(e, difference, exchange, n, m);
        e.out.alu(Op.ADD, sum, sum, pair(e, lo, hi));
        split(e, sum, lo, hi);
    }

    private static int dualProduct(
            final Emitter e, final boolean difference, final boolean exchange, final int n, final int m) {
        final int first = e.out.temp();
        final int second = e.out.temp();
        e.out.alu(Op.MUL, first, half(e, n, BOTTOM), half(e, m, exchange ? TOP : BOTTOM));
        e.out.alu(Op.MUL, second, half(e, n, TOP), half(e, m, exchange ? BOTTOM : TOP));
        e.out.alu(difference ? Op.SUB : Op.ADD, first, first, second);
        return first;
    }

    /** d = the low word of {@code product} + a; Q is set when the sum does not fit in 32 signed bits. */
    private static void accumulate(final Emitter e, final int d, final int product, final int a) {
        final BlockBuilder out = e.out;
        if (a != Emitter.NONE) {
            out.alu(Op.ADD, product, product, widened(e, true, a));
        }
        final int narrow = out.temp();
        out.unary(Op.SX32, narrow, product);
        final int same = out.temp();
        out.alu(Op.EQ, same, narrow, product);
        out.alui(Op.XORI, same, same, 1);
        e.stickyQ(same);
        out.unary(Op.ZX32, d, product);
    }

    /** SMMUL, SMMLA, SMMLS: the upper word of the product (rounded when asked), added to or subtracted from a. */
    static void mostSignificant(
            final Emitter e,
            final boolean subtract,
            final boolean round,
            final int d,
            final int n,
            final int m,
            final int a) {
        if (hasPc(e, d, n, m, a)) {
            return;
        }
        final BlockBuilder out = e.out;
        final int product = out.temp();
        out.alu(Op.MUL, product, widened(e, true, n), widened(e, true, m));
        if (a != Emitter.NONE) {
            final int high = out.temp();
            out.alui(Op.SHLI, high, a, 32);
            out.alu(subtract ? Op.SUB : Op.ADD, product, high, product);
        }
        if (round) {
            final int half = out.constant(0x8000_0000L);
            out.alu(Op.ADD, product, product, half);
        }
        out.alui(Op.SHRI, d, product, 32);
    }

    /** SDIV and UDIV: rounding towards zero; a division by 0 gives 0, as ARMv7-A always does. */
    static void divide(final Emitter e, final boolean signed, final int d, final int n, final int m) {
        if (hasPc(e, d, n, m)) {
            return;
        }
        e.out.alu(signed ? Op.SDIV32 : Op.UDIV32, d, n, m);
    }

    /** USAD8, USADA8: the sum of the absolute differences of four bytes, plus a. */
    static void absoluteDifferences(final Emitter e, final int d, final int n, final int m, final int a) {
        if (hasPc(e, d, n, m, a)) {
            return;
        }
        final BlockBuilder out = e.out;
        final int sum = a == Emitter.NONE ? out.constant(0L) : out.temp();
        if (a != Emitter.NONE) {
            out.mov(sum, a);
        }
        final int x = out.temp();
        final int y = out.temp();
        final int sign = out.temp();
        for (int lane = 0; lane < 4; lane++) {
            out.alui(Op.SHRI, x, n, 8L * lane);
            out.unary(Op.ZX8, x, x);
            out.alui(Op.SHRI, y, m, 8L * lane);
            out.unary(Op.ZX8, y, y);
            out.alu(Op.SUB, x, x, y);
            out.alui(Op.SARI, sign, x, 63);
            out.alu(Op.XOR, x, x, sign);
            out.alu(Op.SUB, x, x, sign);
            out.alu(Op.ADD32, sum, sum, x);
        }
        out.mov(d, sum);
    }
}
