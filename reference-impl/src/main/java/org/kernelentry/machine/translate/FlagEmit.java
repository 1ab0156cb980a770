package org.kernelentry.machine.translate;

import static org.kernelentry.machine.translate.Emit.*;
import static org.objectweb.asm.Opcodes.*;

import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.ir.Relation;
import org.objectweb.asm.Label;

/**
 * The lazy flags in translated code. Where the operation that set them is known, a condition becomes a comparison of its operands; else
 * {@link Flags} is asked.
 */
final class FlagEmit {
    private static final int UNKNOWN = -1;

    private final Emit e;
    /** Kind and width of the operation that set the flags last, or UNKNOWN. */
    private int known = UNKNOWN;
    /** If it is known: it was a plain addition or subtraction, so that its result is none of the variables. */
    private boolean derived;

    FlagEmit(final Emit e) {
        this.e = e;
    }

    /** What is known at a place, to be joined with what is known elsewhere. */
    record Knowledge(int kindAndWidth, boolean derived) {}

    Knowledge knowledge() {
        return new Knowledge(known, derived);
    }

    /** Another path arrives here with {@code other}. */
    void join(final Knowledge other) {
        if (other.kindAndWidth != known || other.derived != derived) {
            forget();
        }
    }

    void take(final Knowledge other) {
        known = other.kindAndWidth;
        derived = other.derived;
    }

    void forget() {
        known = UNKNOWN;
        derived = false;
    }

    /**
     * Op.FLAGS. A variable whose value says nothing gets a constant: what it held before need not be kept.
     *
     * @param plain the result is that of a and b, without carry or borrow
     */
    void set(final int kindAndWidth, final int a, final int b, final int result, final boolean plain) {
        final int kind = kindAndWidth >> 8;
        e.integer(plain ? kindAndWidth | Flags.DERIVED : kindAndWidth);
        e.m.visitVarInsn(ISTORE, FLAG_KIND);
        set(FLAG_A, a, kind != FlagKind.LOGIC);
        set(FLAG_B, b, kind <= FlagKind.SUBC || kind == FlagKind.RESULT_CV);
        set(FLAG_RESULT, result, !plain);
        known = kindAndWidth;
        derived = plain;
    }

    private void set(final int variable, final int slot, final boolean needed) {
        if (needed) {
            e.get(slot);
        } else {
            e.m.visitInsn(LCONST_0);
        }
        e.m.visitVarInsn(LSTORE, variable);
    }

    /** Op.PUTFLAGS. */
    void put(final int a) {
        e.integer(FlagKind.pack(FlagKind.RAW, 64));
        e.m.visitVarInsn(ISTORE, FLAG_KIND);
        e.get(a);
        e.constant(Flags.ALL);
        e.m.visitInsn(LAND);
        e.m.visitVarInsn(LSTORE, FLAG_RESULT);
        known = FlagKind.pack(FlagKind.RAW, 64);
        derived = false;
    }

    /**
     * Pushes the packed flags as a long.
     *
     * @param nzcv only those that Arm has
     */
    void packed(final boolean nzcv) {
        pushAll();
        e.callStatic(Flags.class, nzcv ? "nzcv" : "packed", "(IJJJ)I");
        e.m.visitInsn(I2L);
    }

    private void pushAll() {
        e.pushKind();
        e.m.visitVarInsn(LLOAD, FLAG_A);
        e.m.visitVarInsn(LLOAD, FLAG_B);
        e.pushResult();
    }

    /** Jumps to {@code target} when the condition holds. */
    void jumpIf(final int cond, final Label target) {
        final int kind = known >> 8;
        final int width = known & 0xff;
        if (known == UNKNOWN || kind == FlagKind.RAW) {
            ask(cond, target);
        } else if (derived && Relation.of(cond, kind) != Relation.NONE) {
            compare(Relation.of(cond, kind), target, width);
        } else if (cond >> 1 == Cond.Z >> 1) {
            againstZero(width, (cond & 1) == 0 ? IFEQ : IFNE, target);
        } else if (cond >> 1 == Cond.N >> 1) {
            againstZero(width, (cond & 1) == 0 ? IFLT : IFGE, target);
        } else if (kind == FlagKind.LOGIC && cond >> 1 == Cond.GE >> 1) {
            // V is clear.
            againstZero(width, (cond & 1) == 0 ? IFGE : IFLT, target);
        } else if (kind == FlagKind.LOGIC && cond >> 1 == Cond.GT >> 1) {
            againstZero(width, (cond & 1) == 0 ? IFGT : IFLE, target);
        } else {
            ask(cond, target);
        }
    }

    private void ask(final int cond, final Label target) {
        pushAll();
        e.integer(cond);
        e.callStatic(Flags.class, "test", "(IJJJI)Z");
        e.m.visitJumpInsn(IFNE, target);
    }

    /** Jumps as the result, which is of a known operation, stands to 0. */
    private void againstZero(final int width, final int jump, final Label target) {
        if (derived) {
            e.m.visitVarInsn(LLOAD, FLAG_A);
            e.m.visitVarInsn(LLOAD, FLAG_B);
            e.m.visitInsn(known >> 8 == FlagKind.ADD ? LADD : LSUB);
        } else {
            e.m.visitVarInsn(LLOAD, FLAG_RESULT);
        }
        if (width == Long.SIZE) {
            e.m.visitInsn(LCONST_0);
            e.m.visitInsn(LCMP);
        } else {
            narrow(width, jump != IFEQ && jump != IFNE);
        }
        e.m.visitJumpInsn(jump, target);
    }

    /** Makes an int of the low bits of the long on the stack. */
    private void narrow(final int width, final boolean signed) {
        e.m.visitInsn(L2I);
        if (width == Integer.SIZE) {
            return;
        }
        if (signed) {
            e.m.visitInsn(width == Byte.SIZE ? I2B : I2S);
        } else {
            e.integer((1 << width) - 1);
            e.m.visitInsn(IAND);
        }
    }

    /** Jumps where the relation of the operands holds. */
    private void compare(final int relation, final Label target, final int width) {
        final boolean not = (relation & Relation.NOT) != 0;
        switch (relation & ~Relation.NOT) {
            case Relation.EQUAL -> compare(width, true, not ? IFNE : IFEQ, target);
            case Relation.LESS -> compare(width, true, not ? IFGE : IFLT, target);
            case Relation.LESS_OR_EQUAL -> compare(width, true, not ? IFGT : IFLE, target);
            case Relation.BELOW -> compare(width, false, not ? IFGE : IFLT, target);
            default -> compare(width, false, not ? IFGT : IFLE, target);
        }
    }

    private void compare(final int width, final boolean signed, final int jump, final Label target) {
        operand(FLAG_A, width, signed);
        operand(FLAG_B, width, signed);
        if (width == Long.SIZE) {
            e.m.visitInsn(LCMP);
            e.m.visitJumpInsn(jump, target);
        } else {
            e.m.visitJumpInsn(jump - IFEQ + IF_ICMPEQ, target);
        }
    }

    /** Pushes a long or an int; the JVM's compiler knows what the addition to both operands is for. */
    private void operand(final int variable, final int width, final boolean signed) {
        e.m.visitVarInsn(LLOAD, variable);
        if (width == Long.SIZE) {
            if (!signed) {
                e.constant(Long.MIN_VALUE);
                e.m.visitInsn(LADD);
            }
            return;
        }
        narrow(width, signed);
        if (!signed && width == Integer.SIZE) {
            e.integer(Integer.MIN_VALUE);
            e.m.visitInsn(IADD);
        }
    }
}
