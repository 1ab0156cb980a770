package org.kernelentry.machine.translate;

import static org.kernelentry.machine.ir.Block.a;
import static org.kernelentry.machine.ir.Block.d;
import static org.kernelentry.machine.translate.Emit.*;
import static org.objectweb.asm.Opcodes.*;

import java.util.LinkedHashMap;
import java.util.Map;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.Window;
import org.objectweb.asm.Label;

/**
 * Bytecode of loads and stores: through a {@link Window} where the address is inside. Otherwise the region is left before the instruction, which is
 * then interpreted. So nothing is called in a loop that accesses memory: the JVM's compiler keeps the guest's registers in the host's,
 * and what it knows of the windows. A store through a window changes no code, so that need not be looked at either.
 *
 * <p>An instruction whose accesses the window often misses ({@link Accesses#SPACE}), or that cannot be begun again, calls the space's own methods
 * there. Accesses of a {@link Span} ask the window once.
 */
final class MemoryEmit {
    private final Emit e;
    private final Place at;
    private final int mask;
    private AccessPlan plan;
    private final FlagEmit flags;

    private record Leave(int instruction, int window, FlagState flags) {}

    /** Where instructions leave the region. */
    private final Map<Leave, Label> leaves = new LinkedHashMap<>();

    /**
     * @param mask of places in the pool
     * @param plan of the first block
     */
    MemoryEmit(final Emit e, final Place at, final FlagEmit flags, final int mask, final AccessPlan plan) {
        this.e = e;
        this.flags = flags;
        this.at = at;
        this.mask = mask;
        this.plan = plan;
    }

    void beginBlock(final AccessPlan ofBlock) {
        plan = ofBlock;
    }

    /** How the current block accesses memory. */
    AccessPlan plan() {
        return plan;
    }

    private Label leave(final int window) {
        return leaves.computeIfAbsent(new Leave(at.number, window, flags.now().passed()), leave -> new Label());
    }

