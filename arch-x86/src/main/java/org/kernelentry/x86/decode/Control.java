package org.kernelentry.x86.decode;

import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.x86.X86Exit;
import org.kernelentry.x86.X86Regs;

/** Jumps, calls, returns, loops, and the interrupt instructions. */
final class Control {
    private Control() {}

    private static long target(final Insn i) {
        final long target = i.next() + i.immediate;
        return i.longMode ? target : i.operandSize == 16 ? target & 0xffff : target & 0xffff_ffffL;
    }

    static void jmp(final Insn i) {
        i.out.jump(target(i));
    }

    /**
     * 64-bit code: #GP at this instruction, with nothing changed, when {@code target} is no canonical address. An address of the
     * kernel's half is canonical and faults when code is fetched from it.
     */
    private static void checkCanonical(final Insn i, final int target) {
        if (!i.longMode) {
            return;
        }
        final BlockBuilder out = i.out;
        final int top = out.temp();
        out.alui(Op.SARI, top, target, 47);
        final int lower = out.skipIfZero(top);
        out.alui(Op.ADDI, top, top, 1);
        final int upper = out.skipIfZero(top);
        i.protection(0);
        out.bind(lower);
        out.bind(upper);
    }

    static void jmpTo(final Insn i) {
        final int target = i.operands.readZeroExtended(0);
        checkCanonical(i, target);
        i.out.jumpTo(target);
    }

    static void jcc(final Insn i) {
        i.out.jumpIf(Conditions.of(i.opcode), target(i));
    }

    static void call(final Insn i) {
        Stack.push(i, i.operandSize, i.out.constant(i.next()));
        i.out.jump(target(i));
    }

    /** The target is read before the return address is pushed; a stack that cannot be written faults before the target is looked at. */
    static void callTo(final Insn i) {
        final int target = i.operands.readZeroExtended(0);
        if (i.longMode) {
            i.operands.probeWrite(i.operandSize / 8, X86Regs.RSP, -i.operandSize / 8);
        }
        checkCanonical(i, target);
        Stack.push(i, i.operandSize, i.out.constant(i.next()));
        i.out.jumpTo(target);
    }

    /** RET, and RET imm16 where there is an immediate. */
    static void ret(final Insn i) {
        final int target = Stack.peek(i, i.operandSize, 0);
        checkCanonical(i, target);
        Stack.drop(i, i.operandSize / 8 + (int) (i.immediate & 0xffff));
        i.out.jumpTo(target);
    }

    static void loop(final Insn i) {
        countDown(i, -1);
    }

    static void loope(final Insn i) {
        countDown(i, Cond.Z);
    }

    static void loopne(final Insn i) {
        countDown(i, Cond.NZ);
    }

    private static void countDown(final Insn i, final int cond) {
        final BlockBuilder out = i.out;
        i.operands.addToAddressRegister(X86Regs.RCX, out.constant(-1));
        final int count = i.operands.addressRegister(X86Regs.RCX);
        if (cond < 0) {
            out.jumpIfNonZero(count, target(i));
            return;
        }
        final int test = out.temp();
        final int go = out.temp();
        out.getCond(test, cond);
        out.select(go, test, count, test);
        out.jumpIfNonZero(go, target(i));
    }

    /** JCXZ, JECXZ, JRCXZ by address size. */
    static void jcxz(final Insn i) {
        final BlockBuilder out = i.out;
        final int zero = out.temp();
        out.alu(Op.EQ, zero, i.operands.addressRegister(X86Regs.RCX), out.constant(0));
        out.jumpIfNonZero(zero, target(i));
    }

    // ---- far transfers: the way between 32-bit and 64-bit code of one task

    static void jmpFar(final Insn i) {
        final int target = i.out.constant(i.immediate & (i.operandSize == 16 ? 0xffff : 0xffff_ffffL));
        i.out.helperEnd(X86Helpers.FAR, X86Regs.RSP, target, i.out.constant(i.immediate2));
    }

