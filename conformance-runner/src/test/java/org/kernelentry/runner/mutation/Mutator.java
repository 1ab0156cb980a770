package org.kernelentry.runner.mutation;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** Applies one {@link Mutation} to the bytes of its class. A mutation that finds nothing to change is an error, never a pass. */
final class Mutator {
    private final Mutation mutation;
    private int seen;
    private boolean applied;

    private Mutator(final Mutation mutation) {
        this.mutation = mutation;
    }

    /** The class with the mistake in it. */
    static byte[] apply(final Mutation mutation, final byte[] original) {
        final Mutator mutator = new Mutator(mutation);
        final ClassReader reader = new ClassReader(original);
        final ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(mutator.classVisitor(writer), 0);
        if (!mutator.applied) {
            throw new IllegalStateException("mutation " + mutation.id() + " finds no occurrence "
                    + mutation.occurrence() + " of '" + mutation.target() + "' in " + mutation.type() + "."
                    + mutation.method() + " (saw " + mutator.seen + ")");
        }
        return writer.toByteArray();
    }

    private ClassVisitor classVisitor(final ClassVisitor next) {
        return new ClassVisitor(Opcodes.ASM9, next) {
            @Override
            public @Nullable MethodVisitor visitMethod(
                    final int access,
                    final String name,
                    final String descriptor,
                    final @Nullable String signature,
                    final String @Nullable [] exceptions) {
                final MethodVisitor method = super.visitMethod(access, name, descriptor, signature, exceptions);
                return name.equals(mutation.method()) && method != null
                        ? new MutatingMethod(method, Type.getReturnType(descriptor))
                        : method;
            }
        };
    }

    private boolean hit(final String what) {
        return what.equals(mutation.target()) && ++seen == mutation.occurrence();
    }

    private static String simple(final String internalName) {
        return internalName.substring(Math.max(internalName.lastIndexOf('/'), internalName.lastIndexOf('$')) + 1);
    }

    private final class MutatingMethod extends MethodVisitor {
        private final Type returns;

        MutatingMethod(final MethodVisitor next, final Type returns) {
            super(Opcodes.ASM9, next);
            this.returns = returns;
        }

        @Override
        public void visitCode() {
            super.visitCode();
            if (mutation.operator() == Mutation.Operator.EMPTY_METHOD && !applied) {
                applied = true;
                zero(returns);
                super.visitInsn(returns.getOpcode(Opcodes.IRETURN));
                // What follows is unreachable and needs a frame of its own.
                final Label rest = new Label();
                super.visitLabel(rest);
                super.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
            }
        }

        @Override
        public void visitMethodInsn(
                final int opcode,
                final String owner,
                final String name,
                final String descriptor,
                final boolean isInterface) {
            final String call = simple(owner) + "." + name;
            switch (mutation.operator()) {
                case DROP_CALL -> {
                    if (hit(call)) {
                        applied = true;
                        popArguments(opcode, descriptor);
                        zero(Type.getReturnType(descriptor));
                        return;
                    }
                }
                case FORCE_TRUE -> {
                    if (hit(call)) {
                        applied = true;
                        popArguments(opcode, descriptor);
                        super.visitInsn(Opcodes.ICONST_1);
                        return;
                    }
                }
                case INVERT_RESULT -> {
                    if (hit(call)) {
                        applied = true;
                        super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
                        super.visitInsn(Opcodes.ICONST_1);
                        super.visitInsn(Opcodes.IXOR);
                        return;
                    }
                }
                default -> {}
            }
            super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
        }

        private void popArguments(final int opcode, final String descriptor) {
            final Type[] arguments = Type.getArgumentTypes(descriptor);
            for (int i = arguments.length - 1; i >= 0; i--) {
                super.visitInsn(arguments[i].getSize() == 2 ? Opcodes.POP2 : Opcodes.POP);
            }
            if (opcode != Opcodes.INVOKESTATIC) {
                super.visitInsn(Opcodes.POP);
            }
        }

        private void zero(final Type type) {
            switch (type.getSort()) {
                case Type.VOID -> {}
                case Type.LONG -> super.visitInsn(Opcodes.LCONST_0);
                case Type.FLOAT -> super.visitInsn(Opcodes.FCONST_0);
                case Type.DOUBLE -> super.visitInsn(Opcodes.DCONST_0);
                case Type.OBJECT, Type.ARRAY -> super.visitInsn(Opcodes.ACONST_NULL);
                default -> super.visitInsn(Opcodes.ICONST_0);
            }
        }

        @Override
        public void visitFieldInsn(final int opcode, final String owner, final String name, final String descriptor) {
            if (mutation.operator() == Mutation.Operator.DROP_STORE
                    && (opcode == Opcodes.PUTFIELD || opcode == Opcodes.PUTSTATIC)
                    && hit(simple(owner) + "." + name)) {
                applied = true;
                super.visitInsn(Type.getType(descriptor).getSize() == 2 ? Opcodes.POP2 : Opcodes.POP);
                if (opcode == Opcodes.PUTFIELD) {
                    super.visitInsn(Opcodes.POP);
                }
                return;
            }
            super.visitFieldInsn(opcode, owner, name, descriptor);
        }

        @Override
        public void visitJumpInsn(final int opcode, final Label label) {
            if (mutation.operator() == Mutation.Operator.NEGATE_JUMP
                    && opcode != Opcodes.GOTO
                    && opcode != Opcodes.JSR
                    && hit("")) {
                applied = true;
                super.visitJumpInsn(opposite(opcode), label);
                return;
            }
            super.visitJumpInsn(opcode, label);
        }

        private int opposite(final int opcode) {
            if (opcode == Opcodes.IFNULL || opcode == Opcodes.IFNONNULL) {
                return opcode ^ 1;
            }
            // The opcodes from IFEQ to IF_ACMPNE come in pairs that start at an odd number.
            return (opcode + 1 ^ 1) - 1;
        }

        @Override
        public void visitIntInsn(final int opcode, final int operand) {
            if (constant(operand)) {
                return;
            }
            super.visitIntInsn(opcode, operand);
        }

        @Override
        public void visitInsn(final int opcode) {
            if (opcode >= Opcodes.ICONST_M1 && opcode <= Opcodes.ICONST_5 && constant(opcode - Opcodes.ICONST_0)) {
                return;
            }
            super.visitInsn(opcode);
        }

        @Override
        public void visitLdcInsn(final Object value) {
            if (value instanceof Integer number && constant(number)) {
                return;
            }
            if (value instanceof Long number
                    && mutation.operator() == Mutation.Operator.CONSTANT
                    && number.longValue() == from()
                    && ++seen == mutation.occurrence()) {
                applied = true;
                super.visitLdcInsn(Long.valueOf(to()));
                return;
            }
            super.visitLdcInsn(value);
        }

        private boolean constant(final int value) {
            if (mutation.operator() != Mutation.Operator.CONSTANT
                    || value != from()
                    || ++seen != mutation.occurrence()) {
                return false;
            }
            applied = true;
            super.visitLdcInsn((int) to());
            return true;
        }

        private long from() {
            return Long.decode(mutation.target().substring(0, mutation.target().indexOf("->")));
        }

        private long to() {
            return Long.decode(mutation.target().substring(mutation.target().indexOf("->") + 2));
        }
    }
}
