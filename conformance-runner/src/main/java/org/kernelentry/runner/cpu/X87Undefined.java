package org.kernelentry.runner.cpu;

import java.util.Set;

/** What the Intel SDM leaves open in the x87 FPU, or where AMD's processors are known to differ, by its sections. */
final class X87Undefined {
    private static final long C1 = 1L << 25;
    private static final long CONDITIONS = 0x4700L << 16;
    private static final long IE = 1L << 16;
    private static final long DE = 1L << 17;
    private static final long PE = 1L << 21;
    private static final long ZF_PF_CF = 0x45;
    private static final long OF_SF_AF = 0x890;
    private static final int REGISTERS = 8;
    private static final int EXPONENT = 0x7fff;
    /** The exponent of 1. */
    private static final int ONE = 0x3fff;

    /** Computed by algorithms of the processor's own. */
    private static final Set<String> TRANSCENDENTAL =
            Set.of("F2XM1", "FYL2X", "FYL2XP1", "FPATAN", "FPTAN", "FSIN", "FCOS", "FSINCOS");

    private static final Set<String> TO_FLAGS = Set.of("FCOMI", "FCOMIP", "FUCOMI", "FUCOMIP");

    private static final Set<String> TO_CONDITIONS =
            Set.of("FCOM", "FCOMP", "FCOMPP", "FUCOM", "FUCOMP", "FUCOMPP", "FTST", "FICOM", "FICOMP");

    private X87Undefined() {}

    /** Whether the manual leaves something open that an instruction does. */
    static boolean indefinite(String row) {
        return TRANSCENDENTAL.contains(row) || TO_FLAGS.contains(row) || TO_CONDITIONS.contains(row);
    }

    /** The section that lets everything be different. */
    static String section(String row, CpuCase test) {
        long[] before = test.before();
        long exponent = before[X86Mode.ST + 1] & EXPONENT;
        if (row.equals("F2XM1") && exponent >= ONE && exponent < EXPONENT) {
            return "vol. 2, F2XM1: an operand outside of -1 to 1";
        }
        if (row.equals("FYL2XP1") && exponent >= ONE - 2 && exponent < EXPONENT) {
            return "vol. 2, FYL2XP1: an operand outside of the square root of 1/2, less 1, to the square root of 2, less 1";
        }
        return "";
    }

    /** Ours goes for both where the manual is open, so that a kept case can be replayed. */
    static void mask(String row, CpuCase test, CpuOutcome ours, CpuOutcome theirs) {
        long[] a = ours.after();
        long[] b = theirs.after();
        long before = test.before()[X86Mode.FX];
        boolean unmasked = (a[X86Mode.FX] & b[X86Mode.FX] & (IE | DE) & ~(before << 16)) != 0;
        if (TRANSCENDENTAL.contains(row)) {
            // Vol. 1, 8.3.10: the error is below 1 in the last place; C1 tells of a rounding that others do elsewhere.
            b[X86Mode.FX] = merge(b[X86Mode.FX], a[X86Mode.FX], C1);
            if ((a[X86Mode.FX] & PE) == 0) {
                // 2^1 - 1 and the like, which are exact.
                b[X86Mode.FX] &= ~PE;
            }
            for (int n = 0; n < REGISTERS; n++) {
                int at = X86Mode.ST + 2 * n;
                if (near(a[at], a[at + 1], b[at], b[at + 1])) {
                    b[at] = a[at];
                    b[at + 1] = a[at + 1];
                }
            }
        } else if (TO_FLAGS.contains(row)) {
            // Vol. 2, FCOMI: C1 is cleared, which AMD's processors do not do.
            b[X86Mode.FX] = merge(b[X86Mode.FX], a[X86Mode.FX], C1);
            if (unmasked) {
                // Vol. 2, FCOMI: the flags are not set when the exception is not masked; AMD's processors set them.
                b[X86Mode.FLAGS] = merge(b[X86Mode.FLAGS], a[X86Mode.FLAGS], ZF_PF_CF | OF_SF_AF);
            }
        } else if (TO_CONDITIONS.contains(row) && unmasked) {
            // Vol. 2, FCOM: as FCOMI.
            b[X86Mode.FX] = merge(b[X86Mode.FX], a[X86Mode.FX], CONDITIONS);
        }
    }

    private static long merge(long theirs, long ours, long bits) {
        return theirs & ~bits | ours & bits;
    }

    private static boolean near(long sigA, long seA, long sigB, long seB) {
        if (seA == seB) {
            return Math.abs(sigA - sigB) == 1;
        }
        // On both sides of a power of two.
        long distance = Math.abs((seA & EXPONENT) - (seB & EXPONENT));
        return distance == 1 && (sigA == Long.MIN_VALUE && sigB == -1 || sigA == -1 && sigB == Long.MIN_VALUE);
    }
}
