package org.kernelentry.machine.translate;

import static org.kernelentry.machine.translate.Emit.*;
import static org.objectweb.asm.Opcodes.*;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.ir.Relation;
import org.objectweb.asm.Label;

/**
 * The lazy flags in translated code. Their slots have what the last operation that set them was, where that says something, in a form of their own
 * ({@link Flags#DERIVED}, {@link Flags#CONSTANT}). Where that operation is in the block, a condition becomes a comparison of its operands; else
 * {@link Flags} is asked.
 */
final class FlagEmit {
    private static final int UNKNOWN = -1;
    /** The slots of the flags, from the first one on. */
    static final int KIND = 0;

    private static final int A = 1;
    private static final int B = 2;
    private static final int RESULT = 3;

    private final Emit e;
    /** Kind and width of the operation that set the flags last, or UNKNOWN. */
    private int known = UNKNOWN;
    /** If it is known: it was a plain addition or subtraction, so that its result is none of the variables. */
    private boolean derived;
    /** If it is known: the second operand, where that is a constant. */
    private @Nullable Long constant;
    /** If it is known: the slots that have what they were set by; UNKNOWN where a local variable has it. */
    private final int[] slots = new int[RESULT + 1];

    FlagEmit(final Emit e) {
        this.e = e;
    }

    /** What is known at a place, to be joined with what is known elsewhere. */
    record Knowledge(
            int kindAndWidth, boolean derived, @Nullable Long constant, List<Integer> slots) {}

    Knowledge knowledge() {
        return new Knowledge(known, derived, constant, List.of(slots[A], slots[B], slots[RESULT]));
    }

    /** Another path arrives here with {@code other}. */
    void join(final Knowledge other) {
        if (!other.equals(knowledge())) {
            forget();
        }
    }

    void take(final Knowledge other) {
        known = other.kindAndWidth;
        derived = other.derived;
        constant = other.constant;
        for (int field = A; field <= RESULT; field++) {
            slots[field] = other.slots.get(field - A);
        }
    }

    void forget() {
        known = UNKNOWN;
        derived = false;
    }

    /**
     * Op.FLAGS. What says nothing of these flags stays as it was.
     *
     * @param constantB what b is, if that is a constant
     * @param plain the result is that of a and b, without carry or borrow
     */
    void set(
            final int kindAndWidth,
            final int a,
            final int b,
            final int result,
            final @Nullable Long constantB,
            final boolean plain,
            final BlockUse.Flags use) {
        final int kind = kindAndWidth >> 8;
        final boolean hasB = kind <= FlagKind.SUBC || kind == FlagKind.RESULT_CV;
        long word = plain ? kindAndWidth | Flags.DERIVED : kindAndWidth;
        constant = hasB ? constantB : null;
        if (constant != null) {
            word |= Flags.CONSTANT | constant << Integer.SIZE;
        }
        final long kindWord = word;
        e.setFlag(KIND, () -> e.constant(kindWord));
        if (kind != FlagKind.LOGIC) {
            set(A, a, use);
        }
        if (hasB && constant == null) {
            set(B, b, use);
        }
        if (!plain) {
            set(RESULT, result, use);
        }
        known = use == BlockUse.Flags.NONE ? UNKNOWN : kindAndWidth;
        derived = use != BlockUse.Flags.NONE && plain;
    }

    private void set(final int field, final int slot, final BlockUse.Flags use) {
        slots[field] = use == BlockUse.Flags.SLOTS ? slot : UNKNOWN;
        if (use == BlockUse.Flags.LATER) {
            e.get(slot);
            e.m.visitVarInsn(LSTORE, variable(field));
        }
        e.setFlag(field, () -> {
            if (use == BlockUse.Flags.LATER) {
                e.m.visitVarInsn(LLOAD, variable(field));
            } else {
                e.get(slot);
            }
        });
    }

    private static int variable(final int field) {
        return FLAG_A + 2 * (field - A);
    }

    /** Pushes what the flags that are known were set by. */
    private void push(final int field) {
        if (field == B && constant != null) {
            e.constant(constant);
        } else if (slots[field] == UNKNOWN) {
            e.m.visitVarInsn(LLOAD, variable(field));
        } else {
            e.get(slots[field]);
        }
    }

    /** Op.PUTFLAGS. */
    void put(final int a) {
        e.setFlag(KIND, () -> e.constant(FlagKind.pack(FlagKind.RAW, 64)));
        e.setFlag(RESULT, () -> {
            e.get(a);
            e.constant(Flags.ALL);
            e.m.visitInsn(LAND);
        });
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
        e.settle();
        e.getFlag(KIND);
        e.m.visitInsn(L2I);
        e.getFlag(A);
        e.getFlag(B);
        e.getFlag(RESULT);
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
            push(A);
            push(B);
            e.m.visitInsn(known >> 8 == FlagKind.ADD ? LADD : LSUB);
        } else {
            push(RESULT);
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
        operand(A, width, signed);
        operand(B, width, signed);
        if (width == Long.SIZE) {
            e.m.visitInsn(LCMP);
            e.m.visitJumpInsn(jump, target);
        } else {
            e.m.visitJumpInsn(jump - IFEQ + IF_ICMPEQ, target);
        }
    }

    /** Pushes a long or an int; the JVM's compiler knows what the addition to both operands is for. */
    private void operand(final int field, final int width, final boolean signed) {
        push(field);
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
