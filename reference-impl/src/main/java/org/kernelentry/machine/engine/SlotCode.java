package org.kernelentry.machine.engine;

import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.Arithmetic;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.PagedSpace;

/** Operations on slots, and constants. */
final class SlotCode {
    private static final long LOW = 0xffff_ffffL;

    private SlotCode() {}

    /** The code of an operation, or null where it is none of these. */
    static @Nullable Code of(final int opcode, final int d, final int a, final int b, final long imm) {
        return switch (opcode) {
            case Op.CONST ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = imm;
                        return i + 1;
                    }
                };
            case Op.MOV ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a];
                        return i + 1;
                    }
                };
            case Op.ADD ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] + r[b];
                        return i + 1;
                    }
                };
            case Op.SUB ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] - r[b];
                        return i + 1;
                    }
                };
            case Op.AND ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] & r[b];
                        return i + 1;
                    }
                };
            case Op.OR ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] | r[b];
                        return i + 1;
                    }
                };
            case Op.XOR ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] ^ r[b];
                        return i + 1;
                    }
                };
            case Op.MUL ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] * r[b];
                        return i + 1;
                    }
                };
            case Op.SHL ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] << r[b];
                        return i + 1;
                    }
                };
            case Op.SHR ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] >>> r[b];
                        return i + 1;
                    }
                };
            case Op.SAR ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] >> r[b];
                        return i + 1;
                    }
                };
            case Op.ROR ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Long.rotateRight(r[a], (int) r[b]);
                        return i + 1;
                    }
                };
            case Op.UMULH ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Arithmetic.unsignedMultiplyHigh(r[a], r[b]);
                        return i + 1;
                    }
                };
            case Op.SMULH ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Math.multiplyHigh(r[a], r[b]);
                        return i + 1;
                    }
                };
            case Op.ADD32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] + r[b] & LOW;
                        return i + 1;
                    }
                };
            case Op.SUB32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] - r[b] & LOW;
                        return i + 1;
                    }
                };
            case Op.AND32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] & r[b] & LOW;
                        return i + 1;
                    }
                };
            case Op.OR32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = (r[a] | r[b]) & LOW;
                        return i + 1;
                    }
                };
            case Op.XOR32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = (r[a] ^ r[b]) & LOW;
                        return i + 1;
                    }
                };
            case Op.MUL32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] * r[b] & LOW;
                        return i + 1;
                    }
                };
            case Op.SHL32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = (int) r[a] << (int) r[b] & LOW;
                        return i + 1;
                    }
                };
            case Op.SHR32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = (int) r[a] >>> (int) r[b] & LOW;
                        return i + 1;
                    }
                };
            case Op.SAR32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = (int) r[a] >> (int) r[b] & LOW;
                        return i + 1;
                    }
                };
            case Op.ROR32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Integer.rotateRight((int) r[a], (int) r[b]) & LOW;
                        return i + 1;
                    }
                };
            case Op.UDIV ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Arithmetic.divideUnsigned(r[a], r[b]);
                        return i + 1;
                    }
                };
            case Op.SDIV ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Arithmetic.divide(r[a], r[b]);
                        return i + 1;
                    }
                };
            case Op.UDIV32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Arithmetic.divide(r[a] & LOW, r[b] & LOW);
                        return i + 1;
                    }
                };
            case Op.SDIV32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Arithmetic.divide32(r[a], r[b]) & LOW;
                        return i + 1;
                    }
                };
            case Op.EQ ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] == r[b] ? 1 : 0;
                        return i + 1;
                    }
                };
            case Op.LTU ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] + Long.MIN_VALUE < r[b] + Long.MIN_VALUE ? 1 : 0;
                        return i + 1;
                    }
                };
            case Op.LTS ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] < r[b] ? 1 : 0;
                        return i + 1;
                    }
                };
            default -> null;
        };
    }
}
