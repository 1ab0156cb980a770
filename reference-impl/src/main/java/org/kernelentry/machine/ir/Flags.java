package org.kernelentry.machine.ir;

import org.kernelentry.machine.CpuState;

/**
 * The condition flags of a {@link CpuState}, computed when read.
 *
 * <p>The packed form uses the bit places of x86 EFLAGS for all architectures: C 0, P 2, A 4, Z 6, N 7, V 11.
 */
public final class Flags {
    public static final int C = 1;
    public static final int P = 1 << 2;
    public static final int A = 1 << 4;
    public static final int Z = 1 << 6;
    public static final int N = 1 << 7;
    public static final int V = 1 << 11;
    /** In a kind and width: the result has to be computed from the operands. Translated code has it; {@code CpuState} until {@link #settle}, and not after. */
    public static final int DERIVED = 1 << 16;

    /** In a kind and width of 64 bits, where translated code has it: the second operand is a constant, the upper half. */
    public static final int CONSTANT = 1 << 17;

    public static final int ALL = C | P | A | Z | N | V;

    private Flags() {}

    /** All six flags in the packed form. */
    public static int packed(final CpuState s) {
        return packed((int) s.r[s.flags], s.r[s.flags + 1], s.r[s.flags + 2], s.r[s.flags + 3]);
    }

    /** Replaces all flags. */
    public static void set(final CpuState s, final int packed) {
        s.r[s.flags] = FlagKind.pack(FlagKind.RAW, 64);
        s.r[s.flags + 3] = packed & ALL;
    }

    /** All six flags of an operation in the packed form. */
    public static int packed(final int kindAndWidth, final long a, final long b, final long result) {
        if (kindAndWidth >> 8 == FlagKind.RAW) {
            return (int) result & ALL;
        }
        int f = nzcv(kindAndWidth, a, b, result);
        f |= parity(kindAndWidth, result) ? P : 0;
        f |= adjust(kindAndWidth, a, b, result) ? A : 0;
        return f;
    }

    /** N, Z, C and V in the packed form: all that Arm has. */
    public static int nzcv(final CpuState s) {
        return nzcv((int) s.r[s.flags], s.r[s.flags + 1], s.r[s.flags + 2], s.r[s.flags + 3]);
    }

    /** N, Z, C and V of an operation in the packed form. */
    public static int nzcv(final int kindAndWidth, final long a, final long b, final long result) {
        if (kindAndWidth >> 8 == FlagKind.RAW) {
            return (int) result & (N | Z | C | V);
        }
        int f = 0;
        f |= carry(kindAndWidth, a, b, result) ? C : 0;
        f |= zero(kindAndWidth, result) ? Z : 0;
        f |= sign(kindAndWidth, result) ? N : 0;
        f |= overflow(kindAndWidth, a, b, result) ? V : 0;
        return f;
    }

    /** The result of an operation of which translated code may know the operands only. */
    public static long result(final int kindAndWidth, final long a, final long b, final long result) {
        if ((kindAndWidth & DERIVED) == 0) {
            return result;
        }
        return (kindAndWidth & ~DERIVED) >> 8 == FlagKind.ADD ? a + b : a - b;
    }

    /** Gives the flags the form that all know, where translated code has left them in its own. */
    public static void settle(final CpuState s) {
        final long[] r = s.r;
        final long word = r[s.flags];
        if ((word & (DERIVED | CONSTANT)) != 0) {
            final int kindAndWidth = (int) word & ~CONSTANT;
            r[s.flags + 2] = operand(word, r[s.flags + 2]);
            r[s.flags + 3] = result(kindAndWidth, r[s.flags + 1], r[s.flags + 2], r[s.flags + 3]);
            r[s.flags] = kindAndWidth & ~DERIVED;
        }
    }

    /** The second operand of which translated code may have a constant. */
    public static long operand(final long word, final long b) {
        return (word & CONSTANT) == 0 ? b : word >> Integer.SIZE;
    }

    private static long top(final int kindAndWidth) {
        return 1L << (kindAndWidth & 0xff) - 1;
    }

