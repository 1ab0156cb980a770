package org.kernelentry.isa.aarch32;

import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.Op;

/**
 * The second operand of data processing: its value and the shifter's carry. DDI 0406C A8.4.3 (Shift_C), A5.2.4 (ARMExpandImm_C),
 * A6.3.2 (ThumbExpandImm_C).
 */
final class Shifter {
    static final int LSL = 0;
    static final int LSR = 1;
    static final int ASR = 2;
    /** With amount 0 in an immediate shift: RRX. */
    static final int ROR = 3;

    /** Slot of the operand. */
    final int value;
    /** Slot of the carry out, 0 or 1; {@link Emitter#NONE} when C does not change or was not asked for. */
    final int carry;

    private Shifter(final int value, final int carry) {
        this.value = value;
        this.carry = carry;
    }

    /** A constant without effect on C. */
    static Shifter constant(final Emitter e, final int value) {
        return new Shifter(e.constant(value), Emitter.NONE);
    }

    /** A register as it is. */
    static Shifter register(final Emitter e, final int m) {
        return new Shifter(e.read(m), Emitter.NONE);
    }

    /** An A32 modified immediate: eight bits rotated right by twice the upper four. */
    static Shifter a32Immediate(final Emitter e, final int imm12, final boolean wantCarry) {
        final int value = a32Expand(imm12);
        final boolean rotated = Bits.bits(imm12, 11, 8) != 0;
        return rotated ? withTopAsCarry(e, value, wantCarry) : constant(e, value);
    }

    static int a32Expand(final int imm12) {
        return Integer.rotateRight(imm12 & 0xff, 2 * Bits.bits(imm12, 11, 8));
    }

    /** A T32 modified immediate. */
    static Shifter t32Immediate(final Emitter e, final int imm12, final boolean wantCarry) {
        final int value = t32Expand(imm12);
        final boolean rotated = Bits.bits(imm12, 11, 10) != 0;
        return rotated ? withTopAsCarry(e, value, wantCarry) : constant(e, value);
    }

    static int t32Expand(final int imm12) {
        final int b = imm12 & 0xff;
        switch (Bits.bits(imm12, 11, 8)) {
            case 0:
                return b;
            case 1:
                return b << 16 | b;
            case 2:
                return b << 24 | b << 8;
            case 3:
                return b << 24 | b << 16 | b << 8 | b;
            default:
                return Integer.rotateRight(0x80 | imm12 & 0x7f, Bits.bits(imm12, 11, 7));
        }
    }

    private static Shifter withTopAsCarry(final Emitter e, final int value, final boolean wantCarry) {
        return new Shifter(e.constant(value), wantCarry ? e.constant(value >>> 31) : Emitter.NONE);
    }

    /** Register {@code m} shifted by a constant: {@code imm5} as encoded, where 0 means 32 for LSR and ASR and RRX for ROR. */
    static Shifter byImmediate(final Emitter e, final int m, final int type, final int imm5, final boolean wantCarry) {
        final BlockBuilder out = e.out;
        final int v = e.read(m);
        if (type == LSL && imm5 == 0) {
            return new Shifter(v, Emitter.NONE);
        }
        final int result = out.temp();
        int carry = Emitter.NONE;
        if (type == LSL) {
            out.alui(Op.SHLI32, result, v, imm5);
            carry = wantCarry ? bitOf(e, v, 32 - imm5) : Emitter.NONE;
        } else if (type == LSR) {
            final int amount = imm5 == 0 ? 32 : imm5;
            out.alui(Op.SHRI, result, v, amount);
            carry = wantCarry ? bitOf(e, v, amount - 1) : Emitter.NONE;
        } else if (type == ASR) {
            final int amount = imm5 == 0 ? 32 : imm5;
            out.alui(Op.SARI32, result, v, Math.min(amount, 31));
            carry = wantCarry ? bitOf(e, v, amount - 1) : Emitter.NONE;
        } else if (imm5 != 0) {
            out.alui(Op.RORI32, result, v, imm5);
            carry = wantCarry ? bitOf(e, v, imm5 - 1) : Emitter.NONE;
        } else {
            out.alui(Op.SHLI, result, e.condition(Cond.C), 31);
            final int half = out.temp();
            out.alui(Op.SHRI, half, v, 1);
            out.alu(Op.OR, result, result, half);
            carry = wantCarry ? bitOf(e, v, 0) : Emitter.NONE;
        }
        return new Shifter(result, carry);
    }

    private static int bitOf(final Emitter e, final int slot, final int bit) {
        final int t = e.out.temp();
        e.out.alui(Op.SHRI, t, slot, bit);
        e.out.alui(Op.ANDI, t, t, 1);
        return t;
    }

    /** Register {@code m} shifted by the low byte of register {@code s}: amounts 0 and 32 and more have rules of their own. */
    static Shifter byRegister(final Emitter e, final int m, final int type, final int s, final boolean wantCarry) {
        final BlockBuilder out = e.out;
        final int v = e.read(m);
        final int amount = out.temp();
        out.alui(Op.ANDI, amount, e.read(s), 0xff);
        final int result = out.temp();
        final int carryOut = wantCarry ? out.temp() : Emitter.NONE;
        if (type == ROR) {
            out.alu(Op.ROR32, result, v, amount);
            if (wantCarry) {
                out.alui(Op.SHRI, carryOut, result, 31);
            }
        } else {
            // 33 behaves as any greater amount does, and in 64 bits both the result and the last bit out are still
            // there.
            final int limit = e.constant(33);
            final int less = out.temp();
            out.alu(Op.LTU, less, amount, limit);
            final int n = out.temp();
            out.select(n, less, amount, limit);
            if (type == LSL) {
                final int wide = out.temp();
                out.alu(Op.SHL, wide, v, n);
                out.unary(Op.ZX32, result, wide);
                if (wantCarry) {
                    out.alui(Op.SHRI, carryOut, wide, 32);
                    out.alui(Op.ANDI, carryOut, carryOut, 1);
                }
            } else {
                final int wide = out.temp();
                if (type == ASR) {
                    out.unary(Op.SX32, wide, v);
                    out.alu(Op.SAR, result, wide, n);
                    out.unary(Op.ZX32, result, result);
                } else {
                    out.mov(wide, v);
                    out.alu(Op.SHR, result, wide, n);
                }
                if (wantCarry) {
                    out.alui(Op.SHLI, wide, wide, 1);
                    out.alu(Op.SAR, wide, wide, n);
                    out.alui(Op.ANDI, carryOut, wide, 1);
                }
            }
        }
        if (!wantCarry) {
            return new Shifter(result, Emitter.NONE);
        }
        final int carry = out.temp();
        out.select(carry, amount, carryOut, e.condition(Cond.C));
        return new Shifter(result, carry);
    }
}
