package org.kernelentry.arm64.decode;

import org.kernelentry.isa.DecodeTable;
import org.kernelentry.machine.ir.Op;

/** Data processing, immediate: DDI 0487 C4.1.92. */
final class DataProcessingImmediate {
    private DataProcessingImmediate() {}

    static void rows(final DecodeTable<A64Emitter> t) {
        // PC-relative addressing
        t.row("0 ll 10000 iiiiiiiiiiiiiiiiiii ddddd", "ADR", DataProcessingImmediate::adr);
        t.row("1 ll 10000 iiiiiiiiiiiiiiiiiii ddddd", "ADRP", DataProcessingImmediate::adrp);
        // Add/subtract (immediate)
        t.row("f 0 0 100010 h iiiiiiiiiiii nnnnn ddddd", "ADD (immediate)", (e, w) -> addSub(e, false));
        t.row("f 0 1 100010 h iiiiiiiiiiii nnnnn ddddd", "ADDS (immediate)", (e, w) -> addSubFlags(e, false));
        t.row("f 1 0 100010 h iiiiiiiiiiii nnnnn ddddd", "SUB (immediate)", (e, w) -> addSub(e, true));
        t.row("f 1 1 100010 h iiiiiiiiiiii nnnnn ddddd", "SUBS (immediate)", (e, w) -> addSubFlags(e, true));
        // Logical (immediate)
        t.row("f 00 100100 N rrrrrr ssssss nnnnn ddddd", "AND (immediate)", (e, w) -> logical(e, Op.ANDI, false));
        t.row("f 01 100100 N rrrrrr ssssss nnnnn ddddd", "ORR (immediate)", (e, w) -> logical(e, Op.ORI, false));
        t.row("f 10 100100 N rrrrrr ssssss nnnnn ddddd", "EOR (immediate)", (e, w) -> logical(e, Op.XORI, false));
        t.row("f 11 100100 N rrrrrr ssssss nnnnn ddddd", "ANDS (immediate)", (e, w) -> logical(e, Op.ANDI, true));
        // Move wide (immediate)
        t.row("f 00 100101 hh iiiiiiiiiiiiiiii ddddd", "MOVN", (e, w) -> moveWide(e, true));
        t.row("f 10 100101 hh iiiiiiiiiiiiiiii ddddd", "MOVZ", (e, w) -> moveWide(e, false));
        t.row("f 11 100101 hh iiiiiiiiiiiiiiii ddddd", "MOVK", DataProcessingImmediate::moveKeep);
        // Bitfield
        t.row("f 00 100110 N rrrrrr ssssss nnnnn ddddd", "SBFM", DataProcessingImmediate::sbfm);
        t.row("f 01 100110 N rrrrrr ssssss nnnnn ddddd", "BFM", DataProcessingImmediate::bfm);
        t.row("f 10 100110 N rrrrrr ssssss nnnnn ddddd", "UBFM", DataProcessingImmediate::ubfm);
        // Extract
        t.row("f 00 100111 N 0 mmmmm ssssss nnnnn ddddd", "EXTR", DataProcessingImmediate::extr);
    }

    private static void adr(final A64Emitter e, final int insn) {
        e.out.constant(e.target(e.rd()), e.pc + ((long) e.signed(23, 5) << 2 | e.field(30, 29)));
    }

    private static void adrp(final A64Emitter e, final int insn) {
        final long pages = (long) e.signed(23, 5) << 2 | e.field(30, 29);
        e.out.constant(e.target(e.rd()), (e.pc & -4096L) + (pages << 12));
    }

    private static long immediate(final A64Emitter e) {
        return (long) e.field(21, 10) << (e.bit(22) ? 12 : 0);
    }

    private static void addSub(final A64Emitter e, final boolean subtract) {
        final int d = e.readSp(e.rd());
        final int n = e.readSp(e.rn());
        final long value = subtract ? -immediate(e) : immediate(e);
        if (value == 0) {
            e.move(d, n);
        } else {
            e.out.alui(e.op(Op.ADDI, Op.ADDI32), d, n, value);
        }
    }

    private static void addSubFlags(final A64Emitter e, final boolean subtract) {
        e.addSubFlags(e.rd(), e.readSp(e.rn()), e.out.constant(immediate(e)), subtract);
    }

    private static void logical(final A64Emitter e, final int opcode, final boolean flags) {
        final long mask = BitMasks.decode(e.field(22, 22), e.field(21, 16), e.field(15, 10));
        if (mask == BitMasks.NONE || !e.wide() && e.bit(22)) {
            e.undefined();
            return;
        }
        final int d = flags ? e.target(e.rd()) : e.readSp(e.rd());
        e.out.alui(opcode, d, e.slotN(), e.cut(mask));
        if (!e.wide() && opcode != Op.ANDI) {
            e.out.unary(Op.ZX32, d, d);
        }
        if (flags) {
            e.logicFlags(d);
        }
    }

