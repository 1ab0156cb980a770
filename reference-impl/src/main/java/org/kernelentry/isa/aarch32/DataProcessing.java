package org.kernelentry.isa.aarch32;

import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.Op;

/** The data-processing operations, common to all their encodings. Numbers are those of A32's opcode field. */
final class DataProcessing {
    static final int AND = 0;
    static final int EOR = 1;
    static final int SUB = 2;
    static final int RSB = 3;
    static final int ADD = 4;
    static final int ADC = 5;
    static final int SBC = 6;
    static final int RSC = 7;
    static final int TST = 8;
    static final int TEQ = 9;
    static final int CMP = 10;
    static final int CMN = 11;
    static final int ORR = 12;
    static final int MOV = 13;
    static final int BIC = 14;
    static final int MVN = 15;
    /** T32 only. */
    static final int ORN = 16;

    private DataProcessing() {}

    /** Register d = register n {@code operation} operand, with flags when {@code s}. */
    static void emit(
            final Emitter e, final int operation, final boolean s, final int d, final int n, final Shifter operand) {
        if (s && d == Emitter.PC && !compares(operation)) {
            // The exception-return form, which user mode does not have.
            e.undefined();
            return;
        }
        switch (operation) {
            case SUB, CMP -> difference(e, s, compares(operation) ? Emitter.NONE : d, e.read(n), operand.value);
            case RSB -> difference(e, s, d, operand.value, e.read(n));
            case ADD, CMN -> sum(e, s, compares(operation) ? Emitter.NONE : d, e.read(n), operand.value);
            case ADC -> sumWithCarry(e, s, d, e.read(n), operand.value);
            case SBC -> differenceWithCarry(e, s, d, e.read(n), operand.value);
            case RSC -> differenceWithCarry(e, s, d, operand.value, e.read(n));
            default -> logical(e, operation, s, d, n, operand);
        }
    }

    static boolean compares(final int operation) {
        return operation >= TST && operation <= CMN;
    }

    private static int target(final Emitter e, final int d, final int a, final int b) {
        return d == Emitter.NONE ? e.out.temp() : e.target(d, a, b);
    }

    private static void finish(final Emitter e, final int d, final int result) {
        if (d != Emitter.NONE) {
            e.write(d, result);
        }
    }

    private static void sum(final Emitter e, final boolean s, final int d, final int a, final int b) {
        final int result = target(e, d, a, b);
        e.out.alu(Op.ADD32, result, a, b);
        if (s) {
            e.out.flags(FlagKind.ADD, 32, a, b, result);
        }
        finish(e, d, result);
    }

    private static void difference(final Emitter e, final boolean s, final int d, final int a, final int b) {
        final int result = target(e, d, a, b);
        e.out.alu(Op.SUB32, result, a, b);
        if (s) {
            e.out.flags(FlagKind.SUBC, 32, a, b, result);
        }
        finish(e, d, result);
    }

    private static void sumWithCarry(final Emitter e, final boolean s, final int d, final int a, final int b) {
        final int result = target(e, d, a, b);
        e.out.alu(Op.ADD32, result, a, b);
        e.out.alu(Op.ADD32, result, result, e.condition(Cond.C));
        if (s) {
            e.out.flags(FlagKind.ADD, 32, a, b, result);
        }
        finish(e, d, result);
    }

    private static void differenceWithCarry(final Emitter e, final boolean s, final int d, final int a, final int b) {
        final int result = target(e, d, a, b);
        e.out.alu(Op.SUB32, result, a, b);
        e.out.alu(Op.SUB32, result, result, e.condition(Cond.NC));
        if (s) {
            e.out.flags(FlagKind.SUBC, 32, a, b, result);
        }
        finish(e, d, result);
    }

    private static void logical(
            final Emitter e, final int operation, final boolean s, final int d, final int n, final Shifter operand) {
        final BlockBuilder out = e.out;
        final int dest = compares(operation) ? Emitter.NONE : d;
        if (operation == MOV && !s) {
            e.write(d, operand.value);
            return;
        }
        final int result = target(e, dest, Emitter.NONE, Emitter.NONE);
        switch (operation) {
            case AND, TST -> out.alu(Op.AND, result, e.read(n), operand.value);
            case EOR, TEQ -> out.alu(Op.XOR, result, e.read(n), operand.value);
            case ORR -> out.alu(Op.OR, result, e.read(n), operand.value);
            case MOV -> out.mov(result, operand.value);
            case MVN -> out.alui(Op.XORI, result, operand.value, 0xffff_ffffL);
            case BIC, ORN -> {
                final int inverted = out.temp();
                out.alui(Op.XORI, inverted, operand.value, 0xffff_ffffL);
                out.alu(operation == BIC ? Op.AND : Op.OR, result, e.read(n), inverted);
            }
            default -> throw new IllegalArgumentException("operation " + operation);
        }
        if (s) {
            e.flagsLogical(result, operand.carry);
        }
        finish(e, dest, result);
    }

    /** Register d = constant, without flags. */
    static void loadConstant(final Emitter e, final int d, final int value) {
        if (d == Emitter.PC) {
            e.write(d, e.constant(value));
        } else {
            e.out.constant(d, Bits.u32(value));
        }
    }

    /** MOVT: the upper half of register d. */
    static void moveTop(final Emitter e, final int d, final int imm16) {
        if (d == Emitter.PC) {
            e.undefined();
            return;
        }
        e.out.insert(d, e.constant(imm16), 16, 16);
    }
}
