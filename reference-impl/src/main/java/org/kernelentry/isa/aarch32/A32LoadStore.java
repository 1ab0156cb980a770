package org.kernelentry.isa.aarch32;

import static org.kernelentry.isa.aarch32.Bits.bit;
import static org.kernelentry.isa.aarch32.Bits.bits;

import org.kernelentry.isa.DecodeTable;
import org.kernelentry.isa.aarch32.LoadStore.Mode;
import org.kernelentry.isa.aarch32.LoadStore.Width;

/** A32 loads and stores. DDI 0406C A5.2.8 to A5.2.10, A5.3, A5.5. */
final class A32LoadStore {
    private A32LoadStore() {}

    /** Rows among the data processing ones: bits 7 and 4 are both 1. Those of LDRHT and its kin are the W bit of post-indexing. */
    static void addExclusivesAndExtra(final DecodeTable<Emitter> t) {
        t.row("cccc 0001 0000 nnnn tttt 0000 1001 mmmm", "SWP", (e, i) -> swap(e, i, Width.WORD));
        t.row("cccc 0001 0100 nnnn tttt 0000 1001 mmmm", "SWPB", (e, i) -> swap(e, i, Width.BYTE));
        t.row("cccc 0001 1000 nnnn dddd 1111 1001 tttt", "STREX", (e, i) -> storeExclusive(e, i, Width.WORD, false));
        t.row("cccc 0001 1001 nnnn tttt 1111 1001 1111", "LDREX", (e, i) -> loadExclusive(e, i, Width.WORD, false));
        t.row("cccc 0001 1010 nnnn dddd 1111 1001 tttt", "STREXD", (e, i) -> storeExclusive(e, i, Width.WORD, true));
        t.row("cccc 0001 1011 nnnn tttt 1111 1001 1111", "LDREXD", (e, i) -> loadExclusive(e, i, Width.WORD, true));
        t.row("cccc 0001 1100 nnnn dddd 1111 1001 tttt", "STREXB", (e, i) -> storeExclusive(e, i, Width.BYTE, false));
        t.row("cccc 0001 1101 nnnn tttt 1111 1001 1111", "LDREXB", (e, i) -> loadExclusive(e, i, Width.BYTE, false));
        t.row("cccc 0001 1110 nnnn dddd 1111 1001 tttt", "STREXH", (e, i) -> storeExclusive(e, i, Width.HALF, false));
        t.row("cccc 0001 1111 nnnn tttt 1111 1001 1111", "LDREXH", (e, i) -> loadExclusive(e, i, Width.HALF, false));
        t.row("cccc 000- ---- ---- ---- ---- 1001 ----", "unallocated", (e, i) -> e.undefined());
        t.row("cccc 000p u0w0 nnnn tttt 0000 1011 mmmm", "STRH (register)", (e, i) -> store(e, i, Width.HALF));
        t.row("cccc 000p u1w0 nnnn tttt iiii 1011 iiii", "STRH (immediate)", (e, i) -> store(e, i, Width.HALF));
        t.row("cccc 000p u0w1 nnnn tttt 0000 1011 mmmm", "LDRH (register)", (e, i) -> load(e, i, Width.HALF));
        t.row("cccc 000p u1w1 nnnn tttt iiii 1011 iiii", "LDRH (immediate)", (e, i) -> load(e, i, Width.HALF));
        t.row("cccc 000p u0w0 nnnn tttt 0000 1101 mmmm", "LDRD (register)", (e, i) -> dual(e, i, true));
        t.row("cccc 000p u1w0 nnnn tttt iiii 1101 iiii", "LDRD (immediate)", (e, i) -> dual(e, i, true));
        t.row("cccc 000p u0w1 nnnn tttt 0000 1101 mmmm", "LDRSB (register)", (e, i) -> load(e, i, Width.SIGNED_BYTE));
        t.row("cccc 000p u1w1 nnnn tttt iiii 1101 iiii", "LDRSB (immediate)", (e, i) -> load(e, i, Width.SIGNED_BYTE));
        t.row("cccc 000p u0w0 nnnn tttt 0000 1111 mmmm", "STRD (register)", (e, i) -> dual(e, i, false));
        t.row("cccc 000p u1w0 nnnn tttt iiii 1111 iiii", "STRD (immediate)", (e, i) -> dual(e, i, false));
        t.row("cccc 000p u0w1 nnnn tttt 0000 1111 mmmm", "LDRSH (register)", (e, i) -> load(e, i, Width.SIGNED_HALF));
        t.row("cccc 000p u1w1 nnnn tttt iiii 1111 iiii", "LDRSH (immediate)", (e, i) -> load(e, i, Width.SIGNED_HALF));
        t.row("cccc 000- ---- ---- ---- ---- 1--1 ----", "unallocated", (e, i) -> e.undefined());
    }

