package org.kernelentry.machine.translate;

import static org.kernelentry.machine.ir.Block.a;
import static org.kernelentry.machine.ir.Block.b;
import static org.kernelentry.machine.ir.Block.d;
import static org.kernelentry.machine.translate.Emit.*;
import static org.objectweb.asm.Opcodes.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.ir.OpShape;
import org.kernelentry.machine.memory.Window;
import org.objectweb.asm.Label;

/**
 * Bytecode of loads and stores: through a {@link Window} where the address is inside. Otherwise the region is left before the instruction, which is
 * then interpreted. So nothing is called in a loop that accesses memory: the JVM's compiler keeps the guest's registers in the host's,
 * and what it knows of the windows. A store through a window changes no code, so that need not be looked at either.
 *
 * <p>An instruction whose accesses the window often misses ({@link Accesses#SPACE}), or that cannot be begun again, calls the space's own methods
 * there. It can be begun again where registers and flags change behind its last access, as decoders see to, and where it does not load what it may
 * have stored.
 */
final class MemoryEmit {
    private final Emit e;
    private final Place at;
    private final int stackPointer;
    private final int mask;
    private int way;
    private boolean storesBySpace;
    /** Where the current instruction leaves the region, by window. */
    private final @Nullable Label[] leaves = new Label[Window.COUNT];

    private record Leave(Label label, int instruction, int window) {}

    private final List<Leave> allLeaves = new ArrayList<>();
    /** Slots that hold an address on the stack, as far as the current instruction shows it. */
    private final BitSet onStack = new BitSet();

    /** @param mask of places in the pool */
    MemoryEmit(final Emit e, final Place at, final int stackPointer, final int mask) {
        this.e = e;
        this.at = at;
        this.stackPointer = stackPointer;
        this.mask = mask;
    }

    /**
     * Looks at the operations [from, to) of {@code program}, an instruction.
     *
     * @param newWay one of {@link Accesses}
     * @return whether an access may be the space's, and so throw
     */
    boolean beginInstruction(final long[] program, final int from, final int to, final int newWay) {
        onStack.clear();
        onStack.set(stackPointer);
        Arrays.fill(leaves, null);
        boolean again = true;
        boolean changed = false;
        boolean loads = false;
        int accesses = 0;
        int stores = 0;
        for (int i = from; i < to; i++) {
            final int opcode = Block.opcode(program[2 * i]);
            if (opcode >= Op.LD8U && opcode <= Op.PROBE_WRITE) {
                again &= !changed;
                accesses++;
                stores += OpShape.cuts(opcode) ? 1 : 0;
                loads |= OpShape.writesD(opcode);
            }
            changed |=
                    OpShape.writesFlags(opcode) || OpShape.writesD(opcode) && d(program[2 * i]) < at.block.firstTemp();
        }
        way = again && (stores <= 1 || !loads) ? newWay : Accesses.SPACE;
        storesBySpace = stores > 0 && way == Accesses.SPACE;
        return accesses > 0 && way == Accesses.SPACE;
    }

    /** Whether a store of the current instruction may be the space's, and so change code. */
    boolean storesBySpace() {
        return storesBySpace;
    }

    private boolean mayLeave() {
        return way != Accesses.SPACE;
    }

    private Label leave(final int window) {
        Label label = leaves[window];
        if (label == null) {
            label = new Label();
            leaves[window] = label;
            allLeaves.add(new Leave(label, at.number, window));
        }
        return label;
    }

    /** The ways out, all to {@code missed}. */
    void leave(final Label missed) {
        for (final Leave leave : allLeaves) {
            e.m.visitLabel(leave.label);
            e.integer(leave.instruction);
            e.m.visitVarInsn(ISTORE, AT);
            e.integer(leave.window);
            e.m.visitVarInsn(ISTORE, CODE);
            e.m.visitJumpInsn(GOTO, missed);
        }
    }

    /** Follows addresses from the stack pointer on; called for every operation that only computes. */
    void follow(final long op) {
        final int opcode = Block.opcode(op);
        if (OpShape.pure(opcode) && d(op) != stackPointer) {
            onStack.set(
                    d(op),
                    OpShape.readsA(opcode) && onStack.get(a(op)) || OpShape.readsB(opcode) && onStack.get(b(op)));
        }
    }

    private int window(final int a, final int data, final int stack) {
        return onStack.get(a) == (way != Accesses.OTHER_WINDOW) ? stack : data;
    }

    private void address(final int a, final long displacement) {
        e.get(a);
        if (displacement != 0) {
            e.constant(displacement);
            e.m.visitInsn(LADD);
        }
    }

    /** Keeps the address; jumps to {@code refused} where the window does not show it. */
    private void look(final int window, final int a, final long displacement, final Label refused) {
        address(a, displacement);
        e.m.visitInsn(DUP2);
        e.m.visitVarInsn(LSTORE, ADDRESS);
        field(window, "bias", "J");
        e.m.visitInsn(LADD);
        field(window, "limit", "J");
        e.m.visitInsn(LCMP);
        e.m.visitJumpInsn(IFGE, refused);
    }

