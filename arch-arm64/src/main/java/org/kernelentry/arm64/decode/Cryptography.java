package org.kernelentry.arm64.decode;

import org.kernelentry.isa.DecodeTable;
import org.kernelentry.isa.simd.Aes;
import org.kernelentry.isa.simd.Sha;

/** Cryptographic AES, three-register SHA and two-register SHA: DDI 0487 C4.1.96. */
final class Cryptography {
    private Cryptography() {}

    static void rows(final DecodeTable<A64Emitter> t) {
        aes(t, "00100", "AESE", (r, d, a, b) -> substitute(r, d, a, false));
        aes(t, "00101", "AESD", (r, d, a, b) -> substitute(r, d, a, true));
        aes(t, "00110", "AESMC", (r, d, a, b) -> mix(r, d, a, false));
        aes(t, "00111", "AESIMC", (r, d, a, b) -> mix(r, d, a, true));
        three(t, "000", "SHA1C", (r, d, a, b) -> sha1(Sha.Function.CHOOSE, r, d, a, b));
        three(t, "001", "SHA1P", (r, d, a, b) -> sha1(Sha.Function.PARITY, r, d, a, b));
        three(t, "010", "SHA1M", (r, d, a, b) -> sha1(Sha.Function.MAJORITY, r, d, a, b));
        three(t, "011", "SHA1SU0", (r, d, a, b) -> {
            final int[] x = words(r, d);
            Sha.sha1Schedule0(x, words(r, a), words(r, b));
            put(r, d, x);
        });
        three(t, "100", "SHA256H", (r, d, a, b) -> {
            final int[] x = words(r, d);
            Sha.sha256(x, words(r, a), words(r, b));
            put(r, d, x);
        });
        three(t, "101", "SHA256H2", (r, d, a, b) -> {
            final int[] y = words(r, d);
            Sha.sha256(words(r, a), y, words(r, b));
            put(r, d, y);
        });
        three(t, "110", "SHA256SU1", (r, d, a, b) -> {
            final int[] x = words(r, d);
            Sha.sha256Schedule1(x, words(r, a), words(r, b));
            put(r, d, x);
        });
        two(t, "00000", "SHA1H", (r, d, a, b) -> {
            r[d] = Integer.rotateLeft((int) r[a], 30) & 0xffff_ffffL;
            r[d + 1] = 0;
        });
        two(t, "00001", "SHA1SU1", (r, d, a, b) -> {
            final int[] x = words(r, d);
            Sha.sha1Schedule1(x, words(r, a));
            put(r, d, x);
        });
        two(t, "00010", "SHA256SU0", (r, d, a, b) -> {
            final int[] x = words(r, d);
            Sha.sha256Schedule0(x, words(r, a));
            put(r, d, x);
        });
    }

    /** What is done to the registers at slots d, a and b. */
    @FunctionalInterface
    private interface Operation {
        void apply(long[] r, int d, int a, int b);
    }

    private static void row(
            final DecodeTable<A64Emitter> t, final String pattern, final String name, final Operation op) {
        final int number = A64Helpers.add(unit -> (s, d, a, b) -> op.apply(s.r, d, a, b));
        t.row(pattern, name, (e, w) -> e.helper(number, e.vectorD(), e.vectorN(), e.vectorM()));
    }

    private static void aes(
            final DecodeTable<A64Emitter> t, final String opcode, final String name, final Operation op) {
        row(t, "0100 1110 00 10100 " + opcode + " 10 nnnnn ddddd", name, op);
    }

    private static void three(
            final DecodeTable<A64Emitter> t, final String opcode, final String name, final Operation op) {
        row(t, "0101 1110 00 0 mmmmm 0 " + opcode + " 00 nnnnn ddddd", name, op);
    }

    private static void two(
            final DecodeTable<A64Emitter> t, final String opcode, final String name, final Operation op) {
        row(t, "0101 1110 00 10100 " + opcode + " 10 nnnnn ddddd", name, op);
    }

    private static int[] words(final long[] r, final int slot) {
        return new int[] {(int) r[slot], (int) (r[slot] >>> 32), (int) r[slot + 1], (int) (r[slot + 1] >>> 32)};
    }

    private static void put(final long[] r, final int slot, final int[] words) {
        r[slot] = words[0] & 0xffff_ffffL | (long) words[1] << 32;
        r[slot + 1] = words[2] & 0xffff_ffffL | (long) words[3] << 32;
    }

    private static void substitute(final long[] r, final int d, final int a, final boolean inverse) {
        final long low = r[d] ^ r[a];
        final long high = r[d + 1] ^ r[a + 1];
        r[d] = Aes.substituteAndShift(low, high, inverse, 0);
        r[d + 1] = Aes.substituteAndShift(low, high, inverse, 1);
    }

    private static void mix(final long[] r, final int d, final int a, final boolean inverse) {
        final long low = Aes.mixColumns(r[a], inverse);
        r[d + 1] = Aes.mixColumns(r[a + 1], inverse);
        r[d] = low;
    }

    private static void sha1(final Sha.Function function, final long[] r, final int d, final int a, final int b) {
        final int[] x = words(r, d);
        Sha.sha1(function, x, (int) r[a], words(r, b));
        put(r, d, x);
    }
}
