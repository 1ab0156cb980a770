package org.kernelentry.arm64.decode;

import org.kernelentry.isa.DecodeTable;
import org.kernelentry.machine.ir.Op;

/**
 * Loads and stores of one register and of pairs: DDI 0487 C4.1.94.
 *
 * <p>Where a base register with writeback is also a register loaded (constrained unpredictable), the written-back address wins.
 */
final class LoadsAndStores {
    /** What a (size, opc) pair stands for. */
    private static final int UNALLOCATED = 0;

    private static final int STORE = 1;
    private static final int LOAD = 2;
    private static final int LOAD_SIGNED = 3;
    private static final int LOAD_SIGNED_32 = 4;
    private static final int PREFETCH = 5;

    /** Rows: size 0 to 3. Columns: opc 0 to 3. */
    private static final int[][] KIND = {
        {STORE, LOAD, LOAD_SIGNED, LOAD_SIGNED_32},
        {STORE, LOAD, LOAD_SIGNED, LOAD_SIGNED_32},
        {STORE, LOAD, LOAD_SIGNED, UNALLOCATED},
        {STORE, LOAD, PREFETCH, UNALLOCATED},
    };

    private static final int[] LOADS = {Op.LD8U, Op.LD16U, Op.LD32U, Op.LD64};
    private static final int[] SIGNED_LOADS = {Op.LD8S, Op.LD16S, Op.LD32S, Op.LD64};
    private static final int[] STORES = {Op.ST8, Op.ST16, Op.ST32, Op.ST64};

    private LoadsAndStores() {}

    static void rows(final DecodeTable<A64Emitter> t) {
        // Load register (literal)
        t.row("00 011 0 00 iiiiiiiiiiiiiiiiiii ttttt", "LDR (literal)", (e, w) -> literal(e, Op.LD32U));
        t.row("01 011 0 00 iiiiiiiiiiiiiiiiiii ttttt", "LDR (literal)", (e, w) -> literal(e, Op.LD64));
        t.row("10 011 0 00 iiiiiiiiiiiiiiiiiii ttttt", "LDRSW (literal)", (e, w) -> literal(e, Op.LD32S));
        t.row("11 011 0 00 iiiiiiiiiiiiiiiiiii ttttt", "PRFM (literal)", (e, w) -> {});
        // Load/store no-allocate pair, register pair (post-indexed, offset, pre-indexed)
        t.row("x0 101 0 0 00 0 iiiiiii uuuuu nnnnn ttttt", "STNP", (e, w) -> pair(e, STORE, Index.OFFSET));
        t.row("x0 101 0 0 00 1 iiiiiii uuuuu nnnnn ttttt", "LDNP", (e, w) -> pair(e, LOAD, Index.OFFSET));
        t.row("x0 101 0 0 01 0 iiiiiii uuuuu nnnnn ttttt", "STP", (e, w) -> pair(e, STORE, Index.POST));
        t.row("x0 101 0 0 01 1 iiiiiii uuuuu nnnnn ttttt", "LDP", (e, w) -> pair(e, LOAD, Index.POST));
        t.row("x0 101 0 0 10 0 iiiiiii uuuuu nnnnn ttttt", "STP", (e, w) -> pair(e, STORE, Index.OFFSET));
        t.row("x0 101 0 0 10 1 iiiiiii uuuuu nnnnn ttttt", "LDP", (e, w) -> pair(e, LOAD, Index.OFFSET));
        t.row("x0 101 0 0 11 0 iiiiiii uuuuu nnnnn ttttt", "STP", (e, w) -> pair(e, STORE, Index.PRE));
        t.row("x0 101 0 0 11 1 iiiiiii uuuuu nnnnn ttttt", "LDP", (e, w) -> pair(e, LOAD, Index.PRE));
        t.row("01 101 0 0 01 1 iiiiiii uuuuu nnnnn ttttt", "LDPSW", (e, w) -> pair(e, LOAD_SIGNED, Index.POST));
        t.row("01 101 0 0 10 1 iiiiiii uuuuu nnnnn ttttt", "LDPSW", (e, w) -> pair(e, LOAD_SIGNED, Index.OFFSET));
        t.row("01 101 0 0 11 1 iiiiiii uuuuu nnnnn ttttt", "LDPSW", (e, w) -> pair(e, LOAD_SIGNED, Index.PRE));
        // Load/store register: unscaled, post-indexed, unprivileged, pre-indexed, register offset, unsigned offset
        t.row("zz 111 0 00 oo 0 iiiiiiiii 00 nnnnn ttttt", "LDUR, STUR", (e, w) -> unscaled(e));
        t.row("zz 111 0 00 oo 0 iiiiiiiii 01 nnnnn ttttt", "LDR, STR (post)", (e, w) -> indexed(e, Index.POST));
        t.row("zz 111 0 00 oo 0 iiiiiiiii 10 nnnnn ttttt", "LDTR, STTR", (e, w) -> unprivileged(e));
        t.row("zz 111 0 00 oo 0 iiiiiiiii 11 nnnnn ttttt", "LDR, STR (pre)", (e, w) -> indexed(e, Index.PRE));
        t.row("zz 111 0 00 oo 1 mmmmm p1p s 10 nnnnn ttttt", "LDR, STR (register)", (e, w) -> registerOffset(e));
        t.row("zz 111 0 01 oo iiiiiiiiiiii nnnnn ttttt", "LDR, STR (unsigned)", (e, w) -> unsigned(e));
    }

