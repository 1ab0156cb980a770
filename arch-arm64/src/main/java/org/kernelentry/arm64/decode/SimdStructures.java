package org.kernelentry.arm64.decode;

import org.kernelentry.arm64.A64Regs;
import org.kernelentry.isa.DecodeTable;
import org.kernelentry.isa.simd.Lanes;
import org.kernelentry.machine.ir.Op;

/**
 * Loads and stores of structures, LD1 to LD4 and ST1 to ST4: DDI 0487 C4.1.94.
 *
 * <p>What is loaded goes to temporaries first, so that a fault changes nothing; helpers put elements into place.
 */
final class SimdStructures {
    /** First helpers by the structure's elements, 2 to 4. */
    private static final int[] DEINTERLEAVE = new int[5];

    private static final int[] INTERLEAVE = new int[5];

    static {
        for (int elements = 2; elements <= 4; elements++) {
            final int n = elements;
            DEINTERLEAVE[n] = VectorRows.whole((unit, r, size, full, d, a, b) -> deinterleave(r, n, size, full, d, a));
            INTERLEAVE[n] = VectorRows.whole((unit, r, size, full, d, a, b) -> interleave(r, n, size, full, d, a));
        }
    }

    private SimdStructures() {}

    static void rows(final DecodeTable<A64Emitter> t) {
        for (int i = 0; i < 2; i++) {
            final boolean load = i != 0;
            final String x = load ? "LD" : "ST";
            // Multiple structures, and post-indexed
            multiple(t, load, "0010", x + "1 (4 registers)", 4, 1);
            multiple(t, load, "0110", x + "1 (3 registers)", 3, 1);
            multiple(t, load, "1010", x + "1 (2 registers)", 2, 1);
            multiple(t, load, "0111", x + "1 (1 register)", 1, 1);
            multiple(t, load, "1000", x + "2", 2, 2);
            multiple(t, load, "0100", x + "3", 3, 3);
            multiple(t, load, "0000", x + "4", 4, 4);
            // Single structure, and post-indexed: R and the lowest bit of the opcode are the elements
            for (int elements = 1; elements <= 4; elements++) {
                single(t, load, x + elements + " (single)", elements);
            }
        }
        for (int elements = 1; elements <= 4; elements++) {
            replicating(t, "LD" + elements + "R", elements);
        }
    }

    /** Adds the bytes transferred, or Xm, to the base. */
    private static void writeback(final A64Emitter e, final int n, final int bytes) {
        if (e.bit(23)) {
            if (e.rm() == 31) {
                e.out.alui(Op.ADDI, n, n, bytes);
            } else {
                e.out.alu(Op.ADD, n, n, e.rm());
            }
        }
    }

    private static int register(final A64Emitter e, final int i) {
        return A64Regs.v(e.rd() + i & 31);
    }

    // ---- multiple structures

    private static void multiple(
            final DecodeTable<A64Emitter> t,
            final boolean load,
            final String opcode,
            final String name,
            final int registers,
            final int elements) {
        final String direction = load ? "1" : "0";
        final DecodeTable.Meaning<A64Emitter> meaning = (e, w) -> {
            if (elements > 1 && e.field(11, 10) == 3 && !e.bit(30)) {
                e.undefined();
            } else if (load) {
                loadMultiple(e, registers, elements);
            } else {
                storeMultiple(e, registers, elements);
            }
        };
        t.row("0 q 0011000 " + direction + " 0 00000 " + opcode + " zz nnnnn ttttt", name, meaning);
        t.row("0 q 0011001 " + direction + " 0 mmmmm " + opcode + " zz nnnnn ttttt", name + " (post)", meaning);
    }

    private static void loadMultiple(final A64Emitter e, final int registers, final int elements) {
        final int n = e.base(e.rn());
        final int words = e.bit(30) ? 2 : 1;
        final int first = e.temp();
        for (int i = 1; i < registers * words; i++) {
            e.temp();
        }
        for (int i = 0; i < registers * words; i++) {
            e.out.load(Op.LD64, first + i, n, 8L * i);
        }
        if (elements > 1) {
            e.helper(VectorRows.vector(e, DEINTERLEAVE[elements], e.field(11, 10)), e.rd(), first, 0);
        } else {
            for (int i = 0; i < registers; i++) {
                e.out.mov(register(e, i), first + i * words);
                if (words == 2) {
                    e.out.mov(register(e, i) + 1, first + 2 * i + 1);
                } else {
                    e.out.constant(register(e, i) + 1, 0);
                }
            }
        }
        writeback(e, n, registers * words * 8);
    }

    private static void storeMultiple(final A64Emitter e, final int registers, final int elements) {
        final int n = e.base(e.rn());
        final int words = e.bit(30) ? 2 : 1;
        final int first = e.temp();
        for (int i = 1; i < registers * words; i++) {
            e.temp();
        }
        if (elements > 1) {
            e.helper(VectorRows.vector(e, INTERLEAVE[elements], e.field(11, 10)), first, e.rd(), 0);
        } else {
            for (int i = 0; i < registers * words; i++) {
                e.out.mov(first + i, register(e, i / words) + i % words);
            }
        }
        e.out.probeWrite(n, 0, registers * words * 8);
        for (int i = 0; i < registers * words; i++) {
            e.out.store(Op.ST64, first + i, n, 8L * i);
        }
        writeback(e, n, registers * words * 8);
    }

