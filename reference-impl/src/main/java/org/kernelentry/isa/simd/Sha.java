package org.kernelentry.isa.simd;

/** Steps of SHA-1 and SHA-256 (FIPS 180-4, 6.1 and 6.2) as Arm cuts them; vectors are four words, the lowest first. */
public final class Sha {
    /** The functions of a quarter of SHA-1's rounds: FIPS 180-4, 4.1.1. */
    public enum Function {
        CHOOSE,
        PARITY,
        MAJORITY;

        int apply(final int x, final int y, final int z) {
            return switch (this) {
                case CHOOSE -> (y ^ z) & x ^ z;
                case PARITY -> x ^ y ^ z;
                case MAJORITY -> x & y | (x | y) & z;
            };
        }
    }

    private Sha() {}

    /** SHA1C, SHA1P, SHA1M: four rounds; {@code x} changes. */
    public static void sha1(final Function function, final int[] x, final int start, final int[] w) {
        int y = start;
        for (int i = 0; i < 4; i++) {
            y += Integer.rotateLeft(x[0], 5) + function.apply(x[1], x[2], x[3]) + w[i];
            final int carried = x[3];
            x[3] = x[2];
            x[2] = Integer.rotateLeft(x[1], 30);
            x[1] = x[0];
            x[0] = y;
            y = carried;
        }
    }

    /** SHA1SU0: the first half of the message schedule; {@code d} changes. */
    public static void sha1Schedule0(final int[] d, final int[] n, final int[] m) {
        final int[] middle = {d[2], d[3], n[0], n[1]};
        for (int i = 0; i < 4; i++) {
            d[i] ^= middle[i] ^ m[i];
        }
    }

    /** SHA1SU1: the second half. */
    public static void sha1Schedule1(final int[] d, final int[] n) {
        for (int i = 0; i < 3; i++) {
            d[i] = Integer.rotateLeft(d[i] ^ n[i + 1], 1);
        }
        d[3] = Integer.rotateLeft(d[3], 1) ^ Integer.rotateLeft(d[0], 1);
    }

    /** SHA256H, SHA256H2: four rounds; {@code x} and {@code y} change. */
    public static void sha256(final int[] x, final int[] y, final int[] w) {
        for (int i = 0; i < 4; i++) {
            final int t = y[3] + sigma(y[0], 6, 11, 25) + Function.CHOOSE.apply(y[0], y[1], y[2]) + w[i];
            final int sum = t + sigma(x[0], 2, 13, 22) + Function.MAJORITY.apply(x[0], x[1], x[2]);
            final int carried = t + x[3];
            System.arraycopy(x, 0, x, 1, 3);
            System.arraycopy(y, 0, y, 1, 3);
            x[0] = sum;
            y[0] = carried;
        }
    }

    private static int sigma(final int x, final int a, final int b, final int c) {
        return Integer.rotateRight(x, a) ^ Integer.rotateRight(x, b) ^ Integer.rotateRight(x, c);
    }

    /** SHA256SU0. */
    public static void sha256Schedule0(final int[] d, final int[] n) {
        for (int i = 0; i < 4; i++) {
            final int next = i < 3 ? d[i + 1] : n[0];
            d[i] += Integer.rotateRight(next, 7) ^ Integer.rotateRight(next, 18) ^ next >>> 3;
        }
    }

    /** SHA256SU1. */
    public static void sha256Schedule1(final int[] d, final int[] n, final int[] m) {
        for (int i = 0; i < 4; i++) {
            final int x = i < 2 ? m[i + 2] : d[i - 2];
            final int other = i < 3 ? n[i + 1] : m[0];
            d[i] += other + (Integer.rotateRight(x, 17) ^ Integer.rotateRight(x, 19) ^ x >>> 10);
        }
    }
}
