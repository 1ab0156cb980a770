package org.kernelentry.runner.cpu;

import java.util.Random;

/**
 * Random values of registers, with a preference for those at which instructions go wrong.
 *
 * <p>Kept cases hold a seed instead of a state, so what a seed gives must never change.
 */
final class RandomState {
    private static final long[] SPECIAL = {
        0,
        1,
        2,
        0xff,
        0x7f,
        0x80,
        0x8000,
        0x7fff,
        0xffff,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        0x1_0000_0000L,
        -1,
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        31,
        32,
        33,
        0x8080_8080_8080_8080L,
        0x7f7f_7f7f_7f7f_7f7fL,
        0x5555_5555_5555_5555L
    };

    /** Special bit patterns of double precision; the other formats are derived from them. */
    private static final long[] DOUBLES = {
        0,
        0x3ff0_0000_0000_0000L,
        0x7ff0_0000_0000_0000L,
        0x7ff8_0000_0000_0000L,
        0x7ff8_1234_5678_9abcL,
        0x7ff0_0000_0000_0001L,
        0x7ff4_0000_dead_beefL,
        0x0000_0000_0000_0001L,
        0x000f_ffff_ffff_ffffL,
        0x0010_0000_0000_0000L,
        0x7fef_ffff_ffff_ffffL,
        0x3fe0_0000_0000_0000L,
        0x3ff8_0000_0000_0000L,
        0x4004_0000_0000_0000L,
        0x41df_ffff_ffe0_0000L,
        0x41e0_0000_0000_0000L,
        0x43e0_0000_0000_0000L,
        0x43f0_0000_0000_0000L,
        0x47ef_ffff_e000_0000L,
        0x3690_0000_0000_0001L,
        0x3810_0000_0000_0000L,
        0x380f_ffff_e000_0000L,
        0x40ef_fc00_0000_0000L
    };

    private static final int[] SINGLES = {
        0,
        0x3f80_0000,
        0x7f80_0000,
        0x7fc0_0000,
        0x7fc1_2345,
        0x7f80_0001,
        0x7fa0_beef,
        0x0000_0001,
        0x007f_ffff,
        0x0080_0000,
        0x7f7f_ffff,
        0x3f00_0000,
        0x3fc0_0000,
        0x4020_0000,
        0x4eff_ffff,
        0x4f00_0000,
        0x4f80_0000,
        0x5f00_0000,
        0x477f_e000,
        0x3880_0000,
        0x3300_0000,
        0x337f_ffff
    };

    private static final int[] HALVES = {
        0, 0x3c00, 0x7c00, 0x7e00, 0x7e12, 0x7c01, 0x7d23, 0x0001, 0x03ff, 0x0400, 0x7bff, 0x3800, 0x3e00, 0x7fff
    };

    private RandomState() {}

    /** A general register: mostly pointers into the data, numbers, special values. */
    static long general(Random random) {
        return switch (random.nextInt(8)) {
            case 0, 1 -> CpuCase.CENTRE + 8L * (random.nextInt(33) - 16);
            case 2 -> CpuCase.CENTRE + random.nextInt(257) - 128;
            case 3 ->
                random.nextInt(16) == 0 ? CpuCase.DATA + CpuCase.PAGE - random.nextInt(24) : random.nextInt(64) - 16;
            case 4, 5 -> SPECIAL[random.nextInt(SPECIAL.length)];
            case 6 -> random.nextInt();
            default -> random.nextLong();
        };
    }

    /** 64 bits of a vector register: lanes of one width, special or random. */
    static long vector(Random random) {
        return switch (random.nextInt(8)) {
            case 0, 1 -> real64(random);
            case 2, 3, 4 -> real32(random) | real32(random) << 32;
            case 5 -> half(random) | half(random) << 16 | half(random) << 32 | half(random) << 48;
            case 6 -> SPECIAL[random.nextInt(SPECIAL.length)];
            default -> random.nextLong();
        };
    }

    private static long real64(Random random) {
        final long sign = random.nextLong() & Long.MIN_VALUE;
        return switch (random.nextInt(4)) {
            case 0 -> DOUBLES[random.nextInt(DOUBLES.length)] | sign;
            case 1 -> Double.doubleToRawLongBits(random.nextInt(200_000) / 16.0 - 1000);
            case 2 -> (1023L - 40 + random.nextInt(80)) << 52 | random.nextLong() >>> 12 | sign;
            default -> DOUBLES[random.nextInt(DOUBLES.length)] + random.nextInt(5) - 2 ^ sign;
        };
    }

    private static long real32(Random random) {
        final int sign = random.nextInt() & Integer.MIN_VALUE;
        final int bits = switch (random.nextInt(4)) {
            case 0 -> SINGLES[random.nextInt(SINGLES.length)] | sign;
            case 1 -> Float.floatToRawIntBits(random.nextInt(20_000) / 16.0f - 100);
            case 2 -> (127 - 30 + random.nextInt(60)) << 23 | random.nextInt() >>> 9 | sign;
            default -> SINGLES[random.nextInt(SINGLES.length)] + random.nextInt(5) - 2 ^ sign;
        };
        return bits & 0xffff_ffffL;
    }

    /** Significands of 64 bits, and signs with exponents, at which the x87 FPU makes decisions. */
    private static final long[] SIGNIFICANDS = {
        1L << 63,
        -1,
        -1L << 40,
        -1L << 11,
        -1L << 10,
        1L << 63 | 1,
        1L << 63 | 1 << 10,
        1L << 63 | 1L << 39,
        3L << 62,
        0,
        1,
        1L << 62,
        5L << 61
    };

    private static final int[] EXPONENTS = {
        0, 1, 2, 0x7ffe, 0x7fff, 0x3fff, 0x3fbe, 0x403e, 0x403f, 0x3f80, 0x407f, 0x3c00, 0x43ff, 0x3f69, 0x3bcc, 0x4000,
        0x3ffe
    };

    /** An x87 register: the significand, then sign and exponent. */
    static long[] extended(Random random) {
        final int sign = random.nextInt() & 0x8000;
        final long sig = random.nextInt(3) == 0
                ? SIGNIFICANDS[random.nextInt(SIGNIFICANDS.length)]
                : Long.MIN_VALUE | random.nextLong() << (random.nextBoolean() ? random.nextInt(64) : 0);
        return switch (random.nextInt(8)) {
            case 0 -> new long[] {0, sign};
            case 1 -> new long[] {sig, sign | EXPONENTS[random.nextInt(EXPONENTS.length)]};
            case 2 -> new long[] {random.nextLong(), sign | (random.nextBoolean() ? 0x7fff : 0)};
            case 3 -> new long[] {sig, sign | random.nextInt(0x8000)};
            case 4 -> new long[] {sig, sign | 0x3fff - 64 + random.nextInt(128)};
            case 5 -> {
                // Small integers.
                final long value = 1L + random.nextInt(1 << 1 + random.nextInt(16));
                final int zeros = Long.numberOfLeadingZeros(value);
                yield new long[] {value << zeros, sign | 0x3fff + 63 - zeros};
            }
            default -> new long[] {sig, sign | 0x3fff - 3 + random.nextInt(6)};
        };
    }

    private static long half(Random random) {
        final int sign = random.nextInt() & 0x8000;
        return random.nextBoolean() ? HALVES[random.nextInt(HALVES.length)] | sign : random.nextInt(1 << 16);
    }
}
