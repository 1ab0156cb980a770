package org.kernelentry.x86.decode;

import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.x86.X86Regs;

/**
 * MUL, IMUL, DIV, IDIV and the sign extensions of the accumulator.
 *
 * <p>CF and OF tell whether the product needs its upper half. SF, ZF and PF, undefined in the manuals, follow the lower half of the
 * product and AF is cleared; division, whose flags are all undefined, leaves them.
 */
final class Multiply {
    private Multiply() {}

    static void mul(final Insn i) {
        wide(i, false);
    }

    static void imul(final Insn i) {
        wide(i, true);
    }

    /** One operand: the accumulator pair gets the double-width product. */
    private static void wide(final Insn i, final boolean signed) {
        final Operands o = i.operands;
        final BlockBuilder out = i.out;
        final int width = o.width(0);
        final int a = signed ? o.signExtend(X86Regs.RAX, width) : o.zeroExtend(X86Regs.RAX, width);
        final int b = signed ? o.readSignExtended(0) : o.readZeroExtended(0);
        final int low = out.temp();
        final int high = out.temp();
        final int lost = out.temp();
        out.alu(Op.MUL, low, a, b);
        if (width == 64) {
            out.alu(signed ? Op.SMULH : Op.UMULH, high, a, b);
        } else {
            out.alui(Op.SHRI, high, low, width);
        }
        if (signed) {
            overflowOfSigned(out, width, low, high, lost);
        } else {
            out.mov(lost, high);
        }
        out.flags(FlagKind.RESULT_CV, width, lost, lost, low);
        if (width == 8) {
            out.insert(X86Regs.RAX, low, 0, 16);
        } else {
            o.writeRegister(X86Regs.RAX, width, low);
            o.writeRegister(X86Regs.RDX, width, high);
        }
    }

    /** lost != 0 when the double-width product is not the sign extension of its lower half. */
    private static void overflowOfSigned(
            final BlockBuilder out, final int width, final int low, final int high, final int lost) {
        final int sign = out.temp();
        if (width == 64) {
            out.alui(Op.SARI, sign, low, 63);
            out.alu(Op.XOR, lost, sign, high);
        } else {
            out.unary(width == 8 ? Op.SX8 : width == 16 ? Op.SX16 : Op.SX32, sign, low);
            out.alu(Op.XOR, lost, sign, low);
        }
    }

    /** IMUL with two or three operands: the truncated product. */
    static void imulTo(final Insn i) {
        final Operands o = i.operands;
        final BlockBuilder out = i.out;
        final int width = o.width(0);
        final boolean three = i.form().operands.size() == 3;
        final int a = o.signExtend(o.read(three ? 1 : 0), width);
        final int b = three ? out.constant(i.immediate) : o.signExtend(o.read(1), width);
        final int low = out.temp();
        final int high = out.temp();
        final int lost = out.temp();
        out.alu(Op.MUL, low, a, b);
        if (width == 64) {
            out.alu(Op.SMULH, high, a, b);
        }
        overflowOfSigned(out, width, low, high, lost);
        out.flags(FlagKind.RESULT_CV, width, lost, lost, low);
        o.write(0, low);
    }

    static void div(final Insn i) {
        divide(i, X86Helpers.DIV);
    }

    static void idiv(final Insn i) {
        divide(i, X86Helpers.IDIV);
    }

    private static void divide(final Insn i, final int helper) {
        final int width = i.operands.width(0);
        final int divisor = helper == X86Helpers.DIV ? i.operands.readZeroExtended(0) : i.operands.readSignExtended(0);
        i.out.helper(helper + X86Helpers.widthIndex(width), X86Regs.RAX, divisor, X86Regs.RDX);
    }

    /** CBW, CWDE, CDQE. */
    static void cbw(final Insn i) {
        final int t = i.operands.signExtend(X86Regs.RAX, i.operandSize / 2);
        i.operands.writeRegister(X86Regs.RAX, i.operandSize, t);
    }

    /** CWD, CDQ, CQO. */
    static void cwd(final Insn i) {
        final int t = i.operands.signExtend(X86Regs.RAX, i.operandSize);
        i.out.alui(Op.SARI, t, t, 63);
        i.operands.writeRegister(X86Regs.RDX, i.operandSize, t);
    }
}
