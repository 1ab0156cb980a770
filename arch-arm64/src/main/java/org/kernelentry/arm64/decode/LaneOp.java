package org.kernelentry.arm64.decode;

import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.isa.fp.FpFormat;
import org.kernelentry.isa.simd.Lanes;

/** What a vector instruction does to one word of lanes: {@code d} is the old result, {@code b} the second operand or an immediate. */
@FunctionalInterface
interface LaneOp {
    long apply(FpSimdUnit unit, int size, long d, long a, long b);

    /** The operation on lane 0 alone; the others of the result are 0. */
    default long scalar(final FpSimdUnit unit, final int size, final long d, final long a, final long b) {
        final long mask = Lanes.mask(size);
        return apply(unit, size, d & mask, a & mask, b & mask) & mask;
    }

    /** What a floating-point instruction does to one lane; {@code d} and {@code b} as above. */
    @FunctionalInterface
    interface Fp {
        long apply(FpEnv env, FpFormat f, long d, long a, long b);
    }

    /** The lanes of a word, of size 2 or 3, one by one. */
    static LaneOp of(final Fp op) {
        return new FloatingPoint(op, false);
    }

    /** As {@link #of}, where {@code b} is an immediate. */
    static LaneOp ofImmediate(final Fp op) {
        return new FloatingPoint(op, true);
    }

    /** The adapter of {@link #of}: lanes that an instruction does not work on must raise nothing. */
    record FloatingPoint(Fp op, boolean immediate) implements LaneOp {
        private static final long LOW = 0xffff_ffffL;

        @Override
        public long apply(final FpSimdUnit unit, final int size, final long d, final long a, final long b) {
            if (size == 3) {
                return op.apply(unit.env, FpFormat.DOUBLE, d, a, b);
            }
            final long high = op.apply(unit.env, FpFormat.SINGLE, d >>> 32, a >>> 32, immediate ? b : b >>> 32);
            return scalar(unit, size, d, a, b) | high << 32;
        }

        @Override
        public long scalar(final FpSimdUnit unit, final int size, final long d, final long a, final long b) {
            if (size == 3) {
                return op.apply(unit.env, FpFormat.DOUBLE, d, a, b);
            }
            return op.apply(unit.env, FpFormat.SINGLE, d & LOW, a & LOW, immediate ? b : b & LOW);
        }
    }
}
