package org.kernelentry.x86.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kernelentry.isa.fp.FpExtended;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.x86.X86Regs;

/** Instructions of the x87 FPU on its control and status words and on its state as a whole. Source: Intel SDM volume 1, 8.1.10 and 8.3.11. */
final class X87State {
    static final Row.Meaning FLDCW = loadControl();
    static final Row.Meaning FNINIT = onState(X87State::init);
    static final Row.Meaning FNSTENV = onArea(X87State::storeEnvironment, false);
    static final Row.Meaning FLDENV = onArea(X87State::loadEnvironment, true);
    static final Row.Meaning FNSAVE = onArea(X87State::save, false);
    static final Row.Meaning FRSTOR = onArea(X87State::restore, true);

    /** Bits of the control word that can be set; bit 6 reads as 1. */
    private static final long FCW_BITS = 0x1f3f;

    private static final long FCW_FIXED = 0x40;
    private static final long EXCEPTION_MASKS = 0x3f;
    /** The flags, ES, SF and B. */
    private static final long EXCEPTION_STATUS = 0x80ff;

    private static final int EMPTY = 3;
    private static final int REGISTER = 10;

    private X87State() {}

    // ---- words

    static void fnstcw(final Insn i) {
        i.operands.write(0, X86Regs.FCW);
    }

    /** To memory or AX. */
    static void fnstsw(final Insn i) {
        if (i.memory) {
            i.operands.write(0, X86Regs.FSW);
        } else {
            i.out.insert(X86Regs.RAX, X86Regs.FSW, 0, 16);
        }
    }

    static void fnclex(final Insn i) {
        i.out.alui(Op.ANDI, X86Regs.FSW, X86Regs.FSW, ~EXCEPTION_STATUS);
    }

    private static Row.Meaning onState(final X87Compare.OnState what) {
        final int number = VectorHelpers.add((s, d, a, b) -> what.run(s));
        return i -> i.out.helper(number, 0, 0, 0);
    }

    private static Row.Meaning loadControl() {
        final int number = VectorHelpers.add((s, d, a, b) -> setControl(s, s.r[a]));
        return i -> {
            X87Unit.await(i);
            i.out.helper(number, 0, i.operands.read(0), 0);
        };
    }

    /** A flag that is set already becomes pending with its mask cleared. */
    private static void setControl(final CpuState s, final long value) {
        s.r[X86Regs.FCW] = value & FCW_BITS | FCW_FIXED;
        X87Unit.summarize(s);
    }

    private static void init(final CpuState s) {
        s.r[X86Regs.FCW] = X86Regs.FCW_DEFAULT;
        s.r[X86Regs.FSW] = 0;
        s.r[X86Regs.FTW] = 0;
        s.r[X86Regs.FOP] = 0;
        s.r[X86Regs.FIP] = 0;
        s.r[X86Regs.FDP] = 0;
    }

    // ---- areas of 7 words, with the registers behind them 7 words and 80 bytes; a word is 32 or 16 bits by the
    // operand size

    @FunctionalInterface
    private interface OnArea {
        void run(CpuState s, long address, int word);
    }

    private static Row.Meaning onArea(final OnArea what, final boolean waits) {
        final int number = VectorHelpers.add((s, d, a, b) -> what.run(s, s.r[d], a));
        return i -> {
            if (waits) {
                X87Unit.await(i);
            }
            i.operands.checkAlignment(i.operandSize == 16 ? 2 : 4, i.operands.address(), i.operands.displacement());
            i.out.helper(number, X87Unit.address(i), i.operandSize == 16 ? 2 : 4, 0);
        };
    }

    private static int tag(final CpuState s, final int physical) {
        if ((s.r[X86Regs.FTW] >> physical & 1) == 0) {
            return EMPTY;
        }
        final long sig = s.r[X86Regs.ST + 2 * physical];
        final int se = (int) s.r[X86Regs.ST + 2 * physical + 1];
        if (FpExtended.isZero(sig, se)) {
            return 1;
        }
        return (se & FpExtended.MAX) == FpExtended.MAX || sig >= 0 || (se & FpExtended.MAX) == 0 ? 2 : 0;
    }

