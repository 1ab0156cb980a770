package org.kernelentry.machine.engine;

import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.PagedSpace;

/** Operations that read the flags as a whole, skip, jump or leave. */
final class ControlCode {
    private ControlCode() {}

    /** The code of an operation, or null where it is none of these. */
    static @Nullable Code of(
            final CpuState s, final int opcode, final int d, final int a, final int b, final long imm) {
        return switch (opcode) {
            case Op.GETCOND ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = Flags.test(s, (int) imm) ? 1 : 0;
                        return i + 1;
                    }
                };
            case Op.GETFLAGS ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        r[d] = imm == 0 ? Flags.packed(s) : Flags.nzcv(s);
                        return i + 1;
                    }
                };
            case Op.PUTFLAGS ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        Flags.set(s, (int) r[a]);
                        return i + 1;
                    }
                };
            case Op.SKIP ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return (int) imm;
                    }
                };
            case Op.SKIP_IF ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return r[a] != 0 ? (int) imm : i + 1;
                    }
                };
            case Op.SKIP_IFZ ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return r[a] == 0 ? (int) imm : i + 1;
                    }
                };
            case Op.SKIP_COND ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return Flags.test(s, d) ? (int) imm : i + 1;
                    }
                };
            case FusedOp.SKIP_IF_NO_BITS ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return (r[a] & b) == 0 ? (int) imm : i + 1;
                    }
                };
            case Op.MODE ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        s.mode = (int) imm;
                        return i + 1;
                    }
                };
            case Op.JMP ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return Code.jump(s, imm);
                    }
                };
            case Op.JMP_COND ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return Flags.test(s, d) ? Code.jump(s, imm) : Code.FALL;
                    }
                };
            case Op.JMP_IF ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return r[a] != 0 ? Code.jump(s, imm) : Code.FALL;
                    }
                };
            case FusedOp.JMP_EQUAL -> {
                final long mask = -1L >>> d;
                yield new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return (r[a] & mask) == r[b] ? Code.jump(s, imm) : Code.FALL;
                    }
                };
            }
            case FusedOp.JMP_MODE ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        s.mode = d;
                        return Code.jump(s, imm);
                    }
                };
            case FusedOp.JMP_Z ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return JumpCode.zero(r, s.flags) ? Code.jump(s, imm) : Code.FALL;
                    }
                };
            case FusedOp.JMP_NZ ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return JumpCode.zero(r, s.flags) ? Code.FALL : Code.jump(s, imm);
                    }
                };
            case Op.JMPR ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        s.pc = r[a];
                        return Code.INDIRECT;
                    }
                };
            case Op.JMPR_MODE ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        s.pc = r[a];
                        s.mode = (int) r[b];
                        return Code.INDIRECT;
                    }
                };
            case Op.EXIT, Op.EXITI ->
                new Code() {
                    @Override
                    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                        return Code.EXIT | i;
                    }
                };
            default -> null;
        };
    }
}
