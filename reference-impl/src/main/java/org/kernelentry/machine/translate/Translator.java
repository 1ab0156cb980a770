package org.kernelentry.machine.translate;

import static org.objectweb.asm.Opcodes.*;

import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.Isa;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.Helper;
import org.kernelentry.machine.memory.PagedSpace;
import org.kernelentry.machine.memory.Window;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.LimitExceededException;
import org.objectweb.asm.MethodTooLargeException;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Makes one hidden class out of the blocks of a region.
 *
 * <p>The JVM does not compile methods of more than 8000 bytes of bytecode; a region that comes out larger is refused, and the caller tries with
 * fewer blocks.
 */
public final class Translator {
    static final String CLASS_NAME = "org/kernelentry/machine/translate/Region";
    /** HotSpot's HugeMethodLimit. */
    public static final int MAX_BYTECODE = 8000;

    /** Regions of so many instructions may have blocks more than once. */
    private static final int SMALL = 100;

    /** Constants of a region's class before its helpers. */
    private static final int WINDOWS = 6;

    private static final int OTHERS = WINDOWS + Window.COUNT;

    private static final String RUN_DESCRIPTOR =
            "(L" + Emit.RUN_NAME + ";L" + Emit.STATE_NAME + ";[JL" + Emit.SPACE_NAME + ";JI)I";
    private static final String DATA_DESCRIPTOR =
            "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/Class;)Ljava/lang/Object;";

    private final Isa isa;
    private final IntFunction<Helper> helpers;
    private final CpuState state;
    private final RegionRun run;

    /**
     * @param isa whose blocks are translated
     * @param helpers those that the interpreter of the same CPU calls: they may share state
     * @param state of the CPU whose code it is
     * @param run of that CPU
     */
    public Translator(final Isa isa, final IntFunction<Helper> helpers, final CpuState state, final RegionRun run) {
        this.isa = isa;
        this.helpers = helpers;
        this.state = state;
        this.run = run;
    }

    /**
     * A translated region and where it may be entered.
     *
     * @param code null when the method would be too large for the JVM to compile, or too entangled for ASM
     * @param bytecode bytes of its method
     */
    public record Region(@Nullable RegionCode code, RegionPlan plan, int bytecode) {}

    /**
     * Translates a region.
     *
     * @param blocks each of another place or mode, in an order in which few jumps go back; the first is always an entry
     * @param indirects which of them are reached from outside or by an indirect jump
     * @param accesses how instructions access memory
     * @param space that they were decoded from
     */
    public Region translate(
            final List<Block> blocks, final boolean[] indirects, final Accesses accesses, final PagedSpace space) {
        final int mode = RegionPlan.usualMode(blocks);
        final List<BlockUse> uses = blocks.stream()
                .map(block ->
                        new BlockUse(block, new AccessPlan(block, accesses, isa.stackPointer(mode), isa.is32Bit())))
                .toList();
        if (blocks.stream().mapToInt(Block::instructions).sum() <= SMALL) {
            final Region region = translate(blocks, new RegionPlan(blocks, uses, indirects, true), uses, space);
            if (region.code() != null) {
                return region;
            }
        }
        return translate(blocks, new RegionPlan(blocks, uses, indirects, false), uses, space);
    }

