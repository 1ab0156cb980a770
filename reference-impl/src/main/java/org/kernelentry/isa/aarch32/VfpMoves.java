package org.kernelentry.isa.aarch32;

import static org.kernelentry.isa.aarch32.Bits.bit;
import static org.kernelentry.isa.aarch32.Bits.bits;

import org.kernelentry.isa.DecodeTable;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Op;

/** Loads, stores and moves of the extension registers. DDI 0406C A7.6, A7.8, A7.9; in T32 the same with condition 1110. */
final class VfpMoves {
    /** VLDM and VSTM of the first registers, 32 of them. */
    private static final int REGISTERS = 32;

    private VfpMoves() {}

    /** @param c the upper four bits of the patterns */
    static void add(final DecodeTable<Emitter> t, final String c) {
        t.row(c + " 1100 0100 tttt tttt 1010 00M1 mmmm", "VMOV (to two singles)", (e, i) -> twoSingles(e, i, false));
        t.row(c + " 1100 0101 tttt tttt 1010 00M1 mmmm", "VMOV (from two singles)", (e, i) -> twoSingles(e, i, true));
        t.row(c + " 1100 0100 tttt tttt 1011 00M1 mmmm", "VMOV (to a double)", (e, i) -> oneDouble(e, i, false));
        t.row(c + " 1100 0101 tttt tttt 1011 00M1 mmmm", "VMOV (from a double)", (e, i) -> oneDouble(e, i, true));
        t.row(c + " 1101 ud00 nnnn dddd 101s iiii iiii", "VSTR", (e, i) -> single(e, i, false));
        t.row(c + " 1101 ud01 nnnn dddd 101s iiii iiii", "VLDR", (e, i) -> single(e, i, true));
        t.row(c + " 1100 1dw0 nnnn dddd 101s iiii iiii", "VSTM", (e, i) -> multiple(e, i, false));
        t.row(c + " 1100 1dw1 nnnn dddd 101s iiii iiii", "VLDM, VPOP", (e, i) -> multiple(e, i, true));
        t.row(c + " 1101 0d10 nnnn dddd 101s iiii iiii", "VSTMDB, VPUSH", (e, i) -> multiple(e, i, false));
        t.row(c + " 1101 0d11 nnnn dddd 101s iiii iiii", "VLDMDB", (e, i) -> multiple(e, i, true));
        t.row(c + " 1110 0000 nnnn tttt 1010 N001 0000", "VMOV (to a single)", (e, i) -> core(e, i, false));
        t.row(c + " 1110 0001 nnnn tttt 1010 N001 0000", "VMOV (from a single)", (e, i) -> core(e, i, true));
        t.row(c + " 1110 1110 0001 tttt 1010 0001 0000", "VMSR", VfpMoves::writeFpscr);
        t.row(c + " 1110 1111 0001 tttt 1010 0001 0000", "VMRS", VfpMoves::readFpscr);
        t.row(c + " 1110 0oo0 dddd tttt 1011 Doo1 0000", "VMOV (to a scalar)", VfpMoves::toScalar);
        t.row(c + " 1110 uoo1 nnnn tttt 1011 Noo1 0000", "VMOV (from a scalar)", VfpMoves::fromScalar);
        t.row(c + " 1110 1bq0 dddd tttt 1011 D0e1 0000", "VDUP (core register)", VfpMoves::duplicate);
    }

    // ---- registers as slots

    private static int slot(final Emitter e, final int n, final boolean wide) {
        return e.regs.vfp + (wide ? n : n >> 1);
    }

    /** Slot that holds register n: a D register itself, an S register in a temporary. */
    static int read(final Emitter e, final int n, final boolean wide) {
        if (wide) {
            return slot(e, n, true);
        }
        final int t = e.out.temp();
        if (bit(n, 0)) {
            e.out.alui(Op.SHRI, t, slot(e, n, false), 32);
        } else {
            e.out.unary(Op.ZX32, t, slot(e, n, false));
        }
        return t;
    }

    static void write(final Emitter e, final int n, final boolean wide, final int value) {
        if (wide) {
            e.out.mov(slot(e, n, true), value);
        } else {
            e.out.insert(slot(e, n, false), value, bit(n, 0) ? 32 : 0, 32);
        }
    }

    // ---- memory

