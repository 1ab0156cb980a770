package org.kernelentry.machine.engine;

import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.PagedSpace;

/** Operations that set the flags. */
final class FlagCode {
    private static final long LOW = 0xffff_ffffL;

    private FlagCode() {}

    /** The code of an operation, or null where it is none of these. */
    static @Nullable Code of(final int flags, final int opcode, final int d, final int a, final int b, final long imm) {
        return switch (opcode) {
            case FusedOp.ADD_FLAGS ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] + r[b];
                        set(r, flags, imm, r[a], r[b], result);
                        r[d] = result;
                        return i + 1;
                    }
                };
            case FusedOp.SUB_FLAGS ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] - r[b];
                        set(r, flags, imm, r[a], r[b], result);
                        r[d] = result;
                        return i + 1;
                    }
                };
            case FusedOp.AND_FLAGS ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] & r[b];
                        set(r, flags, imm, r[a], r[b], result);
                        r[d] = result;
                        return i + 1;
                    }
                };
            case FusedOp.OR_FLAGS ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] | r[b];
                        set(r, flags, imm, r[a], r[b], result);
                        r[d] = result;
                        return i + 1;
                    }
                };
            case FusedOp.XOR_FLAGS ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] ^ r[b];
                        set(r, flags, imm, r[a], r[b], result);
                        r[d] = result;
                        return i + 1;
                    }
                };
            case FusedOp.ADDI_FLAGS ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] + imm;
                        set(r, flags, b, r[a], imm, result);
                        r[d] = result;
                        return i + 1;
                    }
                };
            case FusedOp.SUBI_FLAGS ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] - imm;
                        set(r, flags, b, r[a], imm, result);
                        r[d] = result;
                        return i + 1;
                    }
                };
            case FusedOp.ANDI_FLAGS ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] & imm;
                        set(r, flags, b, r[a], imm, result);
                        r[d] = result;
                        return i + 1;
                    }
                };
            case FusedOp.ORI_FLAGS ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] | imm;
                        set(r, flags, b, r[a], imm, result);
                        r[d] = result;
                        return i + 1;
                    }
                };
            case FusedOp.XORI_FLAGS ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] ^ imm;
                        set(r, flags, b, r[a], imm, result);
                        r[d] = result;
                        return i + 1;
                    }
                };
            case FusedOp.ADD_FLAGS32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] + r[b];
                        set(r, flags, imm, r[a], r[b], result);
                        r[d] = result & LOW;
                        return i + 1;
                    }
                };
            case FusedOp.SUB_FLAGS32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] - r[b];
                        set(r, flags, imm, r[a], r[b], result);
                        r[d] = result & LOW;
                        return i + 1;
                    }
                };
            case FusedOp.AND_FLAGS32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] & r[b];
                        set(r, flags, imm, r[a], r[b], result);
                        r[d] = result & LOW;
                        return i + 1;
                    }
                };
            case FusedOp.OR_FLAGS32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] | r[b];
                        set(r, flags, imm, r[a], r[b], result);
                        r[d] = result & LOW;
                        return i + 1;
                    }
                };
            case FusedOp.XOR_FLAGS32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] ^ r[b];
                        set(r, flags, imm, r[a], r[b], result);
                        r[d] = result & LOW;
                        return i + 1;
                    }
                };
            case FusedOp.ADDI_FLAGS32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] + imm;
                        set(r, flags, b, r[a], imm, result);
                        r[d] = result & LOW;
                        return i + 1;
                    }
                };
            case FusedOp.SUBI_FLAGS32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] - imm;
                        set(r, flags, b, r[a], imm, result);
                        r[d] = result & LOW;
                        return i + 1;
                    }
                };
            case FusedOp.ANDI_FLAGS32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] & imm;
                        set(r, flags, b, r[a], imm, result);
                        r[d] = result & LOW;
                        return i + 1;
                    }
                };
            case FusedOp.ORI_FLAGS32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] | imm;
                        set(r, flags, b, r[a], imm, result);
                        r[d] = result & LOW;
                        return i + 1;
                    }
                };
            case FusedOp.XORI_FLAGS32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        final long result = r[a] ^ imm;
                        set(r, flags, b, r[a], imm, result);
                        r[d] = result & LOW;
                        return i + 1;
                    }
                };
            case Op.FLAGS ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        set(r, flags, d, r[a], r[b], r[(int) imm]);
                        return i + 1;
                    }
                };
            default -> null;
        };
    }

    /** Flags are computed when they are read. */
    static void set(final long[] r, final int flags, final long how, final long a, final long b, final long result) {
        r[flags] = how;
        r[flags + 1] = a;
        r[flags + 2] = b;
        r[flags + 3] = result;
    }
}
