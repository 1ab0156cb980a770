package org.kernelentry.machine.translate;

import static org.kernelentry.machine.translate.Emit.*;
import static org.objectweb.asm.Opcodes.*;

import java.util.LinkedHashMap;
import java.util.Map;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.ir.Relation;
import org.objectweb.asm.Label;

/**
 * The lazy flags in translated code. Setting them takes no code: what is known of them ({@link FlagState}) goes along, and a condition becomes
 * a comparison of operands. They are stored in their slots, in a form of their own ({@link Flags#DERIVED}, {@link Flags#CONSTANT}), on ways out of the
 * region and where a block goes on that does not know as much.
 */
final class FlagEmit {
    private static final int KIND = 0;
    private static final int A = FlagState.A;
    private static final int B = FlagState.B;
    private static final int RESULT = FlagState.RESULT;

    private final Emit e;
    private FlagState now = FlagState.IN_SLOTS;
    /** Where flags of which that is known are stored before the region is left. */
    private final Map<FlagState, Label> outs = new LinkedHashMap<>();

    FlagEmit(final Emit e) {
        this.e = e;
    }

    /** What is known here. */
    FlagState now() {
        return now;
    }

    /** That holds from here on, without any code. */
    void become(final FlagState state) {
        now = state;
    }

    /** Makes that hold. */
    void to(final FlagState state) {
        for (int field = A; field <= RESULT; field++) {
            final int from = now.field(field);
            if (from >= 0 && state.field(field) == FlagState.LOCAL) {
                e.get(from);
                e.m.visitVarInsn(LSTORE, variable(field));
            }
        }
        final boolean stores = state.stored() && !now.stored();
        if (state.isKnown()) {
            now = state;
        }
        if (stores) {
            store();
        }
        now = state;
    }

    private static int variable(final int field) {
        return FLAG_A + 2 * (field - A);
    }

    /** Stores the flags on the way that goes on from here. */
    void store() {
        if (!now.isKnown()) {
            return;
        }
        long word = now.kindAndWidth();
        if (now.result() == FlagState.DERIVED) {
            word |= Flags.DERIVED;
        }
        if (now.b() == FlagState.CONSTANT) {
            word |= Flags.CONSTANT | now.constant() << Integer.SIZE;
        }
        final long kind = word;
        e.setFlag(KIND, () -> e.constant(kind));
        if (now.a() != FlagState.NONE) {
            e.setFlag(A, () -> push(A));
        }
        if (now.b() != FlagState.NONE && now.b() != FlagState.CONSTANT) {
            e.setFlag(B, () -> push(B));
        }
        if (now.result() != FlagState.DERIVED) {
            e.setFlag(RESULT, () -> push(RESULT));
        }
    }

    /** Where to go to leave the region: flags are stored on the way to {@code left}. */
    Label out(final Label left) {
        return now.stored() ? left : outs.computeIfAbsent(now.passed(), state -> new Label());
    }

    /** The code at these labels. */
    void leave(final Label left) {
        outs.forEach((state, label) -> {
            e.m.visitLabel(label);
            now = state;
            store();
            e.m.visitJumpInsn(GOTO, left);
        });
    }

    /** Pushes a field of what is known. */
    private void push(final int field) {
        final int place = now.field(field);
        switch (place) {
            case FlagState.CONSTANT -> e.constant(now.constant());
            case FlagState.DERIVED -> {
                push(field == A ? RESULT : A);
                push(B);
                e.m.visitInsn((field == A) == now.isSum() ? LSUB : LADD);
            }
            case FlagState.LOCAL -> e.m.visitVarInsn(LLOAD, variable(field));
            case FlagState.NONE -> e.m.visitInsn(LCONST_0);
            default -> e.get(place);
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
        if (now.isKnown()) {
            e.integer(now.kindAndWidth());
            push(A);
            push(B);
            push(RESULT);
            return;
        }
        e.settle();
        e.getFlag(KIND);
        e.m.visitInsn(L2I);
        e.getFlag(A);
        e.getFlag(B);
        e.getFlag(RESULT);
    }

    /** Jumps to {@code target} when the condition holds. */
    void jumpIf(final int cond, final Label target) {
        final int kind = now.kindAndWidth() >> 8;
        final int width = now.kindAndWidth() & 0xff;
        if (!now.isKnown()) {
            ask(cond, target);
        } else if (now.isPlain() && Relation.of(cond, kind) != Relation.NONE) {
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
        push(RESULT);
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
