package org.kernelentry.machine.translate;

import static org.kernelentry.machine.ir.Block.a;
import static org.kernelentry.machine.ir.Block.b;
import static org.kernelentry.machine.ir.Block.d;
import static org.kernelentry.machine.translate.Emit.*;
import static org.objectweb.asm.Opcodes.*;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.ir.OpShape;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;

/**
 * The method of a region: its blocks one after the other, jumps between them, and the ways out.
 *
 * <p>The budget is looked at where {@link RegionPlan} says. Interrupt requests are for the caller to look at, who keeps budgets small. Behind an
 * instruction that stores or calls a helper the code may have changed or, by a helper, a step be due: then the region is left there.
 */
final class RegionEmit {
    private static final int NO_SLOT = 0xffff;

    private final List<Block> blocks;
    private final RegionPlan plan;
    private final boolean[] indirects;
    private final List<Integer> helpers;
    private final Emit e;
    private final MethodVisitor m;
    private final FlagEmit flags;
    private final MemoryEmit memory;
    private final OpEmit ops;

    private final Map<Long, Integer> byPc = new HashMap<>();
    private final Label[] begin;
    /** Leaves with {@link RegionCode#INDIRECT} for the pc in {@link Emit#PC}. */
    private final Label out = new Label();
    /** Leaves with the code in {@link Emit#CODE} and the pc in {@link Emit#PC}. */
    private final Label exit = new Label();
    /** Continues at the pc in {@link Emit#PC}, in the region if that is an entry. */
    private final Label indirect = new Label();

    private final List<Long> pcs = new ArrayList<>();
    private final List<Integer> uncounted = new ArrayList<>();
    private boolean hasIndirect;

    // The block and the instruction being emitted.
    private Block block;
    private int insn;
    private boolean cuts;
    private boolean helped;

    /** @param helpers takes the numbers of the helpers that are called, each once, in the order of their fields */
    RegionEmit(
            final MethodVisitor m,
            final List<Block> blocks,
            final RegionPlan plan,
            final boolean[] indirects,
            final int flagSlot,
            final int stackPointer,
            final List<Integer> helpers) {
        this.blocks = blocks;
        this.plan = plan;
        this.indirects = indirects;
        this.helpers = helpers;
        this.m = m;
        this.block = blocks.get(0);
        final RegisterUse use = RegisterUse.of(blocks);
        this.e = new Emit(m, block.firstTemp(), BlockBuilder.TEMPS, flagSlot, use.used(), use.changed());
        this.flags = new FlagEmit(e);
        this.memory = new MemoryEmit(e, stackPointer);
        this.ops = new OpEmit(e, flags, memory);
        this.begin = new Label[blocks.size()];
        for (int i = 0; i < begin.length; i++) {
            begin[i] = new Label();
            byPc.put(blocks.get(i).pc(), i);
        }
    }

    long[] pcs() {
        return pcs.stream().mapToLong(Long::longValue).toArray();
    }

    int[] uncounted() {
        return uncounted.stream().mapToInt(Integer::intValue).toArray();
    }

    void emit() {
        final Label from = new Label();
        final Label to = new Label();
        final Label fault = new Label();
        final Label trap = new Label();
        m.visitTryCatchBlock(from, to, fault, FAULT_NAME);
        m.visitTryCatchBlock(from, to, trap, TRAP_NAME);
        prologue();
        m.visitLabel(from);
        dispatchEntry();
        for (int i = 0; i < blocks.size(); i++) {
            block(i);
        }
        if (hasIndirect) {
            dispatchIndirect();
        }
        m.visitLabel(to);
        leave(out, () -> e.integer(RegionCode.INDIRECT));
        leave(exit, () -> m.visitVarInsn(ILOAD, CODE));
        handler(fault, "fault", "", false);
        handler(trap, "trap", "L" + TRAP_NAME + ";", true);
    }

    private void prologue() {
        m.visitVarInsn(LLOAD, BUDGET);
        m.visitVarInsn(LSTORE, LEFT);
        e.integer(0);
        m.visitVarInsn(ISTORE, AT);
        e.integer(0);
        m.visitVarInsn(ISTORE, CODE);
        m.visitInsn(LCONST_0);
        m.visitVarInsn(LSTORE, PC);
        generation();
        m.visitVarInsn(ISTORE, GENERATION);
        memory.prologue();
        e.loadFlags();
        e.loadRegisters();
    }