    private static void moveWide(final A64Emitter e, final boolean invert) {
        if (!e.wide() && e.bit(22)) {
            e.undefined();
            return;
        }
        final long value = (long) e.field(20, 5) << 16 * e.field(22, 21);
        e.out.constant(e.target(e.rd()), e.cut(invert ? ~value : value));
    }

    private static void moveKeep(final A64Emitter e, final int insn) {
        if (!e.wide() && e.bit(22)) {
            e.undefined();
            return;
        }
        final int d = e.target(e.rd());
        e.out.insert(d, e.out.constant(e.field(20, 5)), 16 * e.field(22, 21), 16);
        e.move(d, d);
    }

    /** Whether N and the two positions fit the width; emits the undefined instruction otherwise. */
    private static boolean bitfieldFits(final A64Emitter e) {
        final boolean fits = e.bit(22) == e.wide() && (e.wide() || !e.bit(21) && !e.bit(15));
        if (!fits) {
            e.undefined();
        }
        return fits;
    }

    private static long ones(final int count) {
        return count == 64 ? -1 : (1L << count) - 1;
    }

    private static void ubfm(final A64Emitter e, final int insn) {
        if (!bitfieldFits(e)) {
            return;
        }
        final int r = e.field(21, 16);
        final int s = e.field(15, 10);
        final int d = e.target(e.rd());
        final int shr = e.op(Op.SHRI, Op.SHRI32);
        final int shl = e.op(Op.SHLI, Op.SHLI32);
        if (s == e.width() - 1) {
            // LSR
            e.out.alui(shr, d, e.slotN(), r);
        } else if (s + 1 == r) {
            // LSL
            e.out.alui(shl, d, e.slotN(), e.width() - r);
        } else if (s >= r) {
            // UBFX: bits s:r to the bottom.
            final int t = e.temp();
            e.out.alui(shr, t, e.slotN(), r);
            e.out.alui(Op.ANDI, d, t, ones(s - r + 1));
        } else {
            // UBFIZ: the low s+1 bits up to where r counts from the top.
            final int t = e.temp();
            e.out.alui(Op.ANDI, t, e.slotN(), ones(s + 1));
            e.out.alui(shl, d, t, e.width() - r);
        }
    }

    private static void sbfm(final A64Emitter e, final int insn) {
        if (!bitfieldFits(e)) {
            return;
        }
        final int r = e.field(21, 16);
        final int s = e.field(15, 10);
        final int d = e.target(e.rd());
        final int t = e.temp();
        // To the top, so that bit s is the sign, and down again to its place.
        final int up = e.width() - 1 - s;
        final int down = s >= r ? up + r : up - (e.width() - r);
        e.out.alui(e.op(Op.SHLI, Op.SHLI32), t, e.slotN(), up);
        e.out.alui(e.op(Op.SARI, Op.SARI32), d, t, down);
    }

    private static void bfm(final A64Emitter e, final int insn) {
        if (!bitfieldFits(e)) {
            return;
        }
        final int r = e.field(21, 16);
        final int s = e.field(15, 10);
        final int d = e.target(e.rd());
        if (s >= r && s - r + 1 == e.width()) {
            e.move(d, e.slotN());
            return;
        }
        if (s >= r) {
            // BFXIL: bits s:r replace the bottom.
            final int t = e.temp();
            e.out.alui(e.op(Op.SHRI, Op.SHRI32), t, e.slotN(), r);
            e.out.insert(d, t, 0, s - r + 1);
        } else {
            // BFI: the low s+1 bits replace those from where r counts from the top.
            e.out.insert(d, e.slotN(), e.width() - r, s + 1);
        }
        e.move(d, d);
    }

    private static void extr(final A64Emitter e, final int insn) {
        final int lsb = e.field(15, 10);
        if (e.bit(22) != e.wide() || !e.wide() && lsb >= 32) {
            e.undefined();
            return;
        }
        final int d = e.target(e.rd());
        if (lsb == 0) {
            e.move(d, e.slotM());
            return;
        }
        final int low = e.temp();
        final int high = e.temp();
        e.out.alui(e.op(Op.SHRI, Op.SHRI32), low, e.slotM(), lsb);
        e.out.alui(e.op(Op.SHLI, Op.SHLI32), high, e.slotN(), e.width() - lsb);
        e.out.alu(Op.OR, d, high, low);
    }
}
