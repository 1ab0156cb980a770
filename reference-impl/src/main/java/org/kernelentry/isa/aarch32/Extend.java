package org.kernelentry.isa.aarch32;

import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Op;

/** Extension, reversal, bit fields, packing, saturation and the like. A register 15 makes them unpredictable; here undefined. */
final class Extend {
    /** Kinds of extension in the order of T32's op1 field (A32's bits 22:20 map to them). */
    enum Kind {
        SXTH(Op.SX16),
        UXTH(Op.ZX16),
        SXTB16(Op.SX8),
        UXTB16(Op.ZX8),
        SXTB(Op.SX8),
        UXTB(Op.ZX8);

        final int op;

        Kind(final int op) {
            this.op = op;
        }

        boolean twoLanes() {
            return this == SXTB16 || this == UXTB16;
        }
    }

    private Extend() {}

    private static boolean hasPc(final Emitter e, final int... registers) {
        for (final int n : registers) {
            if (n == Emitter.PC) {
                e.undefined();
                return true;
            }
        }
        return false;
    }

    /** d = extension of (m rotated right by 8 * rotation), added to register n unless n is 15. */
    static void extend(final Emitter e, final Kind kind, final int d, final int n, final int m, final int rotation) {
        if (hasPc(e, d, m)) {
            return;
        }
        final BlockBuilder out = e.out;
        final int t = out.temp();
        out.alui(Op.RORI32, t, m, 8L * rotation);
        if (kind.twoLanes()) {
            final int high = out.temp();
            out.alui(Op.SHRI, high, t, 16);
            out.unary(kind.op, high, high);
            out.unary(kind.op, t, t);
            if (n != Emitter.PC) {
                final int upper = out.temp();
                out.alui(Op.SHRI, upper, n, 16);
                out.alu(Op.ADD32, high, high, upper);
                out.alu(Op.ADD32, t, t, n);
            }
            out.insert(t, high, 16, 16);
            out.unary(Op.ZX32, d, t);
            return;
        }
        out.unary(kind.op, t, t);
        if (n == Emitter.PC) {
            out.unary(Op.ZX32, d, t);
        } else {
            out.alu(Op.ADD32, d, t, n);
        }
    }

    static void countLeadingZeros(final Emitter e, final int d, final int m) {
        if (!hasPc(e, d, m)) {
            e.out.unary(Op.CLZ32, d, m);
        }
    }

    static void reverseBits(final Emitter e, final int d, final int m) {
        if (!hasPc(e, d, m)) {
            final int t = e.out.temp();
            e.out.unary(Op.RBIT, t, m);
            e.out.alui(Op.SHRI, d, t, 32);
        }
    }

    static void reverse(final Emitter e, final int d, final int m) {
        if (!hasPc(e, d, m)) {
            e.out.unary(Op.BSWAP32, d, m);
        }
    }

    /** REV16: the bytes of each half. */
    static void reverseHalves(final Emitter e, final int d, final int m) {
        if (!hasPc(e, d, m)) {
            final int t = e.out.temp();
            e.out.unary(Op.BSWAP32, t, m);
            e.out.alui(Op.RORI32, d, t, 16);
        }
    }

    /** REVSH: the bytes of the lower half, sign-extended. */
    static void reverseSigned(final Emitter e, final int d, final int m) {
        if (!hasPc(e, d, m)) {
            final int t = e.out.temp();
            e.out.unary(Op.BSWAP32, t, m);
            e.out.alui(Op.SARI32, d, t, 16);
        }
    }

    /** SBFX, UBFX: {@code width} bits from {@code lsb} on. */
    static void extract(
            final Emitter e, final boolean signed, final int d, final int n, final int lsb, final int width) {
        if (hasPc(e, d, n)) {
            return;
        }
        if (lsb + width > 32) {
            e.undefined();
            return;
        }
        final int t = e.out.temp();
        e.out.alui(Op.SHLI32, t, n, 32 - width - lsb);
        e.out.alui(signed ? Op.SARI32 : Op.SHRI32, d, t, 32 - width);
    }