    private void generation() {
        m.visitVarInsn(ALOAD, MEMORY);
        e.call(SPACE_NAME, "codeGeneration", "()I");
    }

    private void dispatchEntry() {
        final Label[] labels = new Label[blocks.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = plan.isEntry(i) ? begin[i] : begin[0];
        }
        if (labels.length > 1) {
            m.visitVarInsn(ILOAD, ENTRY);
            m.visitTableSwitchInsn(0, labels.length - 1, begin[0], labels);
        }
    }

    private void block(final int i) {
        block = blocks.get(i);
        final int firstInsn = pcs.size();
        for (int k = 0; k < block.instructions(); k++) {
            pcs.add(block.pcOf(k));
            uncounted.add(block.instructions() - k);
        }
        m.visitLabel(begin[i]);
        if (plan.isEntry(i)) {
            checkBudget(plan.needs(i));
        }
        e.moveLeft(-block.instructions());
        flags.forget();
        for (insn = 0; insn < block.instructions(); insn++) {
            instruction(firstInsn + insn);
        }
        jumpTo(block.nextPc());
    }

    /** Goes on only when the budget covers everything up to the next look at it. */
    private void checkBudget(final int needed) {
        final Label covered = new Label();
        m.visitVarInsn(LLOAD, LEFT);
        e.constant(needed);
        m.visitInsn(LCMP);
        m.visitJumpInsn(IFGE, covered);
        e.setPc(block.pc());
        m.visitJumpInsn(GOTO, out);
        m.visitLabel(covered);
    }

    /** Labels of the operations that skips of the current instruction land on, with what is known of the flags there. */
    private final Map<Integer, Label> labels = new TreeMap<>();

    private final Map<Integer, FlagEmit.Knowledge> arriving = new HashMap<>();

    private void instruction(final int number) {
        final int from = block.firstOp(insn);
        final int to = block.firstOp(insn + 1);
        final long[] program = block.program();
        labels.clear();
        arriving.clear();
        cuts = false;
        boolean leaves = false;
        helped = false;
        for (int i = from; i < to; i++) {
            final int opcode = Block.opcode(program[2 * i]);
            if (OpShape.skips(opcode)) {
                labels.computeIfAbsent((int) program[2 * i + 1], at -> new Label());
            }
            cuts |= OpShape.cuts(opcode) || opcode == Op.HELPER_END;
            leaves |= opcode >= Op.LD8U && opcode <= Op.PROBE_WRITE;
            helped |= OpShape.opaque(opcode);
        }
        e.tempsInArray(helped);
        memory.beginInstruction();
        if (leaves || helped) {
            e.integer(number);
            m.visitVarInsn(ISTORE, AT);
        }
        boolean reached = true;
        for (int i = from; i < to; i++) {
            reached = land(i, reached);
            operation(program[2 * i], program[2 * i + 1], i);
            reached = !OpShape.ends(Block.opcode(program[2 * i]));
        }
        reached = land(to, reached);
        if (cuts && reached) {
            checkCut(block.pcOf(insn + 1), block.instructions() - insn - 1);
        }
    }

    private boolean land(final int i, final boolean reached) {
        final Label label = labels.get(i);
        if (label == null) {
            return reached;
        }
        m.visitLabel(label);
        final FlagEmit.Knowledge there = arriving.get(i);
        if (there != null) {
            if (reached) {
                flags.join(there);
            } else {
                flags.take(there);
            }
        }
        return true;
    }

    private void skip(final int to) {
        final FlagEmit.Knowledge known = arriving.get(to);
        final FlagEmit.Knowledge here = flags.knowledge();
        if (known == null) {
            arriving.put(to, here);
        } else {
            flags.join(known);
            arriving.put(to, flags.knowledge());
            flags.take(here);
        }
    }

