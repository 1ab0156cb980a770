package org.kernelentry.x86.decode;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One entry of an opcode map: an instruction form and the method that gives its meaning.
 *
 * <p>Written as in the SDM: {@code "ADD Eb,Gb lock"} is the mnemonic, the operands, then attributes.
 */
final class Row {
    /** Appends the meaning of a decoded instruction to its block. */
    @FunctionalInterface
    interface Meaning {
        void emit(Insn i);
    }

    /** The superscripts of the SDM's opcode maps and the conditions that tell entries of one opcode apart. */
    enum Attribute {
        /** The LOCK prefix is allowed with a memory destination. */
        lock,
        /** Not in 64-bit code. */
        i64,
        /** Only in 64-bit code. */
        o64,
        /** The operand size defaults to 64 bits in 64-bit code and cannot be 32. */
        d64,
        /** The operand size is 64 bits in 64-bit code whatever the prefixes say. */
        f64,
        /** Has a ModRM byte although no operand says so. */
        modrm,
        /** ModRM names a register whatever its mod says (SDM vol. 2, MOV to and from control and debug registers). */
        anymod,
        /** ModRM names memory. */
        mem,
        /** ModRM names a register. */
        reg,
        /** Without 66, F2, F3. */
        np,
        /** With F3. */
        f3,
        /** With F2. */
        f2,
        /** With 66, without F2 and F3, which go before it. */
        p66,
        /** With REX.W. */
        w1
    }

    static final int ANY_DIGIT = -1;
    /** Every value of ModRM.rm. */
    static final int ANY_RM = -1;

    /** Opcode extension in ModRM.reg, or {@link #ANY_DIGIT}. */
    final int digit;

    /** ModRM.rm where it tells instructions on no operand apart, or {@link #ANY_RM}. */
    final int rm;

    final String mnemonic;
    final List<Operand> operands;
    final Set<Attribute> attributes;
    final Meaning meaning;
    final boolean modRm;
    private final boolean mmx;
    private final boolean mmxRegister;

    private Row(
            final int digit,
            final int rm,
            final String mnemonic,
            final List<Operand> operands,
            final Set<Attribute> attributes,
            final Meaning meaning) {
        this.digit = digit;
        this.rm = rm;
        this.mnemonic = mnemonic;
        this.operands = operands;
        this.attributes = attributes;
        this.meaning = meaning;
        this.modRm = digit != ANY_DIGIT
                || attributes.contains(Attribute.modrm)
                || operands.stream().anyMatch(Operand::usesModRm);
        this.mmxRegister = operands.stream().anyMatch(o -> o.place == Operand.Place.MMX_REG);
        this.mmx = mnemonic.equals("EMMS") || operands.stream().anyMatch(Operand::isMmx);
    }

    /** Reads the SDM's notation; a word in it that is neither operand nor attribute is a programming error. */
    static Row of(final int digit, final int rm, final String text, final Meaning meaning) {
        final String[] words = text.split(" ", -1);
        final List<Operand> operands = new ArrayList<>();
        final EnumSet<Attribute> attributes = EnumSet.noneOf(Attribute.class);
        for (int i = 1; i < words.length; i++) {
            if (i == 1 && Character.isUpperCase(words[i].charAt(0)) || i == 1 && words[i].startsWith("rAX")) {
                for (final String operand : words[i].split(",", -1)) {
                    operands.add(Operand.valueOf(operand));
                }
            } else {
                attributes.add(Attribute.valueOf(words[i]));
            }
        }
        return new Row(digit, rm, words[0], List.copyOf(operands), attributes, meaning);
    }

    boolean has(final Attribute attribute) {
        return attributes.contains(attribute);
    }

    /** Whether it is an MMX instruction; one that has memory in the place of its only MMX register is not (SDM vol. 2, CVTPI2PS). */
    boolean usesMmx(final boolean memory) {
        return memory ? mmxRegister : mmx;
    }

    @Override
    public String toString() {
        return mnemonic + " " + operands + " " + attributes;
    }
}
