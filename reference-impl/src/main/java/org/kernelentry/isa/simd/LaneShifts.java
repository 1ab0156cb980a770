package org.kernelentry.isa.simd;

/** Shifts of lanes. Counts by immediate are in bits; counts by register are signed bytes, negative ones shift to the right. */
public final class LaneShifts {
    private LaneShifts() {}

    /** Left, by 0 to the width; everything is shifted out at the width. */
    public static long left(final int size, final long a, final int count) {
        return count >= Lanes.bits(size) ? 0 : Lanes.map(size, false, a, x -> x << count);
    }

    /** Right, by 0 to the width. */
    public static long right(final int size, final boolean signed, final long a, final int count) {
        return Lanes.map(size, signed, a, x -> shiftRight(signed, x, count));
    }

    private static long shiftRight(final boolean signed, final long x, final int count) {
        if (count >= 64) {
            return signed ? x >> 63 : 0;
        }
        return signed ? x >> count : x >>> count;
    }

    /** Right by 1 to the width, rounded to nearest, ties up. */
    public static long roundingRight(final int size, final boolean signed, final long a, final int count) {
        return Lanes.map(size, signed, a, x -> roundingShiftRight(signed, x, count));
    }

    /** x / 2^count for a count of at least 1, rounded to nearest, ties up; a sum of 65 bits in between. */
    static long roundingShiftRight(final boolean signed, final long x, final int count) {
        if (count > 64) {
            return 0;
        }
        final long below = count == 64 ? x >>> 63 : x >>> count - 1 & 1;
        // At 64 the rounding constant is half of 2^64: a signed number never reaches it.
        return count == 64 ? signed ? 0 : below : shiftRight(signed, x, count) + below;
    }

    /** SLI: left, the low bits stay those of {@code d}. */
    public static long leftInsert(final int size, final long d, final long a, final int count) {
        final long kept = Lanes.replicate(size, (1L << count) - 1);
        return left(size, a, count) | d & kept;
    }

    /** SRI: right, the high bits stay those of {@code d}. */
    public static long rightInsert(final int size, final long d, final long a, final int count) {
        final long moved = right(size, false, a, count);
        final long kept = ~right(size, false, -1, count);
        return moved | d & kept;
    }

    /** SSHL, USHL and their rounding forms: each lane by the signed low byte of the lane of {@code counts}. */
    public static long byRegister(
            final int size, final boolean signed, final boolean rounding, final long a, final long counts) {
        final int bits = Lanes.bits(size);
        return Lanes.map(size, signed, a, counts, (x, c) -> {
            final int count = (byte) c;
            if (count >= 0) {
                return count >= bits ? 0 : x << count;
            }
            return rounding ? roundingShiftRight(signed, x, -count) : shiftRight(signed, x, -count);
        });
    }

    /** SQSHL, UQSHL, SQRSHL, UQRSHL by register. */
    public static long byRegisterSaturating(
            final int size,
            final boolean signed,
            final boolean rounding,
            final long a,
            final long counts,
            final Saturation q) {
        return Lanes.map(size, signed, a, counts, (x, c) -> {
            final int count = (byte) c;
            if (count >= 0) {
                return laneLeftSaturating(size, signed, signed, x, count, q);
            }
            return rounding ? roundingShiftRight(signed, x, -count) : shiftRight(signed, x, -count);
        });
    }

    /** SQSHL, UQSHL (both flags the same) and SQSHLU (signed to unsigned) by immediate. */
    public static long leftSaturating(
            final int size,
            final boolean signedFrom,
            final boolean signedTo,
            final long a,
            final int count,
            final Saturation q) {
        return Lanes.map(size, signedFrom, a, x -> laneLeftSaturating(size, signedFrom, signedTo, x, count, q));
    }

    private static long laneLeftSaturating(
            final int size,
            final boolean signedFrom,
            final boolean signedTo,
            final long x,
            final int count,
            final Saturation q) {
        if (x == 0) {
            return 0;
        }
        final int bits = Lanes.bits(size);
        final boolean negative = signedFrom && x < 0;
        if (negative && !signedTo) {
            q.happened = true;
            return 0;
        }
        final int room = (signedTo ? Long.numberOfLeadingZeros(negative ? ~x : x) - 1 : Long.numberOfLeadingZeros(x))
                - (64 - bits);
        if (count > room) {
            q.happened = true;
            if (!signedTo) {
                return -1;
            }
            return negative ? -1L << bits - 1 : (1L << bits - 1) - 1;
        }
        return x << count;
    }
}