    /** The ways out, all to {@code left}. */
    void leave(final Label left) {
        leaves.forEach((leave, label) -> {
            e.m.visitLabel(label);
            e.integer(leave.instruction);
            e.m.visitVarInsn(ISTORE, AT);
            e.integer(RegionCode.MISSED - leave.window);
            e.m.visitVarInsn(ISTORE, CODE);
            flags.become(leave.flags);
            e.m.visitJumpInsn(GOTO, flags.out(left));
        });
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

    /**
     * Pushes what the window's loads begin with. That it is in the pool is for the JVM to check, beside the way that the address takes: loops that
     * look something up wait for that.
     */
    private void loadPlace(final int window) {
        pool();
        inPool(window);
    }

    /** Pushes what the window's stores begin with. It is in the pool anyway; the JVM's compiler shall know. */
    private void storePlace(final int window) {
        pool();
        inPool(window);
        cutToPool();
    }

    private void cutToPool() {
        e.integer(mask);
        e.m.visitInsn(IAND);
    }

    private void pool() {
        e.m.visitVarInsn(ALOAD, POOL);
    }

    /** Pushes where {@link Emit#ADDRESS} is in the pool. */
    private void inPool(final int window) {
        e.m.visitVarInsn(LLOAD, ADDRESS);
        e.m.visitInsn(L2I);
        field(window, "delta", "I");
        e.m.visitInsn(IADD);
    }

    /** Asks for the whole span, at its first access. */
    private void look(final Span span, final int i) {
        if (span.first != i) {
            return;
        }
        final Label refused = leave(span.window());
        if (span.highest() != span.lowest()) {
            look(span.window(), span.base, span.displacement + span.highest(), refused);
        }
        look(span.window(), span.base, span.displacement + span.lowest(), refused);
        inPool(span.window());
        cutToPool();
        e.m.visitVarInsn(ISTORE, PLACE + span.place);
    }

    /** Pushes what accesses of a span begin with. */
    private void place(final Span span, final int distance) {
        pool();
        e.m.visitVarInsn(ILOAD, PLACE + span.place);
        if (distance != 0) {
            e.integer(distance);
            e.m.visitInsn(IADD);
        }
    }

    private void field(final int window, final String name, final String descriptor) {
        e.m.visitVarInsn(ALOAD, LIMITS + window);
        e.m.visitFieldInsn(GETFIELD, LIMITS_NAME, name, descriptor);
    }

    /** Tells the window, and pushes the space and the address. Flags are stored for who catches what the space may throw. */
    private void refused(final int window, final Label at) {
        e.m.visitLabel(at);
        storeFlags();
        e.m.visitVarInsn(ALOAD, MEMORY);
        e.integer(window);
        e.call(SPACE_NAME, "window", "(I)L" + WINDOW_NAME + ";");
        e.m.visitVarInsn(LLOAD, ADDRESS);
        e.call(WINDOW_NAME, "missed", "(J)V");
        e.m.visitVarInsn(ALOAD, MEMORY);
        e.m.visitVarInsn(LLOAD, ADDRESS);
    }

    private void storeFlags() {
        if (!flags.now().stored()) {
            flags.store();
        }
    }

    /** Loads what {@code where} pushes the place of, as a long. */
    private void get(final int opcode, final Runnable where) {
        switch (opcode) {
            case Op.LD8U -> {
                where.run();
                e.m.visitInsn(BALOAD);
                e.integer(0xff);
                e.m.visitInsn(IAND);
            }
            case Op.LD8S -> {
                where.run();
                e.m.visitInsn(BALOAD);
            }
            case Op.LD16U -> invoke("GET16", where, () -> {}, "([BI)C");
            case Op.LD16S -> invoke("GET16S", where, () -> {}, "([BI)S");
            case Op.LD64 -> invoke("GET64", where, () -> {}, "([BI)J");
            default -> invoke("GET32", where, () -> {}, "([BI)I");
        }
        widen(opcode);
    }

    /** Makes a long of what a load of less than that left. */
    private void widen(final int opcode) {
        if (opcode != Op.LD64) {
            e.m.visitInsn(I2L);
        }
        if (opcode == Op.LD32U) {
            e.cut();
        }
    }

    /** Stores a slot where {@code where} pushes the place of. */
    private void put(final int bits, final Runnable where, final int slot) {
        switch (bits) {
            case 8 -> {
                where.run();
                value(slot, bits);
                e.m.visitInsn(BASTORE);
            }
            case 16 ->
                invoke(
                        "PUT16",
                        where,
                        () -> {
                            value(slot, bits);
                            e.m.visitInsn(I2S);
                        },
                        "([BIS)V");
            default -> invoke("PUT" + bits, where, () -> value(slot, bits), bits == 64 ? "([BIJ)V" : "([BII)V");
        }
    }

    private void invoke(final String handle, final Runnable where, final Runnable value, final String descriptor) {
        e.m.visitFieldInsn(GETSTATIC, WINDOW_NAME, handle, "Ljava/lang/invoke/MethodHandle;");
        where.run();
        value.run();
        e.call("java/lang/invoke/MethodHandle", "invokeExact", descriptor);
    }

    void load(final long op, final long displacement, final int i) {
        final int opcode = Block.opcode(op);
        final int bits = 8 * AccessPlan.bytes(op);
        final String result = bits == 64 ? "J" : "I";
        final int window = plan.window(i);
        final Span span = plan.span(i);
        if (plan.mayLeave(at.insn)) {
            if (span == null) {
                look(window, a(op), displacement, leave(window));
            } else {
                look(span, i);
            }
            e.set(d(op), () -> {
                get(opcode, () -> {
                    if (span == null) {
                        loadPlace(window);
                    } else {
                        place(span, plan.distance(i));
                    }
                });
            });
            return;
        }
        final Label refused = new Label();
        final Label loaded = new Label();
        e.setBranching(d(op), () -> {
            look(window, a(op), displacement, refused);
            get(opcode, () -> loadPlace(window));
            e.m.visitJumpInsn(GOTO, loaded);
            refused(window, refused);
            e.call(SPACE_NAME, "load" + bits, "(J)" + result);
            switch (opcode) {
                case Op.LD8S -> e.m.visitInsn(I2B);
                case Op.LD16S -> e.m.visitInsn(I2S);
                default -> {}
            }
            widen(opcode);
            e.m.expect(LONG);
            e.m.visitLabel(loaded);
        });
    }

    void store(final long op, final long displacement, final int i) {
        final int bits = 8 * AccessPlan.bytes(op);
        final String type = bits == 64 ? "J" : "I";
        final int window = plan.window(i);
        final Span span = plan.span(i);
        if (span != null) {
            look(span, i);
            put(bits, () -> place(span, plan.distance(i)), d(op));
            return;
        }
        final boolean leaves = plan.mayLeave(at.insn);
        final Label refused = leaves ? leave(window) : new Label();
        final Label stored = new Label();
        look(window, a(op), displacement, refused);
        put(bits, () -> storePlace(window), d(op));
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
    void probeWrite(final long op, final long displacement, final int i) {
        final Span span = plan.span(i);
        if (span != null) {
            look(span, i);
            return;
        }
        final int length = d(op);
        final int window = plan.window(i);
        final boolean leaves = plan.mayLeave(at.insn);
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
        storeFlags();
        e.m.visitVarInsn(ALOAD, MEMORY);
        address(a(op), displacement);
        e.integer(length);
        e.call(SPACE_NAME, "probeWrite", "(JI)V");
        e.m.visitLabel(probed);
    }
}
