package org.kernelentry.isa.aarch32;

import static org.kernelentry.isa.aarch32.Bits.bit;
import static org.kernelentry.isa.aarch32.Bits.bits;

import org.jspecify.annotations.Nullable;
import org.kernelentry.isa.DecodeTable;
import org.kernelentry.isa.aarch32.LoadStore.Mode;
import org.kernelentry.isa.aarch32.LoadStore.Width;
import org.kernelentry.machine.ir.Op;

/** 32-bit T32 loads and stores and the table branches. DDI 0406C A6.3.5 to A6.3.10. */
final class T32LoadStore {
    private T32LoadStore() {}

    static void add(final DecodeTable<Emitter> t) {
        addMultipleAndDual(t);
        addSingle(t);
    }

    private static void addMultipleAndDual(final DecodeTable<Emitter> t) {
        t.row("1110 1000 10w0 nnnn rrrr rrrr rrrr rrrr", "STM", (e, i) -> storeMultiple(e, i, true));
        t.row("1110 1000 10w1 nnnn rrrr rrrr rrrr rrrr", "LDM, POP", (e, i) -> loadMultiple(e, i, true));
        t.row("1110 1001 00w0 nnnn rrrr rrrr rrrr rrrr", "STMDB, PUSH", (e, i) -> storeMultiple(e, i, false));
        t.row("1110 1001 00w1 nnnn rrrr rrrr rrrr rrrr", "LDMDB", (e, i) -> loadMultiple(e, i, false));
        t.row("1110 1000 0100 nnnn tttt dddd iiii iiii", "STREX", T32LoadStore::strex);
        t.row("1110 1000 0101 nnnn tttt 1111 iiii iiii", "LDREX", T32LoadStore::ldrex);
        t.row("1110 1000 1100 nnnn tttt 1111 0100 dddd", "STREXB", (e, i) -> storeExclusive(e, i, Width.BYTE));
        t.row("1110 1000 1100 nnnn tttt 1111 0101 dddd", "STREXH", (e, i) -> storeExclusive(e, i, Width.HALF));
        t.row("1110 1000 1100 nnnn tttt uuuu 0111 dddd", "STREXD", T32LoadStore::strexd);
        t.row("1110 1000 1101 nnnn 1111 0000 0000 mmmm", "TBB", (e, i) -> tableBranch(e, i, Width.BYTE));
        t.row("1110 1000 1101 nnnn 1111 0000 0001 mmmm", "TBH", (e, i) -> tableBranch(e, i, Width.HALF));
        t.row("1110 1000 1101 nnnn tttt 1111 0100 1111", "LDREXB", (e, i) -> loadExclusive(e, i, Width.BYTE));
        t.row("1110 1000 1101 nnnn tttt 1111 0101 1111", "LDREXH", (e, i) -> loadExclusive(e, i, Width.HALF));
        t.row("1110 1000 1101 nnnn tttt uuuu 0111 1111", "LDREXD", T32LoadStore::ldrexd);
        t.row("1110 1000 -10- ---- ---- ---- ---- ----", "unallocated", (e, i) -> e.undefined());
        t.row("1110 1000 u110 nnnn tttt uuuu iiii iiii", "STRD (post-indexed)", (e, i) -> dual(e, i, false));
        t.row("1110 1000 u111 nnnn tttt uuuu iiii iiii", "LDRD (post-indexed)", (e, i) -> dual(e, i, true));
        t.row("1110 1001 u1w0 nnnn tttt uuuu iiii iiii", "STRD (immediate)", (e, i) -> dual(e, i, false));
        t.row("1110 1001 u1w1 nnnn tttt uuuu iiii iiii", "LDRD (immediate)", (e, i) -> dual(e, i, true));
    }

    /** A6.3.7 to A6.3.10 by the form of the address; width and sign are fields, see {@link #width}. */
    private static void addSingle(final DecodeTable<Emitter> t) {
        t.row("1111 100s uzz1 1111 tttt iiii iiii iiii", "LDR and its kin (literal)", T32LoadStore::literal);
        t.row("1111 100s 1zzl nnnn tttt iiii iiii iiii", "LDR, STR and their kin (12 bits)", T32LoadStore::immediate12);
        t.row("1111 100s 0zzl nnnn tttt 0000 00ii mmmm", "LDR, STR and their kin (register)", T32LoadStore::register);
        t.row("1111 100s 0zzl nnnn tttt 1110 iiii iiii", "LDRT, STRT and their kin", T32LoadStore::unprivileged);
        t.row("1111 100s 0zzl nnnn tttt 1puw iiii iiii", "LDR, STR and their kin (8 bits)", T32LoadStore::immediate8);
    }

    private static int rn(final int i) {
        return bits(i, 19, 16);
    }

    private static int rt(final int i) {
        return bits(i, 15, 12);
    }

    private static int rt2(final int i) {
        return bits(i, 11, 8);
    }

    private static int rm(final int i) {
        return bits(i, 3, 0);
    }

    private static boolean loads(final int i) {
        return bit(i, 20);
    }

    /** Width by sign and size; null where there is no such access (a signed store is an Advanced SIMD one). */
    private static @Nullable Width width(final int i) {
        final boolean signed = bit(i, 24);
        if (signed && !loads(i)) {
            return null;
        }
        return switch (bits(i, 22, 21)) {
            case 0 -> signed ? Width.SIGNED_BYTE : Width.BYTE;
            case 1 -> signed ? Width.SIGNED_HALF : Width.HALF;
            case 2 -> signed ? null : Width.WORD;
            default -> null;
        };
    }

