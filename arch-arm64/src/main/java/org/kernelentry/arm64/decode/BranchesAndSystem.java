package org.kernelentry.arm64.decode;

import org.kernelentry.arm64.A64Regs;
import org.kernelentry.isa.DecodeTable;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.ir.Op;

/** Branches, exception generation and system instructions: DDI 0487 C4.1.93. */
final class BranchesAndSystem {
    /** System registers by op0:op1:CRn:CRm:op2 as in bits 20:5, op0 with its upper bit left out: DDI 0487 D19. */
    private static final int NZCV = sysreg(3, 3, 4, 2, 0);

    private static final int FPCR = sysreg(3, 3, 4, 4, 0);
    private static final int FPSR = sysreg(3, 3, 4, 4, 1);
    private static final int TCO = sysreg(3, 3, 4, 2, 7);
    private static final int TPIDR_EL0 = sysreg(3, 3, 13, 0, 2);
    private static final int TPIDRRO_EL0 = sysreg(3, 3, 13, 0, 3);
    private static final int CTR_EL0 = sysreg(3, 3, 0, 0, 1);
    private static final int DCZID_EL0 = sysreg(3, 3, 0, 0, 7);
    private static final int CNTFRQ_EL0 = sysreg(3, 3, 14, 0, 0);
    private static final int CNTVCT_EL0 = sysreg(3, 3, 14, 0, 2);

    private BranchesAndSystem() {}

    static void rows(final DecodeTable<A64Emitter> t) {
        // Conditional branch (immediate)
        t.row("01010100 iiiiiiiiiiiiiiiiiii 0 cccc", "B.cond", BranchesAndSystem::branchCond);
        // Exception generation
        t.row("11010100 000 iiiiiiiiiiiiiiii 000 01", "SVC", BranchesAndSystem::svc);
        t.row("11010100 001 iiiiiiiiiiiiiiii 000 00", "BRK", BranchesAndSystem::brk);
        // Hints: the ones without an effect of their own (NOP, YIELD, WFE, WFI, SEV, SEVL, ESB, PSB, BTI, PACIASP, ...)
        // are all of them
        t.row("11010101000000110010 cccc ooo 11111", "HINT", (e, w) -> {});
        // Barriers
        t.row("11010101000000110011 cccc 010 11111", "CLREX", (e, w) -> e.out.constant(A64Regs.EXCLUSIVE, 0));
        t.row("11010101000000110011 cccc 100 11111", "DSB", (e, w) -> {});
        t.row("11010101000000110011 cccc 101 11111", "DMB", (e, w) -> {});
        t.row("11010101000000110011 cccc 110 11111", "ISB", (e, w) -> {});
        // System instructions that Linux lets EL0 use (SCTLR_EL1.DZE, UCI)
        t.row("1101010100 0 01 011 0111 0100 001 ttttt", "DC ZVA", BranchesAndSystem::zeroBlock);
        t.row("1101010100 0 01 011 0111 0101 001 ttttt", "IC IVAU", (e, w) -> {});
        t.row("1101010100 0 01 011 0111 1010 001 ttttt", "DC CVAC", (e, w) -> {});
        t.row("1101010100 0 01 011 0111 1011 001 ttttt", "DC CVAU", (e, w) -> {});
        t.row("1101010100 0 01 011 0111 1110 001 ttttt", "DC CIVAC", (e, w) -> {});
        // PSTATE
        t.row("1101010100 0 00 011 0100 000i 100 11111", "MSR TCO (immediate)", BranchesAndSystem::msrTco);
        // System register move
        t.row("1101010100 0 1 o ooo nnnn mmmm ooo ttttt", "MSR (register)", BranchesAndSystem::msr);
        t.row("1101010100 1 1 o ooo nnnn mmmm ooo ttttt", "MRS", BranchesAndSystem::mrs);
        // Unconditional branch (register)
        t.row("1101011 0000 11111 000000 nnnnn 00000", "BR", BranchesAndSystem::br);
        t.row("1101011 0001 11111 000000 nnnnn 00000", "BLR", BranchesAndSystem::blr);
        t.row("1101011 0010 11111 000000 nnnnn 00000", "RET", (e, w) -> e.out.jumpTo(address(e, e.slotN())));
        // Unconditional branch (immediate)
        t.row("0 00101 iiiiiiiiiiiiiiiiiiiiiiiiii", "B", (e, w) -> e.out.jump(branch26(e)));
        t.row("1 00101 iiiiiiiiiiiiiiiiiiiiiiiiii", "BL", BranchesAndSystem::bl);
        // Compare and branch (immediate)
        t.row("f 011010 0 iiiiiiiiiiiiiiiiiii ttttt", "CBZ", (e, w) -> compareAndBranch(e, true));
        t.row("f 011010 1 iiiiiiiiiiiiiiiiiii ttttt", "CBNZ", (e, w) -> compareAndBranch(e, false));
        // Test and branch (immediate)
        t.row("b 011011 0 bbbbb iiiiiiiiiiiiii ttttt", "TBZ", (e, w) -> testAndBranch(e, true));
        t.row("b 011011 1 bbbbb iiiiiiiiiiiiii ttttt", "TBNZ", (e, w) -> testAndBranch(e, false));
    }