    private static int rn(final int i) {
        return bits(i, 19, 16);
    }

    private static void load(final Emitter e, final int n, final boolean wide, final int address, final int at) {
        if (wide) {
            e.out.load(Op.LD64, slot(e, n, true), address, at);
        } else {
            final int t = e.out.temp();
            e.out.load(Op.LD32U, t, address, at);
            write(e, n, false, t);
        }
    }

    private static void store(final Emitter e, final int n, final boolean wide, final int address, final int at) {
        if (wide) {
            e.out.store(Op.ST64, slot(e, n, true), address, at);
        } else if (bit(n, 0)) {
            final int t = e.out.temp();
            e.out.alui(Op.SHRI, t, slot(e, n, false), 32);
            e.out.store(Op.ST32, t, address, at);
        } else {
            e.out.store(Op.ST32, slot(e, n, false), address, at);
        }
    }

    private static void single(final Emitter e, final int i, final boolean load) {
        if (!load && rn(i) == Emitter.PC && e.thumb) {
            e.undefined();
            return;
        }
        final boolean wide = Vfp.isDouble(i);
        final int displacement = bits(i, 7, 0) << 2;
        final int address = LoadStore.offset(e, rn(i), bit(i, 23) ? displacement : -displacement);
        e.checkAligned(address, 4);
        if (load) {
            load(e, Vfp.vd(i, wide), wide, address, 0);
        } else {
            store(e, Vfp.vd(i, wide), wide, address, 0);
        }
    }

    /** Registers change while the words are read: an abort leaves them unknown, the base as it was (B1.9.8). */
    private static void multiple(final Emitter e, final int i, final boolean load) {
        final boolean wide = Vfp.isDouble(i);
        final int words = bits(i, 7, 0);
        final int first = Vfp.vd(i, wide);
        final int count = wide ? words >> 1 : words;
        final boolean writeback = bit(i, 21);
        final boolean badBase = rn(i) == Emitter.PC && (writeback || e.thumb);
        if (badBase || count == 0 || first + count > REGISTERS || wide && count > 16) {
            e.undefined();
            return;
        }
        final BlockBuilder out = e.out;
        final boolean increment = bit(i, 23);
        final int start = e.plus(e.readBase(rn(i)), increment ? 0 : -4 * words);
        e.checkAligned(start, 4);
        final int t = out.temp();
        for (int k = 0; k < count; k++) {
            final int at = wide ? 8 * k : 4 * k;
            final int n = first + k;
            if (wide || !load) {
                moveOne(e, n, wide, load, start, at, t);
            } else {
                out.load(Op.LD32U, t, start, at);
                write(e, n, false, t);
            }
        }
        if (writeback) {
            out.alui(Op.ADDI32, rn(i), rn(i), increment ? 4L * words : -4L * words);
        }
    }

    private static void moveOne(
            final Emitter e,
            final int n,
            final boolean wide,
            final boolean load,
            final int address,
            final int at,
            final int temporary) {
        if (load) {
            load(e, n, wide, address, at);
        } else if (!wide && bit(n, 0)) {
            e.out.alui(Op.SHRI, temporary, slot(e, n, false), 32);
            e.out.store(Op.ST32, temporary, address, at);
        } else {
            store(e, n, wide, address, at);
        }
    }

    // ---- core registers

    private static int rt(final int i) {
        return bits(i, 15, 12);
    }

    private static boolean badPair(final Emitter e, final int i, final boolean toCore) {
        return e.bad(rt(i)) || e.bad(rn(i)) || toCore && rt(i) == rn(i);
    }

    private static void twoSingles(final Emitter e, final int i, final boolean toCore) {
        final int m = Vfp.vm(i, false);
        if (badPair(e, i, toCore) || m == REGISTERS - 1) {
            e.undefined();
        } else if (toCore) {
            e.out.mov(rt(i), read(e, m, false));
            e.out.mov(rn(i), read(e, m + 1, false));
        } else {
            write(e, m, false, rt(i));
            write(e, m + 1, false, rn(i));
        }
    }

