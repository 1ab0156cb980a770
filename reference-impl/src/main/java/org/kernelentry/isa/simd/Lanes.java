package org.kernelentry.isa.simd;

/** Access to lanes, and what works on a word lane by lane. */
public final class Lanes {
    /** One lane's result from the lanes of two operands, which are extended to 64 bits; excess bits of the result are cut. */
    @FunctionalInterface
    public interface Binary {
        long apply(long a, long b);
    }

    /** One lane's result from one operand's lane. */
    @FunctionalInterface
    public interface Unary {
        long apply(long a);
    }

    /** The lowest bit of every lane, by size. */
    private static final long[] ONES = {0x0101_0101_0101_0101L, 0x0001_0001_0001_0001L, 0x0000_0001_0000_0001L, 1};

    private Lanes() {}

    /** Bits of a lane. */
    public static int bits(final int size) {
        return 8 << size;
    }

    /** Lanes of a word. */
    public static int count(final int size) {
        return 8 >> size;
    }

    /** A lane's bits, at the bottom. */
    public static long mask(final int size) {
        return -1L >>> 64 - (8 << size);
    }

    /** The highest bit of every lane. */
    static long tops(final int size) {
        return ONES[size] << (8 << size) - 1;
    }

    /** Lane {@code i}, zero-extended. */
    public static long unsigned(final int size, final long word, final int i) {
        return word >>> (i << size + 3) & mask(size);
    }

    /** Lane {@code i}, sign-extended. */
    public static long signed(final int size, final long word, final int i) {
        final int unused = 64 - (8 << size);
        return word >>> (i << size + 3) << unused >> unused;
    }

    /** Lane {@code i}, extended. */
    public static long lane(final int size, final boolean signed, final long word, final int i) {
        return signed ? signed(size, word, i) : unsigned(size, word, i);
    }

    /** {@code word} with lane {@code i} replaced by the low bits of {@code value}. */
    public static long with(final int size, final long word, final int i, final long value) {
        final int at = i << size + 3;
        return word & ~(mask(size) << at) | (value & mask(size)) << at;
    }

    /** All lanes hold the low bits of {@code value}. */
    public static long replicate(final int size, final long value) {
        return (value & mask(size)) * ONES[size];
    }

    /** Applies {@code op} to all lanes of two words. */
    public static long map(final int size, final boolean signed, final long a, final long b, final Binary op) {
        final int bits = 8 << size;
        final int unused = 64 - bits;
        final long mask = -1L >>> unused;
        long result = 0;
        for (int at = 0; at < 64; at += bits) {
            final long x = a >>> at << unused;
            final long y = b >>> at << unused;
            final long r = signed ? op.apply(x >> unused, y >> unused) : op.apply(x >>> unused, y >>> unused);
            result |= (r & mask) << at;
        }
        return result;
    }

    /** Applies {@code op} to all lanes of a word. */
    public static long map(final int size, final boolean signed, final long a, final Unary op) {
        return map(size, signed, a, 0, (x, unused) -> op.apply(x));
    }

    // ---- sums and differences

    public static long add(final int size, final long a, final long b) {
        final long tops = tops(size);
        return (a & ~tops) + (b & ~tops) ^ (a ^ b) & tops;
    }

    public static long sub(final int size, final long a, final long b) {
        final long tops = tops(size);
        return (a | tops) - (b & ~tops) ^ (a ^ ~b) & tops;
    }

    public static long neg(final int size, final long a) {
        return sub(size, 0, a);
    }

    public static long abs(final int size, final long a) {
        return map(size, true, a, Math::abs);
    }

    public static long addSaturating(
            final int size, final boolean signed, final long a, final long b, final Saturation q) {
        final int bits = bits(size);
        return map(size, signed, a, b, (x, y) -> q.add(bits, signed, x, y));
    }

