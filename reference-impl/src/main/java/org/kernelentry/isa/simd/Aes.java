package org.kernelentry.isa.simd;

/** Parts of a round of AES (FIPS 197, 5.1 and 5.3) on a state of two words: byte i is row i mod 4 of column i / 4. */
public final class Aes {
    private static final int BYTES = 16;
    private static final int[] SUB = new int[256];
    private static final int[] INVERSE_SUB = new int[256];

    static {
        // The inverse in GF(2^8), then the affine transformation: FIPS 197, 5.1.1. 3 generates the field.
        int p = 1;
        int inverse = 1;
        do {
            p = times(p, 3);
            // 0xf6 is the inverse of 3.
            inverse = times(inverse, 0xf6);
            final int x = inverse * 0x101;
            final int s = (inverse ^ x >> 7 ^ x >> 6 ^ x >> 5 ^ x >> 4 ^ 0x63) & 0xff;
            SUB[p] = s;
            INVERSE_SUB[s] = p;
        } while (p != 1);
        SUB[0] = 0x63;
        INVERSE_SUB[0x63] = 0;
    }

    private Aes() {}

    /** A product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1. */
    private static int times(final int a, final int b) {
        int product = (int) Lanes.polynomial(a, b);
        for (int bit = 14; bit >= 8; bit--) {
            product ^= (product >> bit & 1) != 0 ? 0x11b << bit - 8 : 0;
        }
        return product;
    }

    private static int get(final long low, final long high, final int i) {
        return (int) ((i < 8 ? low : high) >>> 8 * (i & 7)) & 0xff;
    }

    /** SubBytes and ShiftRows, or their inverses: a word of the result, 0 or 1. */
    public static long substituteAndShift(final long low, final long high, final boolean inverse, final int word) {
        long result = 0;
        for (int i = 0; i < 8; i++) {
            final int to = 8 * word + i;
            final int row = to & 3;
            final int from = (to + (inverse ? BYTES - 4 * row : 4 * row)) & BYTES - 1;
            final int value = get(low, high, from);
            result |= (long) (inverse ? INVERSE_SUB[value] : SUB[value]) << 8 * i;
        }
        return result;
    }

    /** MixColumns, or its inverse, of the two columns in a word. */
    public static long mixColumns(final long word, final boolean inverse) {
        final int[] factors = inverse ? new int[] {14, 11, 13, 9} : new int[] {2, 3, 1, 1};
        long result = 0;
        for (int i = 0; i < 8; i++) {
            int sum = 0;
            for (int j = 0; j < 4; j++) {
                sum ^= times(get(word, 0, (i & 4) + (i + j & 3)), factors[j]);
            }
            result |= (long) sum << 8 * i;
        }
        return result;
    }
}
