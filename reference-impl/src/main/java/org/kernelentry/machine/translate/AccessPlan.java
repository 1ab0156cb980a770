package org.kernelentry.machine.translate;

import static org.kernelentry.machine.ir.Block.a;
import static org.kernelentry.machine.ir.Block.b;
import static org.kernelentry.machine.ir.Block.d;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Offsets;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.ir.OpShape;
import org.kernelentry.machine.memory.Window;

/**
 * How a block's instructions access memory: each by a window, or by the space's own methods where that does not show the place, and which accesses
 * ask the window together.
 *
 * <p>An instruction leaves the region, and so can be interpreted, only where it can be begun again: where registers and flags change behind its last
 * access, as decoders see to, and where it does not load what it may have stored.
 */
final class AccessPlan {
    /** Local variables for the places of {@link Span}s. */
    static final int PLACES = 4;

    private final Block block;
    private final int stackPointer;
    private final int[] ways;
    private final BitSet throwing = new BitSet();
    private final BitSet storesBySpace = new BitSet();
    private final int[] windows;
    private final @Nullable Span[] spans;
    private final int[] distances;
    /** Operations that may be skipped. */
    private final BitSet conditional = new BitSet();

    AccessPlan(final Block block, final Accesses accesses, final int stackPointer, final boolean narrow) {
        this.block = block;
        this.stackPointer = stackPointer;
        this.ways = new int[block.instructions()];
        this.windows = new int[block.ops()];
        this.spans = new Span[block.ops()];
        this.distances = new int[block.ops()];
        int mode = block.mode();
        boolean any = false;
        for (int k = 0; k < ways.length; k++) {
            any |= instruction(k, accesses, mode);
            mode = modeBehind(k, mode);
        }
        if (any) {
            join(narrow);
        }
    }

    private int modeBehind(final int k, final int before) {
        int mode = before;
        for (int i = block.firstOp(k); i < block.firstOp(k + 1); i++) {
            if (Block.opcode(op(i)) == Op.MODE) {
                mode = (int) imm(i);
            }
        }
        return mode;
    }

    private long op(final int i) {
        return block.program()[2 * i];
    }

    private long imm(final int i) {
        return block.program()[2 * i + 1];
    }

    private static boolean isAccess(final int opcode) {
        return opcode >= Op.LD8U && opcode <= Op.PROBE_WRITE;
    }

    private static boolean reads(final int opcode) {
        return opcode <= Op.LD64;
    }

    /** Bytes of an access. */
    static int bytes(final long op) {
        return switch (Block.opcode(op)) {
            case Op.LD8U, Op.LD8S, Op.ST8 -> 1;
            case Op.LD16U, Op.LD16S, Op.ST16 -> 2;
            case Op.LD32U, Op.LD32S, Op.ST32 -> 4;
            case Op.PROBE_WRITE -> d(op);
            default -> 8;
        };
    }

    /** Returns whether it accesses memory. */
    private boolean instruction(final int k, final Accesses accesses, final int mode) {
        final int from = block.firstOp(k);
        final int to = block.firstOp(k + 1);
        boolean again = true;
        boolean changed = false;
        boolean loads = false;
        int count = 0;
        int stores = 0;
        for (int i = from; i < to; i++) {
            final int opcode = Block.opcode(op(i));
            if (isAccess(opcode)) {
                again &= !changed;
                count++;
                stores += OpShape.cuts(opcode) ? 1 : 0;
                loads |= OpShape.writesD(opcode);
            }
            again &= !OpShape.opaque(opcode);
            changed |= OpShape.writesFlags(opcode) || OpShape.writesD(opcode) && d(op(i)) < block.firstTemp();
            if (OpShape.skips(opcode)) {
                conditional.set(i + 1, (int) imm(i));
            }
        }
        ways[k] = again && (stores <= 1 || !loads) ? accesses.of(block.pcOf(k), mode) : Accesses.SPACE;
        throwing.set(k, count > 0 && ways[k] == Accesses.SPACE);
        storesBySpace.set(k, stores > 0 && ways[k] == Accesses.SPACE);
        if (count > 0) {
            chooseWindows(from, to, ways[k]);
        }
        return count > 0;
    }