    /** The words behind slot {@code from} are structures; register number {@code to} and those behind it get their elements. */
    private static void deinterleave(
            final long[] r, final int elements, final int size, final boolean full, final int to, final int from) {
        final int lanes = Lanes.count(size);
        for (int k = 0; k < elements; k++) {
            final int d = A64Regs.v(to + k & 31);
            for (int word = 0; word < (full ? 2 : 1); word++) {
                long result = 0;
                for (int i = 0; i < lanes; i++) {
                    final int element = (word * lanes + i) * elements + k;
                    result = Lanes.with(
                            size, result, i, Lanes.unsigned(size, r[from + element / lanes], element % lanes));
                }
                r[d + word] = result;
            }
            if (!full) {
                r[d + 1] = 0;
            }
        }
    }

    private static void interleave(
            final long[] r, final int elements, final int size, final boolean full, final int to, final int from) {
        final int lanes = Lanes.count(size);
        final int words = full ? 2 : 1;
        for (int word = 0; word < elements * words; word++) {
            long result = 0;
            for (int i = 0; i < lanes; i++) {
                final int element = word * lanes + i;
                final int d = A64Regs.v(from + element % elements & 31);
                final int lane = element / elements;
                result = Lanes.with(size, result, i, Lanes.unsigned(size, r[d + lane / lanes], lane % lanes));
            }
            r[to + word] = result;
        }
    }

    // ---- single structures

    private static String pattern(final boolean post, final boolean load, final int elements, final String opcode) {
        // R is set for two and four elements, the lowest bit of the opcode for three and four.
        return "0 q 001101 " + (post ? "1" : "0") + (load ? " 1 " : " 0 ") + (elements - 1 & 1)
                + (post ? " mmmmm " : " 00000 ") + opcode + (elements - 1 >> 1) + " s zz nnnnn ttttt";
    }

    private static void single(
            final DecodeTable<A64Emitter> t, final boolean load, final String name, final int elements) {
        final String[] opcodes = {"00", "01", "10"};
        for (final String opcode : opcodes) {
            final int scale = Integer.parseInt(opcode, 2);
            final DecodeTable.Meaning<A64Emitter> meaning = (e, w) -> lane(e, load, elements, scale);
            t.row(pattern(false, load, elements, opcode), name, meaning);
            t.row(pattern(true, load, elements, opcode), name + " (post)", meaning);
        }
    }

    /** Size and index from scale, Q, S and size; emits the undefined instruction where that is not allocated. */
    private static void lane(final A64Emitter e, final boolean load, final int elements, final int scale) {
        final int field = e.field(11, 10);
        final int whole = e.field(30, 30) << 3 | e.field(12, 12) << 2 | field;
        final int size;
        if (scale == 2 && field == 1 && !e.bit(12)) {
            size = 3;
        } else if (scale == 0 || scale == 1 && (field & 1) == 0 || scale == 2 && field == 0) {
            size = scale;
        } else {
            e.undefined();
            return;
        }
        final int index = whole >> size;
        final int bytes = 1 << size;
        final int n = e.base(e.rn());
        final int[] values = new int[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = e.temp();
            if (load) {
                e.out.load(LoadsAndStores.load(size), values[i], n, (long) i * bytes);
            } else {
                final int at = index << size + 3;
                e.out.alui(Op.SHRI, values[i], register(e, i) + (at >> 6), at & 63);
            }
        }
        if (!load) {
            e.out.probeWrite(n, 0, elements * bytes);
        }
        for (int i = 0; i < elements; i++) {
            if (load) {
                SimdCopy.insert(e, e.rd() + i & 31, size, index, values[i]);
            } else {
                e.out.store(LoadsAndStores.store(size), values[i], n, (long) i * bytes);
            }
        }
        writeback(e, n, elements * bytes);
    }

    private static void replicating(final DecodeTable<A64Emitter> t, final String name, final int elements) {
        final DecodeTable.Meaning<A64Emitter> meaning = (e, w) -> replicate(e, elements);
        final String opcode = "11";
        t.row(pattern(false, true, elements, opcode).replace('s', '0'), name, meaning);
        t.row(pattern(true, true, elements, opcode).replace('s', '0'), name + " (post)", meaning);
    }

    private static void replicate(final A64Emitter e, final int elements) {
        final int size = e.field(11, 10);
        final int bytes = 1 << size;
        final int n = e.base(e.rn());
        final int[] values = new int[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = e.temp();
            e.out.load(LoadsAndStores.load(size), values[i], n, (long) i * bytes);
        }
        for (int i = 0; i < elements; i++) {
            e.helper(SimdCopy.SPREAD + size, register(e, i), values[i], 0);
            if (!e.bit(30)) {
                e.out.constant(register(e, i) + 1, 0);
            }
        }
        writeback(e, n, elements * bytes);
    }
}
