package org.kernelentry.isa.simd;

/** Cuts results to what a lane can hold, and remembers that it had to: Arm's FPSR.QC. */
public final class Saturation {
    /** A result was cut since somebody cleared this. */
    public boolean happened;

    /** {@code value} as a signed number of {@code bits}, at most 63. */
    public long signed(final int bits, final long value) {
        final long limit = 1L << bits - 1;
        if (value >= limit) {
            happened = true;
            return limit - 1;
        }
        if (value < -limit) {
            happened = true;
            return -limit;
        }
        return value;
    }

    /** The signed {@code value} as an unsigned number of {@code bits}, at most 63. */
    public long unsigned(final int bits, final long value) {
        final long limit = 1L << bits;
        if (value < 0) {
            happened = true;
            return 0;
        }
        if (value >= limit) {
            happened = true;
            return limit - 1;
        }
        return value;
    }

    /** The limit that a result that left the 64-bit range goes to. */
    long limit(final boolean signed, final boolean low) {
        happened = true;
        if (signed) {
            return low ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        return low ? 0 : -1;
    }

    /** a + b as a number of {@code bits}, up to 64; both extended to 64 bits by their signedness. */
    long add(final int bits, final boolean signed, final long a, final long b) {
        final long sum = a + b;
        if (bits < 64) {
            return signed ? signed(bits, sum) : unsigned(bits, sum);
        }
        if (signed) {
            return ((a ^ sum) & (b ^ sum)) < 0 ? limit(true, a < 0) : sum;
        }
        return Long.compareUnsigned(sum, a) < 0 ? limit(false, false) : sum;
    }

    long subtract(final int bits, final boolean signed, final long a, final long b) {
        final long difference = a - b;
        if (bits < 64) {
            return signed ? signed(bits, difference) : unsigned(bits, difference);
        }
        if (signed) {
            return ((a ^ b) & (a ^ difference)) < 0 ? limit(true, a < 0) : difference;
        }
        return Long.compareUnsigned(a, b) < 0 ? limit(false, true) : difference;
    }
}
