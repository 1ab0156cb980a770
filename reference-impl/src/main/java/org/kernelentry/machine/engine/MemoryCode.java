package org.kernelentry.machine.engine;

import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.PagedSpace;

/** Loads and stores. */
final class MemoryCode {
    private static final long LOW = 0xffff_ffffL;

    private MemoryCode() {}

    /** The code of an operation, or null where it is none of these. */
    static @Nullable Code of(final int opcode, final int d, final int a, final long imm) {
        return switch (opcode) {
            case Op.LD8U ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = mem.load8(r[a] + imm);
                        return i + 1;
                    }
                };
            case Op.LD8S ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = (byte) mem.load8(r[a] + imm);
                        return i + 1;
                    }
                };
            case Op.LD16U ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = mem.load16(r[a] + imm);
                        return i + 1;
                    }
                };
            case Op.LD16S ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = (short) mem.load16(r[a] + imm);
                        return i + 1;
                    }
                };
            case Op.LD32U ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = mem.load32(r[a] + imm) & LOW;
                        return i + 1;
                    }
                };
            case Op.LD32S ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = mem.load32(r[a] + imm);
                        return i + 1;
                    }
                };
            case Op.LD64 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = mem.load64(r[a] + imm);
                        return i + 1;
                    }
                };
            case FusedOp.LD8U_CUT ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = mem.load8(r[a] + imm & LOW);
                        return i + 1;
                    }
                };
            case FusedOp.LD32U_CUT ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = mem.load32(r[a] + imm & LOW) & LOW;
                        return i + 1;
                    }
                };
            case FusedOp.LD32S_CUT ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = mem.load32(r[a] + imm & LOW);
                        return i + 1;
                    }
                };
            case FusedOp.LD64_CUT ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = mem.load64(r[a] + imm & LOW);
                        return i + 1;
                    }
                };
            case Op.ST8 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        mem.store8(r[a] + imm, (int) r[d]);
                        return mem.codeGeneration() == generation ? i + 1 : Code.CUT | i;
                    }
                };
            case Op.ST16 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        mem.store16(r[a] + imm, (int) r[d]);
                        return mem.codeGeneration() == generation ? i + 1 : Code.CUT | i;
                    }
                };
            case Op.ST32 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        mem.store32(r[a] + imm, (int) r[d]);
                        return mem.codeGeneration() == generation ? i + 1 : Code.CUT | i;
                    }
                };
            case Op.ST64 ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        mem.store64(r[a] + imm, r[d]);
                        return mem.codeGeneration() == generation ? i + 1 : Code.CUT | i;
                    }
                };
            case FusedOp.ST8_CUT ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        mem.store8(r[a] + imm & LOW, (int) r[d]);
                        return mem.codeGeneration() == generation ? i + 1 : Code.CUT | i;
                    }
                };
            case FusedOp.ST32_CUT ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        mem.store32(r[a] + imm & LOW, (int) r[d]);
                        return mem.codeGeneration() == generation ? i + 1 : Code.CUT | i;
                    }
                };
            case FusedOp.ST64_CUT ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        mem.store64(r[a] + imm & LOW, r[d]);
                        return mem.codeGeneration() == generation ? i + 1 : Code.CUT | i;
                    }
                };
            case Op.PROBE_WRITE ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        mem.probeWrite(r[a] + imm, d);
                        return i + 1;
                    }
                };
            default -> null;
        };
    }
}
