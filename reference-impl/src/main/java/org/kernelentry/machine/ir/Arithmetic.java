package org.kernelentry.machine.ir;

/** Operations that Java does not have in the form the intermediate form defines. */
public final class Arithmetic {
    private Arithmetic() {}

    /** The upper half of the unsigned product. */
    public static long unsignedMultiplyHigh(final long a, final long b) {
        return Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a);
    }

    /** {@code into} with a bit field replaced by the low bits of {@code from}; {@code field} = lowest bit << 8 | width. */
    public static long insert(final long into, final long from, final long field) {
        final int lo = (int) (field >>> 8);
        final long mask = -1L >>> 64 - (int) (field & 0xff) << lo;
        return into & ~mask | from << lo & mask;
    }

    /** The unsigned quotient, 0 for a divisor of 0. */
    public static long divideUnsigned(final long a, final long b) {
        return b == 0 ? 0 : Long.divideUnsigned(a, b);
    }

    /** Java's own quotient of MIN_VALUE and -1 is MIN_VALUE, as the hardware that does not trap has it. */
    public static long divide(final long a, final long b) {
        return b == 0 ? 0 : a / b;
    }

    /** The quotient of the low halves; its low 32 bits count. */
    public static long divide32(final long a, final long b) {
        final int divisor = (int) b;
        return divisor == 0 ? 0 : (int) a / divisor;
    }
}