    /** A5.3 and A5.5. LDRT and its kin are the post-indexed forms with W set: no difference in user mode. */
    static void add(final DecodeTable<Emitter> t) {
        t.row("cccc 01-p u0w0 nnnn tttt iiii iiii iiii", "STR", (e, i) -> single(e, i, Width.WORD, false));
        t.row("cccc 01-p u0w1 nnnn tttt iiii iiii iiii", "LDR", (e, i) -> single(e, i, Width.WORD, true));
        t.row("cccc 01-p u1w0 nnnn tttt iiii iiii iiii", "STRB", (e, i) -> single(e, i, Width.BYTE, false));
        t.row("cccc 01-p u1w1 nnnn tttt iiii iiii iiii", "LDRB", (e, i) -> single(e, i, Width.BYTE, true));
        t.row("cccc 100p u0w0 nnnn rrrr rrrr rrrr rrrr", "STM", A32LoadStore::storeMultiple);
        t.row("cccc 100p u0w1 nnnn rrrr rrrr rrrr rrrr", "LDM", A32LoadStore::loadMultiple);
        // With S set LDM and STM use other modes' registers or return from an exception.
        t.row("cccc 100- -1-- ---- ---- ---- ---- ----", "LDM, STM (system)", (e, i) -> e.undefined());
    }

    private static int rn(final int i) {
        return bits(i, 19, 16);
    }

    private static int rt(final int i) {
        return bits(i, 15, 12);
    }

    private static int rm(final int i) {
        return bits(i, 3, 0);
    }

    private static Mode mode(final int i) {
        return Mode.of(bit(i, 24), bit(i, 21));
    }

    private static int plusOrMinus(final int i, final int displacement) {
        return bit(i, 23) ? displacement : -displacement;
    }

    /** Slot of base plus offset for the extra loads and stores: an 8-bit immediate or a register. */
    private static int extraOffset(final Emitter e, final int i) {
        return bit(i, 22)
                ? LoadStore.offset(e, rn(i), plusOrMinus(i, bits(i, 11, 8) << 4 | bits(i, 3, 0)))
                : LoadStore.offset(e, rn(i), bit(i, 23), e.read(rm(i)));
    }

    private static boolean byteOrHalfToPc(final Emitter e, final int i) {
        if (rt(i) == Emitter.PC) {
            e.undefined();
            return true;
        }
        return false;
    }

    private static void load(final Emitter e, final int i, final Width width) {
        if (!byteOrHalfToPc(e, i)) {
            LoadStore.load(e, width, rt(i), rn(i), extraOffset(e, i), mode(i));
        }
    }

    private static void store(final Emitter e, final int i, final Width width) {
        if (!byteOrHalfToPc(e, i)) {
            LoadStore.store(e, width, rt(i), rn(i), extraOffset(e, i), mode(i));
        }
    }

    private static void dual(final Emitter e, final int i, final boolean load) {
        final boolean offsetIsLoaded = load && !bit(i, 22) && (rm(i) & ~1) == rt(i);
        if (bit(rt(i), 0) || !bit(i, 24) && bit(i, 21) || offsetIsLoaded) {
            e.undefined();
        } else if (load) {
            LoadStore.loadDual(e, rt(i), rt(i) + 1, rn(i), extraOffset(e, i), mode(i));
        } else {
            LoadStore.storeDual(e, rt(i), rt(i) + 1, rn(i), extraOffset(e, i), mode(i));
        }
    }

    private static void single(final Emitter e, final int i, final Width width, final boolean load) {
        if (width == Width.BYTE && byteOrHalfToPc(e, i)) {
            return;
        }
        final int address;
        if (bit(i, 25)) {
            final Shifter operand = Shifter.byImmediate(e, rm(i), bits(i, 6, 5), bits(i, 11, 7), false);
            address = LoadStore.offset(e, rn(i), bit(i, 23), operand.value);
        } else {
            address = LoadStore.offset(e, rn(i), plusOrMinus(i, bits(i, 11, 0)));
        }
        if (load) {
            LoadStore.load(e, width, rt(i), rn(i), address, mode(i));
        } else {
            LoadStore.store(e, width, rt(i), rn(i), address, mode(i));
        }
    }

    private static void swap(final Emitter e, final int i, final Width width) {
        if (e.has(A32Feature.SWP)) {
            LoadStore.swap(e, width, rt(i), rm(i), rn(i));
        } else {
            e.undefined();
        }
    }

    private static void loadExclusive(final Emitter e, final int i, final Width width, final boolean dual) {
        if (dual && bit(rt(i), 0)) {
            e.undefined();
            return;
        }
        LoadStore.loadExclusive(e, width, rt(i), dual ? rt(i) + 1 : Emitter.NONE, rn(i), 0);
    }

    private static void storeExclusive(final Emitter e, final int i, final Width width, final boolean dual) {
        final int t = rm(i);
        if (dual && bit(t, 0)) {
            e.undefined();
            return;
        }
        LoadStore.storeExclusive(e, width, bits(i, 15, 12), t, dual ? t + 1 : Emitter.NONE, rn(i), 0);
    }

    private static void loadMultiple(final Emitter e, final int i) {
        LoadStoreMultiple.load(e, bit(i, 23), bit(i, 24), bit(i, 21), rn(i), bits(i, 15, 0));
    }

    private static void storeMultiple(final Emitter e, final int i) {
        LoadStoreMultiple.store(e, bit(i, 23), bit(i, 24), bit(i, 21), rn(i), bits(i, 15, 0));
    }
}
