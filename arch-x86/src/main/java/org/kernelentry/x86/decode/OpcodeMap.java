package org.kernelentry.x86.decode;

import java.util.ArrayList;
import java.util.List;

/** One of the SDM's opcode maps: for each opcode byte the forms that share it, told apart by digit, mode and prefix. */
final class OpcodeMap {
    private final List<List<Row>> rows = new ArrayList<>();

    OpcodeMap() {
        for (int opcode = 0; opcode < 256; opcode++) {
            rows.add(new ArrayList<>());
        }
    }

    /** Adds a form. The first that fits the prefixes and ModRM wins. */
    OpcodeMap row(final int opcode, final String text, final Row.Meaning meaning) {
        rows.get(opcode).add(Row.of(Row.ANY_DIGIT, Row.ANY_RM, text, meaning));
        return this;
    }

    /** Adds a form of a group: {@code opcode /digit}. */
    OpcodeMap row(final int opcode, final int digit, final String text, final Row.Meaning meaning) {
        rows.get(opcode).add(Row.of(digit, Row.ANY_RM, text, meaning));
        return this;
    }

    /** Adds the one instruction that a ModRM byte of a register is: {@code opcode /digit} and the low three bits. */
    OpcodeMap row(final int opcode, final int digit, final int rm, final String text, final Row.Meaning meaning) {
        rows.get(opcode).add(Row.of(digit, rm, text + " reg", meaning));
        return this;
    }

    /** Adds a form for consecutive opcodes that differ in a register, a condition or a width. */
    OpcodeMap rows(final int from, final int count, final String text, final Row.Meaning meaning) {
        for (int opcode = from; opcode < from + count; opcode++) {
            row(opcode, text, meaning);
        }
        return this;
    }

    /** The six forms of the arithmetic columns: {@code Eb,Gb Ev,Gv Gb,Eb Gv,Ev AL,Ib rAX,Iz}. */
    OpcodeMap arithmetic(final int first, final String name, final String attributes, final Row.Meaning meaning) {
        row(first, name + " Eb,Gb" + attributes, meaning);
        row(first + 1, name + " Ev,Gv" + attributes, meaning);
        row(first + 2, name + " Gb,Eb", meaning);
        row(first + 3, name + " Gv,Ev", meaning);
        row(first + 4, name + " AL,Ib", meaning);
        return row(first + 5, name + " rAX,Iz", meaning);
    }

    /** The rotates and shifts, {@code /0} to {@code /7}; 6 is a second SHL. */
    OpcodeMap group2(final int opcode, final String operands) {
        row(opcode, 0, "ROL " + operands, Shifts::rol);
        row(opcode, 1, "ROR " + operands, Shifts::ror);
        row(opcode, 2, "RCL " + operands, Shifts::rcl);
        row(opcode, 3, "RCR " + operands, Shifts::rcr);
        row(opcode, 4, "SHL " + operands, Shifts::shl);
        row(opcode, 5, "SHR " + operands, Shifts::shr);
        row(opcode, 6, "SAL " + operands, Shifts::shl);
        return row(opcode, 7, "SAR " + operands, Shifts::sar);
    }

    List<Row> at(final int opcode) {
        return rows.get(opcode);
    }

    /** The mnemonics of one opcode, for tests and messages. */
    String describe(final int opcode) {
        return rows.get(opcode).toString();
    }
}
