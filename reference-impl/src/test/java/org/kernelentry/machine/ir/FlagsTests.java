package org.kernelentry.machine.ir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.machine.CpuState;

/** The formulas of {@link Flags} against adders made of single bits. */
final class FlagsTests {
    private static final long[] EDGES = {
        0,
        1,
        0xf,
        0x10,
        0x7f,
        0x80,
        0xff,
        0x7fff,
        0x8000,
        0xffff,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1,
        0xaaaa_aaaa_aaaa_aaaaL,
        0x5555_5555_5555_5555L
    };

    private final CpuState state = new CpuState(8);

    private static int bit(final long value, final int at) {
        return (int) (value >>> at) & 1;
    }

    /** N, Z and P of the low {@code width} bits. */
    private static int resultFlags(final long result, final int width) {
        boolean zero = true;
        for (int i = 0; i < width; i++) {
            zero &= bit(result, i) == 0;
        }
        boolean even = true;
        for (int i = 0; i < 8; i++) {
            even ^= bit(result, i) == 1;
        }
        return (zero ? Flags.Z : 0) | (bit(result, width - 1) == 1 ? Flags.N : 0) | (even ? Flags.P : 0);
    }

    /** Flags of a + b + carry, by a chain of full adders; the result is compared, too. */
    private static int slowAdd(final long a, final long b, final int carryIn, final int width, final long result) {
        int carry = carryIn;
        int adjust = 0;
        int intoTop = 0;
        for (int i = 0; i < width; i++) {
            if (i == width - 1) {
                intoTop = carry;
            }
            final int sum = bit(a, i) + bit(b, i) + carry;
            assertThat(bit(result, i)).isEqualTo(sum & 1);
            carry = sum >> 1;
            if (i == 3) {
                adjust = carry;
            }
        }
        return resultFlags(result, width)
                | (carry == 1 ? Flags.C : 0)
                | (adjust == 1 ? Flags.A : 0)
                | (intoTop != carry ? Flags.V : 0);
    }

    /** Flags of a - b - borrow, by a chain of full subtractors. */
    private static int slowSubtract(
            final long a, final long b, final int borrowIn, final int width, final long result) {
        int borrow = borrowIn;
        int adjust = 0;
        int intoTop = 0;
        for (int i = 0; i < width; i++) {
            if (i == width - 1) {
                intoTop = borrow;
            }
            final int difference = bit(a, i) - bit(b, i) - borrow;
            assertThat(bit(result, i)).isEqualTo(difference & 1);
            borrow = difference < 0 ? 1 : 0;
            if (i == 3) {
                adjust = borrow;
            }
        }
        return resultFlags(result, width)
                | (borrow == 1 ? Flags.C : 0)
                | (adjust == 1 ? Flags.A : 0)
                | (intoTop != borrow ? Flags.V : 0);
    }

    private int packed(final int kind, final int width, final long a, final long b, final long result) {
        final int f = state.flags;
        state.r[f] = FlagKind.pack(kind, width);
        state.r[f + 1] = a;
        state.r[f + 2] = b;
        state.r[f + 3] = result;
        final int packed = Flags.packed(state);
        conditionsFollow(packed);
        return packed;
    }

    /** Each condition, read from the lazy form, is what its name says of the packed flags; so it is from the RAW form. */
    private void conditionsFollow(final int packed) {
        final boolean c = (packed & Flags.C) != 0;
        final boolean p = (packed & Flags.P) != 0;
        final boolean z = (packed & Flags.Z) != 0;
        final boolean n = (packed & Flags.N) != 0;
        final boolean v = (packed & Flags.V) != 0;
        final boolean[] expected = {
            z,
            !z,
            c,
            !c,
            n,
            !n,
            v,
            !v,
            c && !z,
            !c || z,
            n == v,
            n != v,
            !z && n == v,
            z || n != v,
            !c && !z,
            c || z,
            p,
            !p
        };
        for (int cond = 0; cond < expected.length; cond++) {
            assertThat(Flags.test(state, cond))
                    .as("condition %d of %x", cond, packed)
                    .isEqualTo(expected[cond]);
            assertThat(Flags.test(state, Cond.not(cond))).isEqualTo(!expected[cond]);
        }
        final long[] before = state.r.clone();
        Flags.set(state, packed);
        assertThat(Flags.packed(state)).isEqualTo(packed);
        for (int cond = 0; cond < expected.length; cond++) {
            assertThat(Flags.test(state, cond)).isEqualTo(expected[cond]);
        }
        System.arraycopy(before, 0, state.r, 0, before.length);
    }

