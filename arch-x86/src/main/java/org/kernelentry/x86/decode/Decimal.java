package org.kernelentry.x86.decode;

import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.x86.X86Regs;

/** The decimal adjustments of 32-bit code: DAA, DAS, AAA, AAS, AAM, AAD. Flags the manuals leave undefined follow AMD processors. */
final class Decimal {
    private static final int DAA = 0x27;
    private static final int DAS = 0x2f;
    private static final int AAA = 0x37;

    private Decimal() {}

    /** @param flags slot with the packed flags, in and out */
    static void adjust(final CpuState s, final int opcode, final int flags) {
        final int ax = (int) s.r[X86Regs.RAX] & 0xffff;
        final int before = (int) s.r[flags];
        if (opcode == DAA || opcode == DAS) {
            s.r[flags] = packedDigits(s, ax, before, opcode == DAA ? 1 : -1);
        } else {
            s.r[flags] = oneDigit(s, ax, before, opcode == AAA ? 1 : -1);
        }
    }

    private static int packedDigits(final CpuState s, final int ax, final int flags, final int sign) {
        final int old = ax & 0xff;
        int al = old;
        int f = 0;
        if ((al & 0xf) > 9 || (flags & Flags.A) != 0) {
            al += 6 * sign;
            f |= Flags.A | ((al & ~0xff) != 0 ? Flags.C : 0) | flags & Flags.C;
        }
        if (old > 0x99 || (flags & Flags.C) != 0) {
            al += 0x60 * sign;
            f |= Flags.C;
        }
        al &= 0xff;
        setAx(s, ax & 0xff00 | al);
        return f | ofResult(al);
    }

    private static int oneDigit(final CpuState s, final int ax, final int flags, final int sign) {
        int value = ax;
        int f = 0;
        if ((ax & 0xf) > 9 || (flags & Flags.A) != 0) {
            value += 0x106 * sign;
            f = Flags.A | Flags.C;
        }
        setAx(s, value & 0xff0f);
        return f | ofResult(value & 0xf);
    }

    static void immediate(final CpuState s, final int which, final int operand, final int flags) {
        final int ax = (int) s.r[X86Regs.RAX] & 0xffff;
        final int base = operand & 0xff;
        final int al;
        if (which == 0) {
            if (base == 0) {
                throw X86Helpers.DIVIDE_ERROR;
            }
            al = (ax & 0xff) % base;
            setAx(s, (ax & 0xff) / base << 8 | al);
        } else {
            al = (ax & 0xff) + (ax >> 8) * base & 0xff;
            setAx(s, al);
        }
        s.r[flags] = ofResult(al);
    }

    private static void setAx(final CpuState s, final int value) {
        s.r[X86Regs.RAX] = s.r[X86Regs.RAX] & ~0xffffL | value & 0xffff;
    }

    private static int ofResult(final int al) {
        return (al == 0 ? Flags.Z : 0) | al & Flags.N | ((Integer.bitCount(al) & 1) == 0 ? Flags.P : 0);
    }
}
