package org.kernelentry.x86.decode;

import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.ir.Op;

/**
 * Shifts and rotates: group 2, SHLD and SHRD.
 *
 * <p>The count is taken modulo 64 for 64-bit operands, else modulo 32. A count of 0 changes no flag, yet a 32-bit register is still
 * zero-extended and memory is still written. OF, which the manuals define for a count of 1 only, follows for every count what the
 * last one-bit step leaves, except SHR, where it is the top bit of the operand before the last step. AF is cleared by shifts.
 */
final class Shifts {
    private Shifts() {}

    static void shl(final Insn i) {
        final int width = i.operands.width(0);
        shift(i, i.operands.readToModify(0), width == 32 ? Op.SHL32 : Op.SHL, FlagKind.SHL);
    }

    static void shr(final Insn i) {
        final Operands o = i.operands;
        final int width = o.width(0);
        final int a = o.readToModify(0);
        if (width == 32) {
            shift(i, a, Op.SHR32, FlagKind.SHR);
        } else {
            shift(i, o.zeroExtend(a, width), Op.SHR, FlagKind.SHR);
        }
    }

    static void sar(final Insn i) {
        final Operands o = i.operands;
        final int width = o.width(0);
        final int a = o.readToModify(0);
        if (width == 32) {
            shift(i, a, Op.SAR32, FlagKind.SAR);
        } else {
            shift(i, o.signExtend(a, width), Op.SAR, FlagKind.SAR);
        }
    }

    /** One step short of the result: there is what the last step shifts out. */
    private static void shift(final Insn i, final int a, final int op, final int kind) {
        final BlockBuilder out = i.out;
        final int count = count(i, 1);
        final int before = out.temp();
        final int result = out.temp();
        out.alui(Op.ADDI, before, count, -1);
        out.alu(op, before, a, before);
        out.alu(op, result, a, count);
        i.operands.write(0, result);
        final int none = out.skipIfZero(count);
        out.flags(kind, i.operands.width(0), before, before, result);
        out.bind(none);
    }

    static void rol(final Insn i) {
        final BlockBuilder out = i.out;
        final int width = i.operands.width(0);
        final int a = i.operands.zeroExtend(i.operands.readToModify(0), width);
        final int count = count(i, 1);
        final int turn = out.temp();
        out.unary(Op.NEG, turn, count);
        final int result = rotateRight(out, a, turn, width);
        final int carry = out.temp();
        out.alui(Op.ANDI, carry, result, 1);
        final int overflow = top(out, result, width);
        out.alu(Op.XOR, overflow, overflow, carry);
        commitRotate(i, count, carry, overflow, result);
    }

    static void ror(final Insn i) {
        final BlockBuilder out = i.out;
        final int width = i.operands.width(0);
        final int a = i.operands.zeroExtend(i.operands.readToModify(0), width);
        final int count = count(i, 1);
        final int result = rotateRight(out, a, count, width);
        final int carry = top(out, result, width);
        final int overflow = top(out, result, width - 1);
        out.alu(Op.XOR, overflow, overflow, carry);
        commitRotate(i, count, carry, overflow, result);
    }

    private static int rotateRight(final BlockBuilder out, final int a, final int count, final int width) {
        final int result = out.temp();
        if (width >= 32) {
            out.alu(width == 64 ? Op.ROR : Op.ROR32, result, a, count);
            return result;
        }
        final int right = out.temp();
        final int left = out.temp();
        out.alui(Op.ANDI, right, count, width - 1);
        out.alu(Op.SHR, result, a, right);
        out.constant(left, width);
        out.alu(Op.SUB, left, left, right);
        out.alu(Op.SHL, left, a, left);
        out.alu(Op.OR, result, result, left);
        return result;
    }

    static void rcl(final Insn i) {
        throughCarry(i, X86Helpers.RCL);
    }

    static void rcr(final Insn i) {
        throughCarry(i, X86Helpers.RCR);
    }

    private static void throughCarry(final Insn i, final int helper) {
        final BlockBuilder out = i.out;
        final int width = i.operands.width(0);
        final int value = i.operands.zeroExtend(i.operands.readToModify(0), width);
        final int count = count(i, 1);
        final int flags = out.temp();
        out.getFlags(flags);
        out.helper(helper + X86Helpers.widthIndex(width), value, count, flags);
        i.operands.write(0, value);
        final int none = out.skipIfZero(count);
        out.putFlags(flags);
        out.bind(none);
    }

    static void shld(final Insn i) {
        twice(i, true);
    }

