package org.kernelentry.machine.engine;

import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.ir.Relation;
import org.kernelentry.machine.memory.PagedSpace;

/** Operations that set the flags, each with the conditional jump behind it: see {@link FusedOp#SUB_FLAGS_JMP}. */
final class JumpCode {
    private JumpCode() {}

    /** The code of an operation, of which {@code jump} with the constant {@code target} follows, or null where it is none of these. */
    static @Nullable Code of(final CpuState s, final long op, final long imm, final long jump, final long target) {
        final int a = Block.a(op);
        final int b = Block.b(op);
        final int d = Block.d(op);
        final long mask = -1L >>> Block.d(jump);
        final boolean ifZero = Block.opcode(jump) == FusedOp.JMP_Z;
        return switch (Block.opcode(op)) {
            case FusedOp.SUB_FLAGS_JMP -> slots(s, op, (int) imm, jump, target);
            case FusedOp.SUBI_FLAGS_JMP -> immediate(s, op, imm, jump, target);
            case FusedOp.AND_FLAGS_JMP ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] & r[b];
                        FlagCode.set(r, s.flags, imm, r[a], r[b], result);
                        r[d] = result & mask;
                        return zero(r, s.flags) == ifZero ? Code.jump(s, target) : Code.FALL;
                    }
                };
            case FusedOp.ANDI_FLAGS_JMP ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] & imm;
                        FlagCode.set(r, s.flags, b, r[a], imm, result);
                        r[d] = result & mask;
                        return zero(r, s.flags) == ifZero ? Code.jump(s, target) : Code.FALL;
                    }
                };
            case FusedOp.ADDI_FLAGS_JMP ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] + imm;
                        FlagCode.set(r, s.flags, b, r[a], imm, result);
                        r[d] = result & mask;
                        return zero(r, s.flags) == ifZero ? Code.jump(s, target) : Code.FALL;
                    }
                };
            default -> null;
        };
    }

    private static Code slots(final CpuState s, final long op, final int how, final long jump, final long target) {
        final int a = Block.a(op);
        final int b = Block.b(op);
        final int d = Block.d(op);
        final long mask = -1L >>> Block.d(jump);
        final int shift = Block.a(jump);
        final boolean wanted = (Block.b(jump) & Relation.NOT) == 0;
        return switch (Block.b(jump) & ~Relation.NOT) {
            case Relation.EQUAL ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long x = r[a];
                        final long y = r[b];
                        FlagCode.set(r, s.flags, how, x, y, x - y);
                        r[d] = x - y & mask;
                        return (x << shift == y << shift) == wanted ? Code.jump(s, target) : Code.FALL;
                    }
                };
            case Relation.BELOW ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long x = r[a];
                        final long y = r[b];
                        FlagCode.set(r, s.flags, how, x, y, x - y);
                        r[d] = x - y & mask;
                        return ((x << shift) + Long.MIN_VALUE < (y << shift) + Long.MIN_VALUE) == wanted
                                ? Code.jump(s, target)
                                : Code.FALL;
                    }
                };
            case Relation.LESS ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long x = r[a];
                        final long y = r[b];
                        FlagCode.set(r, s.flags, how, x, y, x - y);
                        r[d] = x - y & mask;
                        return (x << shift < y << shift) == wanted ? Code.jump(s, target) : Code.FALL;
                    }
                };
            case Relation.BELOW_OR_EQUAL ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long x = r[a];
                        final long y = r[b];
                        FlagCode.set(r, s.flags, how, x, y, x - y);
                        r[d] = x - y & mask;
                        return ((x << shift) + Long.MIN_VALUE <= (y << shift) + Long.MIN_VALUE) == wanted
                                ? Code.jump(s, target)
                                : Code.FALL;
                    }
                };
            default ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long x = r[a];
                        final long y = r[b];
                        FlagCode.set(r, s.flags, how, x, y, x - y);
                        r[d] = x - y & mask;
                        return (x << shift <= y << shift) == wanted ? Code.jump(s, target) : Code.FALL;
                    }
                };
        };
    }

    private static Code immediate(final CpuState s, final long op, final long y, final long jump, final long target) {
        final int a = Block.a(op);
        final int how = Block.b(op);
        final int d = Block.d(op);
        final long mask = -1L >>> Block.d(jump);
        final int shift = Block.a(jump);
        final boolean wanted = (Block.b(jump) & Relation.NOT) == 0;
        return switch (Block.b(jump) & ~Relation.NOT) {
            case Relation.EQUAL ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long x = r[a];
                        FlagCode.set(r, s.flags, how, x, y, x - y);
                        r[d] = x - y & mask;
                        return (x << shift == y << shift) == wanted ? Code.jump(s, target) : Code.FALL;
                    }
                };
            case Relation.BELOW ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long x = r[a];
                        FlagCode.set(r, s.flags, how, x, y, x - y);
                        r[d] = x - y & mask;
                        return ((x << shift) + Long.MIN_VALUE < (y << shift) + Long.MIN_VALUE) == wanted
                                ? Code.jump(s, target)
                                : Code.FALL;
                    }
                };
            case Relation.LESS ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long x = r[a];
                        FlagCode.set(r, s.flags, how, x, y, x - y);
                        r[d] = x - y & mask;
                        return (x << shift < y << shift) == wanted ? Code.jump(s, target) : Code.FALL;
                    }
                };
            case Relation.BELOW_OR_EQUAL ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long x = r[a];
                        FlagCode.set(r, s.flags, how, x, y, x - y);
                        r[d] = x - y & mask;
                        return ((x << shift) + Long.MIN_VALUE <= (y << shift) + Long.MIN_VALUE) == wanted
                                ? Code.jump(s, target)
                                : Code.FALL;
                    }
                };
            default ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long x = r[a];
                        FlagCode.set(r, s.flags, how, x, y, x - y);
                        r[d] = x - y & mask;
                        return (x << shift <= y << shift) == wanted ? Code.jump(s, target) : Code.FALL;
                    }
                };
        };
    }

    /** The flag Z. */
    static boolean zero(final long[] r, final int flags) {
        return Flags.zero((int) r[flags], r[flags + 3]);
    }
}
