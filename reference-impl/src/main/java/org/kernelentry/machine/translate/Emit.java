package org.kernelentry.machine.translate;

import static org.objectweb.asm.Opcodes.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.memory.Window;
import org.objectweb.asm.Type;

/**
 * The local variables of a region's method, and access to register slots.
 *
 * <p>Registers are local variables between the ways out and the calls of helpers, which may look at any register; in a region that calls
 * many helpers they stay in {@code r}. So do the flags always: what only the ways out need the JVM's compiler would keep in registers of the host all
 * through the loops. Temporaries live inside one instruction and become local variables, except where a helper of the
 * instruction may look at them.
 */
final class Emit {
    static final int THIS = 0;
    static final int RUN = 1;
    static final int STATE = 2;
    static final int R = 3;
    static final int MEMORY = 4;
    static final int BUDGET = 5;
    static final int ENTRY = 7;
    /** Instructions that may still be begun, less {@link RegionPlan#most}: the region is left where this is negative. */
    static final int LEFT = 8;
    /** The instruction that may fault, counted over the region. */
    static final int AT = 10;

    static final int GENERATION = 11;
    /** What the flags of the block were set by, of two each; see {@link FlagEmit}. */
    static final int FLAG_A = 12;

    static final int FLAG_B = 14;
    static final int FLAG_RESULT = 16;
    /** Where to go on, or the pc of an exit. */
    static final int PC = 18;
    /** An exit code. */
    static final int CODE = 20;

    static final int SCRATCH = 21;
    /** Where the current access goes. */
    static final int ADDRESS = 23;

    /** Where spans of accesses begin in the pool. */
    static final int PLACE = 25;

    /** What is in the low half: to say so often takes less than the constant. */
    private static final int LOW = PLACE + AccessPlan.PLACES;

    /** See {@link OpEmit}. */
    static final int PART = LOW + 2;

    /** What accesses need, at hand. */
    static final int POOL = PART + 2;

    static final int LIMITS = POOL + 1;

    private static final int TEMPS = LIMITS + Window.COUNT;

    static final String STATE_NAME = "org/kernelentry/machine/CpuState";
    static final String RUN_NAME = "org/kernelentry/machine/translate/RegionRun";
    static final String SPACE_NAME = "org/kernelentry/machine/memory/PagedSpace";
    static final String WINDOW_NAME = "org/kernelentry/machine/memory/Window";
    static final String LIMITS_NAME = "org/kernelentry/machine/memory/Window$Limits";
    static final String HELPER_NAME = "org/kernelentry/machine/ir/Helper";
    static final String FAULT_NAME = "org/kernelentry/machine/memory/MemoryFault";
    static final String TRAP_NAME = "org/kernelentry/machine/ir/GuestTrap";

    final UniformFrames m;
    private final int firstTemp;
    private final int flags;
    /** Registers that live in local variables while the region runs, ascending; see {@link RegisterUse}. */
    private final int[] kept;

    /** Those of {@link #kept} that the region changes. */
    private final int[] changed;

    private final int keptBase;
    /** Temporaries of the current instruction live in {@code r}: a helper may look. */
    private boolean tempsInArray;

    Emit(
            final UniformFrames m,
            final int firstTemp,
            final int temps,
            final int flags,
            final int[] kept,
            final int[] changed) {
        this.m = m;
        this.firstTemp = firstTemp;
        this.flags = flags;
        this.kept = kept;
        this.changed = changed;
        this.keptBase = TEMPS + 2 * temps;
        m.locals(types(temps));
        // The verifier wants a value on every path.
        m.visitInsn(LCONST_0);
        m.visitVarInsn(LSTORE, ADDRESS);
        for (int variable = FLAG_A; variable <= FLAG_RESULT; variable += 2) {
            m.visitInsn(LCONST_0);
            m.visitVarInsn(LSTORE, variable);
        }
        m.visitLdcInsn(0xffff_ffffL);
        m.visitVarInsn(LSTORE, LOW);
        m.visitInsn(LCONST_0);
        m.visitVarInsn(LSTORE, PART);
        for (int p = 0; p < AccessPlan.PLACES; p++) {
            m.visitInsn(ICONST_0);
            m.visitVarInsn(ISTORE, PLACE + p);
        }
        for (int t = 0; t < temps; t++) {
            m.visitInsn(LCONST_0);
            m.visitVarInsn(LSTORE, TEMPS + 2 * t);
        }
    }

    /** What the local variables hold from the end of the prologue on. */
    private Object[] types(final int temps) {
        final List<Object> types = new ArrayList<>(List.of(
                Translator.CLASS_NAME,
                RUN_NAME,
                STATE_NAME,
                "[J",
                SPACE_NAME,
                LONG, // BUDGET
                INTEGER, // ENTRY
                INTEGER, // LEFT
                TOP,
                INTEGER, // AT
                INTEGER, // GENERATION
                LONG, // FLAG_A
                LONG, // FLAG_B
                LONG, // FLAG_RESULT
                LONG, // PC
                INTEGER, // CODE
                TOP, // SCRATCH, of two, used between labels only
                TOP,
                LONG)); // ADDRESS
        types.addAll(Collections.nCopies(AccessPlan.PLACES, INTEGER));
        types.add(LONG); // LOW
        types.add(LONG); // PART
        types.add("[B"); // POOL
        types.addAll(Collections.nCopies(Window.COUNT, LIMITS_NAME));
        types.addAll(Collections.nCopies(temps + kept.length, LONG));
        return types.toArray();
    }

