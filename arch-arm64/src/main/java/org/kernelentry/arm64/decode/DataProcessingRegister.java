package org.kernelentry.arm64.decode;

import org.kernelentry.arm64.A64Regs;
import org.kernelentry.isa.DecodeTable;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.Op;

/** Data processing, register: DDI 0487 C4.1.95. */
final class DataProcessingRegister {
    private static final long BYTES_0_2 = 0x00ff_00ff_00ff_00ffL;

    private DataProcessingRegister() {}

    static void rows(final DecodeTable<A64Emitter> t) {
        // Logical (shifted register); the bit behind the shift kind inverts the second operand
        t.row("f 00 01010 ss i mmmmm aaaaaa nnnnn ddddd", "AND, BIC", (e, w) -> logical(e, Op.AND, Op.AND32, false));
        t.row("f 01 01010 ss i mmmmm aaaaaa nnnnn ddddd", "ORR, ORN", (e, w) -> logical(e, Op.OR, Op.OR32, false));
        t.row("f 10 01010 ss i mmmmm aaaaaa nnnnn ddddd", "EOR, EON", (e, w) -> logical(e, Op.XOR, Op.XOR32, false));
        t.row("f 11 01010 ss i mmmmm aaaaaa nnnnn ddddd", "ANDS, BICS", (e, w) -> logical(e, Op.AND, Op.AND32, true));
        // Add/subtract (shifted register); shift kind 3 is not allocated
        for (final String shift : new String[] {"0s", "10"}) {
            t.row(
                    "f 0 0 01011 " + shift + " 0 mmmmm aaaaaa nnnnn ddddd",
                    "ADD (shifted)",
                    (e, w) -> addSubShifted(e, false));
            t.row(
                    "f 0 1 01011 " + shift + " 0 mmmmm aaaaaa nnnnn ddddd",
                    "ADDS (shifted)",
                    (e, w) -> addSubShiftedFlags(e, false));
            t.row(
                    "f 1 0 01011 " + shift + " 0 mmmmm aaaaaa nnnnn ddddd",
                    "SUB (shifted)",
                    (e, w) -> addSubShifted(e, true));
            t.row(
                    "f 1 1 01011 " + shift + " 0 mmmmm aaaaaa nnnnn ddddd",
                    "SUBS (shifted)",
                    (e, w) -> addSubShiftedFlags(e, true));
        }
        // Add/subtract (extended register)
        t.row("f 0 0 01011 00 1 mmmmm ooo iii nnnnn ddddd", "ADD (extended)", (e, w) -> addSubExtended(e, false));
        t.row("f 0 1 01011 00 1 mmmmm ooo iii nnnnn ddddd", "ADDS (extended)", (e, w) -> addSubExtendedFlags(e, false));
        t.row("f 1 0 01011 00 1 mmmmm ooo iii nnnnn ddddd", "SUB (extended)", (e, w) -> addSubExtended(e, true));
        t.row("f 1 1 01011 00 1 mmmmm ooo iii nnnnn ddddd", "SUBS (extended)", (e, w) -> addSubExtendedFlags(e, true));
        // Add/subtract (with carry)
        t.row("f 0 0 11010000 mmmmm 000000 nnnnn ddddd", "ADC", (e, w) -> withCarry(e, false, false));
        t.row("f 0 1 11010000 mmmmm 000000 nnnnn ddddd", "ADCS", (e, w) -> withCarry(e, false, true));
        t.row("f 1 0 11010000 mmmmm 000000 nnnnn ddddd", "SBC", (e, w) -> withCarry(e, true, false));
        t.row("f 1 1 11010000 mmmmm 000000 nnnnn ddddd", "SBCS", (e, w) -> withCarry(e, true, true));
        // Conditional compare (register, immediate)
        t.row("f 0 1 11010010 mmmmm cccc 00 nnnnn 0 zzzz", "CCMN (register)", (e, w) -> conditionalCompare(e, false));
        t.row("f 1 1 11010010 mmmmm cccc 00 nnnnn 0 zzzz", "CCMP (register)", (e, w) -> conditionalCompare(e, true));
        t.row("f 0 1 11010010 iiiii cccc 10 nnnnn 0 zzzz", "CCMN (immediate)", (e, w) -> conditionalCompare(e, false));
        t.row("f 1 1 11010010 iiiii cccc 10 nnnnn 0 zzzz", "CCMP (immediate)", (e, w) -> conditionalCompare(e, true));
        // Conditional select
        t.row("f 0 0 11010100 mmmmm cccc 00 nnnnn ddddd", "CSEL", (e, w) -> select(e, false, false));
        t.row("f 0 0 11010100 mmmmm cccc 01 nnnnn ddddd", "CSINC", (e, w) -> select(e, false, true));
        t.row("f 1 0 11010100 mmmmm cccc 00 nnnnn ddddd", "CSINV", (e, w) -> select(e, true, false));
        t.row("f 1 0 11010100 mmmmm cccc 01 nnnnn ddddd", "CSNEG", (e, w) -> select(e, true, true));
        // Data processing (1 source)
        t.row("f 1 0 11010110 00000 000000 nnnnn ddddd", "RBIT", DataProcessingRegister::rbit);
        t.row("f 1 0 11010110 00000 000001 nnnnn ddddd", "REV16", DataProcessingRegister::rev16);
        t.row("0 1 0 11010110 00000 000010 nnnnn ddddd", "REV", (e, w) -> unary(e, Op.BSWAP32));
        t.row("1 1 0 11010110 00000 000010 nnnnn ddddd", "REV32", DataProcessingRegister::rev32);
        t.row("1 1 0 11010110 00000 000011 nnnnn ddddd", "REV", (e, w) -> unary(e, Op.BSWAP));
        t.row("f 1 0 11010110 00000 000100 nnnnn ddddd", "CLZ", (e, w) -> unary(e, e.op(Op.CLZ, Op.CLZ32)));
        t.row("f 1 0 11010110 00000 000101 nnnnn ddddd", "CLS", DataProcessingRegister::cls);
        // Data processing (2 source)
        t.row("f 0 0 11010110 mmmmm 000010 nnnnn ddddd", "UDIV", (e, w) -> binary(e, Op.UDIV, Op.UDIV32));
        t.row("f 0 0 11010110 mmmmm 000011 nnnnn ddddd", "SDIV", (e, w) -> binary(e, Op.SDIV, Op.SDIV32));
        t.row("f 0 0 11010110 mmmmm 001000 nnnnn ddddd", "LSLV", (e, w) -> binary(e, Op.SHL, Op.SHL32));
        t.row("f 0 0 11010110 mmmmm 001001 nnnnn ddddd", "LSRV", (e, w) -> binary(e, Op.SHR, Op.SHR32));
        t.row("f 0 0 11010110 mmmmm 001010 nnnnn ddddd", "ASRV", (e, w) -> binary(e, Op.SAR, Op.SAR32));
        t.row("f 0 0 11010110 mmmmm 001011 nnnnn ddddd", "RORV", (e, w) -> binary(e, Op.ROR, Op.ROR32));
        t.row("f 0 0 11010110 mmmmm 0100 zz nnnnn ddddd", "CRC32", (e, w) -> crc32(e, 0));
        t.row("f 0 0 11010110 mmmmm 0101 zz nnnnn ddddd", "CRC32C", (e, w) -> crc32(e, A64Helpers.CRC_CASTAGNOLI));
        // Data processing (3 source)
        t.row("f 00 11011 000 mmmmm 0 aaaaa nnnnn ddddd", "MADD", (e, w) -> multiplyAdd(e, false));
        t.row("f 00 11011 000 mmmmm 1 aaaaa nnnnn ddddd", "MSUB", (e, w) -> multiplyAdd(e, true));
        t.row("1 00 11011 001 mmmmm 0 aaaaa nnnnn ddddd", "SMADDL", (e, w) -> multiplyLong(e, Op.SX32, false));
        t.row("1 00 11011 001 mmmmm 1 aaaaa nnnnn ddddd", "SMSUBL", (e, w) -> multiplyLong(e, Op.SX32, true));
        t.row("1 00 11011 101 mmmmm 0 aaaaa nnnnn ddddd", "UMADDL", (e, w) -> multiplyLong(e, Op.ZX32, false));
        t.row("1 00 11011 101 mmmmm 1 aaaaa nnnnn ddddd", "UMSUBL", (e, w) -> multiplyLong(e, Op.ZX32, true));
        t.row("1 00 11011 010 mmmmm 0 ----- nnnnn ddddd", "SMULH", (e, w) -> binary(e, Op.SMULH, Op.SMULH));
        t.row("1 00 11011 110 mmmmm 0 ----- nnnnn ddddd", "UMULH", (e, w) -> binary(e, Op.UMULH, Op.UMULH));
    }

