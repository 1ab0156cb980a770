package org.kernelentry.machine.translate;

import org.kernelentry.machine.ir.FlagKind;

/**
 * What translated code knows of the flags at some place: the operation that set them, and where its operands and its result are. Unless that is
 * {@link #stored}, the flags' slots have older ones, and get these where something outside the region is about to look.
 *
 * @param kindAndWidth of the operation
 * @param a where its first operand is: a slot, {@link #LOCAL}, {@link #DERIVED} or {@link #NONE}
 * @param b where its second operand is: a slot, {@link #LOCAL}, {@link #CONSTANT} or {@link #NONE}
 * @param result where its result is: a slot, {@link #LOCAL} or {@link #DERIVED}; {@link #NONE} where nothing is known
 * @param constant the second operand, if it is a constant
 * @param also another slot with the result, if that is derived, or {@link #NONE}
 * @param stored the flags' slots have it too
 */
record FlagState(int kindAndWidth, int a, int b, int result, long constant, int also, boolean stored) {
    /** In a local variable of its own. */
    static final int LOCAL = -1;
    /** {@link #constant}. */
    static final int CONSTANT = -2;
    /** Sum or difference of the two others. */
    static final int DERIVED = -3;
    /** Not known, as nobody needs it. */
    static final int NONE = -4;

    /** The flags are in their slots, and that is all that is known. */
    static final FlagState IN_SLOTS = new FlagState(0, NONE, NONE, NONE, 0, NONE, true);

    /** Fields in the order of the flags' slots. */
    static final int A = 1;

    static final int B = 2;
    static final int RESULT = 3;

    boolean isKnown() {
        return result != NONE;
    }

    /** The result is the sum or difference of the operands, which are enough for most conditions. */
    boolean isPlain() {
        return result == DERIVED || a == DERIVED;
    }

    boolean isSum() {
        return kindAndWidth >> 8 == FlagKind.ADD;
    }

    /** Where field {@link #A}, {@link #B} or {@link #RESULT} is. */
    int field(final int field) {
        return switch (field) {
            case A -> a;
            case B -> b;
            default -> result;
        };
    }

    /** The same in the flags' slots too. */
    FlagState store() {
        return stored ? this : new FlagState(kindAndWidth, a, b, result, constant, also, true);
    }

    boolean uses(final int slot) {
        return a == slot || b == slot || result == slot;
    }

    /** What holds when {@code slot} is about to change: what it had is derived from now on or goes to a local variable. */
    FlagState without(final int slot) {
        if (!uses(slot)) {
            return also == slot ? new FlagState(kindAndWidth, a, b, result, constant, NONE, stored) : this;
        }
        final int newB = b == slot ? LOCAL : b;
        if (a == slot && result == DERIVED && also != NONE && also != slot) {
            return new FlagState(kindAndWidth, DERIVED, newB, also, constant, NONE, stored);
        }
        final int newAlso = also == slot ? NONE : also;
        return new FlagState(
                kindAndWidth, a == slot ? LOCAL : a, newB, result == slot ? LOCAL : result, constant, newAlso, stored);
    }

    /** What holds behind a copy of {@code from}, a temporary, to {@code to}. */
    FlagState moved(final int from, final int to) {
        if (!uses(from) && also != from) {
            return this;
        }
        return new FlagState(
                kindAndWidth,
                a == from ? to : a,
                b == from ? to : b,
                result == from ? to : result,
                constant,
                also == from ? to : also,
                stored);
    }

    /** What holds behind an instruction, where its temporaries, from {@code firstTemp} on, are no more. */
    FlagState withoutTemps(final int firstTemp) {
        if (a < firstTemp && b < firstTemp && result < firstTemp && also < firstTemp) {
            return this;
        }
        return new FlagState(
                kindAndWidth,
                a >= firstTemp ? LOCAL : a,
                b >= firstTemp ? LOCAL : b,
                result >= firstTemp ? LOCAL : result,
                constant,
                also >= firstTemp ? NONE : also,
                stored);
    }

    /** What of it is told to another block. */
    FlagState passed() {
        return stored ? IN_SLOTS : new FlagState(kindAndWidth, a, b, result, constant, NONE, false);
    }

    /** What holds where a path with {@code other} arrives too. One that is not stored meets only its like, or is stored before. */
    FlagState join(final FlagState other) {
        if (equals(other)) {
            return this;
        }
        final boolean both = stored && other.stored;
        final FlagState mine = new FlagState(kindAndWidth, a, b, result, constant, NONE, both);
        final FlagState others =
                new FlagState(other.kindAndWidth, other.a, other.b, other.result, other.constant, NONE, both);
        return mine.equals(others) ? mine : IN_SLOTS;
    }
}