    private static int sysreg(final int op0, final int op1, final int crn, final int crm, final int op2) {
        return (op0 & 1) << 14 | op1 << 11 | crn << 7 | crm << 3 | op2;
    }

    private static long branch19(final A64Emitter e) {
        return e.pc + ((long) e.signed(23, 5) << 2);
    }

    private static long branch26(final A64Emitter e) {
        return e.pc + ((long) e.signed(25, 0) << 2);
    }

    private static void branchCond(final A64Emitter e, final int insn) {
        final int field = e.field(3, 0);
        if (A64Emitter.always(field)) {
            e.out.jump(branch19(e));
        } else {
            e.out.jumpIf(A64Emitter.cond(field), branch19(e));
        }
    }

    private static void svc(final A64Emitter e, final int insn) {
        e.out.packNzcv();
        e.out.exit(CpuExit.SYSCALL, e.field(20, 5), e.pc + 4);
    }

    private static void brk(final A64Emitter e, final int insn) {
        e.out.exit(CpuExit.BREAKPOINT, e.field(20, 5), e.pc);
    }

    private static void bl(final A64Emitter e, final int insn) {
        e.out.constant(A64Regs.LR, e.pc + 4);
        e.out.jump(branch26(e));
    }

    static boolean isBreakpoint(final int insn) {
        return (insn & 0xffe0_001f) == 0xd420_0000;
    }

    private static void br(final A64Emitter e, final int insn) {
        branchType(e, A64Regs.PSR_BTYPE_BR);
        e.out.jumpTo(address(e, e.slotN()));
    }

    /** {@code AArch64.BranchAddr()} with TCR_EL1.TBI0, which Linux sets, and without TBID0: bits 63 to 56 become copies of bit 55. */
    private static int address(final A64Emitter e, final int target) {
        final int address = e.temp();
        e.out.alui(Op.SHLI, address, target, Byte.SIZE);
        e.out.alui(Op.SARI, address, address, Byte.SIZE);
        return address;
    }

    private static void branchType(final A64Emitter e, final long type) {
        if (e.has(A64Feature.BTI)) {
            e.out.constant(A64Regs.BTYPE, type);
        }
    }

    private static void msrTco(final A64Emitter e, final int insn) {
        if (e.has(A64Feature.MTE)) {
            e.out.constant(A64Regs.TCO, e.bit(8) ? A64Regs.PSR_TCO : 0);
        } else {
            e.undefined();
        }
    }

    private static void blr(final A64Emitter e, final int insn) {
        final int target = address(e, e.slotN());
        e.out.constant(A64Regs.LR, e.pc + 4);
        branchType(e, A64Regs.PSR_BTYPE_CALL);
        e.out.jumpTo(target);
    }

    private static void compareAndBranch(final A64Emitter e, final boolean zero) {
        int value = e.slotD();
        if (!e.wide()) {
            final int low = e.temp();
            e.out.unary(Op.ZX32, low, value);
            value = low;
        }
        branchIf(e, value, zero, branch19(e));
    }

    private static void testAndBranch(final A64Emitter e, final boolean zero) {
        final int position = e.field(31, 31) << 5 | e.field(23, 19);
        final int t = e.temp();
        e.out.alui(Op.ANDI, t, e.slotD(), 1L << position);
        branchIf(e, t, zero, e.pc + ((long) e.signed(18, 5) << 2));
    }