    private static void unary(final A64Emitter e, final int opcode) {
        e.out.unary(opcode, e.target(e.rd()), e.slotN());
    }

    private static void binary(final A64Emitter e, final int op64, final int op32) {
        e.out.alu(e.op(op64, op32), e.target(e.rd()), e.slotN(), e.slotM());
    }

    /** Whether the shift count fits the width; emits the undefined instruction otherwise. */
    private static boolean countFits(final A64Emitter e) {
        final boolean fits = e.wide() || !e.bit(15);
        if (!fits) {
            e.undefined();
        }
        return fits;
    }

    private static int shiftedM(final A64Emitter e) {
        return e.shifted(e.slotM(), e.field(23, 22), e.field(15, 10));
    }

    private static void logical(final A64Emitter e, final int op64, final int op32, final boolean flags) {
        if (!countFits(e)) {
            return;
        }
        final int d = e.target(e.rd());
        int b = shiftedM(e);
        if (e.bit(21)) {
            final int t = e.temp();
            e.out.unary(Op.NOT, t, b);
            b = t;
        }
        if (op64 == Op.OR && e.rn() == 31) {
            // MOV, MVN
            e.move(d, b);
        } else {
            e.out.alu(e.op(op64, op32), d, e.slotN(), b);
        }
        if (flags) {
            e.logicFlags(d);
        }
    }

