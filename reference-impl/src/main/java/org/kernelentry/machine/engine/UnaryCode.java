package org.kernelentry.machine.engine;

import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.Arithmetic;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.PagedSpace;

/** Operations on a slot and a constant, and on one slot. */
final class UnaryCode {
    private static final long LOW = 0xffff_ffffL;

    private UnaryCode() {}

    /** The code of an operation, or null where it is none of these. */
    static @Nullable Code of(final int opcode, final int d, final int a, final int b, final long imm) {
        return switch (opcode) {
            case Op.ADDI ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] + imm;
                        return i + 1;
                    }
                };
            case Op.ADDI32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] + imm & LOW;
                        return i + 1;
                    }
                };
            case Op.ANDI ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] & imm;
                        return i + 1;
                    }
                };
            case Op.ORI ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] | imm;
                        return i + 1;
                    }
                };
            case Op.XORI ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] ^ imm;
                        return i + 1;
                    }
                };
            case Op.SHLI ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] << imm;
                        return i + 1;
                    }
                };
            case Op.SHRI ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] >>> imm;
                        return i + 1;
                    }
                };
            case Op.SARI ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] >> imm;
                        return i + 1;
                    }
                };
            case Op.RORI ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Long.rotateRight(r[a], (int) imm);
                        return i + 1;
                    }
                };
            case Op.SHLI32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = (int) r[a] << (int) imm & LOW;
                        return i + 1;
                    }
                };
            case Op.SHRI32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = (int) r[a] >>> (int) imm & LOW;
                        return i + 1;
                    }
                };
            case Op.SARI32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = (int) r[a] >> (int) imm & LOW;
                        return i + 1;
                    }
                };
            case Op.RORI32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Integer.rotateRight((int) r[a], (int) imm) & LOW;
                        return i + 1;
                    }
                };
            case Op.NOT ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = ~r[a];
                        return i + 1;
                    }
                };
            case Op.NEG ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = -r[a];
                        return i + 1;
                    }
                };
            case Op.ZX8 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] & 0xff;
                        return i + 1;
                    }
                };
            case Op.ZX16 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] & 0xffff;
                        return i + 1;
                    }
                };
            case Op.ZX32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[a] & LOW;
                        return i + 1;
                    }
                };
            case Op.SX8 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = (byte) r[a];
                        return i + 1;
                    }
                };
            case Op.SX16 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = (short) r[a];
                        return i + 1;
                    }
                };
            case Op.SX32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = (int) r[a];
                        return i + 1;
                    }
                };
            case Op.CLZ ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Long.numberOfLeadingZeros(r[a]);
                        return i + 1;
                    }
                };
            case Op.CTZ ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Long.numberOfTrailingZeros(r[a]);
                        return i + 1;
                    }
                };
            case Op.CLZ32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Integer.numberOfLeadingZeros((int) r[a]);
                        return i + 1;
                    }
                };
            case Op.RBIT ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Long.reverse(r[a]);
                        return i + 1;
                    }
                };
            case Op.BSWAP ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Long.reverseBytes(r[a]);
                        return i + 1;
                    }
                };
            case Op.BSWAP32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Integer.reverseBytes((int) r[a]) & LOW;
                        return i + 1;
                    }
                };
            case Op.POPCNT ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Long.bitCount(r[a]);
                        return i + 1;
                    }
                };
            case Op.INSERT ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Arithmetic.insert(r[d], r[a], imm);
                        return i + 1;
                    }
                };
            case Op.SELECT ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = r[r[a] != 0 ? b : (int) imm];
                        return i + 1;
                    }
                };
            default -> null;
        };
    }
}
