package org.kernelentry.machine.engine;

import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Relation;
import org.kernelentry.machine.memory.PagedSpace;

/** Jumps and skips by the operands of the comparison that set the flags: see {@link FusedOp#JMP_RELATION}. */
final class RelationCode {
    private RelationCode() {}

    /** The code of an operation, or null where it is none of these. */
    static @Nullable Code of(final CpuState s, final int opcode, final int a, final int b, final long imm) {
        return switch (opcode) {
            case FusedOp.JMP_RELATION -> jump(s, a, b, imm);
            case FusedOp.SKIP_RELATION -> skip(s.flags, a, b, (int) imm);
            default -> null;
        };
    }

    private static Code jump(final CpuState s, final int shift, final int relation, final long target) {
        final int x = s.flags + 1;
        final int y = s.flags + 2;
        final boolean wanted = (relation & Relation.NOT) == 0;
        return switch (relation & ~Relation.NOT) {
            case Relation.EQUAL ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return (r[x] << shift == r[y] << shift) == wanted ? Code.jump(s, target) : Code.FALL;
                    }
                };
            case Relation.BELOW ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return ((r[x] << shift) + Long.MIN_VALUE < (r[y] << shift) + Long.MIN_VALUE) == wanted
                                ? Code.jump(s, target)
                                : Code.FALL;
                    }
                };
            case Relation.LESS ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return (r[x] << shift < r[y] << shift) == wanted ? Code.jump(s, target) : Code.FALL;
                    }
                };
            case Relation.BELOW_OR_EQUAL ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return ((r[x] << shift) + Long.MIN_VALUE <= (r[y] << shift) + Long.MIN_VALUE) == wanted
                                ? Code.jump(s, target)
                                : Code.FALL;
                    }
                };
            default ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return (r[x] << shift <= r[y] << shift) == wanted ? Code.jump(s, target) : Code.FALL;
                    }
                };
        };
    }

    private static Code skip(final int flags, final int shift, final int relation, final int target) {
        final int x = flags + 1;
        final int y = flags + 2;
        final boolean wanted = (relation & Relation.NOT) == 0;
        return switch (relation & ~Relation.NOT) {
            case Relation.EQUAL ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return (r[x] << shift == r[y] << shift) == wanted ? target : i + 1;
                    }
                };
            case Relation.BELOW ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return ((r[x] << shift) + Long.MIN_VALUE < (r[y] << shift) + Long.MIN_VALUE) == wanted
                                ? target
                                : i + 1;
                    }
                };
            case Relation.LESS ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return (r[x] << shift < r[y] << shift) == wanted ? target : i + 1;
                    }
                };
            case Relation.BELOW_OR_EQUAL ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return ((r[x] << shift) + Long.MIN_VALUE <= (r[y] << shift) + Long.MIN_VALUE) == wanted
                                ? target
                                : i + 1;
                    }
                };
            default ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return (r[x] << shift <= r[y] << shift) == wanted ? target : i + 1;
                    }
                };
        };
    }
}
