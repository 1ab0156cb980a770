package org.kernelentry.machine.ir;

import java.util.Arrays;

/**
 * Computes at decode time what depends on constants only: decoders say what an instruction does with whatever count or offset it has, and most
 * have a constant one.
 *
 * <p>Looks at temporaries, one instruction at a time; at a label nothing is known, because operations can be reached from two places. A skip
 * whose condition is known either never happens, and is left out, or always does. What becomes unused is for {@link DeadOps} to drop.
 */
final class ConstantFolding {
    private static final long LOW = 0xffff_ffffL;

    private final BlockBuilder block;
    private final int firstTemp;
    private final boolean[] known = new boolean[BlockBuilder.TEMPS];
    private final long[] value = new long[BlockBuilder.TEMPS];
    private final boolean[] label;
    /** Operations that do nothing any more. */
    private final boolean[] gone;

    private ConstantFolding(final BlockBuilder block, final boolean[] gone) {
        this.block = block;
        this.firstTemp = block.firstTemp();
        this.label = new boolean[block.opCount() + 1];
        this.gone = gone.clone();
    }

    /** Rewrites the operations of {@code block} in place; one element each: it is to be left out; those that {@code gone} names already are among them. */
    static boolean[] fold(final BlockBuilder block, final boolean[] gone) {
        final ConstantFolding pass = new ConstantFolding(block, gone);
        pass.run();
        return pass.gone;
    }

    private void run() {
        for (int i = 0; i < block.opCount(); i++) {
            if (OpShape.skips(block.code()[4 * i])) {
                label[(int) block.imms()[i]] = true;
            }
        }
        int instruction = 0;
        for (int i = 0; i < block.opCount(); i++) {
            boolean fresh = label[i];
            while (instruction < block.instructionCount() && block.instructionOp(instruction) <= i) {
                instruction++;
                fresh = true;
            }
            if (fresh) {
                Arrays.fill(known, false);
            }
            if (!gone[i]) {
                operation(i);
            }
        }
    }

    private boolean isKnown(final int slot) {
        return slot >= firstTemp && slot < firstTemp + BlockBuilder.TEMPS && known[slot - firstTemp];
    }

    private long value(final int slot) {
        return value[slot - firstTemp];
    }

    private void operation(final int i) {
        final int[] code = block.code();
        final int opcode = code[4 * i];
        final int d = code[4 * i + 1];
        final int a = code[4 * i + 2];
        final int b = code[4 * i + 3];
        if (OpShape.opaque(opcode)) {
            Arrays.fill(known, false);
            return;
        }
        if (opcode == Op.SKIP_IF || opcode == Op.SKIP_IFZ) {
            if (isKnown(a)) {
                if ((value(a) != 0) == (opcode == Op.SKIP_IF)) {
                    code[4 * i] = Op.SKIP;
                } else {
                    gone[i] = true;
                }
            }
            return;
        }
        if (OpShape.pure(opcode)) {
            if (OpShape.readsB(opcode) && !OpShape.readsImm(opcode) && isKnown(b) && !feedsFlags(i, d)) {
                withConstant(i, value(b));
            }
            withoutShift(i);
            if (code[4 * i] != Op.CONST && !OpShape.readsB(code[4 * i]) && !OpShape.readsD(code[4 * i]) && isKnown(a)) {
                evaluate(i, value(a));
            }
        }
        if (OpShape.writesD(opcode) && d >= firstTemp && d < firstTemp + BlockBuilder.TEMPS) {
            known[d - firstTemp] = code[4 * i] == Op.CONST;
            value[d - firstTemp] = block.imms()[i];
        }
    }

    /** Operation {@code i} has {@code constant} as its operand b. */
    private void withConstant(final int i, final long constant) {
        switch (block.code()[4 * i]) {
            case Op.ADD -> set(i, Op.ADDI, constant);
            case Op.SUB -> set(i, Op.ADDI, -constant);
            case Op.AND -> set(i, Op.ANDI, constant);
            case Op.OR -> set(i, Op.ORI, constant);
            case Op.XOR -> set(i, Op.XORI, constant);
            case Op.SHL -> set(i, Op.SHLI, constant & 63);
            case Op.SHR -> set(i, Op.SHRI, constant & 63);
            case Op.SAR -> set(i, Op.SARI, constant & 63);
            case Op.ROR -> set(i, Op.RORI, constant & 63);
            case Op.ADD32 -> set(i, Op.ADDI32, constant);
            case Op.SUB32 -> set(i, Op.ADDI32, -constant);
            case Op.AND32 -> set(i, Op.ANDI, constant & LOW);
            case Op.SHL32 -> set(i, Op.SHLI32, constant & 31);
            case Op.SHR32 -> set(i, Op.SHRI32, constant & 31);
            case Op.SAR32 -> set(i, Op.SARI32, constant & 31);
            case Op.ROR32 -> set(i, Op.RORI32, constant & 31);
            default -> {
                // There is no form with a constant.
            }
        }
    }

    /** The flags that follow need the constant in its slot anyway. */
    private boolean feedsFlags(final int i, final int d) {
        return i + 1 < block.opCount() && block.code()[4 * i + 4] == Op.FLAGS && block.imms()[i + 1] == d;
    }

    /** Shifting by nothing is copying. */
    private void withoutShift(final int i) {
        final int opcode = block.code()[4 * i];
        if (opcode >= Op.SHLI && opcode <= Op.RORI32 && block.imms()[i] == 0) {
            set(i, opcode >= Op.SHLI32 ? Op.ZX32 : Op.MOV, 0);
        }
    }

    private void set(final int i, final int opcode, final long imm) {
        block.code()[4 * i] = opcode;
        block.code()[4 * i + 3] = 0;
        block.imms()[i] = imm;
    }

    /** Operation {@code i} has the one operand {@code x}. */
    private void evaluate(final int i, final long x) {
        final long imm = block.imms()[i];
        switch (block.code()[4 * i]) {
            case Op.MOV -> set(i, Op.CONST, x);
            case Op.ADDI -> set(i, Op.CONST, x + imm);
            case Op.ADDI32 -> set(i, Op.CONST, x + imm & LOW);
            case Op.ANDI -> set(i, Op.CONST, x & imm);
            case Op.ORI -> set(i, Op.CONST, x | imm);
            case Op.XORI -> set(i, Op.CONST, x ^ imm);
            case Op.SHLI -> set(i, Op.CONST, x << imm);
            case Op.SHRI -> set(i, Op.CONST, x >>> imm);
            case Op.SARI -> set(i, Op.CONST, x >> imm);
            case Op.SHLI32 -> set(i, Op.CONST, (int) x << (int) imm & LOW);
            case Op.SHRI32 -> set(i, Op.CONST, (int) x >>> (int) imm & LOW);
            case Op.SARI32 -> set(i, Op.CONST, (int) x >> (int) imm & LOW);
            case Op.NOT -> set(i, Op.CONST, ~x);
            case Op.NEG -> set(i, Op.CONST, -x);
            case Op.ZX8 -> set(i, Op.CONST, x & 0xff);
            case Op.ZX16 -> set(i, Op.CONST, x & 0xffff);
            case Op.ZX32 -> set(i, Op.CONST, x & LOW);
            case Op.SX8 -> set(i, Op.CONST, (byte) x);
            case Op.SX16 -> set(i, Op.CONST, (short) x);
            case Op.SX32 -> set(i, Op.CONST, x << 32 >> 32);
            default -> {
                // Rare with a constant.
            }
        }
    }
}
