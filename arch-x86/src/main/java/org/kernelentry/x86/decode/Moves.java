package org.kernelentry.x86.decode;

import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.x86.X86Regs;

/** Data movement without the stack: MOV, MOVZX, MOVSX, LEA, XCHG, CMOVcc, SETcc, XLAT, segment registers, flags in AH. */
final class Moves {
    private Moves() {}

    static void mov(final Insn i) {
        i.operands.write(0, i.operands.read(1));
    }

    static void movnti(final Insn i) {
        i.operands.store(i.operands.width(1), i.operands.read(1), i.operands.address(), i.operands.displacement());
    }

    static void movzx(final Insn i) {
        i.operands.write(0, i.operands.readZeroExtended(1));
    }

    static void movsx(final Insn i) {
        i.operands.write(0, i.operands.readSignExtended(1));
    }

    static void lea(final Insn i) {
        i.operands.write(0, i.operands.effective());
    }

    static void xchg(final Insn i) {
        final Operands o = i.operands;
        final int a = o.zeroExtend(o.readToModify(0), o.width(0));
        final int b = o.zeroExtend(o.read(1), o.width(1));
        o.write(0, b);
        o.write(1, a);
    }

    /** The source is read, and a 32-bit destination zero-extended, whether the condition holds or not. */
    static void cmov(final Insn i) {
        final BlockBuilder out = i.out;
        final int old = i.operands.read(0);
        final int source = i.operands.read(1);
        final int test = out.temp();
        final int t = out.temp();
        out.getCond(test, Conditions.of(i.opcode));
        out.select(t, test, source, old);
        i.operands.write(0, t);
    }

    static void setcc(final Insn i) {
        final int t = i.out.temp();
        i.out.getCond(t, Conditions.of(i.opcode));
        i.operands.write(0, t);
    }

    static void xlat(final Insn i) {
        final BlockBuilder out = i.out;
        final Operands o = i.operands;
        final int t = out.temp();
        out.alu(Op.ADD, t, X86Regs.RBX, o.zeroExtend(X86Regs.RAX, 8));
        final int offset = i.addressSize == 64 ? t : o.zeroExtend(t, i.addressSize);
        final int value = o.load(8, o.addSegment(offset, i.segment), 0);
        out.insert(X86Regs.RAX, value, 0, 8);
    }

    /** To a register the selector is zero-extended to the operand size; to memory it is always 16 bits. */
    static void movFromSegment(final Insn i) {
        if (i.reg() > 5) {
            i.undefined();
        } else if (i.memory) {
            i.operands.store(16, X86Regs.ES + i.reg(), i.operands.address(), i.operands.displacement());
        } else {
            i.operands.write(0, X86Regs.ES + i.reg());
        }
    }

    static void movToSegment(final Insn i) {
        if (i.reg() > 5 || i.reg() == X86Regs.CS - X86Regs.ES) {
            i.undefined();
        } else {
            final int selector = i.operands.zeroExtend(i.operands.read(1), 16);
            i.out.helper(X86Helpers.LOAD_SEGMENT, X86Regs.ES + i.reg(), selector, 0);
        }
    }

    static void lahf(final Insn i) {
        final int t = i.out.temp();
        i.out.getFlags(t);
        i.out.alui(Op.ORI, t, t, X86Regs.FIXED);
        i.out.insert(X86Regs.RAX, t, 8, 8);
    }

    static void sahf(final Insn i) {
        final BlockBuilder out = i.out;
        final int flags = out.temp();
        final int t = out.temp();
        out.getFlags(flags);
        out.alui(Op.ANDI, flags, flags, ~0xffL);
        out.alui(Op.SHRI, t, X86Regs.RAX, 8);
        out.alui(Op.ANDI, t, t, 0xd5);
        out.alu(Op.OR, flags, flags, t);
        out.putFlags(flags);
    }

    /** 90 without REX.B exchanges nothing, and does not zero-extend EAX either: NOP, or PAUSE with F3. */
    static void xchgAccumulator(final Insn i) {
        if (i.opcode != 0x90 || (i.rex & Insn.REX_B) != 0) {
            xchg(i);
        }
    }

    /** Also ENDBR, fences and prefetches. */
    static void nop(final Insn i) {
        // Its ModRM is decoded and its memory is not touched.
    }

    private static void loadFar(final Insn i, final int segment) {
        final Operands o = i.operands;
        final int offset = o.load(i.operandSize, o.address(), o.displacement());
        final int selector = o.load(16, o.address(), o.displacement() + i.operandSize / 8);
        i.out.helper(X86Helpers.LOAD_SEGMENT, segment, selector, 0);
        o.write(0, offset);
    }

    static void les(final Insn i) {
        loadFar(i, X86Regs.ES);
    }

    static void lds(final Insn i) {
        loadFar(i, X86Regs.DS);
    }

    static void lss(final Insn i) {
        loadFar(i, X86Regs.SS);
    }

    static void lfs(final Insn i) {
        loadFar(i, X86Regs.FS);
    }

    static void lgs(final Insn i) {
        loadFar(i, X86Regs.GS);
    }
}
