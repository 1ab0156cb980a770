package org.kernelentry.x86.decode;

import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.x86.X86Exit;
import org.kernelentry.x86.X86Regs;

/** What enters the kernel, what user mode is refused, and what asks about the processor. */
final class SystemInsns {
    private SystemInsns() {}

    /** The return address goes to RCX and RFLAGS to R11. */
    static void syscall(final Insn i) {
        final int flags = Stack.rflags(i, ~X86Regs.RF);
        i.out.mov(X86Regs.R11, flags);
        i.out.constant(X86Regs.RCX, i.next());
        i.out.exit(CpuExit.SYSCALL, X86Exit.SYSCALL, i.next());
    }

    static void sysenter(final Insn i) {
        i.out.exit(CpuExit.SYSCALL, X86Exit.SYSENTER, i.next());
    }

    /** Privileged, or I/O with IOPL 0, or refused by UMIP. */
    static void refused(final Insn i) {
        i.protection(0);
    }

    /** MOV to and from control and debug registers: #UD for one that does not exist, else refused. */
    static void movControl(final Insn i) {
        final int register = i.reg() | (i.rex & Insn.REX_R) << 1;
        final boolean control = (i.opcode & 1) == 0;
        final boolean exists = control ? (0b1_0001_1101 >> register & 1) != 0 : register < 8;
        if (exists) {
            refused(i);
        } else {
            i.undefined();
        }
    }

    static void ud(final Insn i) {
        i.undefined();
    }

    static void cld(final Insn i) {
        i.out.alui(Op.ANDI, X86Regs.EFLAGS, X86Regs.EFLAGS, ~X86Regs.DF);
    }

    static void std(final Insn i) {
        i.out.alui(Op.ORI, X86Regs.EFLAGS, X86Regs.EFLAGS, X86Regs.DF);
    }

    static void cpuid(final Insn i) {
        i.out.helper(X86Helpers.CPUID, 0, 0, 0);
    }

    /** Every reading is one more than the last, so that time is the same in every run. */
    static void rdtsc(final Insn i) {
        final BlockBuilder out = i.out;
        out.alui(Op.ADDI, X86Regs.TSC, X86Regs.TSC, 1);
        out.unary(Op.ZX32, X86Regs.RAX, X86Regs.TSC);
        out.alui(Op.SHRI, X86Regs.RDX, X86Regs.TSC, 32);
    }

    /** 0F 01 F8 is SWAPGS, which user mode is refused; 0F 01 F9 is RDTSCP, which reads processor number 0. */
    static void swapgsOrRdtscp(final Insn i) {
        switch (i.modRm) {
            case 0xf8 -> refused(i);
            case 0xf9 -> {
                rdtsc(i);
                i.out.constant(X86Regs.RCX, 0);
            }
            default -> i.undefined();
        }
    }

    static void readBase(final Insn i) {
        i.operands.write(0, (i.reg() & 1) == 0 ? X86Regs.FS_BASE : X86Regs.GS_BASE);
    }

    static void writeBase(final Insn i) {
        final int value = i.operands.readZeroExtended(0);
        i.out.helper(X86Helpers.WRITE_BASE, (i.reg() & 1) == 0 ? X86Regs.FS_BASE : X86Regs.GS_BASE, value, 0);
    }

    static void decimal(final Insn i) {
        final int flags = i.out.temp();
        i.out.getFlags(flags);
        i.out.helper(X86Helpers.DECIMAL, i.opcode, flags, 0);
        i.out.putFlags(flags);
    }

    /** AAM with an operand of 0 raises #DE. */
    static void decimalImmediate(final Insn i) {
        final int flags = i.out.temp();
        i.out.helper(X86Helpers.DECIMAL_IMMEDIATE, i.opcode & 1, i.out.constant(i.immediate), flags);
        i.out.putFlags(flags);
    }

    /** SALC: AL = CF ? 0xff : 0, in no manual before 2017, in every processor. */
    static void salc(final Insn i) {
        final int t = i.out.temp();
        i.out.getCond(t, Cond.C);
        i.out.unary(Op.NEG, t, t);
        i.out.insert(X86Regs.RAX, t, 0, 8);
    }

    // ---- descriptors, as user mode may see them

    /** LAR and LSL: the register keeps its value when ZF is cleared. */
    private static void ofDescriptor(final Insn i, final int helper) {
        final int selector = i.operands.zeroExtend(i.operands.read(1), 16);
        final int value = i.operands.zeroExtend(i.operands.read(0), i.operands.width(0));
        final int flags = i.out.temp();
        i.out.getFlags(flags);
        i.out.helper(helper, value, selector, flags);
        i.out.putFlags(flags);
        final int unseen = i.out.skipIf(Cond.NZ);
        i.operands.write(0, value);
        i.out.bind(unseen);
    }

    static void lar(final Insn i) {
        ofDescriptor(i, X86Helpers.LAR);
    }

    static void lsl(final Insn i) {
        ofDescriptor(i, X86Helpers.LSL);
    }

    private static void verify(final Insn i, final int helper) {
        final int selector = i.operands.zeroExtend(i.operands.read(0), 16);
        final int flags = i.out.temp();
        i.out.getFlags(flags);
        i.out.helper(helper, 0, selector, flags);
        i.out.putFlags(flags);
    }

    static void verr(final Insn i) {
        verify(i, X86Helpers.VERR);
    }

    static void verw(final Insn i) {
        verify(i, X86Helpers.VERW);
    }

    /** ARPL: raises the RPL of the first selector to that of the second; ZF tells whether it did. */
    static void arpl(final Insn i) {
        final BlockBuilder out = i.out;
        final int selector = i.operands.zeroExtend(i.operands.readToModify(0), 16);
        final int own = out.temp();
        final int other = out.temp();
        out.alui(Op.ANDI, own, selector, 3);
        out.alui(Op.ANDI, other, i.operands.read(1), 3);
        final int lower = out.temp();
        out.alu(Op.LTU, lower, own, other);
        final int flags = out.temp();
        out.getFlags(flags);
        final int zero = out.temp();
        out.alui(Op.SHLI, zero, lower, 6);
        out.alui(Op.ANDI, flags, flags, ~(long) Flags.Z);
        out.alu(Op.OR, flags, flags, zero);
        out.putFlags(flags);
        final int enough = out.skipIfZero(lower);
        out.alui(Op.ANDI, selector, selector, ~3L);
        out.alu(Op.OR, selector, selector, other);
        i.operands.write(0, selector);
        out.bind(enough);
    }
}