    /** When the base register changes. */
    private enum Index {
        OFFSET,
        PRE,
        POST
    }

    /** The plain load of 1 << size bytes, zero-extended. */
    static int load(final int size) {
        return LOADS[size];
    }

    /** The plain store of 1 << size bytes. */
    static int store(final int size) {
        return STORES[size];
    }

    private static int kind(final A64Emitter e) {
        return KIND[e.field(31, 30)][e.field(23, 22)];
    }

    private static void literal(final A64Emitter e, final int opcode) {
        final int address = e.out.constant(e.pc + ((long) e.signed(23, 5) << 2));
        e.out.load(opcode, e.target(e.rd()), address, 0);
    }

    /** The access of the instruction's size and kind at base + displacement; loads go to slot {@code d}. */
    private static void access(
            final A64Emitter e, final int kind, final int d, final int base, final long displacement) {
        final int size = e.field(31, 30);
        switch (kind) {
            case STORE -> e.out.store(STORES[size], e.slotD(), base, displacement);
            case LOAD -> e.out.load(LOADS[size], d, base, displacement);
            case LOAD_SIGNED -> e.out.load(SIGNED_LOADS[size], d, base, displacement);
            case LOAD_SIGNED_32 -> {
                e.out.load(SIGNED_LOADS[size], d, base, displacement);
                e.out.unary(Op.ZX32, d, d);
            }
            default -> throw new IllegalArgumentException("access kind " + kind);
        }
    }

    private static void offset(final A64Emitter e, final int kind, final long displacement) {
        if (kind == UNALLOCATED) {
            e.undefined();
        } else if (kind != PREFETCH) {
            access(e, kind, e.target(e.rd()), e.base(e.rn()), displacement);
        }
    }

    private static void unscaled(final A64Emitter e) {
        offset(e, kind(e), e.signed(20, 12));
    }

    private static void unprivileged(final A64Emitter e) {
        offset(e, kind(e) == PREFETCH ? UNALLOCATED : kind(e), e.signed(20, 12));
    }

    private static void unsigned(final A64Emitter e) {
        offset(e, kind(e), (long) e.field(21, 10) << e.field(31, 30));
    }

    private static void registerOffset(final A64Emitter e) {
        final int kind = kind(e);
        if (kind == UNALLOCATED) {
            e.undefined();
        } else if (kind != PREFETCH) {
            final int base = e.base(e.rn());
            final int index = e.extended(e.slotM(), e.field(15, 13), e.bit(12) ? e.field(31, 30) : 0);
            final int address = e.temp();
            e.out.alu(Op.ADD, address, base, index);
            access(e, kind, e.target(e.rd()), address, 0);
        }
    }

    private static void indexed(final A64Emitter e, final Index index) {
        final int kind = kind(e);
        if (kind == UNALLOCATED || kind == PREFETCH) {
            e.undefined();
            return;
        }
        final int n = e.base(e.rn());
        final long displacement = e.signed(20, 12);
        final int d = e.rd() == n ? e.temp() : e.target(e.rd());
        access(e, kind, d, n, index == Index.PRE ? displacement : 0);
        e.out.alui(Op.ADDI, n, n, displacement);
    }

    private static void pair(final A64Emitter e, final int kind, final Index index) {
        final boolean bytes8 = e.bit(31);
        final int bytes = bytes8 ? 8 : 4;
        final int n = e.base(e.rn());
        final long displacement = (long) e.signed(21, 15) * bytes;
        final long first = index == Index.POST ? 0 : displacement;
        if (kind == STORE) {
            final int opcode = bytes8 ? Op.ST64 : Op.ST32;
            e.out.probeWrite(n, first, 2 * bytes);
            e.out.store(opcode, e.slotD(), n, first);
            e.out.store(opcode, e.read(e.ra()), n, first + bytes);
            if (index != Index.OFFSET) {
                e.out.alui(Op.ADDI, n, n, displacement);
            }
            return;
        }
        final int opcode = bytes8 ? Op.LD64 : kind == LOAD ? Op.LD32U : Op.LD32S;
        final boolean writeback = index != Index.OFFSET;
        // The second access reads the base and may fault, so the first result waits.
        final int one = e.temp();
        final int two = writeback && e.ra() == n ? e.temp() : e.target(e.ra());
        e.out.load(opcode, one, n, first);
        e.out.load(opcode, two, n, first + bytes);
        if (writeback) {
            e.out.alui(Op.ADDI, n, n, displacement);
        }
        if (!(writeback && e.rd() == n)) {
            e.out.mov(e.target(e.rd()), one);
        }
    }
}