    public static long subSaturating(
            final int size, final boolean signed, final long a, final long b, final Saturation q) {
        final int bits = bits(size);
        return map(size, signed, a, b, (x, y) -> q.subtract(bits, signed, x, y));
    }

    /** SQABS. */
    public static long absSaturating(final int size, final long a, final Saturation q) {
        final int bits = bits(size);
        return map(size, true, a, x -> x < 0 ? q.subtract(bits, true, 0, x) : x);
    }

    /** SQNEG. */
    public static long negSaturating(final int size, final long a, final Saturation q) {
        final int bits = bits(size);
        return map(size, true, a, x -> q.subtract(bits, true, 0, x));
    }

    /** SUQADD: signed lanes of {@code accumulator} plus unsigned ones of {@code b}, saturated to signed ones. */
    public static long addUnsignedToSigned(final int size, final long accumulator, final long b, final Saturation q) {
        final int bits = bits(size);
        final long mask = mask(size);
        return map(size, true, accumulator, b, (x, y) -> {
            if (bits < 64) {
                return q.signed(bits, x + (y & mask));
            }
            if (y >= 0) {
                return q.add(64, true, x, y);
            }
            return plusTop(x, y & Long.MAX_VALUE, q);
        });
    }

    /** x + rest + 2^63, saturated to a signed number; rest is below 2^63. */
    private static long plusTop(final long x, final long rest, final Saturation q) {
        final long sum = x + rest;
        // x below 0 and rest above: no overflow; the sum must stay below 0 for 2^63 more to fit.
        return x < 0 && sum < 0 ? sum + Long.MIN_VALUE : q.limit(true, false);
    }

    /** USQADD: unsigned lanes of {@code accumulator} plus signed ones of {@code b}, saturated to unsigned ones. */
    public static long addSignedToUnsigned(final int size, final long accumulator, final long b, final Saturation q) {
        final int bits = bits(size);
        final long mask = mask(size);
        return map(size, true, accumulator, b, (x, y) -> {
            if (bits < 64) {
                return q.unsigned(bits, (x & mask) + y);
            }
            final long sum = x + y;
            if (y >= 0) {
                return Long.compareUnsigned(sum, x) < 0 ? q.limit(false, false) : sum;
            }
            return Long.compareUnsigned(sum, x) > 0 ? q.limit(false, true) : sum;
        });
    }

    /** (a + b) >> 1 without losing the carry; lanes of at most 32 bits. */
    public static long halvingAdd(final int size, final boolean signed, final long a, final long b) {
        return map(size, signed, a, b, (x, y) -> x + y >> 1);
    }

    /** (a - b) >> 1; lanes of at most 32 bits. */
    public static long halvingSub(final int size, final boolean signed, final long a, final long b) {
        return map(size, signed, a, b, (x, y) -> x - y >> 1);
    }

    /** (a + b + 1) >> 1, as x86's PAVGB too; lanes of at most 32 bits. */
    public static long roundingHalvingAdd(final int size, final boolean signed, final long a, final long b) {
        return map(size, signed, a, b, (x, y) -> x + y + 1 >> 1);
    }

    /** |a - b|; lanes of at most 32 bits. */
    public static long absDiff(final int size, final boolean signed, final long a, final long b) {
        return map(size, signed, a, b, (x, y) -> Math.abs(x - y));
    }

    public static long max(final int size, final boolean signed, final long a, final long b) {
        return map(size, signed, a, b, Math::max);
    }

    public static long min(final int size, final boolean signed, final long a, final long b) {
        return map(size, signed, a, b, Math::min);
    }

    // ---- comparisons: all ones where it holds

    public static long equal(final int size, final long a, final long b) {
        final long x = a ^ b;
        final long tops = tops(size);
        // A lane's top bit ends up set when any bit of the lane is.
        final long differs = ((x & ~tops) + ~tops | x) & tops;
        return spread(size, ~differs & tops);
    }

    /** All ones in the lanes whose top bit is set in {@code tops}, which has no other bits. */
    private static long spread(final int size, final long tops) {
        return (tops << 1) - (tops >>> (8 << size) - 1);
    }

