package org.kernelentry.isa.aarch32;

import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Op;

/**
 * Parallel addition and subtraction of halves and bytes, and SEL. DDI 0406C A5.4.1, A5.4.2.
 *
 * <p>Every lane is computed in 64 bits, where it cannot overflow; signed, saturated, halved and GE follow from that one value.
 */
final class Parallel {
    // Bits 22:20 of A32: how operands and results are treated.
    static final int SIGNED = 1;
    static final int SIGNED_SATURATE = 2;
    static final int SIGNED_HALVE = 3;
    static final int UNSIGNED = 5;
    static final int UNSIGNED_SATURATE = 6;
    static final int UNSIGNED_HALVE = 7;
    // Bits 7:5 of A32: the lanes.
    static final int ADD16 = 0;
    static final int ASX = 1;
    static final int SAX = 2;
    static final int SUB16 = 3;
    static final int ADD8 = 4;
    static final int SUB8 = 7;

    private Parallel() {}

    /** d = n op m lane by lane. */
    static void emit(final Emitter e, final int kind, final int op, final int d, final int n, final int m) {
        final boolean unallocated = (kind & 3) == 0 || op == 5 || op == 6;
        if (unallocated || d == Emitter.PC || n == Emitter.PC || m == Emitter.PC) {
            e.undefined();
            return;
        }
        final BlockBuilder out = e.out;
        final int result = out.constant(0L);
        final boolean flags = kind == SIGNED || kind == UNSIGNED;
        final int ge = flags ? out.constant(0L) : Emitter.NONE;
        final int[] scratch = {out.temp(), out.temp(), out.temp(), out.temp()};
        final boolean bytes = op == ADD8 || op == SUB8;
        final int width = bytes ? 8 : 16;
        for (int lane = 0; lane < 32 / width; lane++) {
            final boolean exchange = op == ASX || op == SAX;
            final boolean subtract = op == SUB16 || op == SUB8 || op == (lane == 0 ? ASX : SAX);
            final int from = exchange ? 1 - lane : lane;
            lane(e, kind, width, subtract, scratch, extracted(n, lane), extracted(m, from));
            out.insert(result, scratch[0], lane * width, width);
            if (flags) {
                // Two GE bits stand for a half, one for a byte.
                out.insert(ge, scratch[3], lane * width / 8, 1);
                if (!bytes) {
                    out.insert(ge, scratch[3], lane * width / 8 + 1, 1);
                }
            }
        }
        if (flags) {
            out.insert(e.regs.qge, ge, 16, 4);
        }
        out.mov(d, result);
    }

    /** A register and the number of a lane in it. */
    private record Lane(int register, int number) {}

    private static Lane extracted(final int register, final int number) {
        return new Lane(register, number);
    }

    /** scratch[0] = the lane's result (low bits), scratch[3] = its GE bit. */
    private static void lane(
            final Emitter e,
            final int kind,
            final int width,
            final boolean subtract,
            final int[] scratch,
            final Lane a,
            final Lane b) {
        final BlockBuilder out = e.out;
        final boolean signed = kind < 4;
        take(e, scratch[0], a, width, signed);
        take(e, scratch[1], b, width, signed);
        out.alu(subtract ? Op.SUB : Op.ADD, scratch[0], scratch[0], scratch[1]);
        switch (kind) {
            case SIGNED -> greaterOrEqualZero(e, scratch[3], scratch[0]);
            case UNSIGNED -> {
                if (subtract) {
                    greaterOrEqualZero(e, scratch[3], scratch[0]);
                } else {
                    out.alui(Op.SHRI, scratch[3], scratch[0], width);
                }
            }
            case SIGNED_HALVE, UNSIGNED_HALVE -> out.alui(Op.SARI, scratch[0], scratch[0], 1);
            default -> clamp(e, scratch, width, signed);
        }
    }

    private static void greaterOrEqualZero(final Emitter e, final int d, final int value) {
        e.out.alui(Op.SHRI, d, value, 63);
        e.out.alui(Op.XORI, d, d, 1);
    }

    /** Limits scratch[0] without touching Q, which these instructions leave alone. */
    private static void clamp(final Emitter e, final int[] scratch, final int width, final boolean signed) {
        final BlockBuilder out = e.out;
        out.constant(scratch[1], signed ? (1L << width - 1) - 1 : (1L << width) - 1);
        out.alu(Op.LTS, scratch[2], scratch[1], scratch[0]);
        out.select(scratch[0], scratch[2], scratch[1], scratch[0]);
        out.constant(scratch[1], signed ? -(1L << width - 1) : 0L);
        out.alu(Op.LTS, scratch[2], scratch[0], scratch[1]);
        out.select(scratch[0], scratch[2], scratch[1], scratch[0]);
    }

    private static void take(final Emitter e, final int d, final Lane lane, final int width, final boolean signed) {
        e.out.alui(Op.SHRI, d, lane.register, (long) lane.number * width);
        if (width == 8) {
            e.out.unary(signed ? Op.SX8 : Op.ZX8, d, d);
        } else {
            e.out.unary(signed ? Op.SX16 : Op.ZX16, d, d);
        }
    }

    /** SEL: byte by byte from n where GE is set, else from m. */
    static void select(final Emitter e, final int d, final int n, final int m) {
        if (d == Emitter.PC || n == Emitter.PC || m == Emitter.PC) {
            e.undefined();
            return;
        }
        final BlockBuilder out = e.out;
        final int result = out.constant(0L);
        final int test = out.temp();
        final int a = out.temp();
        final int b = out.temp();
        for (int lane = 0; lane < 4; lane++) {
            out.alui(Op.ANDI, test, e.regs.qge, 1L << 16 + lane);
            out.alui(Op.SHRI, a, n, 8L * lane);
            out.alui(Op.SHRI, b, m, 8L * lane);
            out.select(a, test, a, b);
            out.insert(result, a, 8 * lane, 8);
        }
        out.mov(d, result);
    }
}