    private static long operand(final Random random) {
        return random.nextBoolean() ? random.nextLong() : EDGES[random.nextInt(EDGES.length)];
    }

    @ParameterizedTest(name = "sums and differences of {0} bits have the flags of an adder made of bits")
    @ValueSource(ints = {8, 16, 32, 64})
    void sumsAndDifferencesHaveTheFlagsOfAnAdderMadeOfBits(final int width) {
        final Random random = new Random(width);
        for (int round = 0; round < 1000; round++) {
            final long a = operand(random);
            final long b = operand(random);
            final int carry = random.nextInt(2);
            assertThat(packed(FlagKind.ADD, width, a, b, a + b + carry))
                    .as("%x + %x + %d", a, b, carry)
                    .isEqualTo(slowAdd(a, b, carry, width, a + b + carry));
            final int difference = slowSubtract(a, b, carry, width, a - b - carry);
            assertThat(packed(FlagKind.SUB, width, a, b, a - b - carry))
                    .as("%x - %x - %d", a, b, carry)
                    .isEqualTo(difference);
            assertThat(packed(FlagKind.SUBC, width, a, b, a - b - carry)).isEqualTo(difference ^ Flags.C);
        }
    }

    @ParameterizedTest(name = "increments and decrements of {0} bits keep the carry")
    @ValueSource(ints = {8, 16, 32, 64})
    void incrementsAndDecrementsKeepTheCarry(final int width) {
        final Random random = new Random(width);
        for (int round = 0; round < 600; round++) {
            final long x = operand(random);
            final int carry = random.nextInt(2);
            // An incremented value that was masked to its width must give the same flags as one that was not.
            final long mask = random.nextBoolean() ? -1L : -1L >>> 64 - width;
            assertThat(packed(FlagKind.INC, width, carry, 0, x + 1 & mask))
                    .as("%x + 1", x)
                    .isEqualTo(slowAdd(x, 1, 0, width, x + 1) & ~Flags.C | carry);
            assertThat(packed(FlagKind.DEC, width, carry, 0, x - 1 & mask))
                    .as("%x - 1", x)
                    .isEqualTo(slowSubtract(x, 1, 0, width, x - 1) & ~Flags.C | carry);
        }
    }

    @ParameterizedTest(name = "logic results of {0} bits clear carry and overflow, shifts name them")
    @ValueSource(ints = {8, 16, 32, 64})
    void logicResultsClearCarryAndOverflowShiftsNameThem(final int width) {
        final Random random = new Random(width);
        for (int round = 0; round < 600; round++) {
            final long result = operand(random);
            final long c = random.nextInt(3);
            final long v = random.nextInt(3);
            assertThat(packed(FlagKind.LOGIC, width, operand(random), operand(random), result))
                    .isEqualTo(resultFlags(result, width));
            assertThat(packed(FlagKind.RESULT_CV, width, c, v, result))
                    .isEqualTo(resultFlags(result, width) | (c != 0 ? Flags.C : 0) | (v != 0 ? Flags.V : 0));
        }
    }

    /** One bit at a time, in an int for each bit. */
    @ParameterizedTest(name = "shifts of {0} bits carry out the bit that goes last")
    @ValueSource(ints = {8, 16, 32, 64})
    void shiftsCarryOutTheBitThatGoesLast(final int width) {
        final Random random = new Random(width);
        for (int round = 0; round < 600; round++) {
            final long before = operand(random);
            final long up = before << 1;
            final long mask = -1L >>> 64 - width;
            final int top = bit(before, width - 1);
            final int next = bit(before, width - 2);
            assertThat(packed(FlagKind.SHL, width, before, 0, up))
                    .as("%x << 1", before)
                    .isEqualTo(resultFlags(up, width) | (top == 1 ? Flags.C : 0) | (top != next ? Flags.V : 0));
            final long down = (before & mask) >>> 1;
            final int low = bit(before, 0) == 1 ? Flags.C : 0;
            assertThat(packed(FlagKind.SHR, width, before & mask, 0, down))
                    .as("%x >>> 1", before)
                    .isEqualTo(resultFlags(down, width) | low | (top == 1 ? Flags.V : 0));
            final long signed = down | (long) top << width - 1;
            assertThat(packed(FlagKind.SAR, width, before, 0, signed))
                    .as("%x >> 1", before)
                    .isEqualTo(resultFlags(signed, width) | low);
        }
    }
}
