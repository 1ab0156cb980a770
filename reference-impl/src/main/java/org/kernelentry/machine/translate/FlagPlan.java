package org.kernelentry.machine.translate;

import static org.kernelentry.machine.ir.Block.a;
import static org.kernelentry.machine.ir.Block.b;
import static org.kernelentry.machine.ir.Block.d;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.ir.OpShape;

/**
 * What is known of the flags all through a block, given what is at its beginning. Code follows it: where one state comes behind another, the difference
 * says what has to be moved to local variables or stored.
 */
final class FlagPlan {
    private final Block block;
    private final BlockUse uses;
    private final FlagState begin;
    private final FlagState[] before;
    private final FlagState[] behind;
    private final FlagState[] ends;
    /** At operations that skips land on. */
    private final Map<Integer, FlagState> landings = new HashMap<>();

    private final Set<FlagState> leaving = new LinkedHashSet<>();

    /**
     * @param begin what is known at the beginning
     * @param store flags are stored as soon as they are set
     */
    FlagPlan(final Block block, final BlockUse uses, final FlagState begin, final boolean store) {
        this.block = block;
        this.uses = uses;
        this.begin = begin;
        this.before = new FlagState[block.ops() + 1];
        this.behind = new FlagState[block.ops()];
        this.ends = new FlagState[block.instructions()];
        Arrays.fill(before, FlagState.IN_SLOTS);
        FlagState now = begin;
        boolean reached = true;
        for (int k = 0; k < ends.length; k++) {
            for (int i = block.firstOp(k); i < block.firstOp(k + 1); i++) {
                now = land(i, now, reached);
                now = operation(i, now, store);
                reached = !OpShape.ends(opcode(i));
            }
            now = land(block.firstOp(k + 1), now, reached);
            reached |= landings.containsKey(block.firstOp(k + 1));
            now = now.withoutTemps(block.firstTemp());
            ends[k] = now;
            // Of the next instruction: skips stay in one.
            landingsOf.clear();
        }
        if (reached) {
            leaving.add(now.passed());
        }
    }

    /** Where skips of the current instruction land, with what is known when they are done. */
    private final Map<Integer, FlagState> landingsOf = new HashMap<>();

    private int opcode(final int i) {
        return Block.opcode(block.program()[2 * i]);
    }

    private FlagState land(final int i, final FlagState now, final boolean reached) {
        final FlagState skipped = landingsOf.get(i);
        if (skipped == null) {
            return now;
        }
        final FlagState joined = reached ? now.join(skipped) : skipped;
        landings.put(i, joined);
        return joined;
    }

    private FlagState operation(final int i, final FlagState arrived, final boolean store) {
        final long op = block.program()[2 * i];
        final int opcode = Block.opcode(op);
        FlagState now = adjusted(i, op, opcode, arrived);
        before[i] = now;
        if (OpShape.skips(opcode)) {
            landingsOf.merge((int) block.program()[2 * i + 1], now, FlagState::join);
        }
        now = effect(i);
        if (store && opcode == Op.FLAGS) {
            now = now.store();
        }
        if (now.stored() && !uses.flagsAreAsked(i)) {
            now = FlagState.IN_SLOTS;
        }
        behind[i] = now;
        return now;
    }

    /** What has to hold before the operation. */
    private FlagState adjusted(final int i, final long op, final int opcode, final FlagState now) {
        if (OpShape.opaque(opcode) || opcode == Op.EXIT || opcode == Op.EXITI || opcode == Op.JMPR) {
            return now.store();
        }
        if (OpShape.skips(opcode)) {
            final int landing = (int) block.program()[2 * i + 1];
            final FlagState other = landingsOf.get(landing);
            final FlagState lasting = lasting(i, landing, now);
            if (lasting == null) {
                return now.store();
            }
            final boolean differs = other != null && !other.join(lasting).isKnown();
            return differs ? lasting.store() : lasting;
        }
        if (opcode >= Op.JMP && opcode <= Op.JMPR_MODE) {
            final FlagState passed = now.withoutTemps(block.firstTemp());
            if (opcode == Op.JMPR_MODE && block.constantJump(i) == null) {
                return passed.store();
            }
            leaving.add(passed.passed());
            return passed;
        }
        return OpShape.writesD(opcode) ? now.without(d(op)) : now;
    }

    /** What of it holds all the way from a skip to where it lands; null where operations between change the flags or where they are. */
    @Nullable
    private FlagState lasting(final int skip, final int landing, final FlagState now) {
        FlagState lasting = now;
        for (int i = skip + 1; i < landing; i++) {
            final long op = block.program()[2 * i];
            final int opcode = Block.opcode(op);
            if (OpShape.writesFlags(opcode) || OpShape.opaque(opcode)) {
                return null;
            }
            if (OpShape.writesD(opcode)) {
                lasting = lasting.without(d(op));
                if (opcode == Op.MOV && lasting.uses(a(op)) && a(op) >= block.firstTemp()) {
                    return null;
                }
            }
        }
        return lasting;
    }

    /** What holds behind operation {@code i} by itself, without code. */
    FlagState effect(final int i) {
        final long op = block.program()[2 * i];
        final FlagState now = before[i];
        switch (Block.opcode(op)) {
            case Op.FLAGS -> {
                return set(i, op);
            }
            case Op.PUTFLAGS, Op.HELPER, Op.HELPER_END -> {
                return FlagState.IN_SLOTS;
            }
            case Op.MOV -> {
                return a(op) >= block.firstTemp() && now.isKnown() ? now.moved(a(op), d(op)) : now;
            }
            default -> {
                return now;
            }
        }
    }

    private FlagState set(final int i, final long op) {
        final int kind = d(op) >> 8;
        final boolean hasB = kind <= FlagKind.SUBC || kind == FlagKind.RESULT_CV;
        final Long constant = hasB ? uses.constantB(i) : null;
        final int result = (int) block.program()[2 * i + 1];
        final boolean plain = uses.isPlain(i);
        int second = FlagState.NONE;
        if (hasB) {
            second = constant == null ? b(op) : FlagState.CONSTANT;
        }
        return new FlagState(
                d(op),
                kind == FlagKind.LOGIC ? FlagState.NONE : a(op),
                second,
                plain ? FlagState.DERIVED : result,
                constant == null ? 0 : constant,
                plain && !uses.isNeedless(i - 1) ? result : FlagState.NONE,
                false);
    }

    /** What is known at the beginning. */
    FlagState begin() {
        return begin;
    }

    /** What holds right before operation {@code i}. */
    FlagState before(final int i) {
        return before[i];
    }

    /** What holds right behind operation {@code i}. */
    FlagState behind(final int i) {
        return behind[i];
    }

    /** What holds where skips land before operation {@code i}; null where none does. */
    @Nullable
    FlagState landing(final int i) {
        return landings.get(i);
    }

    /** What holds behind instruction {@code k}. */
    FlagState end(final int k) {
        return ends[k];
    }

    /** What is known where other blocks go on. */
    Set<FlagState> leaving() {
        return leaving;
    }
}
