package org.kernelentry.machine.ir;

/** What a condition says about the operands of the comparison that set the flags; both engines ask here. With {@link #NOT}, the opposite. */
public final class Relation {
    public static final int NOT = 1;
    /** Neither {@link #of} nor anybody else knows one. */
    public static final int NONE = -1;

    public static final int EQUAL = 0;
    /** Unsigned, as is {@link #BELOW_OR_EQUAL}. */
    public static final int BELOW = 2;

    public static final int LESS = 4;
    public static final int BELOW_OR_EQUAL = 6;
    public static final int LESS_OR_EQUAL = 8;

    private Relation() {}

    /**
     * The relation of a and b that {@code cond} is behind a - b without a borrow, or {@link #NONE}.
     *
     * @param kind of the flags
     */
    public static int of(final int cond, final int kind) {
        final boolean carryIsNoBorrow = kind == FlagKind.SUBC;
        if (!carryIsNoBorrow && kind != FlagKind.SUB) {
            return NONE;
        }
        final int plain = switch (cond & ~1) {
            case Cond.Z -> EQUAL;
            case Cond.C -> carryIsNoBorrow ? BELOW | NOT : BELOW;
            case Cond.C_AND_NZ -> carryIsNoBorrow ? BELOW_OR_EQUAL | NOT : BELOW;
            case Cond.NC_AND_NZ -> carryIsNoBorrow ? BELOW : BELOW_OR_EQUAL | NOT;
            case Cond.GE -> LESS | NOT;
            case Cond.GT -> LESS_OR_EQUAL | NOT;
            default -> NONE;
        };
        return plain == NONE ? NONE : plain ^ cond & 1;
    }
}
