package org.kernelentry.machine.engine;

import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.memory.PagedSpace;

/** Operations that take a {@link Field} of a slot. */
final class FieldCode {
    private static final long LOW = 0xffff_ffffL;

    private FieldCode() {}

    /** The code of an operation, or null where it is none of these. */
    static @Nullable Code of(final int flags, final int opcode, final int d, final int a, final int b, final long imm) {
        final int left = Field.left(imm);
        final int right = Field.right(imm);
        final long part = Field.mask(imm);
        final long mask = (imm & FusedOp.SUM_CUT) != 0 ? LOW : -1;
        return switch (opcode) {
            case FusedOp.FIELD ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Field.take(r[a], left, right, part);
                        return i + 1;
                    }
                };
            case FusedOp.ADD_FIELD -> sum(d, a, b, imm);
            case FusedOp.SUB_FIELD ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] - Field.take(r[b], left, right, part) & mask;
                        return i + 1;
                    }
                };
            case FusedOp.AND_FIELD ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] & Field.take(r[b], left, right, part) & mask;
                        return i + 1;
                    }
                };
            case FusedOp.OR_FIELD ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = (r[a] | Field.take(r[b], left, right, part)) & mask;
                        return i + 1;
                    }
                };
            case FusedOp.XOR_FIELD ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = (r[a] ^ Field.take(r[b], left, right, part)) & mask;
                        return i + 1;
                    }
                };
            case FusedOp.SHIFT_FLAGS -> shiftWithFlags(flags, d, a, b, imm);
            default -> null;
        };
    }

    private static Code sum(final int d, final int a, final int b, final long imm) {
        final int left = Field.left(imm);
        final int right = Field.right(imm);
        final long part = Field.mask(imm);
        final long offset = imm >> FusedOp.SUM_OFFSET;
        final long mask = (imm & FusedOp.SUM_CUT) != 0 ? LOW : -1;
        if (right == 0 && offset == 0 && part == -1) {
            return new Code() {
                @Override
                int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                    r[d] = r[a] + (r[b] << left) & mask;
                    return i + 1;
                }
            };
        }
        return new Code() {
            @Override
            int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                r[d] = r[a] + Field.take(r[b], left, right, part) + offset & mask;
                return i + 1;
            }
        };
    }

    private static Code shiftWithFlags(final int flags, final int d, final int a, final int how, final long imm) {
        final int leftBefore = Field.left(imm);
        final int rightBefore = Field.right(imm);
        final long partBefore = Field.mask(imm);
        final long shift = imm >> Field.BITS;
        final int left = Field.left(shift);
        final int right = Field.right(shift);
        final long part = Field.mask(shift);
        final long mask = imm >> 2 * Field.BITS != 0 ? LOW : -1;
        return new Code() {
            @Override
            int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                final long before = Field.take(r[a], leftBefore, rightBefore, partBefore);
                final long result = Field.take(r[a], left, right, part);
                FlagCode.set(r, flags, how, before, before, result);
                r[d] = result & mask;
                return i + 1;
            }
        };
    }
}