    private static ByteBuffer environment(final CpuState s, final int word, final int size) {
        final ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        int tags = 0;
        for (int n = 0; n < X86Regs.ST_REGISTERS; n++) {
            tags |= tag(s, n) << 2 * n;
        }
        final long fip = s.r[X86Regs.FIP];
        final long fdp = s.r[X86Regs.FDP];
        // The segments of the pointers are not kept (SDM vol. 1, 8.1.8).
        final long[] words = {s.r[X86Regs.FCW], s.r[X86Regs.FSW], tags, fip, s.r[X86Regs.FOP] << 16, fdp, 0};
        for (int n = 0; n < words.length; n++) {
            if (word == 2) {
                out.putShort(2 * n, (short) (n == 4 ? 0 : words[n]));
            } else {
                // The upper halves of the words that have none read as ones.
                out.putInt(4 * n, (int) (n < 3 || n == 6 ? words[n] | 0xffff_0000L : words[n]));
            }
        }
        return out;
    }

    /** Masks all exceptions afterwards. */
    private static void storeEnvironment(final CpuState s, final long address, final int word) {
        final int size = 7 * word;
        final byte[] bytes = new byte[size];
        environment(s, word, size).get(0, bytes);
        s.memory.store(address, bytes, 0, bytes.length);
        s.r[X86Regs.FCW] |= EXCEPTION_MASKS;
        X87Unit.summarize(s);
    }

    /** Initializes the unit afterwards. */
    private static void save(final CpuState s, final long address, final int word) {
        final ByteBuffer out = environment(s, word, 7 * word + X86Regs.ST_REGISTERS * REGISTER);
        for (int n = 0; n < X86Regs.ST_REGISTERS; n++) {
            out.putLong(7 * word + REGISTER * n, X87Unit.sig(s, n));
            out.putShort(7 * word + REGISTER * n + Long.BYTES, (short) X87Unit.se(s, n));
        }
        final byte[] bytes = new byte[out.capacity()];
        out.get(0, bytes);
        s.memory.store(address, bytes, 0, bytes.length);
        init(s);
    }

    private static ByteBuffer load(final CpuState s, final long address, final int size) {
        final byte[] bytes = new byte[size];
        s.memory.load(address, bytes, 0, size);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void loadEnvironment(final CpuState s, final long address, final int word) {
        setEnvironment(s, load(s, address, 7 * word), word);
    }

    private static void setEnvironment(final CpuState s, final ByteBuffer in, final int word) {
        final int tags = in.getShort(2 * word);
        long full = 0;
        for (int n = 0; n < X86Regs.ST_REGISTERS; n++) {
            full |= (tags >> 2 * n & EMPTY) == EMPTY ? 0 : 1 << n;
        }
        s.r[X86Regs.FSW] = in.getShort(word) & 0xffffL;
        s.r[X86Regs.FTW] = full;
        if (word == 4) {
            s.r[X86Regs.FIP] = in.getInt(12) & 0xffff_ffffL;
            s.r[X86Regs.FOP] = in.getInt(16) >> 16 & 0x7ff;
            s.r[X86Regs.FDP] = in.getInt(20) & 0xffff_ffffL;
        } else {
            s.r[X86Regs.FIP] = in.getShort(6) & 0xffffL;
            s.r[X86Regs.FOP] = 0;
            s.r[X86Regs.FDP] = in.getShort(10) & 0xffffL;
        }
        setControl(s, in.getShort(0));
    }

    private static void restore(final CpuState s, final long address, final int word) {
        final ByteBuffer in = load(s, address, 7 * word + X86Regs.ST_REGISTERS * REGISTER);
        setEnvironment(s, in, word);
        for (int n = 0; n < X86Regs.ST_REGISTERS; n++) {
            final int slot = X87Unit.st(s, n);
            s.r[slot] = in.getLong(7 * word + REGISTER * n);
            s.r[slot + 1] = in.getShort(7 * word + REGISTER * n + Long.BYTES) & 0xffffL;
        }
    }
}
