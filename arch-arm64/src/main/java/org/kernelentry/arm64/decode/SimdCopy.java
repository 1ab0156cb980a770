package org.kernelentry.arm64.decode;

import org.kernelentry.arm64.A64Regs;
import org.kernelentry.isa.DecodeTable;
import org.kernelentry.isa.simd.LanePermutes;
import org.kernelentry.isa.simd.Lanes;
import org.kernelentry.machine.ir.Op;

/** Advanced SIMD copy, modified immediate, permute, extract and table lookup: DDI 0487 C4.1.96. */
final class SimdCopy {
    /** Both words of d = lane b of the register at a in every lane; plus the size. */
    static final int REPLICATE = replicate(0);

    static {
        for (int size = 1; size < 4; size++) {
            replicate(size);
        }
    }

    /** Both words of d = the low lane of slot a in every lane; plus the size. */
    static final int SPREAD = spread(0);

    static {
        for (int size = 1; size < 4; size++) {
            spread(size);
        }
    }

    private static final int[] ZERO_EXTEND = {Op.ZX8, Op.ZX16, Op.ZX32};
    private static final int[] SIGN_EXTEND = {Op.SX8, Op.SX16, Op.SX32};

    private SimdCopy() {}

    private static int replicate(final int size) {
        return A64Helpers.add(unit -> (s, d, a, b) -> {
            final int perWord = Lanes.count(size);
            s.r[d] = Lanes.replicate(size, Lanes.unsigned(size, s.r[a + b / perWord], b % perWord));
            s.r[d + 1] = s.r[d];
        });
    }

    private static int spread(final int size) {
        return A64Helpers.add(unit -> (s, d, a, b) -> {
            s.r[d] = Lanes.replicate(size, s.r[a]);
            s.r[d + 1] = s.r[d];
        });
    }

    static void rows(final DecodeTable<A64Emitter> t) {
        // Copy; imm5 is the index, a 1 and as many zeros as the size says
        t.row("0 q 0 01110000 iiiii 0 0000 1 nnnnn ddddd", "DUP (element)", (e, w) -> duplicate(e, e.bit(30)));
        t.row("0 q 0 01110000 iiiii 0 0001 1 nnnnn ddddd", "DUP (general)", (e, w) -> duplicateGeneral(e));
        t.row("0 q 0 01110000 iiiii 0 0101 1 nnnnn ddddd", "SMOV", (e, w) -> toGeneral(e, true));
        t.row("0 q 0 01110000 iiiii 0 0111 1 nnnnn ddddd", "UMOV", (e, w) -> toGeneral(e, false));
        t.row("0 1 0 01110000 iiiii 0 0011 1 nnnnn ddddd", "INS (general)", (e, w) -> insertGeneral(e));
        t.row("0 1 1 01110000 iiiii 0 jjjj 1 nnnnn ddddd", "INS (element)", (e, w) -> insertElement(e));
        t.row("01 0 11110000 iiiii 0 0000 1 nnnnn ddddd", "DUP (scalar)", (e, w) -> duplicateScalar(e));
        // Modified immediate; FMOV of halfwords is not there
        t.row("0 q o 0111100000 abc cccc 01 defgh ddddd", "MOVI, MVNI, ORR, BIC, FMOV", (e, w) -> immediate(e));
        // Permute
        permute(t, "001", "UZP1", (z, a, b) -> LanePermutes.unzip(z, a, b, 0), false);
        permute(t, "101", "UZP2", (z, a, b) -> LanePermutes.unzip(z, a, b, 1), false);
        permute(t, "010", "TRN1", (z, a, b) -> LanePermutes.transpose(z, a, b, 0), true);
        permute(t, "110", "TRN2", (z, a, b) -> LanePermutes.transpose(z, a, b, 1), true);
        zip(t);
        // Extract
        final int extract = extract();
        t.row("0 q 101110 000 mmmmm 0 iiii 0 nnnnn ddddd", "EXT", (e, w) -> extract(e, extract));
        // Table lookup
        table(t, "0", "TBL", true);
        table(t, "1", "TBX", false);
    }

    /** The size that imm5 encodes, or -1 with the undefined instruction emitted when there is none or it is above {@code most}. */
    private static int sizeUpTo(final A64Emitter e, final int most) {
        final int size = Integer.numberOfTrailingZeros(e.rm());
        if (size > most) {
            e.undefined();
            return -1;
        }
        return size;
    }

    private static int index(final A64Emitter e, final int size) {
        return e.rm() >> size + 1;
    }

    private static void duplicate(final A64Emitter e, final boolean full) {
        final int size = sizeUpTo(e, full ? 3 : 2);
        if (size >= 0) {
            e.helper(REPLICATE + size, e.vectorD(), e.vectorN(), index(e, size));
            if (!full) {
                e.out.constant(e.vectorD() + 1, 0);
            }
        }
    }

