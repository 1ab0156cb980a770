package org.kernelentry.x86.decode;

import org.kernelentry.machine.CpuState;
import org.kernelentry.x86.X86Regs;

/** DIV and IDIV: a dividend twice as wide as the divisor; #DE for a divisor of 0 or a quotient that does not fit. */
final class Division {
    private Division() {}

    static void unsigned(final CpuState s, final int width, final long divisor) {
        if (divisor == 0) {
            throw X86Helpers.DIVIDE_ERROR;
        }
        if (width == 64) {
            unsigned64(s, divisor);
            return;
        }
        final long dividend = dividend(s, width);
        final long quotient = Long.divideUnsigned(dividend, divisor);
        if (quotient >>> width != 0) {
            throw X86Helpers.DIVIDE_ERROR;
        }
        store(s, width, quotient, Long.remainderUnsigned(dividend, divisor));
    }

    static void signed(final CpuState s, final int width, final long divisor) {
        if (divisor == 0) {
            throw X86Helpers.DIVIDE_ERROR;
        }
        if (width == 64) {
            signed64(s, divisor);
            return;
        }
        final int unused = 64 - 2 * width;
        final long dividend = dividend(s, width) << unused >> unused;
        if (dividend == Long.MIN_VALUE && divisor == -1) {
            throw X86Helpers.DIVIDE_ERROR;
        }
        final long quotient = dividend / divisor;
        if (quotient << 64 - width >> 64 - width != quotient) {
            throw X86Helpers.DIVIDE_ERROR;
        }
        store(s, width, quotient, dividend % divisor);
    }

    private static long dividend(final CpuState s, final int width) {
        final long mask = (1L << width) - 1;
        return width == 8 ? s.r[X86Regs.RAX] & 0xffff : s.r[X86Regs.RAX] & mask | (s.r[X86Regs.RDX] & mask) << width;
    }

    private static void store(final CpuState s, final int width, final long quotient, final long remainder) {
        switch (width) {
            case 8 -> s.r[X86Regs.RAX] = s.r[X86Regs.RAX] & ~0xffffL | quotient & 0xff | (remainder & 0xff) << 8;
            case 16 -> {
                s.r[X86Regs.RAX] = s.r[X86Regs.RAX] & ~0xffffL | quotient & 0xffff;
                s.r[X86Regs.RDX] = s.r[X86Regs.RDX] & ~0xffffL | remainder & 0xffff;
            }
            case 32 -> {
                s.r[X86Regs.RAX] = quotient & 0xffff_ffffL;
                s.r[X86Regs.RDX] = remainder & 0xffff_ffffL;
            }
            default -> {
                s.r[X86Regs.RAX] = quotient;
                s.r[X86Regs.RDX] = remainder;
            }
        }
    }

    private static void unsigned64(final CpuState s, final long divisor) {
        final long high = s.r[X86Regs.RDX];
        final long low = s.r[X86Regs.RAX];
        if (Long.compareUnsigned(high, divisor) >= 0) {
            throw X86Helpers.DIVIDE_ERROR;
        }
        final long quotient = quotient(high, low, divisor);
        store(s, 64, quotient, low - quotient * divisor);
    }

    private static void signed64(final CpuState s, final long divisor) {
        long high = s.r[X86Regs.RDX];
        long low = s.r[X86Regs.RAX];
        final boolean negative = high < 0;
        if (negative) {
            low = -low;
            high = ~high + (low == 0 ? 1 : 0);
        }
        final long magnitude = Math.abs(divisor);
        if (Long.compareUnsigned(high, magnitude) >= 0) {
            throw X86Helpers.DIVIDE_ERROR;
        }
        final long q = quotient(high, low, magnitude);
        final long r = low - q * magnitude;
        final boolean negativeQuotient = negative != divisor < 0;
        if (negativeQuotient ? Long.compareUnsigned(q, Long.MIN_VALUE) > 0 : q < 0) {
            throw X86Helpers.DIVIDE_ERROR;
        }
        store(s, 64, negativeQuotient ? -q : q, negative ? -r : r);
    }

    /** (high:low) / divisor, unsigned; high is below the divisor, so the quotient fits. One bit at a time where high is not 0. */
    private static long quotient(final long high, final long low, final long divisor) {
        if (high == 0) {
            return Long.divideUnsigned(low, divisor);
        }
        long rest = high;
        long quotient = 0;
        for (int bit = 63; bit >= 0; bit--) {
            final boolean carry = rest < 0;
            rest = rest << 1 | low >>> bit & 1;
            if (carry || Long.compareUnsigned(rest, divisor) >= 0) {
                rest -= divisor;
                quotient |= 1L << bit;
            }
        }
        return quotient;
    }
}