    private static void branchIf(final A64Emitter e, final int value, final boolean zero, final long target) {
        if (zero) {
            final int t = e.temp();
            e.out.alu(Op.EQ, t, value, A64Regs.XZR);
            e.out.jumpIfNonZero(t, target);
        } else {
            e.out.jumpIfNonZero(value, target);
        }
    }

    private static void zeroBlock(final A64Emitter e, final int insn) {
        final int block = e.temp();
        e.out.alui(Op.ANDI, block, e.slotD(), -A64Regs.ZVA_BYTES);
        e.out.probeWrite(block, 0, A64Regs.ZVA_BYTES);
        for (int i = 0; i < A64Regs.ZVA_BYTES; i += 8) {
            e.out.store(Op.ST64, A64Regs.XZR, block, i);
        }
    }

    private static void mrs(final A64Emitter e, final int insn) {
        final int register = e.field(19, 5);
        final int d = e.target(e.rd());
        if (register == NZCV) {
            readNzcv(e, d);
        } else if (register == TCO && e.has(A64Feature.MTE)) {
            e.out.mov(d, A64Regs.TCO);
        } else if (register == FPCR) {
            e.out.mov(d, A64Regs.FPCR);
        } else if (register == FPSR) {
            e.out.mov(d, A64Regs.FPSR);
        } else if (register == TPIDR_EL0) {
            e.out.mov(d, A64Regs.TPIDR_EL0);
        } else if (register == TPIDRRO_EL0) {
            e.out.mov(d, A64Regs.TPIDRRO_EL0);
        } else if (register == CNTVCT_EL0) {
            e.out.mov(d, A64Regs.CNTVCT_EL0);
        } else if (register == CNTFRQ_EL0) {
            e.out.constant(d, A64Regs.CNTFRQ_HZ);
        } else if (register == CTR_EL0) {
            e.out.constant(d, A64Regs.CTR & 0xffff_ffffL);
        } else if (register == DCZID_EL0) {
            e.out.constant(d, A64Regs.DCZID);
        } else {
            e.undefined();
        }
    }

    private static void msr(final A64Emitter e, final int insn) {
        final int register = e.field(19, 5);
        final int value = e.slotD();
        if (register == NZCV) {
            writeNzcv(e, value);
        } else if (register == TCO && e.has(A64Feature.MTE)) {
            e.out.alui(Op.ANDI, A64Regs.TCO, value, A64Regs.PSR_TCO);
        } else if (register == FPCR) {
            e.out.alui(Op.ANDI, A64Regs.FPCR, value, A64Regs.FPCR_MASK);
        } else if (register == FPSR) {
            e.out.alui(Op.ANDI, A64Regs.FPSR, value, A64Regs.FPSR_MASK);
        } else if (register == TPIDR_EL0) {
            e.out.mov(A64Regs.TPIDR_EL0, value);
        } else {
            e.undefined();
        }
    }

    /** Places of N, Z, C, V: from the packed form of {@link Flags} to bits 31:28. */
    private static void readNzcv(final A64Emitter e, final int d) {
        final int flags = e.temp();
        final int part = e.temp();
        final int sum = e.temp();
        e.out.getNzcv(flags);
        e.out.alui(Op.ANDI, part, flags, Flags.N | Flags.Z);
        e.out.alui(Op.SHLI, sum, part, 24);
        e.out.alui(Op.ANDI, part, flags, Flags.C);
        e.out.alui(Op.SHLI, part, part, 29);
        e.out.alu(Op.OR, sum, sum, part);
        e.out.alui(Op.ANDI, part, flags, Flags.V);
        e.out.alui(Op.SHLI, part, part, 17);
        e.out.alu(Op.OR, d, sum, part);
    }

    private static void writeNzcv(final A64Emitter e, final int value) {
        final int part = e.temp();
        final int sum = e.temp();
        e.out.alui(Op.SHRI, sum, value, 24);
        e.out.alui(Op.ANDI, sum, sum, Flags.N | Flags.Z);
        e.out.alui(Op.SHRI, part, value, 29);
        e.out.alui(Op.ANDI, part, part, Flags.C);
        e.out.alu(Op.OR, sum, sum, part);
        e.out.alui(Op.SHRI, part, value, 17);
        e.out.alui(Op.ANDI, part, part, Flags.V);
        e.out.alu(Op.OR, sum, sum, part);
        e.out.putFlags(sum);
    }
}