    private static void literal(final Emitter e, final int i) {
        single(e, i, bit(i, 23) ? bits(i, 11, 0) : -bits(i, 11, 0), Mode.OFFSET);
    }

    private static void immediate12(final Emitter e, final int i) {
        single(e, i, bits(i, 11, 0), Mode.OFFSET);
    }

    private static void immediate8(final Emitter e, final int i) {
        if (!bit(i, 10) && !bit(i, 8)) {
            e.undefined();
            return;
        }
        single(e, i, bit(i, 9) ? bits(i, 7, 0) : -bits(i, 7, 0), Mode.of(bit(i, 10), bit(i, 8)));
    }

    /** In user mode these are loads and stores like others, but a target of 15 is no hint. */
    private static void unprivileged(final Emitter e, final int i) {
        if (rt(i) == Emitter.PC) {
            e.undefined();
        } else {
            immediate8(e, i);
        }
    }

    private static void register(final Emitter e, final int i) {
        final int operand = Shifter.byImmediate(e, rm(i), Shifter.LSL, bits(i, 5, 4), false).value;
        single(e, i, LoadStore.offset(e, rn(i), true, operand), width(i), Mode.OFFSET);
    }

    private static void single(final Emitter e, final int i, final int displacement, final Mode mode) {
        single(e, i, LoadStore.offset(e, rn(i), displacement), width(i), mode);
    }

    private static void single(
            final Emitter e, final int i, final int address, final @Nullable Width width, final Mode mode) {
        final boolean toPc = rt(i) == Emitter.PC;
        if (width == null || !loads(i) && (toPc || rn(i) == Emitter.PC)) {
            e.undefined();
        } else if (!loads(i)) {
            LoadStore.store(e, width, rt(i), rn(i), address, mode);
        } else if (toPc && width != Width.WORD) {
            // The encodings of PLD, PLDW and PLI.
            if (mode.writeback()) {
                e.undefined();
            }
        } else {
            LoadStore.load(e, width, rt(i), rn(i), address, mode);
        }
    }

    // ---- several registers

    private static final int SP_BIT = 1 << Emitter.SP;

    private static boolean badList(final Emitter e, final int i, final int forbidden) {
        if ((bits(i, 15, 0) & forbidden) != 0 || Integer.bitCount(bits(i, 15, 0)) < 2) {
            e.undefined();
            return true;
        }
        return false;
    }

    private static void loadMultiple(final Emitter e, final int i, final boolean increment) {
        if (!badList(e, i, SP_BIT)) {
            LoadStoreMultiple.load(e, increment, !increment, bit(i, 21), rn(i), bits(i, 15, 0));
        }
    }

    private static void storeMultiple(final Emitter e, final int i, final boolean increment) {
        final int base = bit(i, 21) ? 1 << rn(i) : 0;
        if (!badList(e, i, SP_BIT | 1 << Emitter.PC | base)) {
            LoadStoreMultiple.store(e, increment, !increment, bit(i, 21), rn(i), bits(i, 15, 0));
        }
    }

    private static void dual(final Emitter e, final int i, final boolean load) {
        final int displacement = bits(i, 7, 0) << 2;
        final int address = LoadStore.offset(e, rn(i), bit(i, 23) ? displacement : -displacement);
        final Mode mode = Mode.of(bit(i, 24), bit(i, 21));
        if (load) {
            LoadStore.loadDual(e, rt(i), rt2(i), rn(i), address, mode);
        } else if (rn(i) == Emitter.PC) {
            e.undefined();
        } else {
            LoadStore.storeDual(e, rt(i), rt2(i), rn(i), address, mode);
        }
    }

    // ---- exclusives

    private static void ldrex(final Emitter e, final int i) {
        LoadStore.loadExclusive(e, Width.WORD, rt(i), Emitter.NONE, rn(i), bits(i, 7, 0) << 2);
    }

    private static void strex(final Emitter e, final int i) {
        LoadStore.storeExclusive(e, Width.WORD, rt2(i), rt(i), Emitter.NONE, rn(i), bits(i, 7, 0) << 2);
    }

    private static void loadExclusive(final Emitter e, final int i, final Width width) {
        LoadStore.loadExclusive(e, width, rt(i), Emitter.NONE, rn(i), 0);
    }

    private static void storeExclusive(final Emitter e, final int i, final Width width) {
        LoadStore.storeExclusive(e, width, rm(i), rt(i), Emitter.NONE, rn(i), 0);
    }

    private static void ldrexd(final Emitter e, final int i) {
        LoadStore.loadExclusive(e, Width.WORD, rt(i), rt2(i), rn(i), 0);
    }

    private static void strexd(final Emitter e, final int i) {
        LoadStore.storeExclusive(e, Width.WORD, rm(i), rt(i), rt2(i), rn(i), 0);
    }

    // ---- table branches

    private static void tableBranch(final Emitter e, final int i, final Width width) {
        if (rm(i) == Emitter.PC || e.insideItBlock()) {
            e.undefined();
            return;
        }
        final int index = Shifter.byImmediate(e, rm(i), Shifter.LSL, width.bytes - 1, false).value;
        final int address = e.out.temp();
        e.out.alu(Op.ADD32, address, e.read(rn(i)), index);
        final int halves = e.out.temp();
        e.out.load(width.load, halves, address, 0);
        e.out.alui(Op.SHLI32, halves, halves, 1);
        e.out.alui(Op.ADDI32, halves, halves, e.pcValue());
        e.branchWritePc(halves);
    }
}