    private static void duplicateScalar(final A64Emitter e) {
        final int size = sizeUpTo(e, 3);
        if (size >= 0) {
            lane(e, e.vectorD(), size, index(e, size), false);
            e.out.constant(e.vectorD() + 1, 0);
        }
    }

    private static void duplicateGeneral(final A64Emitter e) {
        final int size = sizeUpTo(e, e.bit(30) ? 3 : 2);
        if (size >= 0) {
            e.helper(SPREAD + size, e.vectorD(), e.slotN(), 0);
            if (!e.bit(30)) {
                e.out.constant(e.vectorD() + 1, 0);
            }
        }
    }

    /** d = lane {@code index} of Vn, extended. */
    private static void lane(final A64Emitter e, final int d, final int size, final int index, final boolean signed) {
        final int at = index << size + 3;
        final int word = e.vectorN() + (at >> 6);
        if (size == 3) {
            e.out.mov(d, word);
            return;
        }
        final int t = e.temp();
        e.out.alui(Op.SHRI, t, word, at & 63);
        e.out.unary((signed ? SIGN_EXTEND : ZERO_EXTEND)[size], d, t);
    }

    private static void toGeneral(final A64Emitter e, final boolean signed) {
        final boolean wide = e.bit(30);
        final int size = sizeUpTo(e, signed ? wide ? 2 : 1 : wide ? 3 : 2);
        if (size < 0) {
            return;
        }
        if (!signed && wide && size != 3) {
            e.undefined();
            return;
        }
        final int d = e.target(e.rd());
        lane(e, d, size, index(e, size), signed);
        if (signed && !wide) {
            e.out.unary(Op.ZX32, d, d);
        }
    }

    /** Lane {@code index} of Vd = the low bits of slot {@code a}. */
    static void insert(final A64Emitter e, final int register, final int size, final int index, final int a) {
        final int at = index << size + 3;
        final int word = A64Regs.v(register) + (at >> 6);
        if (size == 3) {
            e.out.mov(word, a);
        } else {
            e.out.insert(word, a, at & 63, Lanes.bits(size));
        }
    }

    private static void insertGeneral(final A64Emitter e) {
        final int size = sizeUpTo(e, 3);
        if (size >= 0) {
            insert(e, e.rd(), size, index(e, size), e.slotN());
        }
    }

    private static void insertElement(final A64Emitter e) {
        final int size = sizeUpTo(e, 3);
        if (size >= 0) {
            final int t = e.temp();
            lane(e, t, size, e.field(14, 11) >> size, false);
            insert(e, e.rd(), size, index(e, size), t);
        }
    }

    // ---- modified immediate

    private static void immediate(final A64Emitter e) {
        final boolean full = e.bit(30);
        final int op = e.field(29, 29);
        final int mode = e.field(15, 12);
        if (mode == 15 && op == 1 && !full) {
            e.undefined();
            return;
        }
        long value = expand(op, mode, e.field(18, 16) << 5 | e.field(9, 5));
        final boolean combines = mode < 12 && (mode & 1) != 0;
        if (op == 1 && mode < 14) {
            value = ~value;
        }
        for (int i = 0; i < (full ? 2 : 1); i++) {
            final int d = e.vectorD() + i;
            if (combines) {
                e.out.alui(op == 0 ? Op.ORI : Op.ANDI, d, d, value);
            } else {
                e.out.constant(d, value);
            }
        }
        if (!full) {
            e.out.constant(e.vectorD() + 1, 0);
        }
    }

    /** AdvSIMDExpandImm. */
    static long expand(final int op, final int mode, final int imm8) {
        final long imm = imm8;
        switch (mode >> 1) {
            case 0, 1, 2, 3:
                return Lanes.replicate(2, imm << 8 * (mode >> 1));
            case 4, 5:
                return Lanes.replicate(1, imm << 8 * (mode >> 1 & 1));
            case 6:
                return Lanes.replicate(2, (mode & 1) == 0 ? imm << 8 | 0xff : imm << 16 | 0xffff);
            default:
                break;
        }
        if ((mode & 1) == 0) {
            if (op == 0) {
                return Lanes.replicate(0, imm);
            }
            long value = 0;
            for (int i = 0; i < 8; i++) {
                value |= (imm >>> i & 1) != 0 ? 0xffL << 8 * i : 0;
            }
            return value;
        }
        return op == 0 ? Lanes.replicate(2, expandFp(imm8, 2)) : expandFp(imm8, 3);
    }

    /** VFPExpandImm: sign, the exponent's top bit inverted and copied, four bits of fraction. */
    static long expandFp(final int imm8, final int size) {
        final int exponentBits = size == 2 ? 8 : 11;
        final int fractionBits = Lanes.bits(size) - exponentBits - 1;
        final long imm = imm8 & 0xff;
        final long sign = imm >>> 7;
        final long top = imm >>> 6 & 1;
        final long copies = top != 0 ? (1L << exponentBits - 3) - 1 : 0;
        final long exponent = (top ^ 1) << exponentBits - 1 | copies << 2 | imm >>> 4 & 3;
        return sign << Lanes.bits(size) - 1 | exponent << fractionBits | (imm & 15) << fractionBits - 4;
    }

