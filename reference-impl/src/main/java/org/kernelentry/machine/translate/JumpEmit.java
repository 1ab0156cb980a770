package org.kernelentry.machine.translate;

import static org.kernelentry.machine.translate.Emit.*;
import static org.objectweb.asm.Opcodes.*;

import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.Block;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;

/** Jumps of a region: between its blocks, and to where it is left because the target is outside, the code has changed or a step is due. */
final class JumpEmit {
    private final RegionPlan plan;
    private final Emit e;
    private final FlagEmit flags;
    private final ExitEmit exits;
    private final MethodVisitor m;
    private final Place at;
    private final Label[] begin;
    /** Continues at the pc in {@link Emit#PC}, in the region if that is an entry. */
    private final Label indirect = new Label();

    JumpEmit(final Emit e, final Place at, final FlagEmit flags, final RegionPlan plan, final ExitEmit exits) {
        this.flags = flags;
        this.plan = plan;
        this.e = e;
        this.m = e.m;
        this.at = at;
        this.exits = exits;
        this.begin = new Label[plan.nodes().size()];
        for (int i = 0; i < begin.length; i++) {
            begin[i] = new Label();
        }
    }

    /** Where node {@code i} begins. */
    Label begin(final int i) {
        return begin[i];
    }

    /** Goes on at the pc in {@link Emit#PC}. */
    Label indirect() {
        return indirect;
    }

    /** Pushes the generation of the space's code. */
    void generation() {
        m.visitVarInsn(ALOAD, MEMORY);
        e.call(SPACE_NAME, "codeGeneration", "()I");
    }

    /**
     * Not taken: the block ends behind its last instruction. Taken: to a constant.
     *
     * @param jump jumps to a label where the branch is taken
     */
    void branch(final long target, final Consumer<Label> jump) {
        final Integer to = plan.find(new Block.Target(target, at.mode), flags.now());
        final Integer next = plan.find(new Block.Target(at.block.nextPc(), at.mode), flags.now());
        if (wantsFlags(to) && wantsFlags(next)) {
            flags.to(flags.now().store());
        }
        if (to != null && !at.cuts && !plan.stores(to, flags.now())) {
            jump.accept(begin[to]);
            jumpTo(at.block.nextPc(), at.last);
            return;
        }
        final Label yes = new Label();
        jump.accept(yes);
        jumpBehindCut(at.block.nextPc(), false);
        m.visitLabel(yes);
        jumpBehindCut(target, at.last);
    }

    private boolean wantsFlags(final @Nullable Integer node) {
        return node == null || plan.stores(node, flags.now());
    }

    /** To a constant. */
    void jump(final long target) {
        jumpBehindCut(target, at.last);
    }

    private void jumpBehindCut(final long target, final boolean last) {
        if (at.cuts) {
            checkCut(target, 0);
        }
        jumpTo(target, last);
    }

    /** Leaves when the code has changed or a step is due, at {@code pc}, with so many instructions run that have not been counted. */
    void checkCut(final long pc, final int uncounted) {
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
        e.moveLeft(-uncounted);
        e.setPc(pc);
        exits.goOutside();
        m.visitLabel(stay);
    }

    private void stale(final Label leave) {
        generation();
        m.visitVarInsn(ILOAD, GENERATION);
        m.visitJumpInsn(IF_ICMPNE, leave);
    }

    /** Behind the block's last operation. */
    void fallThrough() {
        jumpTo(at.block.nextPc(), true);
    }

    private void jumpTo(final long target, final boolean last) {
        jumpTo(new Block.Target(target, at.mode), last);
    }

    /** @param last nothing of the block follows here, so that what follows in the region is reached without a jump */
    private void jumpTo(final Block.Target target, final boolean last) {
        final Integer to = plan.find(target, flags.now());
        if (to == null) {
            e.setPc(target.pc());
            exits.goOutside();
            return;
        }
        if (plan.stores(to, flags.now())) {
            flags.store();
        }
        if (!last || to != at.index + 1) {
            m.visitJumpInsn(GOTO, begin[to]);
        }
    }

    /** The mode becomes another constant one, or stays. */
    void changeMode(final int mode) {
        if (mode != at.mode) {
            m.visitVarInsn(ALOAD, STATE);
            e.integer(mode);
            m.visitFieldInsn(PUTFIELD, STATE_NAME, "mode", "I");
        }
    }

    /** To a constant in a constant mode: the state's mode is right before anything can leave. */
    void jumpToMode(final Block.Target target) {
        changeMode(target.mode());
        if (at.cuts) {
            checkCut(target.pc(), 0);
        }
        jumpTo(target, at.last);
    }

    /** To the pc in {@link Emit#PC}, in the mode in {@code slot}. */
    void jumpToMode(final int slot) {
        m.visitVarInsn(ALOAD, STATE);
        e.get(slot);
        m.visitInsn(L2I);
        m.visitFieldInsn(PUTFIELD, STATE_NAME, "mode", "I");
        e.get(slot);
        m.visitInsn(L2I);
        e.integer(plan.mode());
        m.visitJumpInsn(IF_ICMPNE, exits.out());
        goIndirect();
    }

    /** To the pc in {@link Emit#PC}, in the mode that {@code CpuState.mode} has. */
    void jumpInStateMode() {
        m.visitVarInsn(ALOAD, STATE);
        m.visitFieldInsn(GETFIELD, STATE_NAME, "mode", "I");
        e.integer(plan.mode());
        m.visitJumpInsn(IF_ICMPNE, exits.out());
        goIndirect();
    }

    /** To the pc in {@link Emit#PC}, in the block's mode. */
    void jumpIndirect() {
        if (at.mode == plan.mode()) {
            goIndirect();
        } else {
            m.visitJumpInsn(GOTO, exits.out());
        }
    }

    private void goIndirect() {
        if (at.cuts) {
            stale(exits.out());
        }
        if (at.helped) {
            m.visitVarInsn(ALOAD, STATE);
            m.visitFieldInsn(GETFIELD, STATE_NAME, "singleStep", "Z");
            m.visitJumpInsn(IFNE, exits.out());
        }
        m.visitJumpInsn(GOTO, indirect);
    }

    /** Any block that indirect jumps went to may be where the pc in {@link Emit#PC} points. */
    void dispatchIndirect() {
        if (!plan.hasIndirectJumps()) {
            return;
        }
        final TreeMap<Integer, Integer> targets = new TreeMap<>();
        final int high = (int) (plan.block(0).pc() >>> 32);
        for (final int n : plan.indirectNodes()) {
            final long pc = plan.block(n).pc();
            if ((int) (pc >>> 32) == high) {
                targets.put((int) pc, n);
            }
        }
        m.visitLabel(indirect);
        m.visitVarInsn(LLOAD, PC);
        e.integer(32);
        m.visitInsn(LUSHR);
        m.visitInsn(L2I);
        e.integer(high);
        m.visitJumpInsn(IF_ICMPNE, exits.out());
        m.visitVarInsn(LLOAD, PC);
        m.visitInsn(L2I);
        final Label[] labels = targets.keySet().stream().map(low -> new Label()).toArray(Label[]::new);
        m.visitLookupSwitchInsn(
                exits.out(),
                targets.keySet().stream().mapToInt(Integer::intValue).toArray(),
                labels);
        // The JVM counts loops by backward GOTOs; a switch that jumps backward would never be found hot.
        int i = 0;
        for (final int n : targets.values()) {
            m.visitLabel(labels[i++]);
            m.visitJumpInsn(GOTO, begin[n]);
        }
    }
}