    static void jmpFarTo(final Insn i) {
        final int target = i.operands.read(0);
        i.out.helperEnd(X86Helpers.FAR, X86Regs.RSP, target, farSelector(i));
    }

    static void callFar(final Insn i) {
        final int target = i.out.constant(i.immediate & (i.operandSize == 16 ? 0xffff : 0xffff_ffffL));
        callFar(i, target, i.out.constant(i.immediate2));
    }

    static void callFarTo(final Insn i) {
        callFar(i, i.operands.read(0), farSelector(i));
    }

    private static int farSelector(final Insn i) {
        final int bytes = i.operandSize / 8;
        return i.operands.load(16, i.operands.address(), i.operands.displacement() + bytes);
    }

    private static void callFar(final Insn i, final int target, final int selector) {
        final BlockBuilder out = i.out;
        final int bytes = i.operandSize / 8;
        final int sp = out.temp();
        out.alui(i.longMode ? Op.ADDI : Op.ADDI32, sp, X86Regs.RSP, -2L * bytes);
        i.operands.checkAlignment(bytes, sp, bytes);
        out.probeWrite(sp, 0, 2 * bytes);
        i.operands.store(i.operandSize, out.constant(i.next()), sp, 0);
        i.operands.store(i.operandSize, X86Regs.CS, sp, bytes);
        out.helperEnd(X86Helpers.FAR, sp, target, selector);
    }

    static void retFar(final Insn i) {
        final BlockBuilder out = i.out;
        final int bytes = i.operandSize / 8;
        final int target = Stack.peek(i, i.operandSize, 0);
        final int selector = i.operands.zeroExtend(Stack.peek(i, i.operandSize, bytes), 16);
        final int sp = out.temp();
        final long up = 2L * bytes + (i.immediate & 0xffff);
        out.alui(i.longMode ? Op.ADDI : Op.ADDI32, sp, X86Regs.RSP, up);
        out.helperEnd(X86Helpers.FAR, sp, target, selector);
    }

    static void iret(final Insn i) {
        final int bytes = i.out.constant(i.operandSize / 8);
        i.out.helperEnd(i.longMode ? X86Helpers.IRET64 : X86Helpers.IRET32, 0, bytes, 0);
    }

    // ---- interrupts by instruction

    static void int3(final Insn i) {
        i.out.exit(CpuExit.BREAKPOINT, 0, i.next());
    }

    static void int1(final Insn i) {
        i.out.exit(CpuExit.TRAP, X86Exit.VECTOR_DB, i.next());
    }

    /** User mode may use the gates 3, 4 and 0x80; any other raises #GP with the gate's number in the error code. */
    static void intN(final Insn i) {
        final int vector = (int) i.immediate & 0xff;
        switch (vector) {
            case 3 -> int3(i);
            case 4 -> i.out.exit(CpuExit.TRAP, X86Exit.VECTOR_OF, i.next());
            case 0x80 -> i.out.exit(CpuExit.SYSCALL, X86Exit.INT80, i.next());
            default -> i.protection(vector * 8 + 2);
        }
    }

    static void into(final Insn i) {
        final int no = i.out.skipIf(Cond.NV);
        i.out.exit(CpuExit.TRAP, X86Exit.VECTOR_OF, i.next());
        i.out.bind(no);
    }

    static void bound(final Insn i) {
        final BlockBuilder out = i.out;
        final Operands o = i.operands;
        final int width = i.operandSize;
        final int index = o.signExtend(o.read(0), width);
        final int address = o.address();
        final int low = o.signExtend(o.load(width, address, o.displacement()), width);
        final int high = o.signExtend(o.load(width, address, o.displacement() + width / 8), width);
        final int below = out.temp();
        final int above = out.temp();
        out.alu(Op.LTS, below, index, low);
        out.alu(Op.LTS, above, high, index);
        out.alu(Op.OR, below, below, above);
        final int inside = out.skipIfZero(below);
        out.exit(CpuExit.TRAP, X86Exit.VECTOR_BR, i.pc());
        out.bind(inside);
    }
}