    private static void addSub(final A64Emitter e, final boolean subtract, final int d, final int n, final int b) {
        e.out.alu(subtract ? e.op(Op.SUB, Op.SUB32) : e.op(Op.ADD, Op.ADD32), d, n, b);
    }

    private static void addSubShifted(final A64Emitter e, final boolean subtract) {
        if (countFits(e)) {
            addSub(e, subtract, e.target(e.rd()), e.slotN(), shiftedM(e));
        }
    }

    private static void addSubShiftedFlags(final A64Emitter e, final boolean subtract) {
        if (countFits(e)) {
            e.addSubFlags(e.rd(), e.slotN(), shiftedM(e), subtract);
        }
    }

    private static boolean extendFits(final A64Emitter e) {
        final boolean fits = e.field(12, 10) <= 4;
        if (!fits) {
            e.undefined();
        }
        return fits;
    }

    private static int extendedM(final A64Emitter e) {
        return e.extended(e.slotM(), e.field(15, 13), e.field(12, 10));
    }

    private static void addSubExtended(final A64Emitter e, final boolean subtract) {
        if (extendFits(e)) {
            addSub(e, subtract, e.readSp(e.rd()), e.readSp(e.rn()), extendedM(e));
        }
    }

    private static void addSubExtendedFlags(final A64Emitter e, final boolean subtract) {
        if (extendFits(e)) {
            e.addSubFlags(e.rd(), e.readSp(e.rn()), extendedM(e), subtract);
        }
    }

    private static void withCarry(final A64Emitter e, final boolean subtract, final boolean flags) {
        final int a = e.slotN();
        final int b = e.slotM();
        final int carry = e.temp();
        final int sum = e.temp();
        e.out.getCond(carry, subtract ? Cond.NC : Cond.C);
        addSub(e, subtract, sum, a, b);
        addSub(e, subtract, sum, sum, carry);
        if (flags) {
            e.out.flags(subtract ? FlagKind.SUBC : FlagKind.ADD, e.width(), a, b, sum);
        }
        e.out.mov(e.target(e.rd()), sum);
    }