    /** BFI: bits msb to lsb of d = low bits of n; BFC where n is 15. */
    static void insert(final Emitter e, final int d, final int n, final int lsb, final int msb) {
        if (d == Emitter.PC || msb < lsb) {
            e.undefined();
            return;
        }
        e.out.insert(d, n == Emitter.PC ? e.constant(0) : n, lsb, msb - lsb + 1);
    }

    /** PKHBT, PKHTB: one half from n, the other from the shifted m. */
    static void pack(final Emitter e, final boolean topFromN, final int d, final int n, final int m, final int imm5) {
        if (hasPc(e, d, n, m)) {
            return;
        }
        final int operand = Shifter.byImmediate(e, m, topFromN ? Shifter.ASR : Shifter.LSL, imm5, false).value;
        final int t = e.out.temp();
        if (topFromN) {
            e.out.mov(t, n);
            e.out.insert(t, operand, 0, 16);
        } else {
            e.out.mov(t, operand);
            e.out.insert(t, n, 0, 16);
        }
        e.out.mov(d, t);
    }

    /** SSAT, USAT: m shifted, limited to {@code bits} bits; Q when it was limited. */
    static void saturate(
            final Emitter e,
            final boolean signed,
            final int bits,
            final int d,
            final int m,
            final boolean asr,
            final int imm5) {
        if (hasPc(e, d, m)) {
            return;
        }
        final int t = e.out.temp();
        final int shifted = Shifter.byImmediate(e, m, asr ? Shifter.ASR : Shifter.LSL, imm5, false).value;
        e.out.unary(Op.SX32, t, shifted);
        saturate(e, signed, bits, t);
        e.out.unary(Op.ZX32, d, t);
    }

    /** SSAT16, USAT16: both halves. */
    static void saturateHalves(final Emitter e, final boolean signed, final int bits, final int d, final int m) {
        if (hasPc(e, d, m)) {
            return;
        }
        final BlockBuilder out = e.out;
        final int low = out.temp();
        final int high = out.temp();
        out.unary(Op.SX16, low, m);
        out.alui(Op.SHRI, high, m, 16);
        out.unary(Op.SX16, high, high);
        saturate(e, signed, bits, low);
        saturate(e, signed, bits, high);
        out.insert(low, high, 16, 16);
        out.unary(Op.ZX32, d, low);
    }

    /** Limits the 64-bit signed slot t to {@code bits} signed or unsigned bits and sets Q when that changed it. */
    static void saturate(final Emitter e, final boolean signed, final int bits, final int t) {
        final BlockBuilder out = e.out;
        final int max = out.constant(signed ? (1L << bits - 1) - 1 : (1L << bits) - 1);
        final int min = out.constant(signed ? -(1L << bits - 1) : 0L);
        final int beyond = out.temp();
        out.alu(Op.LTS, beyond, max, t);
        out.select(t, beyond, max, t);
        e.stickyQ(beyond);
        out.alu(Op.LTS, beyond, t, min);
        out.select(t, beyond, min, t);
        e.stickyQ(beyond);
    }

    /** QADD, QSUB, QDADD, QDSUB: m plus or minus n (doubled with saturation first), saturated. */
    static void saturatingSum(
            final Emitter e, final boolean doubled, final boolean subtract, final int d, final int n, final int m) {
        if (hasPc(e, d, n, m)) {
            return;
        }
        final BlockBuilder out = e.out;
        final int a = out.temp();
        final int b = out.temp();
        out.unary(Op.SX32, a, m);
        out.unary(Op.SX32, b, n);
        if (doubled) {
            out.alui(Op.SHLI, b, b, 1);
            saturate(e, true, 32, b);
        }
        out.alu(subtract ? Op.SUB : Op.ADD, a, a, b);
        saturate(e, true, 32, a);
        out.unary(Op.ZX32, d, a);
    }
}