    /** The flag Z of an operation of that kind and width with this result. */
    public static boolean zero(final int kw, final long result) {
        return kw >> 8 == FlagKind.RAW ? (result & Z) != 0 : (result << 64 - (kw & 0xff)) == 0;
    }

    static boolean sign(final int kw, final long result) {
        return kw >> 8 == FlagKind.RAW ? (result & N) != 0 : (result & top(kw)) != 0;
    }

    static boolean parity(final int kw, final long result) {
        return kw >> 8 == FlagKind.RAW ? (result & P) != 0 : (Integer.bitCount((int) result & 0xff) & 1) == 0;
    }

    static boolean carry(final int kw, final long a, final long b, final long result) {
        switch (kw >> 8) {
            case FlagKind.RAW:
                return (result & C) != 0;
            case FlagKind.ADD:
                return ((a & b | (a | b) & ~result) & top(kw)) != 0;
            case FlagKind.SUB:
                return ((~a & b | (~a | b) & result) & top(kw)) != 0;
            case FlagKind.SUBC:
                return ((~a & b | (~a | b) & result) & top(kw)) == 0;
            case FlagKind.RESULT_CV:
            case FlagKind.INC:
            case FlagKind.DEC:
                return a != 0;
            case FlagKind.SHL:
                return (a & top(kw)) != 0;
            case FlagKind.SHR:
            case FlagKind.SAR:
                return (a & 1) != 0;
            default:
                return false;
        }
    }

    static boolean overflow(final int kw, final long a, final long b, final long result) {
        switch (kw >> 8) {
            case FlagKind.RAW:
                return (result & V) != 0;
            case FlagKind.ADD:
                return ((a ^ result) & (b ^ result) & top(kw)) != 0;
            case FlagKind.SUB:
            case FlagKind.SUBC:
                return ((a ^ b) & (a ^ result) & top(kw)) != 0;
            case FlagKind.RESULT_CV:
                return b != 0;
            case FlagKind.SHL:
                return ((a ^ result) & top(kw)) != 0;
            case FlagKind.SHR:
                return (a & top(kw)) != 0;
            case FlagKind.INC:
                return (result << 64 - (kw & 0xff)) == Long.MIN_VALUE;
            case FlagKind.DEC:
                return (result + 1 << 64 - (kw & 0xff)) == Long.MIN_VALUE;
            default:
                return false;
        }
    }

    static boolean adjust(final int kw, final long a, final long b, final long result) {
        switch (kw >> 8) {
            case FlagKind.RAW:
                return (result & A) != 0;
            case FlagKind.ADD:
            case FlagKind.SUB:
            case FlagKind.SUBC:
                return ((a ^ b ^ result) & 0x10) != 0;
            case FlagKind.INC:
                return (result & 0xf) == 0;
            case FlagKind.DEC:
                return (result & 0xf) == 0xf;
            default:
                return false;
        }
    }

    /** Whether {@code cond} of {@link Cond} holds. */
    public static boolean test(final CpuState s, final int cond) {
        return test((int) s.r[s.flags], s.r[s.flags + 1], s.r[s.flags + 2], s.r[s.flags + 3], cond);
    }

    /** Whether {@code cond} of {@link Cond} holds after an operation of that kind and width, with these operands and this result. */
    public static boolean test(final int kw, final long a, final long b, final long res, final int cond) {
        final boolean yes = switch (cond >> 1) {
            case Cond.Z >> 1 -> zero(kw, res);
            case Cond.C >> 1 -> carry(kw, a, b, res);
            case Cond.N >> 1 -> sign(kw, res);
            case Cond.V >> 1 -> overflow(kw, a, b, res);
            case Cond.C_AND_NZ >> 1 -> carry(kw, a, b, res) && !zero(kw, res);
            case Cond.GE >> 1 -> sign(kw, res) == overflow(kw, a, b, res);
            case Cond.GT >> 1 -> !zero(kw, res) && sign(kw, res) == overflow(kw, a, b, res);
            case Cond.NC_AND_NZ >> 1 -> !carry(kw, a, b, res) && !zero(kw, res);
            case Cond.P >> 1 -> parity(kw, res);
            default -> throw new IllegalArgumentException("condition " + cond);
        };
        return yes == ((cond & 1) == 0);
    }
}
