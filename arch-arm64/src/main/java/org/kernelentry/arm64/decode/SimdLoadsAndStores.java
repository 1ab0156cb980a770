package org.kernelentry.arm64.decode;

import org.kernelentry.arm64.A64Regs;
import org.kernelentry.isa.DecodeTable;
import org.kernelentry.machine.ir.Op;

/** Loads and stores of vector registers: DDI 0487 C4.1.94. Whole registers here, structures in {@link SimdStructures}. */
final class SimdLoadsAndStores {
    private SimdLoadsAndStores() {}

    static void rows(final DecodeTable<A64Emitter> t) {
        // Load register (literal)
        t.row("zz 011 1 00 iiiiiiiiiiiiiiiiiii ttttt", "LDR (literal, SIMD&FP)", (e, w) -> literal(e));
        // Pairs
        for (int i = 0; i < 2; i++) {
            final boolean load = i != 0;
            final String name = load ? "LDP (SIMD&FP)" : "STP (SIMD&FP)";
            final String operands = " " + i + " iiiiiii uuuuu nnnnn ttttt";
            t.row(
                    "zz 101 1 0 00" + operands,
                    load ? "LDNP (SIMD&FP)" : "STNP (SIMD&FP)",
                    (e, w) -> pair(e, load, true, false));
            t.row("zz 101 1 0 01" + operands, name, (e, w) -> pair(e, load, false, true));
            t.row("zz 101 1 0 10" + operands, name, (e, w) -> pair(e, load, true, false));
            t.row("zz 101 1 0 11" + operands, name, (e, w) -> pair(e, load, true, true));
        }
        // One register; opc is the direction and, for bytes, the fourth bit of the size
        t.row(
                "zz 111 1 00 oo 0 iiiiiiiii 00 nnnnn ttttt",
                "LDUR, STUR (SIMD&FP)",
                (e, w) -> immediate(e, e.signed(20, 12), true, false));
        t.row(
                "zz 111 1 00 oo 0 iiiiiiiii 01 nnnnn ttttt",
                "LDR, STR (post, SIMD&FP)",
                (e, w) -> immediate(e, e.signed(20, 12), false, true));
        t.row(
                "zz 111 1 00 oo 0 iiiiiiiii 11 nnnnn ttttt",
                "LDR, STR (pre, SIMD&FP)",
                (e, w) -> immediate(e, e.signed(20, 12), true, true));
        t.row("zz 111 1 00 oo 1 mmmmm p1p s 10 nnnnn ttttt", "LDR, STR (register, SIMD&FP)", (e, w) -> register(e));
        t.row(
                "zz 111 1 01 oo iiiiiiiiiiii nnnnn ttttt",
                "LDR, STR (unsigned, SIMD&FP)",
                (e, w) -> immediate(e, (long) e.field(21, 10) << size(e), true, false));
    }

    /** 0 to 4: opc<1>:size. */
    private static int size(final A64Emitter e) {
        return e.field(23, 23) << 2 | e.field(31, 30);
    }

    private static boolean fits(final A64Emitter e) {
        final boolean fits = size(e) <= 4;
        if (!fits) {
            e.undefined();
        }
        return fits;
    }

    /** Vt = 1 << size bytes at base + displacement; nothing is changed if an access faults. */
    private static void load(
            final A64Emitter e, final int size, final int register, final int base, final long displacement) {
        final int d = A64Regs.v(register);
        if (size == 4) {
            final int low = e.temp();
            e.out.load(Op.LD64, low, base, displacement);
            e.out.load(Op.LD64, d + 1, base, displacement + 8);
            e.out.mov(d, low);
        } else {
            e.out.load(LoadsAndStores.load(size), d, base, displacement);
            e.out.constant(d + 1, 0);
        }
    }

    private static void store(
            final A64Emitter e, final int size, final int register, final int base, final long displacement) {
        final int d = A64Regs.v(register);
        if (size == 4) {
            e.out.probeWrite(base, displacement, 16);
            e.out.store(Op.ST64, d, base, displacement);
            e.out.store(Op.ST64, d + 1, base, displacement + 8);
        } else {
            e.out.store(LoadsAndStores.store(size), d, base, displacement);
        }
    }

    private static void literal(final A64Emitter e) {
        final int opc = e.field(31, 30);
        if (opc == 3) {
            e.undefined();
        } else {
            load(e, opc + 2, e.rd(), e.out.constant(e.pc + ((long) e.signed(23, 5) << 2)), 0);
        }
    }

    private static void access(final A64Emitter e, final int base, final long displacement) {
        if (e.bit(22)) {
            load(e, size(e), e.rd(), base, displacement);
        } else {
            store(e, size(e), e.rd(), base, displacement);
        }
    }

    private static void immediate(
            final A64Emitter e, final long displacement, final boolean before, final boolean writeback) {
        if (fits(e)) {
            final int n = e.base(e.rn());
            access(e, n, before ? displacement : 0);
            if (writeback) {
                e.out.alui(Op.ADDI, n, n, displacement);
            }
        }
    }

    private static void register(final A64Emitter e) {
        if (fits(e)) {
            final int base = e.base(e.rn());
            final int index = e.extended(e.slotM(), e.field(15, 13), e.bit(12) ? size(e) : 0);
            final int address = e.temp();
            e.out.alu(Op.ADD, address, base, index);
            access(e, address, 0);
        }
    }

    private static void pair(final A64Emitter e, final boolean load, final boolean before, final boolean writeback) {
        final int opc = e.field(31, 30);
        if (opc == 3) {
            e.undefined();
            return;
        }
        final int size = opc + 2;
        final int bytes = 1 << size;
        final int n = e.base(e.rn());
        final long displacement = (long) e.signed(21, 15) * bytes;
        final long first = before ? displacement : 0;
        if (load) {
            loadPair(e, size, n, first);
        } else {
            e.out.probeWrite(n, first, 2 * bytes);
            store(e, size, e.rd(), n, first);
            store(e, size, e.ra(), n, first + bytes);
        }
        if (writeback) {
            e.out.alui(Op.ADDI, n, n, displacement);
        }
    }

    private static void loadPair(final A64Emitter e, final int size, final int n, final long first) {
        final int words = size == 4 ? 2 : 1;
        final int[] loaded = new int[2 * words];
        for (int i = 0; i < loaded.length; i++) {
            loaded[i] = e.temp();
            final int bytes = size == 4 ? 8 : 1 << size;
            e.out.load(size == 2 ? Op.LD32U : Op.LD64, loaded[i], n, first + (long) i * bytes);
        }
        final int[] registers = {A64Regs.v(e.rd()), A64Regs.v(e.ra())};
        for (int i = 0; i < 2; i++) {
            e.out.mov(registers[i], loaded[i * words]);
            if (words == 2) {
                e.out.mov(registers[i] + 1, loaded[2 * i + 1]);
            } else {
                e.out.constant(registers[i] + 1, 0);
            }
        }
    }
}
