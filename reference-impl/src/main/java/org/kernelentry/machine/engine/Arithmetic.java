package org.kernelentry.machine.engine;

/** Operations that Java does not have in the form the intermediate form defines. */
final class Arithmetic {
    private Arithmetic() {}

    static long unsignedMultiplyHigh(final long a, final long b) {
        return Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a);
    }

    /** {@code into} with a bit field replaced by the low bits of {@code from}; {@code field} = lowest bit << 8 | width. */
    static long insert(final long into, final long from, final long field) {
        final int lo = (int) (field >>> 8);
        final long mask = -1L >>> 64 - (int) (field & 0xff) << lo;
        return into & ~mask | from << lo & mask;
    }

    static long divideUnsigned(final long a, final long b) {
        return b == 0 ? 0 : Long.divideUnsigned(a, b);
    }

    /** Java's own quotient of MIN_VALUE and -1 is MIN_VALUE, as the hardware that does not trap has it. */
    static long divide(final long a, final long b) {
        return b == 0 ? 0 : a / b;
    }

    /** The quotient of the low halves; its low 32 bits count. */
    static long divide32(final long a, final long b) {
        final int divisor = (int) b;
        return divisor == 0 ? 0 : (int) a / divisor;
    }
}
