package org.kernelentry.x86;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The 512 bytes of FXSAVE, which signal frames and tracers see too ({@code struct fxregs_state}).
 *
 * <p>Registers are in an array whose entry {@code base} stands for {@link X86Regs#FPU}: the CPU's own or a task's. Source: Intel SDM
 * volume 1, 10.5.1.
 */
public final class FxArea {
    public static final int SIZE = 512;

    private static final int FSW = 2;
    private static final int FTW = 4;
    private static final int FOP = 6;
    private static final int FIP = 8;
    private static final int FDP = 16;
    private static final int MXCSR = 24;
    private static final int MXCSR_MASK = 28;
    private static final int ST = 32;
    private static final int XMM = 160;
    private static final int FOP_BITS = 0x7ff;

    private FxArea() {}

    private static int at(final int base, final int slot) {
        return base + slot - X86Regs.FPU;
    }

    /** Slot of ST({@code n}) relative to {@link X86Regs#FPU}: registers are stored in the order of the stack. */
    private static int st(final long fsw, final int n) {
        return X86Regs.ST + 2 * ((int) (fsw >> 11) + n & 7);
    }

    /** Writes the registers, the first {@code xmm} vector registers among them, and leaves the rest of {@code area}. */
    public static void write(final long[] r, final int base, final byte[] area, final int xmm) {
        final ByteBuffer out = ByteBuffer.wrap(area).order(ByteOrder.LITTLE_ENDIAN);
        final long fsw = r[at(base, X86Regs.FSW)];
        out.putShort(0, (short) r[at(base, X86Regs.FCW)]);
        out.putShort(FSW, (short) fsw);
        out.putShort(FTW, (short) r[at(base, X86Regs.FTW)]);
        out.putShort(FOP, (short) r[at(base, X86Regs.FOP)]);
        out.putLong(FIP, r[at(base, X86Regs.FIP)]);
        out.putLong(FDP, r[at(base, X86Regs.FDP)]);
        out.putInt(MXCSR, (int) r[at(base, X86Regs.MXCSR)]);
        out.putInt(MXCSR_MASK, (int) X86Regs.MXCSR_VALID);
        for (int n = 0; n < X86Regs.ST_REGISTERS; n++) {
            final int slot = at(base, st(fsw, n));
            out.putLong(ST + 16 * n, r[slot]);
            out.putLong(ST + 16 * n + 8, r[slot + 1] & 0xffff);
        }
        for (int n = 0; n < 2 * xmm; n++) {
            out.putLong(XMM + Long.BYTES * n, r[at(base, X86Regs.XMM + n)]);
        }
    }

    /**
     * The x87 tag word in full, two bits a register: 0 valid, 1 zero, 2 special, 3 empty ({@code twd_fxsr_to_i387()}).
     */
    public static int fullTags(final byte[] area) {
        final ByteBuffer in = ByteBuffer.wrap(area).order(ByteOrder.LITTLE_ENDIAN);
        final int top = in.getShort(FSW) >> 11 & 7;
        int tags = 0;
        for (int n = 0; n < X86Regs.ST_REGISTERS; n++) {
            tags |= tag(in, n, top) << 2 * n;
        }
        return tags;
    }

    private static int tag(final ByteBuffer in, final int physical, final int top) {
        if ((in.get(FTW) >> physical & 1) == 0) {
            return 3;
        }
        final int at = ST + 16 * (physical - top & 7);
        final long significand = in.getLong(at);
        final int exponent = in.getShort(at + 8) & 0x7fff;
        if (exponent == 0) {
            return significand == 0 ? 1 : 2;
        }
        return exponent != 0x7fff && significand < 0 ? 0 : 2;
    }

    /** MXCSR in {@code area}, which must have no reserved bit set. */
    public static long mxcsr(final byte[] area) {
        return ByteBuffer.wrap(area).order(ByteOrder.LITTLE_ENDIAN).getInt(MXCSR) & 0xffff_ffffL;
    }

    /** Reads the registers back. */
    public static void read(final long[] r, final int base, final byte[] area, final int xmm) {
        final ByteBuffer in = ByteBuffer.wrap(area).order(ByteOrder.LITTLE_ENDIAN);
        final long fsw = in.getShort(FSW) & 0xffffL;
        // Bits 7 to 5 and 13 are reserved; bit 6 reads as 1.
        final long fcw = in.getShort(0) & 0x1f3fL | 0x40;
        r[at(base, X86Regs.FCW)] = fcw;
        r[at(base, X86Regs.FSW)] = X86Regs.summarized(fsw, fcw);
        r[at(base, X86Regs.FTW)] = in.get(FTW) & 0xffL;
        r[at(base, X86Regs.FOP)] = in.getShort(FOP) & FOP_BITS;
        r[at(base, X86Regs.FIP)] = in.getLong(FIP);
        r[at(base, X86Regs.FDP)] = in.getLong(FDP);
        r[at(base, X86Regs.MXCSR)] = mxcsr(area);
        for (int n = 0; n < X86Regs.ST_REGISTERS; n++) {
            final int slot = at(base, st(fsw, n));
            r[slot] = in.getLong(ST + 16 * n);
            r[slot + 1] = in.getShort(ST + 16 * n + 8) & 0xffffL;
        }
        for (int n = 0; n < 2 * xmm; n++) {
            r[at(base, X86Regs.XMM + n)] = in.getLong(XMM + Long.BYTES * n);
        }
    }
}
