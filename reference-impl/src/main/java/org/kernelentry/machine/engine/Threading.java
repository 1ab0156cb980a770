package org.kernelentry.machine.engine;

import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.Helper;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.PagedSpace;

/** Makes {@link Code} of the operations of a block. */
final class Threading {
    private final CpuState state;
    private final IntFunction<Helper> helpers;
    private final Inlining inlining;

    Threading(final CpuState state, final IntFunction<Helper> helpers, final Inlining inlining) {
        this.state = state;
        this.helpers = helpers;
        this.inlining = inlining;
    }

    /** The code of {@code block}, operation by operation, and one more at its end. */
    Code[] thread(final CachedBlock block) {
        final Code[] codes = new Code[block.ops() + 1];
        for (int i = 0; i < block.ops(); i++) {
            codes[i] = code(block, i);
        }
        codes[block.ops()] = Code.END;
        inlining.watch(block, codes);
        return codes;
    }

    private Code code(final CachedBlock block, final int i) {
        final long op = block.program[2 * i];
        final long imm = block.program[2 * i + 1];
        final int opcode = Block.opcode(op);
        final int d = Block.d(op);
        final int a = Block.a(op);
        final int b = Block.b(op);
        @Nullable Code code = SlotCode.of(opcode, d, a, b, imm);
        code = code != null ? code : UnaryCode.of(opcode, d, a, b, imm);
        code = code != null ? code : MemoryCode.of(opcode, d, a, imm);
        code = code != null ? code : AddressCode.indexed(opcode, d, a, b, imm);
        code = code != null ? code : AddressCode.moving(opcode, d, a, b, imm);
        code = code != null ? code : FieldCode.of(state.flags, opcode, d, a, b, imm);
        code = code != null ? code : FlagCode.of(state.flags, opcode, d, a, b, imm);
        code = code != null ? code : RelationCode.of(state, opcode, a, b, imm);
        code = code != null ? code : ControlCode.of(state, opcode, d, a, b, imm);
        if (code == null && i + 1 < block.ops()) {
            code = JumpCode.of(state, op, imm, block.program[2 * i + 2], block.program[2 * i + 3]);
        }
        if (code == null && (opcode == Op.HELPER || opcode == Op.HELPER_END)) {
            code = helper(block.pcOf(block.instructionOf(i)), helpers.apply((int) imm), op);
        }
        if (code == null) {
            throw new IllegalStateException("operation " + opcode);
        }
        return code;
    }

    private Code helper(final long pc, final Helper helper, final long op) {
        final CpuState s = state;
        final boolean end = Block.opcode(op) == Op.HELPER_END;
        final int d = Block.d(op);
        final int a = Block.a(op);
        final int b = Block.b(op);
        return new Code() {
            @Override
            int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
                s.pc = pc;
                helper.run(s, d, a, b);
                if (end) {
                    return INDIRECT;
                }
                return mem.codeGeneration() == generation && !s.singleStep ? i + 1 : CUT | i;
            }
        };
    }
}
