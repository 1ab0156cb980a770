package org.kernelentry.isa.fp;

/** A binary interchange format of IEEE 754: a value is the low {@link #bits} bits of a {@code long}. */
public final class FpFormat {
    public static final FpFormat HALF = new FpFormat(5, 10, true);
    /** Arm's alternative half precision: no infinities and NaNs, one more exponent instead (DDI 0487 A1.4.2). */
    public static final FpFormat HALF_ALTERNATIVE = new FpFormat(5, 10, false);

    public static final FpFormat SINGLE = new FpFormat(8, 23, true);
    public static final FpFormat DOUBLE = new FpFormat(11, 52, true);

    /** Width of a value. */
    public final int bits;
    /** Bits of the stored fraction. */
    public final int fractionBits;

    public final int bias;
    public final long signBit;
    public final long fractionMask;
    /** Highest biased exponent: infinities and NaNs. */
    public final int maxExponent;

    public final long infinity;
    /** The top bit of a fraction: set in a quiet NaN. */
    public final long quietBit;
    /** Largest finite value. */
    public final long largest;

    private final boolean special;

    private FpFormat(final int exponentBits, final int fractionBits, final boolean special) {
        this.fractionBits = fractionBits;
        this.bits = exponentBits + fractionBits + 1;
        this.bias = (1 << exponentBits - 1) - 1;
        this.signBit = 1L << bits - 1;
        this.fractionMask = (1L << fractionBits) - 1;
        this.maxExponent = (1 << exponentBits) - 1;
        this.infinity = (long) maxExponent << fractionBits;
        this.quietBit = 1L << fractionBits - 1;
        this.special = special;
        this.largest = special ? infinity - 1 : infinity | fractionMask;
    }

    /** The pattern of {@code value} in this format, cut to its width. */
    public long cut(final long value) {
        return value & (signBit << 1) - 1;
    }

    public boolean negative(final long a) {
        return (a & signBit) != 0;
    }

    /** 1 for a negative value, else 0. */
    public int sign(final long a) {
        return (a & signBit) != 0 ? 1 : 0;
    }

    public int biasedExponent(final long a) {
        return (int) (a >>> fractionBits) & maxExponent;
    }

    public boolean isZero(final long a) {
        return (a & signBit - 1) == 0;
    }

    public boolean isNan(final long a) {
        return special && (a & signBit - 1) > infinity;
    }

    public boolean isSignallingNan(final long a) {
        return isNan(a) && (a & quietBit) == 0;
    }

    public boolean isInfinite(final long a) {
        return special && (a & signBit - 1) == infinity;
    }

    public boolean isDenormal(final long a) {
        final long magnitude = a & signBit - 1;
        return magnitude != 0 && magnitude <= fractionMask;
    }

    /** Whether the format has infinities and NaNs. */
    public boolean hasSpecials() {
        return special;
    }

    /** {@code sign} in the place of the sign. */
    public long signed(final int sign) {
        return sign == 0 ? 0 : signBit;
    }

    public long infinity(final int sign) {
        return signed(sign) | infinity;
    }

    /** Unbiased exponent of a finite value that is not 0, as if it were normalized. */
    int exponent(final long a) {
        final int e = biasedExponent(a);
        return e != 0 ? e - bias : 64 - bias - Long.numberOfLeadingZeros(a & fractionMask) - fractionBits;
    }

    /** Significand of a finite value that is not 0, bit 63 set. */
    long significand(final long a) {
        final long fraction = a & fractionMask;
        return biasedExponent(a) != 0
                ? 1L << 63 | fraction << 63 - fractionBits
                : fraction << Long.numberOfLeadingZeros(fraction);
    }
}