    private void operation(final long op, final long imm, final int i) {
        final int opcode = Block.opcode(op);
        switch (opcode) {
            case Op.FLAGS -> flags.set(d(op), a(op), b(op), (int) imm, plainSubtraction(op, (int) imm, i));
            case Op.SKIP -> {
                skip((int) imm);
                m.visitJumpInsn(GOTO, label(imm));
            }
            case Op.SKIP_IF, Op.SKIP_IFZ -> {
                skip((int) imm);
                test(a(op), opcode == Op.SKIP_IF ? IFNE : IFEQ, label(imm));
            }
            case Op.SKIP_COND -> {
                skip((int) imm);
                flags.jumpIf(d(op), label(imm));
            }
            case Op.JMP -> jumpBehindCut(imm);
            case Op.JMP_COND -> {
                final Label yes = new Label();
                flags.jumpIf(d(op), yes);
                branch(yes, imm);
            }
            case Op.JMP_IF -> {
                final Label yes = new Label();
                test(a(op), IFNE, yes);
                branch(yes, imm);
            }
            case Op.JMPR -> {
                e.get(a(op));
                m.visitVarInsn(LSTORE, PC);
                jumpIndirect();
            }
            case Op.JMPR_MODE -> {
                e.get(a(op));
                m.visitVarInsn(LSTORE, PC);
                jumpToMode(b(op));
            }
            case Op.EXIT ->
                exit(d(op), imm, () -> {
                    if (a(op) == NO_SLOT) {
                        m.visitInsn(LCONST_0);
                    } else {
                        e.get(a(op));
                    }
                });
            case Op.EXITI -> exit(d(op), imm, () -> e.constant(Block.detail(op)));
            case Op.HELPER -> helper(op, (int) imm);
            case Op.HELPER_END -> {
                helper(op, (int) imm);
                m.visitVarInsn(ALOAD, STATE);
                m.visitFieldInsn(GETFIELD, STATE_NAME, "pc", "J");
                m.visitVarInsn(LSTORE, PC);
                m.visitVarInsn(ALOAD, STATE);
                m.visitFieldInsn(GETFIELD, STATE_NAME, "mode", "I");
                e.integer(block.mode());
                m.visitJumpInsn(IF_ICMPNE, out);
                jumpIndirect();
            }
            default -> {
                if (!ops.emit(op, imm)) {
                    throw new IllegalArgumentException("operation " + opcode);
                }
            }
        }
    }

    private Label label(final long at) {
        final Label label = labels.get((int) at);
        if (label == null) {
            throw new IllegalStateException("skip to an unknown place");
        }
        return label;
    }

    private void test(final int slot, final int jump, final Label target) {
        e.get(slot);
        m.visitInsn(LCONST_0);
        m.visitInsn(LCMP);
        m.visitJumpInsn(jump, target);
    }

    /** Whether the flags are those of a - b without borrow: the result's operation stands right before, with the same operands. */
    private boolean plainSubtraction(final long op, final int result, final int i) {
        final int kind = d(op) >> 8;
        if (kind != FlagKind.SUB && kind != FlagKind.SUBC || i == block.firstOp(insn)) {
            return false;
        }
        final long before = block.program()[2 * i - 2];
        final int opcode = Block.opcode(before);
        return (opcode == Op.SUB || opcode == Op.SUB32)
                && d(before) == result
                && a(before) == a(op)
                && b(before) == b(op)
                && result != a(op)
                && result != b(op)
                && !labels.containsKey(i);
    }

    // ---- jumps

    /** Not taken: the block ends behind its last instruction. Taken: to a constant. */
    private void branch(final Label yes, final long target) {
        jumpBehindCut(block.nextPc());
        m.visitLabel(yes);
        jumpBehindCut(target);
    }

    private void jumpBehindCut(final long target) {
        if (cuts) {
            checkCut(target, 0);
        }
        jumpTo(target);
    }