    // ---- permute, extract, table

    @FunctionalInterface
    private interface Permutation {
        long apply(int size, long a, long b);
    }

    private static void permuteRow(
            final DecodeTable<A64Emitter> t, final String opcode, final String name, final VectorRows.Whole op) {
        new VectorRows(t).whole("0 q 001110 zz 0 mmmmm 0 " + opcode + " 10 nnnnn ddddd", name, VectorRows.BHSD, op);
    }

    /** @param byWord the words of both operands belong together; else a word of the result is of one operand's two */
    private static void permute(
            final DecodeTable<A64Emitter> t,
            final String opcode,
            final String name,
            final Permutation op,
            final boolean byWord) {
        final int odd = opcode.charAt(0) - '0';
        permuteRow(t, opcode, name, (unit, r, size, full, d, a, b) -> {
            final long low;
            if (size == 3) {
                low = r[a + odd];
                r[d + 1] = r[b + odd];
            } else if (!full) {
                low = op.apply(size, r[a], r[b]);
                r[d + 1] = 0;
            } else {
                low = byWord ? op.apply(size, r[a], r[b]) : op.apply(size, r[a], r[a + 1]);
                r[d + 1] = byWord ? op.apply(size, r[a + 1], r[b + 1]) : op.apply(size, r[b], r[b + 1]);
            }
            r[d] = low;
        });
    }

    private static void zip(final DecodeTable<A64Emitter> t) {
        for (int i = 0; i < 2; i++) {
            final int upper = i;
            permuteRow(t, upper == 0 ? "011" : "111", upper == 0 ? "ZIP1" : "ZIP2", (unit, r, size, full, d, a, b) -> {
                final int word = full ? upper : 0;
                final long x = r[a + word];
                final long y = r[b + word];
                if (size == 3) {
                    r[d] = x;
                    r[d + 1] = y;
                } else if (full) {
                    r[d] = LanePermutes.zipLow(size, x, y);
                    r[d + 1] = LanePermutes.zipHigh(size, x, y);
                } else {
                    r[d] = upper == 0 ? LanePermutes.zipLow(size, x, y) : LanePermutes.zipHigh(size, x, y);
                    r[d + 1] = 0;
                }
            });
        }
    }

    /** Helpers by the index of the first byte, for vectors of 64 bits (0 to 7) and behind them of 128 (0 to 15). */
    private static int extract() {
        int first = -1;
        for (int i = 0; i < 8 + 16; i++) {
            final boolean full = i >= 8;
            final int at = full ? i - 8 : i;
            final int number = A64Helpers.add(unit -> (s, d, a, b) -> {
                final long[] r = s.r;
                final long low = full && at >= 8
                        ? LanePermutes.extract(r[a + 1], r[b], at - 8)
                        : LanePermutes.extract(r[a], full ? r[a + 1] : r[b], at);
                if (!full) {
                    r[d + 1] = 0;
                } else if (at >= 8) {
                    r[d + 1] = LanePermutes.extract(r[b], r[b + 1], at - 8);
                } else {
                    r[d + 1] = LanePermutes.extract(r[a + 1], r[b], at);
                }
                r[d] = low;
            });
            first = first < 0 ? number : first;
        }
        return first;
    }

    private static void extract(final A64Emitter e, final int first) {
        final int at = e.field(14, 11);
        if (!e.bit(30) && at > 7) {
            e.undefined();
        } else {
            e.helper(first + (e.bit(30) ? 8 : 0) + at, e.vectorD(), e.vectorN(), e.vectorM());
        }
    }

    private static void table(final DecodeTable<A64Emitter> t, final String op, final String name, final boolean zero) {
        final int first = tableHelper(1, zero);
        for (int registers = 2; registers <= 4; registers++) {
            tableHelper(registers, zero);
        }
        t.row("0 q 001110 000 mmmmm 0 ll " + op + " 00 nnnnn ddddd", name, (e, w) -> {
            e.helper(first + e.field(14, 13), e.vectorD(), e.rn(), e.vectorM());
            if (!e.bit(30)) {
                e.out.constant(e.vectorD() + 1, 0);
            }
        });
    }

    /** a is the number of the first register; V0 follows V31. */
    private static int tableHelper(final int registers, final boolean zero) {
        return A64Helpers.add(unit -> {
            final int[] slots = new int[2 * registers];
            return (s, d, a, b) -> {
                for (int i = 0; i < registers; i++) {
                    slots[2 * i] = A64Regs.v(a + i & 31);
                    slots[2 * i + 1] = slots[2 * i] + 1;
                }
                final long[] r = s.r;
                final long low = LanePermutes.table(r, slots, 2 * registers, r[b], zero ? 0 : r[d]);
                r[d + 1] = LanePermutes.table(r, slots, 2 * registers, r[b + 1], zero ? 0 : r[d + 1]);
                r[d] = low;
            };
        });
    }
}