    private Region translate(
            final List<Block> blocks, final RegionPlan plan, final List<BlockUse> uses, final PagedSpace space) {
        final ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(V17, ACC_FINAL | ACC_SUPER, CLASS_NAME, null, "java/lang/Object", new String[] {
            "org/kernelentry/machine/translate/RegionCode"
        });
        final List<Integer> called = new ArrayList<>();
        final MethodVisitor method = writer.visitMethod(ACC_PUBLIC, "run", RUN_DESCRIPTOR, null, null);
        method.visitCode();
        final RegionEmit region = new RegionEmit(
                new UniformFrames(method),
                blocks,
                plan,
                uses,
                state.flags,
                Integer.highestOneBit(space.pool().length) - 1,
                called);
        region.emit();
        final Label end = new Label();
        method.visitLabel(end);
        final int bytecode = end.getOffset();
        final Region refused = new Region(null, plan, bytecode);
        if (bytecode > MAX_BYTECODE) {
            return refused;
        }
        try {
            method.visitMaxs(0, 0);
        } catch (LimitExceededException e) {
            // Too many jumps between too many blocks for ASM to work out how large the operand stack gets.
            return refused;
        }
        method.visitEnd();
        constructor(writer);
        data(writer, called.size());
        writer.visitEnd();
        final Object[] data = new Object[called.size() + OTHERS];
        data[0] = region.pcs();
        data[1] = region.before();
        data[2] = space.pool();
        data[3] = state.r;
        data[4] = state;
        data[5] = run;
        for (int i = 0; i < Window.COUNT; i++) {
            data[WINDOWS + i] = space.window(i).limits;
        }
        for (int i = 0; i < called.size(); i++) {
            data[i + OTHERS] = helpers.apply(called.get(i));
        }
        try {
            return new Region(define(writer.toByteArray(), data), plan, bytecode);
        } catch (MethodTooLargeException e) {
            return refused;
        }
    }

    private static RegionCode define(final byte[] bytes, final Object[] data) {
        try {
            return (RegionCode) MethodHandles.lookup()
                    .defineHiddenClassWithClassData(bytes, data, true)
                    .lookupClass()
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the translator made a class that the JVM refuses", e);
        }
    }

    private static void constructor(final ClassWriter writer) {
        final MethodVisitor m = writer.visitMethod(0, "<init>", "()V", null, null);
        m.visitCode();
        m.visitVarInsn(ALOAD, 0);
        m.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
        m.visitInsn(RETURN);
        m.visitMaxs(0, 0);
        m.visitEnd();
    }

    /** Constants of the class: static final fields, so that the JVM's compiler sees through them. */
    private static void data(final ClassWriter writer, final int helpers) {
        final MethodVisitor m = writer.visitMethod(ACC_STATIC, "<clinit>", "()V", null, null);
        m.visitCode();
        m.visitMethodInsn(
                INVOKESTATIC,
                "java/lang/invoke/MethodHandles",
                "lookup",
                "()Ljava/lang/invoke/MethodHandles$Lookup;",
                false);
        m.visitLdcInsn("_");
        m.visitLdcInsn(Type.getType("[Ljava/lang/Object;"));
        m.visitMethodInsn(INVOKESTATIC, "java/lang/invoke/MethodHandles", "classData", DATA_DESCRIPTOR, false);
        m.visitTypeInsn(CHECKCAST, "[Ljava/lang/Object;");
        m.visitVarInsn(ASTORE, 0);
        field(writer, m, "pcs", "[J", "[J", 0);
        field(writer, m, "before", "[I", "[I", 1);
        field(writer, m, "pool", "[B", "[B", 2);
        field(writer, m, "r", "[J", "[J", 3);
        field(writer, m, "state", "L" + Emit.STATE_NAME + ";", Emit.STATE_NAME, 4);
        field(writer, m, "run", "L" + Emit.RUN_NAME + ";", Emit.RUN_NAME, 5);
        for (int i = 0; i < Window.COUNT; i++) {
            field(writer, m, "limits" + i, "L" + Emit.LIMITS_NAME + ";", Emit.LIMITS_NAME, WINDOWS + i);
        }
        for (int i = 0; i < helpers; i++) {
            field(writer, m, "h" + i, "L" + Emit.HELPER_NAME + ";", Emit.HELPER_NAME, i + OTHERS);
        }
        m.visitInsn(RETURN);
        m.visitMaxs(0, 0);
        m.visitEnd();
    }

    private static void field(
            final ClassWriter writer,
            final MethodVisitor m,
            final String name,
            final String descriptor,
            final String type,
            final int index) {
        writer.visitField(ACC_STATIC | ACC_FINAL | ACC_PRIVATE, name, descriptor, null, null)
                .visitEnd();
        m.visitVarInsn(ALOAD, 0);
        m.visitIntInsn(SIPUSH, index);
        m.visitInsn(AALOAD);
        m.visitTypeInsn(CHECKCAST, type);
        m.visitFieldInsn(PUTSTATIC, CLASS_NAME, name, descriptor);
    }
}