    /** Pushes what the window's accesses begin with. */
    private void place(final int window) {
        e.m.visitFieldInsn(GETSTATIC, Translator.CLASS_NAME, "pool", "[B");
        e.m.visitVarInsn(LLOAD, ADDRESS);
        e.m.visitInsn(L2I);
        field(window, "delta", "I");
        e.m.visitInsn(IADD);
        // It is in the pool anyway; the JVM's compiler shall know.
        e.integer(mask);
        e.m.visitInsn(IAND);
    }

    private void field(final int window, final String name, final String descriptor) {
        e.m.visitFieldInsn(GETSTATIC, Translator.CLASS_NAME, "limits" + window, "L" + LIMITS_NAME + ";");
        e.m.visitFieldInsn(GETFIELD, LIMITS_NAME, name, descriptor);
    }

    /** Tells the window, and pushes the space and the address. */
    private void refused(final int window, final Label at) {
        e.m.visitLabel(at);
        e.m.visitVarInsn(ALOAD, MEMORY);
        e.integer(window);
        e.call(SPACE_NAME, "window", "(I)L" + WINDOW_NAME + ";");
        e.m.visitVarInsn(LLOAD, ADDRESS);
        e.call(WINDOW_NAME, "missed", "(J)V");
        e.m.visitVarInsn(ALOAD, MEMORY);
        e.m.visitVarInsn(LLOAD, ADDRESS);
    }

    private void inWindow(final String name, final String descriptor) {
        e.m.visitMethodInsn(INVOKESTATIC, WINDOW_NAME, name, descriptor, false);
    }

    void load(final long op, final long displacement) {
        final int opcode = Block.opcode(op);
        final int bits = opcode <= Op.LD8S ? 8 : opcode <= Op.LD16S ? 16 : opcode <= Op.LD32S ? 32 : 64;
        final String result = bits == 64 ? "J" : "I";
        final int window = window(a(op), Window.READ, Window.READ_STACK);
        if (mayLeave()) {
            look(window, a(op), displacement, leave(window));
            e.set(d(op), () -> {
                place(window);
                inWindow("get" + bits, "([BI)" + result);
                extend(opcode);
            });
            return;
        }
        final Label refused = new Label();
        final Label loaded = new Label();
        e.setBranching(d(op), () -> {
            look(window, a(op), displacement, refused);
            place(window);
            inWindow("get" + bits, "([BI)" + result);
            e.m.visitJumpInsn(GOTO, loaded);
            refused(window, refused);
            e.call(SPACE_NAME, "load" + bits, "(J)" + result);
            e.m.expect(bits == 64 ? LONG : INTEGER);
            e.m.visitLabel(loaded);
            extend(opcode);
        });
    }

    private void extend(final int opcode) {
        switch (opcode) {
            case Op.LD8S -> e.m.visitInsn(I2B);
            case Op.LD16S -> e.m.visitInsn(I2S);
            default -> {}
        }
        if (opcode == Op.LD64) {
            return;
        }
        e.m.visitInsn(I2L);
        if (opcode == Op.LD32U) {
            e.constant(0xffff_ffffL);
            e.m.visitInsn(LAND);
        }
    }

    void store(final long op, final long displacement) {
        final int opcode = Block.opcode(op);
        final int bits = opcode == Op.ST8 ? 8 : opcode == Op.ST16 ? 16 : opcode == Op.ST32 ? 32 : 64;
        final String type = bits == 64 ? "J" : "I";
        final int window = window(a(op), Window.WRITE, Window.WRITE_STACK);
        final boolean leaves = mayLeave();
        final Label refused = leaves ? leave(window) : new Label();
        final Label stored = new Label();
        look(window, a(op), displacement, refused);
        place(window);
        value(d(op), bits);
        inWindow("put" + bits, "([BI" + type + ")V");
        if (leaves) {
            return;
        }
        e.m.visitJumpInsn(GOTO, stored);
        refused(window, refused);
        value(d(op), bits);
        e.call(SPACE_NAME, "store" + bits, "(J" + type + ")V");
        e.m.visitLabel(stored);
    }

    private void value(final int slot, final int bits) {
        e.get(slot);
        if (bits < 64) {
            e.m.visitInsn(L2I);
        }
    }

    /** The first and the last eight bytes are looked at: a window has no holes. */
    void probeWrite(final long op, final long displacement) {
        final int length = d(op);
        final int window = window(a(op), Window.WRITE, Window.WRITE_STACK);
        final boolean leaves = mayLeave();
        final Label refused = leaves ? leave(window) : new Label();
        final Label probed = new Label();
        look(window, a(op), displacement, refused);
        if (length > Long.BYTES) {
            look(window, a(op), displacement + length - Long.BYTES, refused);
        }
        if (leaves) {
            return;
        }
        e.m.visitJumpInsn(GOTO, probed);
        e.m.visitLabel(refused);
        e.m.visitVarInsn(ALOAD, MEMORY);
        address(a(op), displacement);
        e.integer(length);
        e.call(SPACE_NAME, "probeWrite", "(JI)V");
        e.m.visitLabel(probed);
    }
}
