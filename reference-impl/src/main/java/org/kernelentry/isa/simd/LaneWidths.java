package org.kernelentry.isa.simd;

/** Between lanes of one size and of the next: widening, narrowing, sums of neighbours. */
public final class LaneWidths {
    /** What narrowing does with a value that does not fit. */
    public enum Narrowing {
        /** XTN: the low half. */
        TRUNCATE,
        /** SQXTN, PACKSS. */
        SIGNED_TO_SIGNED,
        /** UQXTN. */
        UNSIGNED_TO_UNSIGNED,
        /** SQXTUN, PACKUS. */
        SIGNED_TO_UNSIGNED
    }

    private LaneWidths() {}

    /**
     * The lanes of one half of {@code a} with twice their width.
     *
     * @param size of the narrow lanes, 0 to 2
     */
    public static long widen(final int size, final boolean signed, final long a, final boolean upper) {
        final long half = upper ? a >>> 32 : a;
        long result = 0;
        for (int i = 0; i < Lanes.count(size + 1); i++) {
            result = Lanes.with(size + 1, result, i, Lanes.lane(size, signed, half, i));
        }
        return result;
    }

    /**
     * Half a word of lanes of {@code size} in the low 32 bits, from a word of lanes of twice their width.
     *
     * @param size of the narrow lanes, 0 to 2
     */
    public static long narrow(final int size, final Narrowing how, final long a, final Saturation q) {
        long result = 0;
        for (int i = 0; i < Lanes.count(size + 1); i++) {
            result = Lanes.with(size, result, i, narrowed(size, how, Lanes.lane(size + 1, signed(how), a, i), q));
        }
        return result;
    }

    private static boolean signed(final Narrowing how) {
        return how == Narrowing.SIGNED_TO_SIGNED || how == Narrowing.SIGNED_TO_UNSIGNED;
    }

    private static long narrowed(final int size, final Narrowing how, final long x, final Saturation q) {
        final int bits = Lanes.bits(size);
        switch (how) {
            case SIGNED_TO_SIGNED:
                return q.signed(bits, x);
            case SIGNED_TO_UNSIGNED:
                return q.unsigned(bits, x);
            case UNSIGNED_TO_UNSIGNED:
                // As signed numbers those from 2^63 on would be below 0.
                return q.unsigned(bits, x < 0 ? Long.MAX_VALUE : x);
            default:
                return x;
        }
    }

    /** As {@link #narrow}, shifted right by {@code count} (1 to the narrow width) first, rounded to nearest or down. */
    public static long narrowShifted(
            final int size,
            final Narrowing how,
            final boolean rounding,
            final long a,
            final int count,
            final Saturation q) {
        final boolean signed = signed(how);
        long result = 0;
        for (int i = 0; i < Lanes.count(size + 1); i++) {
            final long wide = Lanes.lane(size + 1, signed, a, i);
            final long x = rounding
                    ? LaneShifts.roundingShiftRight(signed, wide, count)
                    : signed ? wide >> count : wide >>> count;
            result = Lanes.with(size, result, i, narrowed(size, how, x, q));
        }
        return result;
    }

    /** The upper halves of lanes of twice the width of {@code size}, in the low 32 bits; rounded to nearest if asked: ADDHN, RADDHN. */
    public static long highHalves(final int size, final boolean rounding, final long a) {
        final int bits = Lanes.bits(size);
        final long sum = rounding ? Lanes.add(size + 1, a, Lanes.replicate(size + 1, 1L << bits - 1)) : a;
        return narrow(size, Narrowing.TRUNCATE, Lanes.map(size + 1, false, sum, x -> x >>> bits), new Saturation());
    }

    /** Sums of neighbours in lanes of twice the width: SADDLP, UADDLP. */
    public static long addPairsLong(final int size, final boolean signed, final long a) {
        long result = 0;
        for (int i = 0; i < Lanes.count(size + 1); i++) {
            result = Lanes.with(
                    size + 1, result, i, Lanes.lane(size, signed, a, 2 * i) + Lanes.lane(size, signed, a, 2 * i + 1));
        }
        return result;
    }

    /** SQDMULL: doubled products of lanes of twice the width of {@code size}, 1 or 2, that hold narrow numbers. */
    public static long mulDoublingLong(final int size, final long a, final long b, final Saturation q) {
        final int bits = Lanes.bits(size + 1);
        return Lanes.map(size + 1, true, a, b, (x, y) -> {
            final long product = x * y;
            return q.add(bits, true, product, product);
        });
    }
}
