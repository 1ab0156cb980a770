package org.kernelentry.machine.translate;

import static org.objectweb.asm.Opcodes.*;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;

/**
 * Writes the stack map frames that the JVM's verifier wants (JVMS 4.7.4) at every label and behind every jump.
 *
 * <p>All local variables of a region keep their types from the first label on, so a frame differs from another in its operand stack only, which
 * is empty but for the labels that {@link #expect} was told of. ASM could work frames out from any code; it took most of the time of a
 * translation.
 */
final class UniformFrames extends MethodVisitor {
    private static final Object[] EMPTY = {};

    private Object[] locals = EMPTY;
    private @Nullable Object onStack;
    private boolean isFirst = true;
    /** Whether execution can come here from the instruction before. */
    private boolean reached = true;
    /** No instruction since the last frame. */
    private boolean framed;

    UniformFrames(final MethodVisitor next) {
        super(ASM9, next);
    }

    /** Types of the local variables, as {@link MethodVisitor#visitFrame} takes them; told before the first label. */
    void locals(final Object[] types) {
        locals = types.clone();
    }

    /** At the next label, the operand stack holds one value of this type. */
    void expect(final Object type) {
        onStack = type;
    }

    private void frame() {
        if (!framed) {
            final Object type = onStack;
            final Object[] stack = type == null ? EMPTY : new Object[] {type};
            if (isFirst) {
                super.visitFrame(F_FULL, locals.length, locals, stack.length, stack);
            } else {
                super.visitFrame(type == null ? F_SAME : F_SAME1, 0, null, stack.length, stack);
            }
            isFirst = false;
            framed = true;
        }
        onStack = null;
        reached = true;
    }

    /** An instruction that can only be reached by a jump to nowhere needs a frame too. */
    private void instruction() {
        if (!reached) {
            frame();
        }
        framed = false;
    }

    @Override
    public void visitLabel(final Label label) {
        super.visitLabel(label);
        frame();
    }

    @Override
    public void visitInsn(final int opcode) {
        instruction();
        super.visitInsn(opcode);
        reached = opcode != IRETURN;
    }

    @Override
    public void visitIntInsn(final int opcode, final int operand) {
        instruction();
        super.visitIntInsn(opcode, operand);
    }

    @Override
    public void visitVarInsn(final int opcode, final int variable) {
        instruction();
        super.visitVarInsn(opcode, variable);
    }

    @Override
    public void visitTypeInsn(final int opcode, final String type) {
        instruction();
        super.visitTypeInsn(opcode, type);
    }

    @Override
    public void visitFieldInsn(final int opcode, final String owner, final String name, final String descriptor) {
        instruction();
        super.visitFieldInsn(opcode, owner, name, descriptor);
    }

    @Override
    public void visitMethodInsn(
            final int opcode,
            final String owner,
            final String name,
            final String descriptor,
            final boolean isInterface) {
        instruction();
        super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
    }

    @Override
    public void visitInvokeDynamicInsn(
            final String name, final String descriptor, final Handle bootstrap, final Object... arguments) {
        instruction();
        super.visitInvokeDynamicInsn(name, descriptor, bootstrap, arguments);
    }

    @Override
    public void visitJumpInsn(final int opcode, final Label label) {
        instruction();
        super.visitJumpInsn(opcode, label);
        reached = opcode != GOTO;
    }

    @Override
    public void visitLdcInsn(final Object value) {
        instruction();
        super.visitLdcInsn(value);
    }

    @Override
    public void visitIincInsn(final int variable, final int increment) {
        instruction();
        super.visitIincInsn(variable, increment);
    }

    @Override
    public void visitTableSwitchInsn(final int min, final int max, final Label other, final Label... labels) {
        instruction();
        super.visitTableSwitchInsn(min, max, other, labels);
        reached = false;
    }

    @Override
    public void visitLookupSwitchInsn(final Label other, final int[] keys, final Label[] labels) {
        instruction();
        super.visitLookupSwitchInsn(other, keys, labels);
        reached = false;
    }
}
