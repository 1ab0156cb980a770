package org.kernelentry.machine.engine;

import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.memory.PagedSpace;

/** Loads and stores that compute more than an address of a slot and a constant. */
final class AddressCode {
    private static final long LOW = 0xffff_ffffL;

    private AddressCode() {}

    /** The code of an access by the sum of two slots, or null where it is none. */
    static @Nullable Code indexed(final int opcode, final int d, final int a, final int b, final long imm) {
        final int left = Field.left(imm);
        final int right = Field.right(imm);
        final long part = Field.mask(imm);
        final long offset = imm >> FusedOp.SUM_OFFSET;
        final long mask = (imm & FusedOp.SUM_CUT) != 0 ? LOW : -1;
        return switch (opcode) {
            case FusedOp.LD8U_INDEXED ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = mem.load8(r[a] + Field.take(r[b], left, right, part) + offset & mask);
                        return i + 1;
                    }
                };
            case FusedOp.LD32U_INDEXED ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = mem.load32(r[a] + Field.take(r[b], left, right, part) + offset & mask) & LOW;
                        return i + 1;
                    }
                };
            case FusedOp.LD64_INDEXED ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = mem.load64(r[a] + Field.take(r[b], left, right, part) + offset & mask);
                        return i + 1;
                    }
                };
            case FusedOp.ST8_INDEXED ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        mem.store8(r[a] + Field.take(r[b], left, right, part) + offset & mask, (int) r[d]);
                        return mem.codeGeneration() == generation ? i + 1 : Code.CUT | i;
                    }
                };
            case FusedOp.ST32_INDEXED ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        mem.store32(r[a] + Field.take(r[b], left, right, part) + offset & mask, (int) r[d]);
                        return mem.codeGeneration() == generation ? i + 1 : Code.CUT | i;
                    }
                };
            case FusedOp.ST64_INDEXED ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        mem.store64(r[a] + Field.take(r[b], left, right, part) + offset & mask, r[d]);
                        return mem.codeGeneration() == generation ? i + 1 : Code.CUT | i;
                    }
                };
            default -> null;
        };
    }

    /** The code of an access that moves its address, or null where it is none. The move comes last: an access that is refused changes nothing. */
    static @Nullable Code moving(final int opcode, final int d, final int a, final int b, final long imm) {
        final long offset = (int) imm;
        final long move = imm >> Integer.SIZE;
        final long mask = (b & FusedOp.MOVE_CUT) != 0 ? LOW : -1;
        final long addressMask = (b & FusedOp.MOVE_CUT_ADDRESS) != 0 ? LOW : -1;
        return switch (opcode) {
            case FusedOp.LD8U_MOVING ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = mem.load8(r[a] + offset & addressMask);
                        r[a] = r[a] + move & mask;
                        return i + 1;
                    }
                };
            case FusedOp.LD32U_MOVING ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = mem.load32(r[a] + offset & addressMask) & LOW;
                        r[a] = r[a] + move & mask;
                        return i + 1;
                    }
                };
            case FusedOp.LD64_MOVING ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = mem.load64(r[a] + offset & addressMask);
                        r[a] = r[a] + move & mask;
                        return i + 1;
                    }
                };
            case FusedOp.ST8_MOVING ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        mem.store8(r[a] + offset & addressMask, (int) r[d]);
                        r[a] = r[a] + move & mask;
                        return mem.codeGeneration() == generation ? i + 1 : Code.CUT | i;
                    }
                };
            case FusedOp.ST32_MOVING ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        mem.store32(r[a] + offset & addressMask, (int) r[d]);
                        r[a] = r[a] + move & mask;
                        return mem.codeGeneration() == generation ? i + 1 : Code.CUT | i;
                    }
                };
            case FusedOp.ST64_MOVING ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        mem.store64(r[a] + offset & addressMask, r[d]);
                        r[a] = r[a] + move & mask;
                        return mem.codeGeneration() == generation ? i + 1 : Code.CUT | i;
                    }
                };
            default -> null;
        };
    }
}
