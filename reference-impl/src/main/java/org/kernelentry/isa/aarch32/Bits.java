package org.kernelentry.isa.aarch32;

/** Fields of encodings. */
final class Bits {
    private Bits() {}

    /** Bits [hi:lo] of {@code insn}. */
    static int bits(final int insn, final int hi, final int lo) {
        return insn >>> lo & (1 << hi - lo + 1) - 1;
    }

    static boolean bit(final int insn, final int at) {
        return (insn >>> at & 1) != 0;
    }

    /** The low {@code width} bits as a signed number. */
    static int signed(final int value, final int width) {
        return value << 32 - width >> 32 - width;
    }

    static long u32(final int value) {
        return value & 0xffff_ffffL;
    }
}