    /** a &gt; b. */
    public static long greater(final int size, final boolean signed, final long a, final long b) {
        final long flip = signed ? 0 : Long.MIN_VALUE;
        return size == 3 ? (a ^ flip) > (b ^ flip) ? -1 : 0 : map(size, signed, a, b, (x, y) -> x > y ? -1 : 0);
    }

    /** a &gt;= b. */
    public static long greaterOrEqual(final int size, final boolean signed, final long a, final long b) {
        return ~greater(size, signed, b, a);
    }

    /** (a &amp; b) != 0. */
    public static long test(final int size, final long a, final long b) {
        return ~equal(size, a & b, 0);
    }

    // ---- products

    /** The low halves of the products. */
    public static long mul(final int size, final long a, final long b) {
        return map(size, false, a, b, (x, y) -> x * y);
    }

    /** The high halves of the products; lanes of at most 32 bits. */
    public static long mulHigh(final int size, final boolean signed, final long a, final long b) {
        final int bits = bits(size);
        return map(size, signed, a, b, (x, y) -> x * y >> bits);
    }

    /** SQDMULH, SQRDMULH: the high halves of the doubled products; lanes of 16 or 32 bits. */
    public static long mulDoublingHigh(
            final int size, final boolean rounding, final long a, final long b, final Saturation q) {
        final int bits = bits(size);
        final long half = rounding ? 1L << bits - 2 : 0;
        return map(size, true, a, b, (x, y) -> q.signed(bits, x * y + half >> bits - 1));
    }

    /** Products without carries of bytes, low halves: PMUL. */
    public static long mulPolynomial(final long a, final long b) {
        return map(0, false, a, b, Lanes::polynomial);
    }

    /** A product without carries, of factors of at most 32 bits. */
    public static long polynomial(final long a, final long b) {
        long product = 0;
        for (long rest = b, x = a; rest != 0; rest >>>= 1, x <<= 1) {
            product ^= (rest & 1) != 0 ? x : 0;
        }
        return product;
    }

    /** The upper half of the product without carries of two doublewords; {@link #polynomialLow} is the lower. */
    public static long polynomialHigh(final long a, final long b) {
        long high = 0;
        for (int i = 1; i < 64; i++) {
            high ^= (b >>> i & 1) != 0 ? a >>> 64 - i : 0;
        }
        return high;
    }

    public static long polynomialLow(final long a, final long b) {
        long low = 0;
        for (int i = 0; i < 64; i++) {
            low ^= (b >>> i & 1) != 0 ? a << i : 0;
        }
        return low;
    }

    // ---- bits

    /** Set bits of each byte. */
    public static long countBits(final long a) {
        return map(0, false, a, Long::bitCount);
    }

    public static long leadingZeros(final int size, final long a) {
        final int unused = 64 - bits(size);
        return map(size, false, a, x -> Long.numberOfLeadingZeros(x) - unused);
    }

    /** Bits behind the sign that equal it. */
    public static long leadingSigns(final int size, final long a) {
        final int unused = 64 - bits(size);
        return map(size, true, a, x -> Long.numberOfLeadingZeros(x ^ x >> 1) - 1 - unused);
    }

    /** The bits of each byte the other way round. */
    public static long reverseBits(final long a) {
        return Long.reverseBytes(Long.reverse(a));
    }

    /** Lanes in reverse order inside of every container of size {@code container}. */
    public static long reverse(final int size, final int container, final long a) {
        long result = a;
        for (int s = size; s < container; s++) {
            final long odd = evenLanes(s);
            result = result >>> (8 << s) & odd | (result & odd) << (8 << s);
        }
        return result;
    }

    /** A mask of the lanes 0, 2, 4, ... */
    static long evenLanes(final int size) {
        return size == 3 ? -1 : mask(size) * ONES[size + 1];
    }
}
