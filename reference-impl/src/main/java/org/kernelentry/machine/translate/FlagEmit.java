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
    /** It was a plain subtraction, no borrow came in: operands can be compared. */
    private boolean comparable;

    FlagEmit(final Emit e) {
        this.e = e;
    }

    /** What is known at a place, to be joined with what is known elsewhere. */
    record Knowledge(int kindAndWidth, boolean comparable) {}

    Knowledge knowledge() {
        return new Knowledge(known, comparable);
    }

    /** Another path arrives here with {@code other}. */
    void join(final Knowledge other) {
        if (other.kindAndWidth != known) {
            known = UNKNOWN;
        }
        comparable &= other.comparable;
    }

    void take(final Knowledge other) {
        known = other.kindAndWidth;
        comparable = other.comparable;
    }

    void forget() {
        known = UNKNOWN;
        comparable = false;
    }

    /** Op.FLAGS. */
    void set(final int kindAndWidth, final int a, final int b, final int result, final boolean plainSubtraction) {
        e.integer(kindAndWidth);
        e.m.visitVarInsn(ISTORE, FLAG_KIND);
        e.get(a);
        e.m.visitVarInsn(LSTORE, FLAG_A);
        e.get(b);
        e.m.visitVarInsn(LSTORE, FLAG_B);
        e.get(result);
        e.m.visitVarInsn(LSTORE, FLAG_RESULT);
        known = kindAndWidth;
        comparable = plainSubtraction;
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
        comparable = false;
    }

    /** Pushes the packed flags as a long. */
    void packed() {
        pushAll();
        e.callStatic(Flags.class, "packed", "(IJJJ)I");
        e.m.visitInsn(I2L);
    }

    private void pushAll() {
        e.m.visitVarInsn(ILOAD, FLAG_KIND);
        e.m.visitVarInsn(LLOAD, FLAG_A);
        e.m.visitVarInsn(LLOAD, FLAG_B);
        e.m.visitVarInsn(LLOAD, FLAG_RESULT);
    }

    /** Jumps to {@code target} when the condition holds. */
    void jumpIf(final int cond, final Label target) {
        final int kind = known >> 8;
        final int width = known & 0xff;
        if (known == UNKNOWN || kind == FlagKind.RAW) {
            ask(cond, target);
        } else if (cond >> 1 == Cond.Z >> 1) {
            shifted(FLAG_RESULT, width);
            zero(cond, target, IFEQ, IFNE);
        } else if (cond >> 1 == Cond.N >> 1) {
            shifted(FLAG_RESULT, width);
            zero(cond, target, IFLT, IFGE);
        } else if (comparable && width >= 32 && Relation.of(cond, kind) != Relation.NONE) {
            compare(Relation.of(cond, kind), target, width);
        } else if (kind == FlagKind.LOGIC && (cond >> 1 == Cond.GE >> 1 || cond >> 1 == Cond.GT >> 1)) {
            // V is clear.
            shifted(FLAG_RESULT, width);
            final boolean ge = cond >> 1 == Cond.GE >> 1;
            zero(cond, target, ge ? IFGE : IFGT, ge ? IFLT : IFLE);
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

    /** Pushes a flag operand with its top bit in the sign. */
    private void shifted(final int variable, final int width) {
        e.m.visitVarInsn(LLOAD, variable);
        if (width < 64) {
            e.integer(64 - width);
            e.m.visitInsn(LSHL);
        }
    }

    private void zero(final int cond, final Label target, final int yes, final int no) {
        e.m.visitInsn(LCONST_0);
        e.m.visitInsn(LCMP);
        e.m.visitJumpInsn((cond & 1) == 0 ? yes : no, target);
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
        e.m.visitInsn(LCMP);
        e.m.visitJumpInsn(jump, target);
    }

    private void operand(final int variable, final int width, final boolean signed) {
        e.m.visitVarInsn(LLOAD, variable);
        if (width == 32) {
            if (signed) {
                e.m.visitInsn(L2I);
                e.m.visitInsn(I2L);
            } else {
                e.constant(0xffff_ffffL);
                e.m.visitInsn(LAND);
            }
        } else if (!signed) {
            e.constant(Long.MIN_VALUE);
            e.m.visitInsn(LADD);
        }
    }
}