    private static void conditionalCompare(final A64Emitter e, final boolean subtract) {
        final int condition = e.field(15, 12);
        final int packed = e.out.constant(A64Regs.packed((long) e.field(3, 0) << 28));
        final int b = e.bit(11) ? e.out.constant(e.rm()) : e.slotM();
        if (A64Emitter.always(condition)) {
            e.addSubFlags(31, e.slotN(), b, subtract);
            return;
        }
        final int compare = e.out.skipIf(A64Emitter.cond(condition));
        e.out.putFlags(packed);
        final int done = e.out.skip();
        e.out.bind(compare);
        e.addSubFlags(31, e.slotN(), b, subtract);
        e.out.bind(done);
    }

    private static void select(final A64Emitter e, final boolean invert, final boolean increment) {
        final int d = e.target(e.rd());
        final int condition = e.field(15, 12);
        if (A64Emitter.always(condition)) {
            e.move(d, e.slotN());
            return;
        }
        int other = e.slotM();
        if (invert || increment) {
            other = e.temp();
            if (invert) {
                e.out.unary(increment ? Op.NEG : Op.NOT, other, e.slotM());
            } else {
                e.out.alui(Op.ADDI, other, e.slotM(), 1);
            }
        }
        final int test = e.temp();
        e.out.getCond(test, A64Emitter.cond(condition));
        e.out.select(d, test, e.slotN(), other);
        if (!e.wide()) {
            e.out.unary(Op.ZX32, d, d);
        }
    }

    private static void rbit(final A64Emitter e, final int insn) {
        final int d = e.target(e.rd());
        e.out.unary(Op.RBIT, d, e.slotN());
        if (!e.wide()) {
            e.out.alui(Op.SHRI, d, d, 32);
        }
    }

    private static void rev16(final A64Emitter e, final int insn) {
        final int low = e.temp();
        final int high = e.temp();
        final long mask = e.cut(BYTES_0_2);
        e.out.alui(Op.ANDI, low, e.slotN(), mask);
        e.out.alui(Op.SHLI, low, low, 8);
        e.out.alui(Op.SHRI, high, e.slotN(), 8);
        e.out.alui(Op.ANDI, high, high, mask);
        e.out.alu(Op.OR, e.target(e.rd()), low, high);
    }

    private static void rev32(final A64Emitter e, final int insn) {
        final int d = e.target(e.rd());
        e.out.unary(Op.BSWAP, d, e.slotN());
        e.out.alui(Op.RORI, d, d, 32);
    }

    private static void cls(final A64Emitter e, final int insn) {
        final int t = e.temp();
        final int d = e.target(e.rd());
        // Bits that equal their left neighbour become 0: the leading zeros but one.
        e.out.alui(e.op(Op.SARI, Op.SARI32), t, e.slotN(), 1);
        e.out.alu(e.op(Op.XOR, Op.XOR32), t, t, e.slotN());
        e.out.unary(e.op(Op.CLZ, Op.CLZ32), d, t);
        e.out.alui(Op.ADDI, d, d, -1);
    }

    private static void crc32(final A64Emitter e, final int polynomial) {
        if (e.wide() != (e.field(11, 10) == 3)) {
            e.undefined();
            return;
        }
        final int crc = e.temp();
        e.out.mov(crc, e.slotN());
        e.helper(A64Helpers.CRC32, crc, e.slotM(), e.field(11, 10) | polynomial);
        e.out.mov(e.target(e.rd()), crc);
    }

    private static void multiplyAdd(final A64Emitter e, final boolean subtract) {
        final int product = e.temp();
        e.out.alu(e.op(Op.MUL, Op.MUL32), product, e.slotN(), e.slotM());
        addSub(e, subtract, e.target(e.rd()), e.read(e.ra()), product);
    }

    private static void multiplyLong(final A64Emitter e, final int extend, final boolean subtract) {
        final int n = e.temp();
        final int m = e.temp();
        e.out.unary(extend, n, e.slotN());
        e.out.unary(extend, m, e.slotM());
        e.out.alu(Op.MUL, n, n, m);
        addSub(e, subtract, e.target(e.rd()), e.read(e.ra()), n);
    }
}
