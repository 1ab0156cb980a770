package org.kernelentry.machine.translate;

import static org.kernelentry.machine.ir.Block.a;
import static org.kernelentry.machine.ir.Block.b;
import static org.kernelentry.machine.ir.Block.d;
import static org.kernelentry.machine.translate.Emit.*;
import static org.objectweb.asm.Opcodes.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.ir.OpShape;
import org.kernelentry.machine.memory.Window;
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

    private final RegionPlan plan;
    private final List<BlockUse> uses;
    private final List<Integer> helpers;
    private final Emit e;
    private final MethodVisitor m;
    private final FlagEmit flags;
    private final MemoryEmit memory;
    private final OpEmit ops;
    /** Of the current block. */
    private BlockUse use;

    private FlagPlan flagPlan;

    private final List<Long> pcs = new ArrayList<>();
    private final List<Integer> before = new ArrayList<>();
    private final Place at;
    private final ExitEmit exits;
    private final JumpEmit jumps;

    /**
     * @param uses of each block
     * @param mask of places in the space's pool
     * @param helpers takes the numbers of the helpers that are called, each once, in the order of their fields
     */
    RegionEmit(
            final UniformFrames m,
            final List<Block> blocks,
            final RegionPlan plan,
            final List<BlockUse> uses,
            final int flagSlot,
            final int mask,
            final List<Integer> helpers) {
        this.plan = plan;
        this.uses = uses;
        this.helpers = helpers;
        this.m = m;
        this.at = new Place(blocks.get(0));
        final RegisterUse registers = RegisterUse.of(blocks);
        this.e = new Emit(m, at.block.firstTemp(), BlockBuilder.TEMPS, flagSlot, registers.used(), registers.changed());
        this.flags = new FlagEmit(e);
        this.memory = new MemoryEmit(e, at, flags, mask, uses.get(0).accesses());
        this.ops = new OpEmit(e, flags, memory);
        this.use = uses.get(0);
        this.flagPlan = plan.nodes().get(0).flags();
        this.exits = new ExitEmit(e, at, flags, plan);
        this.jumps = new JumpEmit(e, at, flags, plan, exits);
    }

    long[] pcs() {
        return pcs.stream().mapToLong(Long::longValue).toArray();
    }

    /** For each instruction, how many of its block come before it. */
    int[] before() {
        return before.stream().mapToInt(Integer::intValue).toArray();
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
        for (int n = 0; n < plan.nodes().size(); n++) {
            node(n);
        }
        jumps.dispatchIndirect();
        m.visitLabel(to);
        memory.leave(exits.left());
        exits.leave();
        exits.fault(fault);
        exits.trap(trap);
    }

    private void prologue() {
        constant("run", "L" + RUN_NAME + ";", RUN);
        constant("state", "L" + STATE_NAME + ";", STATE);
        constant("r", "[J", R);
        constant("pool", "[B", POOL);
        for (int window = 0; window < Window.COUNT; window++) {
            constant("limits" + window, "L" + LIMITS_NAME + ";", LIMITS + window);
        }
        m.visitVarInsn(LLOAD, BUDGET);
        m.visitInsn(L2I);
        e.integer(plan.most());
        m.visitInsn(ISUB);
        m.visitVarInsn(ISTORE, LEFT);
        e.integer(0);
        m.visitVarInsn(ISTORE, AT);
        e.integer(0);
        m.visitVarInsn(ISTORE, CODE);
        m.visitInsn(LCONST_0);
        m.visitVarInsn(LSTORE, PC);
        jumps.generation();
        m.visitVarInsn(ISTORE, GENERATION);
        e.loadRegisters();
        ops.forgetPart();
    }

    /** The argument has this value always; the JVM's compiler shall know. */
    private void constant(final String field, final String descriptor, final int variable) {
        m.visitFieldInsn(GETSTATIC, Translator.CLASS_NAME, field, descriptor);
        m.visitVarInsn(ASTORE, variable);
    }

    private void dispatchEntry() {
        final Label byPc = new Label();
        final Stream<Label> begins = plan.entryNodes().stream().map(jumps::begin);
        final Label[] entries = Stream.concat(begins, plan.hasIndirectJumps() ? Stream.of(byPc) : Stream.empty())
                .toArray(Label[]::new);
        if (entries.length > 1) {
            m.visitVarInsn(ILOAD, ENTRY);
            m.visitTableSwitchInsn(0, entries.length - 1, entries[0], entries);
        }
        if (plan.hasIndirectJumps()) {
            m.visitLabel(byPc);
            loadPc();
            m.visitJumpInsn(GOTO, jumps.indirect());
        }
    }

    private void loadPc() {
        m.visitVarInsn(ALOAD, STATE);
        m.visitFieldInsn(GETFIELD, STATE_NAME, "pc", "J");
        m.visitVarInsn(LSTORE, PC);
    }

    private void node(final int n) {
        final RegionPlan.Node node = plan.nodes().get(n);
        at.block = plan.block(n);
        at.index = n;
        flagPlan = node.flags();
        final int firstInsn = pcs.size();
        for (int k = 0; k < at.block.instructions(); k++) {
            pcs.add(at.block.pcOf(k));
            before.add(k);
        }
        m.visitLabel(jumps.begin(n));
        flags.become(flagPlan.begin());
        ops.forgetPart();
        if (plan.looks(n)) {
            checkBudget();
        }
        use = uses.get(node.block());
        memory.beginBlock(use.accesses());
        at.mode = at.block.mode();
        for (at.insn = 0; at.insn < at.block.instructions(); at.insn++) {
            instruction(firstInsn + at.insn);
        }
        if (goesOn()) {
            e.moveLeft(-at.block.instructions());
            jumps.fallThrough();
        }
    }

    /** Whether the block can end behind its last operation, without a jump. */
    private boolean goesOn() {
        final int ops = at.block.ops();
        return at.block.firstOp(at.insn - 1) == ops
                || labels.containsKey(ops)
                || !OpShape.ends(Block.opcode(at.block.program()[2 * ops - 2]));
    }

    /** Goes on only when the budget covers everything up to the next look at it, wherever that is. */
    private void checkBudget() {
        final Label covered = new Label();
        m.visitVarInsn(ILOAD, LEFT);
        // A comparison would make it a loop that counts by the budget in the eyes of the JVM's compiler. It would split
        // and unroll that, which the loop of the guest does not profit from.
        e.integer(Integer.MIN_VALUE);
        m.visitInsn(IAND);
        m.visitJumpInsn(IFEQ, covered);
        e.setPc(at.block.pc());
        exits.goOutside();
        m.visitLabel(covered);
    }

    /** Labels of the operations that skips of the current instruction land on. */
    private final Map<Integer, Label> labels = new TreeMap<>();

    private void instruction(final int number) {
        final int from = at.block.firstOp(at.insn);
        final int to = at.block.firstOp(at.insn + 1);
        final long[] program = at.block.program();
        labels.clear();
        at.helped = use.callsHelper(at.insn);
        at.number = number;
        for (int i = from; i < to; i++) {
            final int opcode = Block.opcode(program[2 * i]);
            if (OpShape.skips(opcode)) {
                labels.computeIfAbsent((int) program[2 * i + 1], target -> new Label());
            }
        }
        e.tempsInArray(at.helped);
        final AccessPlan here = memory.plan();
        at.cuts = at.helped || here.storesBySpace(at.insn);
        if (here.mayThrow(at.insn) || at.helped) {
            e.integer(number);
            m.visitVarInsn(ISTORE, AT);
        }
        boolean reached = true;
        for (int i = from; i < to; i++) {
            reached = land(i, reached);
            flags.to(flagPlan.before(i));
            if (!use.isNeedless(i)) {
                operation(program[2 * i], program[2 * i + 1], i);
            }
            flags.become(flagPlan.effect(i));
            flags.to(flagPlan.behind(i));
            reached = !OpShape.ends(Block.opcode(program[2 * i]));
        }
        reached = land(to, reached);
        if (reached) {
            flags.to(flagPlan.end(at.insn));
            if (at.cuts) {
                jumps.checkCut(at.block.pcOf(at.insn + 1), at.insn + 1);
            }
        }
    }

    private boolean land(final int i, final boolean reached) {
        final Label label = labels.get(i);
        final FlagState landing = flagPlan.landing(i);
        if (label == null || landing == null) {
            return reached;
        }
        if (reached) {
            flags.to(landing);
        }
        m.visitLabel(label);
        flags.become(landing);
        return true;
    }

    private void operation(final long op, final long imm, final int i) {
        final int opcode = Block.opcode(op);
        at.last = i + 1 == at.block.ops() && !labels.containsKey(i + 1);
        if (opcode >= Op.JMP && opcode <= Op.JMPR_MODE) {
            e.moveLeft(-at.block.instructions());
        }
        switch (opcode) {
            case Op.FLAGS -> {
                // Takes no code; see FlagPlan.
            }
            case Op.SKIP -> m.visitJumpInsn(GOTO, label(imm));
            case Op.SKIP_IF, Op.SKIP_IFZ -> test(a(op), i, opcode == Op.SKIP_IF, label(imm));
            case Op.SKIP_COND -> flags.jumpIf(d(op), label(imm));
            case Op.MODE -> {
                jumps.changeMode((int) imm);
                at.mode = (int) imm;
            }
            case Op.JMP -> jumps.jump(imm);
            case Op.JMP_COND -> jumps.branch(imm, yes -> flags.jumpIf(d(op), yes));
            case Op.JMP_IF -> jumps.branch(imm, yes -> test(a(op), i, true, yes));
            case Op.JMPR -> {
                e.get(a(op));
                m.visitVarInsn(LSTORE, PC);
                jumps.jumpIndirect();
            }
            case Op.JMPR_MODE -> {
                final Block.Target target = at.block.constantJump(i);
                if (target != null) {
                    jumps.jumpToMode(target);
                } else {
                    e.get(a(op));
                    m.visitVarInsn(LSTORE, PC);
                    jumps.jumpToMode(b(op));
                }
            }
            case Op.EXIT ->
                exits.exit(d(op), imm, () -> {
                    if (a(op) == NO_SLOT) {
                        m.visitInsn(LCONST_0);
                    } else {
                        e.get(a(op));
                    }
                });
            case Op.EXITI -> exits.exit(d(op), imm, () -> e.constant(Block.detail(op)));
            case Op.HELPER -> helper(op, (int) imm);
            case Op.HELPER_END -> {
                helper(op, (int) imm);
                e.moveLeft(-at.block.instructions());
                loadPc();
                jumps.jumpInStateMode();
            }
            default -> {
                if (!ops.emit(op, imm, i, labels.isEmpty())) {
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

    /** Jumps where the slot is not 0, or is; operation {@code i} asks. What was just compared for it is compared again, as that is one instruction. */
    private void test(final int slot, final int i, final boolean set, final Label target) {
        if (i > at.block.firstOp(at.insn) && !labels.containsKey(i)) {
            final long before = at.block.program()[2 * i - 2];
            if (OpEmit.isComparison(before) && d(before) == slot && a(before) != slot && b(before) != slot) {
                m.visitJumpInsn(ops.relation(before, set), target);
                return;
            }
        }
        e.get(slot);
        m.visitInsn(LCONST_0);
        m.visitInsn(LCMP);
        m.visitJumpInsn(set ? IFNE : IFEQ, target);
    }

    private void helper(final long op, final int number) {
        int field = helpers.indexOf(number);
        if (field < 0) {
            field = helpers.size();
            helpers.add(number);
        }
        e.save();
        e.setPc(at.pc());
        e.storePc();
        m.visitFieldInsn(GETSTATIC, Translator.CLASS_NAME, "h" + field, "L" + HELPER_NAME + ";");
        m.visitVarInsn(ALOAD, STATE);
        e.integer(d(op));
        e.integer(a(op));
        e.integer(b(op));
        m.visitMethodInsn(INVOKEINTERFACE, HELPER_NAME, "run", "(L" + STATE_NAME + ";III)V", true);
        e.loadRegisters();
        ops.forgetPart();
    }
}