    /** Leaves when the code has changed or a step is due, at {@code pc}, with {@code uncompleted} instructions of the block not run. */
    private void checkCut(final long pc, final int uncompleted) {
        final Label leave = new Label();
        final Label stay = new Label();
        if (helped) {
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

    private void jumpTo(final long target) {
        final Integer to = byPc.get(target);
        if (to == null) {
            e.setPc(target);
            m.visitJumpInsn(GOTO, out);
            return;
        }
        m.visitJumpInsn(GOTO, begin[to]);
    }

    /** To the pc in {@link Emit#PC}; a change of mode leaves the region. */
    private void jumpToMode(final int slot) {
        final Label same = new Label();
        e.get(slot);
        m.visitInsn(L2I);
        e.integer(block.mode());
        m.visitJumpInsn(IF_ICMPEQ, same);
        m.visitVarInsn(ALOAD, STATE);
        e.get(slot);
        m.visitInsn(L2I);
        m.visitFieldInsn(PUTFIELD, STATE_NAME, "mode", "I");
        m.visitJumpInsn(GOTO, out);
        m.visitLabel(same);
        jumpIndirect();
    }

    private void jumpIndirect() {
        if (cuts) {
            stale(out);
        }
        if (helped) {
            m.visitVarInsn(ALOAD, STATE);
            m.visitFieldInsn(GETFIELD, STATE_NAME, "singleStep", "Z");
            m.visitJumpInsn(IFNE, out);
        }
        hasIndirect = true;
        m.visitJumpInsn(GOTO, indirect);
    }

    /** Any block that indirect jumps went to may be where the pc in {@link Emit#PC} points. */
    private void dispatchIndirect() {
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

    // ---- ways out

    /** As the interpreter: a system call is complete even where it is told to look at itself again; other exits when they moved on. */
    private void exit(final int code, final long pc, final Runnable detail) {
        m.visitVarInsn(ALOAD, RUN);
        detail.run();
        m.visitFieldInsn(PUTFIELD, RUN_NAME, "detail", "J");
        final boolean complete = code == CpuExit.SYSCALL || pc != block.pcOf(insn);
        e.moveLeft(block.instructions() - insn - (complete ? 1 : 0));
        e.setPc(pc);
        e.integer(code);
        m.visitVarInsn(ISTORE, CODE);
        m.visitJumpInsn(GOTO, exit);
    }

    private void helper(final long op, final int number) {
        int field = helpers.indexOf(number);
        if (field < 0) {
            field = helpers.size();
            helpers.add(number);
        }
        e.save();
        e.setPc(block.pcOf(insn));
        e.storePc();
        m.visitFieldInsn(GETSTATIC, Translator.CLASS_NAME, "h" + field, "L" + HELPER_NAME + ";");
        m.visitVarInsn(ALOAD, STATE);
        e.integer(d(op));
        e.integer(a(op));
        e.integer(b(op));
        m.visitMethodInsn(INVOKEINTERFACE, HELPER_NAME, "run", "(L" + STATE_NAME + ";III)V", true);
        e.loadFlags();
        flags.forget();
    }

    private void leave(final Label at, final Runnable result) {
        m.visitLabel(at);
        e.save();
        e.storePc();
        m.visitVarInsn(ALOAD, RUN);
        done();
        m.visitFieldInsn(PUTFIELD, RUN_NAME, "completed", "J");
        result.run();
        m.visitInsn(IRETURN);
    }

    private void done() {
        m.visitVarInsn(LLOAD, BUDGET);
        m.visitVarInsn(LLOAD, LEFT);
        m.visitInsn(LSUB);
    }

    /** The registers are exact; the flags are saved, unless a helper trapped, which has them already. */
    private void handler(final Label at, final String method, final String thrown, final boolean keep) {
        m.visitLabel(at);
        if (keep) {
            m.visitVarInsn(ASTORE, SCRATCH);
        } else {
            m.visitInsn(POP);
            // A helper's fault found the flags in their slots and left them alone, so saving them again changes
            // nothing.
            e.save();
        }
        m.visitVarInsn(ALOAD, RUN);
        m.visitVarInsn(ALOAD, STATE);
        done();
        m.visitVarInsn(ILOAD, AT);
        m.visitFieldInsn(GETSTATIC, Translator.CLASS_NAME, "pcs", "[J");
        m.visitFieldInsn(GETSTATIC, Translator.CLASS_NAME, "uncounted", "[I");
        if (keep) {
            m.visitVarInsn(ALOAD, SCRATCH);
        }
        e.call(RUN_NAME, method, "(L" + STATE_NAME + ";JI[J[I" + thrown + ")I");
        m.visitInsn(IRETURN);
    }
}