    /** Follows addresses from the stack pointer on, as far as the instruction shows it. */
    private void chooseWindows(final int from, final int to, final int way) {
        final BitSet onStack = new BitSet();
        onStack.set(stackPointer);
        for (int i = from; i < to; i++) {
            final int opcode = Block.opcode(op(i));
            if (isAccess(opcode)) {
                final boolean stack = onStack.get(a(op(i))) == (way != Accesses.OTHER_WINDOW);
                if (reads(opcode)) {
                    windows[i] = stack ? Window.READ_STACK : Window.READ;
                } else {
                    windows[i] = stack ? Window.WRITE_STACK : Window.WRITE;
                }
            } else if (OpShape.pure(opcode) && d(op(i)) != stackPointer) {
                onStack.set(
                        d(op(i)),
                        OpShape.readsA(opcode) && onStack.get(a(op(i)))
                                || OpShape.readsB(opcode) && onStack.get(b(op(i))));
            }
        }
    }

    // ---- accesses that ask together

    private void join(final boolean narrow) {
        final Offsets offsets = new Offsets(block.firstTemp() + BlockBuilder.TEMPS, block.firstTemp(), narrow);
        final Map<Long, Span> open = new HashMap<>();
        final List<Span> all = new ArrayList<>();
        final long[] at = new long[block.ops()];
        for (int i = 0; i < block.ops(); i++) {
            final long op = op(i);
            final int opcode = Block.opcode(op);
            if (OpShape.opaque(opcode)) {
                offsets.forgetAll();
                open.clear();
            } else if (isAccess(opcode)) {
                if (ways[block.instructionOf(i)] == Accesses.SPACE) {
                    // The space's methods move windows.
                    open.clear();
                } else if (!conditional.get(i) && offsets.isKnown(a(op), imm(i))) {
                    at[i] = offsets.offset(a(op), imm(i));
                    Span span = open.get(offsets.family(a(op)));
                    if (span == null || !span.add(i, at[i], bytes(op), !reads(opcode))) {
                        // A register spares the temporary that the address was computed in. A sum that may overflow 32
                        // bits needs it.
                        final int other = offsets.alike(a(op), block.firstTemp());
                        final boolean near = offsets.isKnown(other, at[i] - offsets.offset(other, 0));
                        final int base = near ? other : a(op);
                        span = new Span(i, windows[i], at[i], bytes(op), base, at[i] - offsets.offset(base, 0));
                        open.put(offsets.family(a(op)), span);
                        all.add(span);
                    }
                    spans[i] = span;
                }
            }
            offsets.follow(opcode, d(op), a(op), imm(i), !conditional.get(i));
        }
        givePlaces(all);
        for (int i = 0; i < spans.length; i++) {
            final Span span = spans[i];
            if (span == null || span.place < 0) {
                spans[i] = null;
            } else {
                distances[i] = span.distance(at[i]);
            }
        }
    }

    private static void givePlaces(final List<Span> all) {
        final int[] usedUntil = new int[PLACES];
        for (final Span span : all) {
            for (int place = 0; span.pays() && span.place < 0 && place < PLACES; place++) {
                if (usedUntil[place] <= span.first) {
                    usedUntil[place] = span.last() + 1;
                    span.place = place;
                }
            }
        }
    }

    // ---- what was found

    /** Whether operation {@code i} may be skipped. */
    boolean isConditional(final int i) {
        return conditional.get(i);
    }

    /** Whether accesses of instruction {@code k} leave the region where the window does not show them. */
    boolean mayLeave(final int k) {
        return ways[k] != Accesses.SPACE;
    }

    /** Whether an access of instruction {@code k} may be the space's, and so throw. */
    boolean mayThrow(final int k) {
        return throwing.get(k);
    }

    /** Whether a store of instruction {@code k} may be the space's, and so change code. */
    boolean storesBySpace(final int k) {
        return storesBySpace.get(k);
    }

    /** The window of the access that operation {@code i} is. */
    int window(final int i) {
        final Span span = spans[i];
        return span == null ? windows[i] : span.window();
    }

    /** With whom operation {@code i} asks the window, or null. */
    @Nullable
    Span span(final int i) {
        return spans[i];
    }

    /** How far the access is from the lowest of its span. */
    int distance(final int i) {
        return distances[i];
    }
}
