package org.kernelentry.x86.decode;

import org.kernelentry.isa.simd.LanePermutes;
import org.kernelentry.isa.simd.LaneShifts;
import org.kernelentry.isa.simd.LaneWidths;
import org.kernelentry.isa.simd.LaneWidths.Narrowing;
import org.kernelentry.isa.simd.Lanes;
import org.kernelentry.isa.simd.Saturation;
import org.kernelentry.x86.decode.Vectors.Words;

/** Integer vectors: what is not one call of a lane operation. */
final class SseInteger {
    /** x86 does not tell that a result was cut, so one is enough for all. */
    private static final Saturation CUT = new Saturation();

    static final Row.Meaning PSHUFW =
            Vectors.whole((s, d, a, imm) -> VectorHelpers.writeMmx(s, d, shuffleWords(s.r[a], imm)));

    static final Row.Meaning PSHUFD = Vectors.whole((s, d, a, imm) -> {
        final long low = pick(s.r[a], s.r[a + 1], imm) | pick(s.r[a], s.r[a + 1], imm >> 2) << 32;
        final long high = pick(s.r[a], s.r[a + 1], imm >> 4) | pick(s.r[a], s.r[a + 1], imm >> 6) << 32;
        s.r[d] = low;
        s.r[d + 1] = high;
    });

    static final Row.Meaning PSHUFLW = Vectors.whole((s, d, a, imm) -> {
        s.r[d] = shuffleWords(s.r[a], imm);
        s.r[d + 1] = s.r[a + 1];
    });

    static final Row.Meaning PSHUFHW = Vectors.whole((s, d, a, imm) -> {
        s.r[d] = s.r[a];
        s.r[d + 1] = shuffleWords(s.r[a + 1], imm);
    });

    static final Row.Meaning SHUFPS = Vectors.whole((s, d, a, imm) -> {
        final long low = pick(s.r[d], s.r[d + 1], imm) | pick(s.r[d], s.r[d + 1], imm >> 2) << 32;
        final long high = pick(s.r[a], s.r[a + 1], imm >> 4) | pick(s.r[a], s.r[a + 1], imm >> 6) << 32;
        s.r[d] = low;
        s.r[d + 1] = high;
    });

    static final Row.Meaning SHUFPD = Vectors.whole((s, d, a, imm) -> {
        final long low = s.r[d + (imm & 1)];
        s.r[d + 1] = s.r[a + (imm >> 1 & 1)];
        s.r[d] = low;
    });

    static final Row.Meaning PINSRW_MMX =
            Vectors.whole((s, d, a, imm) -> VectorHelpers.writeMmx(s, d, Lanes.with(1, s.r[d], imm & 3, s.r[a])));

    static final Row.Meaning PINSRW = Vectors.whole((s, d, a, imm) -> {
        final int half = d + (imm >> 2 & 1);
        s.r[half] = Lanes.with(1, s.r[half], imm & 3, s.r[a]);
    });

    static final Row.Meaning PEXTRW_MMX =
            Vectors.wholeMmx((s, d, a, imm) -> s.r[d] = Lanes.unsigned(1, s.r[a], imm & 3));

    static final Row.Meaning PEXTRW =
            Vectors.whole((s, d, a, imm) -> s.r[d] = Lanes.unsigned(1, s.r[a + (imm >> 2 & 1)], imm & 3));

    private SseInteger() {}

    static Words addSaturating(final int size, final boolean signed) {
        return (a, b) -> Lanes.addSaturating(size, signed, a, b, CUT);
    }

    static Words subSaturating(final int size, final boolean signed) {
        return (a, b) -> Lanes.subSaturating(size, signed, a, b, CUT);
    }

    /** Products of signed words, neighbours added; the one sum that does not fit wraps. */
    static long multiplyAdd(final long a, final long b) {
        long result = 0;
        for (int i = 0; i < 2; i++) {
            final long sum = Lanes.signed(1, a, 2 * i) * Lanes.signed(1, b, 2 * i)
                    + Lanes.signed(1, a, 2 * i + 1) * Lanes.signed(1, b, 2 * i + 1);
            result = Lanes.with(2, result, i, sum);
        }
        return result;
    }