    static void shrd(final Insn i) {
        twice(i, false);
    }

    /** SHLD and SHRD; a 16-bit operand with a count above 16 takes its further bits from the destination again. */
    private static void twice(final Insn i, final boolean left) {
        final BlockBuilder out = i.out;
        final Operands o = i.operands;
        final int width = o.width(0);
        final int a = o.zeroExtend(o.readToModify(0), width);
        final int b = o.zeroExtend(o.read(1), width);
        final int count = count(i, 2);
        final int result = out.temp();
        final int carry = out.temp();
        final int rest = out.temp();
        out.unary(Op.NEG, rest, count);
        if (width == 64) {
            // A count of 0 would make the other half's shift one by 0, not by 64: shift it in two parts.
            final int most = out.temp();
            out.alui(Op.ADDI, most, rest, -1);
            out.alu(left ? Op.SHL : Op.SHR, result, a, count);
            final int other = out.temp();
            out.alui(left ? Op.SHRI : Op.SHLI, other, b, 1);
            out.alu(left ? Op.SHR : Op.SHL, other, other, most);
            out.alu(Op.OR, result, result, other);
            if (left) {
                out.alu(Op.SHR, carry, a, rest);
            } else {
                out.alui(Op.ADDI, carry, count, -1);
                out.alu(Op.SHR, carry, a, carry);
            }
        } else if (left) {
            // 16 bits: destination, source, destination; 32 bits: destination, source
            final int all = out.temp();
            final int source = out.temp();
            out.alui(Op.SHLI, all, a, width);
            out.alu(Op.OR, all, all, b);
            if (width == 16) {
                out.alui(Op.SHLI, all, all, 16);
                out.alu(Op.OR, all, all, a);
                out.alu(Op.SHL, source, all, count);
                out.alui(Op.SHRI, result, source, 32);
                out.alui(Op.SHRI, carry, source, 48);
            } else {
                out.alu(Op.SHL, source, all, count);
                out.alui(Op.SHRI, result, source, 32);
                out.alu(Op.SHR, carry, all, rest);
            }
        } else {
            final int all = out.temp();
            out.alui(Op.SHLI, all, b, width);
            out.alu(Op.OR, all, all, a);
            if (width == 16) {
                final int again = out.temp();
                out.alui(Op.SHLI, again, a, 32);
                out.alu(Op.OR, all, all, again);
            }
            out.alu(Op.SHR, result, all, count);
            out.alui(Op.ADDI, carry, count, -1);
            out.alu(Op.SHR, carry, all, carry);
        }
        out.alui(Op.ANDI, carry, carry, 1);
        final int overflow = out.temp();
        out.alu(Op.XOR, overflow, result, a);
        out.alui(Op.SHRI, overflow, overflow, width - 1);
        out.alui(Op.ANDI, overflow, overflow, 1);
        commit(i, count, carry, overflow, result);
    }

    /** The masked count, operand {@code n}. */
    private static int count(final Insn i, final int n) {
        final int mask = i.operands.width(0) == 64 ? 63 : 31;
        if (i.operands.at(n) != Operand.CL) {
            return i.out.constant((i.operands.at(n) == Operand.One ? 1 : i.immediate) & mask);
        }
        final int t = i.out.temp();
        i.out.alui(Op.ANDI, t, i.operands.read(n), mask);
        return t;
    }

    private static int top(final BlockBuilder out, final int value, final int width) {
        final int t = out.temp();
        out.alui(Op.SHRI, t, value, width - 1);
        out.alui(Op.ANDI, t, t, 1);
        return t;
    }

    private static void commit(final Insn i, final int count, final int carry, final int overflow, final int result) {
        i.operands.write(0, result);
        final int none = i.out.skipIfZero(count);
        i.out.flags(FlagKind.RESULT_CV, i.operands.width(0), carry, overflow, result);
        i.out.bind(none);
    }

    /** Rotates change CF and OF only. */
    private static void commitRotate(
            final Insn i, final int count, final int carry, final int overflow, final int result) {
        final BlockBuilder out = i.out;
        i.operands.write(0, result);
        final int none = out.skipIfZero(count);
        final int flags = out.temp();
        out.getFlags(flags);
        out.alui(Op.ANDI, flags, flags, ~(long) (Flags.C | Flags.V));
        out.alu(Op.OR, flags, flags, carry);
        out.alui(Op.SHLI, overflow, overflow, 11);
        out.alu(Op.OR, flags, flags, overflow);
        out.putFlags(flags);
        out.bind(none);
    }
}