    private static void oneDouble(final Emitter e, final int i, final boolean toCore) {
        final int slot = slot(e, Vfp.vm(i, true), true);
        if (badPair(e, i, toCore)) {
            e.undefined();
        } else if (toCore) {
            e.out.unary(Op.ZX32, rt(i), slot);
            e.out.alui(Op.SHRI, rn(i), slot, 32);
        } else {
            e.out.insert(slot, rt(i), 0, 32);
            e.out.insert(slot, rn(i), 32, 32);
        }
    }

    private static void core(final Emitter e, final int i, final boolean toCore) {
        final int n = Vfp.vn(i, false);
        if (e.bad(rt(i))) {
            e.undefined();
        } else if (toCore) {
            e.out.mov(rt(i), read(e, n, false));
        } else {
            write(e, n, false, rt(i));
        }
    }

    private static void writeFpscr(final Emitter e, final int i) {
        if (e.bad(rt(i))) {
            e.undefined();
            return;
        }
        e.out.alui(Op.ANDI, e.regs.fpcr, rt(i), Bits.u32(A32Regs.FPSCR_CONTROL));
        e.out.alui(Op.ANDI, e.regs.fpsr, rt(i), Bits.u32(A32Regs.FPSCR_STATUS));
    }

    /** VMRS; with 15 in the place of the register the flags go to the APSR. */
    private static void readFpscr(final Emitter e, final int i) {
        if (rt(i) == Emitter.PC) {
            SystemRegisters.writeFlags(e, e.regs.fpsr);
        } else if (e.bad(rt(i))) {
            e.undefined();
        } else {
            final int t = e.out.temp();
            e.out.alui(Op.ANDI, t, e.regs.fpcr, Bits.u32(A32Regs.FPSCR_CONTROL));
            final int status = e.out.temp();
            e.out.alui(Op.ANDI, status, e.regs.fpsr, Bits.u32(A32Regs.FPSCR_STATUS));
            e.out.alu(Op.OR, rt(i), t, status);
        }
    }

    /** opc1:opc2, by which A7.8 tells bytes, halfwords and words: size in bits and lane, or -1. */
    private static int lane(final int i) {
        return bits(i, 22, 21) << 2 | bits(i, 6, 5);
    }

    private static int scalarBits(final int lane) {
        return bit(lane, 3) ? 8 : bit(lane, 0) ? 16 : bits(lane, 1, 0) == 0 ? 32 : 0;
    }

    private static int scalarShift(final int lane) {
        return switch (scalarBits(lane)) {
            case 8 -> 8 * (lane & 7);
            case 16 -> 16 * (lane >>> 1 & 3);
            default -> 32 * (lane >>> 2 & 1);
        };
    }

    private static void toScalar(final Emitter e, final int i) {
        final int lane = lane(i);
        if (e.bad(rt(i)) || scalarBits(lane) == 0) {
            e.undefined();
            return;
        }
        e.out.insert(slot(e, Vfp.vn(i, true), true), rt(i), scalarShift(lane), scalarBits(lane));
    }

    private static void fromScalar(final Emitter e, final int i) {
        final int lane = lane(i);
        final int bits = scalarBits(lane);
        final boolean unsigned = bit(i, 23);
        if (e.bad(rt(i)) || bits == 0 || bits == 32 && unsigned) {
            e.undefined();
            return;
        }
        final int t = e.out.temp();
        e.out.alui(Op.SHRI, t, slot(e, Vfp.vn(i, true), true), scalarShift(lane));
        if (bits < 32) {
            e.out.unary(bits == 8 ? unsigned ? Op.ZX8 : Op.SX8 : unsigned ? Op.ZX16 : Op.SX16, t, t);
        }
        e.out.unary(Op.ZX32, rt(i), t);
    }

    private static void duplicate(final Emitter e, final int i) {
        final int size = bits(i, 22, 22) << 1 | bits(i, 5, 5);
        final int d = Vfp.vn(i, true);
        final boolean quad = bit(i, 21);
        if (e.bad(rt(i)) || size == 3 || quad && bit(d, 0)) {
            e.undefined();
            return;
        }
        final int bits = size == 0 ? 32 : size == 1 ? 16 : 8;
        final int t = e.out.temp();
        e.out.mov(t, rt(i));
        for (int have = bits; have < 64; have *= 2) {
            e.out.insert(t, t, have, have);
        }
        for (int k = 0; k < (quad ? 2 : 1); k++) {
            e.out.mov(slot(e, d + k, true), t);
        }
    }
}