    static long sumOfDifferences(final long a, final long b) {
        final long differences = Lanes.absDiff(0, false, a, b);
        long sum = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            sum += Lanes.unsigned(0, differences, i);
        }
        return sum;
    }

    // ---- shifts: a count beyond the width shifts everything out

    private static int limited(final int size, final long count) {
        return Long.compareUnsigned(count, Lanes.bits(size)) < 0 ? (int) count : Lanes.bits(size);
    }

    static Words shiftRight(final int size, final boolean signed) {
        return (a, count) -> LaneShifts.right(size, signed, a, limited(size, count));
    }

    static Words shiftLeft(final int size) {
        return (a, count) -> LaneShifts.left(size, a, limited(size, count));
    }

    private static Row.Meaning onFirst(final Vectors.Whole op) {
        final int number = VectorHelpers.add((s, d, a, b) -> op.run(s, d, a, b));
        return i -> {
            final int d = Vectors.register(i, 0);
            i.out.helper(number, d, d, (int) i.immediate & 0xff);
        };
    }

    static Row.Meaning shiftImmediateMmx(final Words op) {
        return onFirst((s, d, a, imm) -> VectorHelpers.writeMmx(s, d, op.apply(s.r[d], imm)));
    }

    static Row.Meaning shiftImmediate(final Words op) {
        return onFirst((s, d, a, imm) -> {
            s.r[d] = op.apply(s.r[d], imm);
            s.r[d + 1] = op.apply(s.r[d + 1], imm);
        });
    }

    /** PSLLDQ, PSRLDQ: all 128 bits, by bytes. */
    static Row.Meaning byteShift(final boolean left) {
        return onFirst((s, d, a, imm) -> {
            final int count = Math.min(imm, 16);
            final long low = s.r[d];
            final long high = s.r[d + 1];
            s.r[d] = left ? word(0, low, 8 - count) : word2(low, high, count);
            s.r[d + 1] = left ? word2(low, high, 8 - count) : word(high, 0, count);
        });
    }

    private static long word(final long low, final long high, final int at) {
        return at < 0 || at > 8 ? 0 : LanePermutes.extract(low, high, at);
    }

    /** Eight bytes from byte {@code at}, -8 to 16, of the two words with zeros around them. */
    private static long word2(final long low, final long high, final int at) {
        if (at < 0) {
            return LanePermutes.extract(0, low, 8 + at);
        }
        return at <= 8 ? LanePermutes.extract(low, high, at) : LanePermutes.extract(high, 0, at - 8);
    }

    // ---- order and width

    private static long pick(final long low, final long high, final int n) {
        return Lanes.unsigned(2, (n & 2) == 0 ? low : high, n & 1);
    }

    private static long shuffleWords(final long a, final int imm) {
        long result = 0;
        for (int i = 0; i < 4; i++) {
            result = Lanes.with(1, result, i, Lanes.unsigned(1, a, imm >> 2 * i & 3));
        }
        return result;
    }

    static Row.Meaning unpack(final int size, final boolean high) {
        final int half = high ? 1 : 0;
        if (size == 3) {
            return Vectors.whole((s, d, a, imm) -> {
                final long second = s.r[a + half];
                s.r[d] = s.r[d + half];
                s.r[d + 1] = second;
            });
        }
        return Vectors.whole((s, d, a, imm) -> {
            final long x = s.r[d + half];
            final long y = s.r[a + half];
            s.r[d] = LanePermutes.zipLow(size, x, y);
            s.r[d + 1] = LanePermutes.zipHigh(size, x, y);
        });
    }

    private static long narrow(final int size, final Narrowing how, final long low, final long high) {
        return LaneWidths.narrow(size, how, low, CUT) & 0xffff_ffffL | LaneWidths.narrow(size, how, high, CUT) << 32;
    }

    static Row.Meaning packMmx(final int size, final Narrowing how) {
        return Vectors.whole((s, d, a, imm) -> VectorHelpers.writeMmx(s, d, narrow(size, how, s.r[d], s.r[a])));
    }

    static Row.Meaning pack(final int size, final Narrowing how) {
        return Vectors.whole((s, d, a, imm) -> {
            final long low = narrow(size, how, s.r[d], s.r[d + 1]);
            s.r[d + 1] = narrow(size, how, s.r[a], s.r[a + 1]);
            s.r[d] = low;
        });
    }
}
