package org.kernelentry.machine.translate;

import static org.kernelentry.machine.translate.Emit.*;
import static org.objectweb.asm.Opcodes.*;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.kernelentry.machine.ir.Block;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;

/** Jumps of a region: between its blocks, and to where it is left because the target is outside, the code has changed or a step is due. */
final class JumpEmit {
    private final List<Block> blocks;
    private final boolean[] indirects;
    private final Emit e;
    private final MethodVisitor m;
    private final Place at;
    /** Leaves with {@link RegionCode#INDIRECT} for the pc in {@link Emit#PC}. */
    private final Label out;

    private final Map<Long, Integer> byPc = new HashMap<>();
    private final Label[] begin;
    /** Continues at the pc in {@link Emit#PC}, in the region if that is an entry. */
    private final Label indirect = new Label();

    private boolean hasIndirect;

    JumpEmit(final Emit e, final Place at, final List<Block> blocks, final boolean[] indirects, final Label out) {
        this.blocks = blocks;
        this.indirects = indirects;
        this.e = e;
        this.m = e.m;
        this.at = at;
        this.out = out;
        this.begin = new Label[blocks.size()];
        for (int i = 0; i < begin.length; i++) {
            begin[i] = new Label();
            byPc.put(blocks.get(i).pc(), i);
        }
    }

    /** Where block {@code i} begins. */
    Label begin(final int i) {
        return begin[i];
    }

    /** Pushes the generation of the space's code. */
    void generation() {
        m.visitVarInsn(ALOAD, MEMORY);
        e.call(SPACE_NAME, "codeGeneration", "()I");
    }

    /** Not taken: the block ends behind its last instruction. Taken: to a constant. */
    void branch(final Label yes, final long target) {
        jumpBehindCut(at.block.nextPc());
        m.visitLabel(yes);
        jumpBehindCut(target);
    }

    void jumpBehindCut(final long target) {
        if (at.cuts) {
            checkCut(target, 0);
        }
        jumpTo(target);
    }

    /** Leaves when the code has changed or a step is due, at {@code pc}, with {@code uncompleted} instructions of the block not run. */
    void checkCut(final long pc, final int uncompleted) {
        final Label leave = new Label();
        final Label stay = new Label();
        if (at.helped) {
            stale(leave);
            m.visitVarInsn(ALOAD, STATE);
            m.visitFieldInsn(GETFIELD, STATE_NAME, "singleStep", "Z");
            m.visitJumpInsn(IFEQ, stay);
        } else {
            generation();
            m.visitVarInsn(ILOAD, GENERATION);
            m.visitJumpInsn(IF_ICMPEQ, stay);
        }
        m.visitLabel(leave);
        e.moveLeft(uncompleted);
        e.setPc(pc);
        m.visitJumpInsn(GOTO, out);
        m.visitLabel(stay);
    }

    private void stale(final Label leave) {
        generation();
        m.visitVarInsn(ILOAD, GENERATION);
        m.visitJumpInsn(IF_ICMPNE, leave);
    }

    void jumpTo(final long target) {
        final Integer to = byPc.get(target);
        if (to == null) {
            e.setPc(target);
            m.visitJumpInsn(GOTO, out);
            return;
        }
        m.visitJumpInsn(GOTO, begin[to]);
    }

    /** To the pc in {@link Emit#PC}; a change of mode leaves the region. */
    void jumpToMode(final int slot) {
        final Label same = new Label();
        e.get(slot);
        m.visitInsn(L2I);
        e.integer(at.block.mode());
        m.visitJumpInsn(IF_ICMPEQ, same);
        m.visitVarInsn(ALOAD, STATE);
        e.get(slot);
        m.visitInsn(L2I);
        m.visitFieldInsn(PUTFIELD, STATE_NAME, "mode", "I");
        m.visitJumpInsn(GOTO, out);
        m.visitLabel(same);
        jumpIndirect();
    }

    void jumpIndirect() {
        if (at.cuts) {
            stale(out);
        }
        if (at.helped) {
            m.visitVarInsn(ALOAD, STATE);
            m.visitFieldInsn(GETFIELD, STATE_NAME, "singleStep", "Z");
            m.visitJumpInsn(IFNE, out);
        }
        hasIndirect = true;
        m.visitJumpInsn(GOTO, indirect);
    }

    /** Any block that indirect jumps went to may be where the pc in {@link Emit#PC} points. */
    void dispatchIndirect() {
        if (!hasIndirect) {
            return;
        }
        final TreeMap<Integer, Label> targets = new TreeMap<>();
        final int high = (int) (blocks.get(0).pc() >>> 32);
        for (int i = 0; i < indirects.length; i++) {
            final long pc = blocks.get(i).pc();
            if (indirects[i] && (int) (pc >>> 32) == high) {
                targets.put((int) pc, new Label());
            }
        }
        m.visitLabel(indirect);
        m.visitVarInsn(LLOAD, PC);
        e.integer(32);
        m.visitInsn(LUSHR);
        m.visitInsn(L2I);
        e.integer(high);
        m.visitJumpInsn(IF_ICMPNE, out);
        m.visitVarInsn(LLOAD, PC);
        m.visitInsn(L2I);
        m.visitLookupSwitchInsn(
                out,
                targets.keySet().stream().mapToInt(Integer::intValue).toArray(),
                targets.values().toArray(Label[]::new));
        // The JVM counts loops by backward GOTOs; a switch that jumps backward would never be found hot.
        targets.forEach((pc, label) -> {
            m.visitLabel(label);
            m.visitJumpInsn(GOTO, begin[index(pc, high)]);
        });
    }

    private int index(final int low, final int high) {
        final Integer found = byPc.get((long) high << 32 | low & 0xffff_ffffL);
        if (found == null) {
            throw new IllegalStateException("no block at an entry");
        }
        return found;
    }
}