    void tempsInArray(final boolean inArray) {
        tempsInArray = inArray;
    }

    /** The local variable of a slot, or -1 where it is in {@code r}. */
    private int local(final int slot) {
        if (slot >= firstTemp) {
            return slot < flags && !tempsInArray ? TEMPS + 2 * (slot - firstTemp) : -1;
        }
        final int at = Arrays.binarySearch(kept, slot);
        return at >= 0 ? keptBase + 2 * at : -1;
    }

    void integer(final int value) {
        if (value >= -1 && value <= 5) {
            m.visitInsn(ICONST_0 + value);
        } else if (value == (byte) value) {
            m.visitIntInsn(BIPUSH, value);
        } else if (value == (short) value) {
            m.visitIntInsn(SIPUSH, value);
        } else {
            m.visitLdcInsn(value);
        }
    }

    void constant(final long value) {
        if (value == 0 || value == 1) {
            m.visitInsn(value == 0 ? LCONST_0 : LCONST_1);
        } else if (value == (byte) value) {
            integer((int) value);
            m.visitInsn(I2L);
        } else {
            m.visitLdcInsn(value);
        }
    }

    /** Clears the high half of the long on the stack. */
    void cut() {
        m.visitVarInsn(LLOAD, LOW);
        m.visitInsn(LAND);
    }

    /** Pushes the slot's value. */
    void get(final int slot) {
        final int variable = local(slot);
        if (variable >= 0) {
            m.visitVarInsn(LLOAD, variable);
        } else {
            m.visitVarInsn(ALOAD, R);
            integer(slot);
            m.visitInsn(LALOAD);
        }
    }

    /** Gives the slot the value that {@code value} pushes. */
    void set(final int slot, final Runnable value) {
        final int variable = local(slot);
        if (variable >= 0) {
            value.run();
            m.visitVarInsn(LSTORE, variable);
        } else {
            m.visitVarInsn(ALOAD, R);
            integer(slot);
            value.run();
            m.visitInsn(LASTORE);
        }
    }

    /** As {@link #set} for a value whose code branches: the operand stack stays empty meanwhile. */
    void setBranching(final int slot, final Runnable value) {
        value.run();
        if (local(slot) >= 0) {
            m.visitVarInsn(LSTORE, local(slot));
            return;
        }
        m.visitVarInsn(LSTORE, SCRATCH);
        set(slot, () -> m.visitVarInsn(LLOAD, SCRATCH));
    }

    void call(final String owner, final String name, final String descriptor) {
        m.visitMethodInsn(INVOKEVIRTUAL, owner, name, descriptor, false);
    }

    void callStatic(final Class<?> owner, final String name, final String descriptor) {
        m.visitMethodInsn(INVOKESTATIC, Type.getInternalName(owner), name, descriptor, false);
    }

    /** The kept registers are fetched. */
    void loadRegisters() {
        for (int i = 0; i < kept.length; i++) {
            m.visitVarInsn(ALOAD, R);
            integer(kept[i]);
            m.visitInsn(LALOAD);
            m.visitVarInsn(LSTORE, keptBase + 2 * i);
        }
    }

    /** Registers go to their slots, and flags get the form that all know: something outside this method is about to look. */
    void save() {
        saveRegisters();
        settle();
    }

    /** Gives the flags in their slots the form that all know. */
    void settle() {
        m.visitVarInsn(ALOAD, STATE);
        callStatic(Flags.class, "settle", "(L" + STATE_NAME + ";)V");
    }

    /** As {@link #save} where the region is left: {@link Flags#settle} is for the caller. */
    void saveRegisters() {
        for (final int slot : changed) {
            m.visitVarInsn(ALOAD, R);
            integer(slot);
            get(slot);
            m.visitInsn(LASTORE);
        }
    }

    /** Gives slot {@code n} of the flags the value that {@code value} pushes. */
    void setFlag(final int n, final Runnable value) {
        m.visitVarInsn(ALOAD, R);
        integer(flags + n);
        value.run();
        m.visitInsn(LASTORE);
    }

    /** Pushes slot {@code n} of the flags. */
    void getFlag(final int n) {
        m.visitVarInsn(ALOAD, R);
        integer(flags + n);
        m.visitInsn(LALOAD);
    }

    /** {@code state.pc = } what is in {@link #PC}. */
    void storePc() {
        m.visitVarInsn(ALOAD, STATE);
        m.visitVarInsn(LLOAD, PC);
        m.visitFieldInsn(PUTFIELD, STATE_NAME, "pc", "J");
    }

    void setPc(final long pc) {
        constant(pc);
        m.visitVarInsn(LSTORE, PC);
    }

    /** Moves {@link #LEFT} by a constant. */
    void moveLeft(final int by) {
        if (by != 0) {
            m.visitIincInsn(LEFT, by);
        }
    }
}
