package org.kernelentry.isa.aarch32;

import static org.kernelentry.isa.aarch32.Bits.bit;
import static org.kernelentry.isa.aarch32.Bits.bits;

import org.kernelentry.isa.DecodeTable;
import org.kernelentry.isa.aarch32.Helpers.VfpHelper;

/**
 * Rows of Advanced SIMD, DDI 0406C A7.4 and A7.7. Patterns and fields are those of A32; T32 has U in another place and 1001 instead
 * of 0100 in front of loads and stores.
 */
final class NeonTable {
    /** Whether an encoding that fits a row is defined. */
    @FunctionalInterface
    interface Check {
        boolean allows(int insn);
    }

    private final DecodeTable<Emitter> t;
    private final boolean thumb;

    private NeonTable(final DecodeTable<Emitter> t, final boolean thumb) {
        this.t = t;
        this.thumb = thumb;
    }

    static void add(final DecodeTable<Emitter> t, final boolean thumb) {
        final NeonTable rows = new NeonTable(t, thumb);
        // With size 11 the rows of different lengths have other meanings.
        NeonMisc.add(rows);
        NeonThree.add(rows);
        NeonShift.add(rows);
        NeonWide.add(rows);
        NeonLoadStore.add(rows);
    }

    /** A row of data processing, without the leading 1111 001. */
    void data(final String pattern, final String name, final DecodeTable.Meaning<Emitter> meaning) {
        final String bits = pattern.replace(" ", "");
        final String first = bits.substring(0, 1);
        final String rest = bits.substring(1);
        if (thumb) {
            t.row(
                    "111" + first + "1111" + rest,
                    name,
                    (e, i) -> meaning.emit(e, 0xf200_0000 | i >>> 4 & 0x0100_0000 | i & 0x00ff_ffff));
        } else {
            t.row("1111001" + first + rest, name, meaning);
        }
    }

    /** A row of data processing whose meaning is a helper. */
    void data(final String pattern, final String name, final Check check, final VfpHelper helper) {
        final int number = Helpers.add(helper);
        data(pattern, name, (e, i) -> {
            if (check.allows(i)) {
                e.vfp(number, i, 0);
            } else {
                e.undefined();
            }
        });
    }

    /** A row of loads and stores, without the leading 1111 0100. */
    void memory(final String pattern, final String name, final DecodeTable.Meaning<Emitter> meaning) {
        t.row((thumb ? "1111 1001 " : "1111 0100 ") + pattern, name, meaning);
    }

    // ---- fields

    static boolean quad(final int i) {
        return bit(i, 6);
    }

    static int d(final int i) {
        return Vfp.vd(i, true);
    }

    static int n(final int i) {
        return Vfp.vn(i, true);
    }

    static int m(final int i) {
        return Vfp.vm(i, true);
    }

    /** Size of lanes, where bits 21:20 say so. */
    static int size(final int i) {
        return bits(i, 21, 20);
    }

    static boolean unsigned(final int i) {
        return bit(i, 24);
    }

    /** Q registers have even numbers. */
    static boolean even(final int i, final int... registers) {
        if (quad(i)) {
            for (final int register : registers) {
                if (bit(register, 0)) {
                    return false;
                }
            }
        }
        return true;
    }
}
