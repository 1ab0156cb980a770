package org.kernelentry.machine.translate;

import static org.kernelentry.machine.ir.Block.a;
import static org.kernelentry.machine.ir.Block.b;
import static org.kernelentry.machine.ir.Block.d;
import static org.kernelentry.machine.translate.Emit.*;
import static org.objectweb.asm.Opcodes.*;

import org.kernelentry.machine.ir.Arithmetic;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.ir.OpShape;
import org.objectweb.asm.Label;

/**
 * Bytecode of the operations that only compute or access memory; those that jump are {@link RegionEmit}'s.
 *
 * <p>Who widens the low part of a register that was inserted last takes it from {@link Emit#PART}, and need not wait for the rest: the JVM's compiler
 * does not see that they are the same.
 */
final class OpEmit {
    private static final String LONGS = "(JJ)J";
    private static final int NONE = -1;

    private final Emit e;
    private final FlagEmit flags;
    private final MemoryEmit memory;

    /** The register whose low part is in {@link Emit#PART}, or NONE. */
    private int partOf = NONE;

    private int partWidth;

    OpEmit(final Emit e, final FlagEmit flags, final MemoryEmit memory) {
        this.e = e;
        this.flags = flags;
        this.memory = memory;
    }

    /** Execution may come here from elsewhere, or registers may have changed. */
    void forgetPart() {
        partOf = NONE;
    }

    /**
     * Emits operation {@code i} of the block. Returns false for one that jumps, exits or calls a helper.
     *
     * @param always it is never skipped
     */
    boolean emit(final long op, final long imm, final int i, final boolean always) {
        final int opcode = Block.opcode(op);
        if (!emit(opcode, op, imm, i)) {
            return false;
        }
        if (OpShape.writesD(opcode) && d(op) == partOf) {
            forgetPart();
        }
        if (opcode == Op.INSERT && imm >>> 8 == 0) {
            partOf = always ? d(op) : NONE;
            partWidth = (int) imm & 0xff;
        }
        return true;
    }

    private boolean emit(final int opcode, final long op, final long imm, final int i) {
        if (opcode <= Op.MUL32) {
            e.set(d(op), () -> binary(opcode, a(op), b(op), imm));
        } else if (opcode <= Op.RORI32) {
            e.set(d(op), () -> immediate(opcode, a(op), imm));
        } else if (opcode <= Op.POPCNT) {
            e.set(d(op), () -> unary(opcode, a(op)));
        } else if (opcode == Op.INSERT) {
            e.set(d(op), () -> insert(d(op), a(op), (int) imm >>> 8, (int) imm & 0xff));
        } else if (opcode <= Op.SDIV32) {
            e.set(d(op), () -> divide(opcode, a(op), b(op)));
        } else if (opcode <= Op.LTS) {
            e.set(d(op), () -> compare(opcode, a(op), b(op)));
        } else if (opcode == Op.SELECT) {
            e.setBranching(d(op), () -> select(a(op), b(op), (int) imm));
        } else if (opcode <= Op.LD64) {
            memory.load(op, imm, i);
        } else if (opcode <= Op.ST64) {
            memory.store(op, imm, i);
        } else if (opcode == Op.PROBE_WRITE) {
            memory.probeWrite(op, imm, i);
        } else if (opcode == Op.GETCOND) {
            e.setBranching(d(op), () -> condition((int) imm));
        } else if (opcode == Op.GETFLAGS) {
            e.set(d(op), () -> flags.packed(imm != 0));
        } else if (opcode == Op.PUTFLAGS) {
            flags.put(a(op));
        } else {
            return false;
        }
        return true;
    }

    private void and(final long mask) {
        e.constant(mask);
        e.m.visitInsn(LAND);
    }

    /** Pushes the low half as an int. */
    private void low(final int slot) {
        e.get(slot);
        e.m.visitInsn(L2I);
    }

    /** The int on the stack as a zero-extended long. */
    private void widen() {
        e.m.visitInsn(I2L);
        e.cut();
    }

    private void binary(final int opcode, final int a, final int b, final long imm) {
        switch (opcode) {
            case Op.CONST -> e.constant(imm);
            case Op.MOV -> e.get(a);
            case Op.ADD -> longs(LADD, a, b);
            case Op.SUB -> longs(LSUB, a, b);
            case Op.AND -> longs(LAND, a, b);
            case Op.OR -> longs(LOR, a, b);
            case Op.XOR -> longs(LXOR, a, b);
            case Op.MUL -> longs(LMUL, a, b);
            case Op.SHL -> shift(LSHL, a, b);
            case Op.SHR -> shift(LUSHR, a, b);
            case Op.SAR -> shift(LSHR, a, b);
            case Op.ROR -> {
                e.get(a);
                low(b);
                e.callStatic(Long.class, "rotateRight", "(JI)J");
            }
            case Op.UMULH -> statics(Arithmetic.class, "unsignedMultiplyHigh", a, b);
            case Op.SMULH -> statics(Math.class, "multiplyHigh", a, b);
            case Op.ADD32 -> longs32(LADD, a, b);
            case Op.SUB32 -> longs32(LSUB, a, b);
            case Op.AND32 -> longs32(LAND, a, b);
            case Op.OR32 -> longs32(LOR, a, b);
            case Op.XOR32 -> longs32(LXOR, a, b);
            case Op.MUL32 -> longs32(LMUL, a, b);
            case Op.SHL32 -> ints(ISHL, a, b);
            case Op.SHR32 -> ints(IUSHR, a, b);
            case Op.SAR32 -> ints(ISHR, a, b);
            case Op.ROR32 -> {
                low(a);
                low(b);
                e.callStatic(Integer.class, "rotateRight", "(II)I");
                widen();
            }
            default -> throw new IllegalArgumentException("operation " + opcode);
        }
    }

    private void longs(final int instruction, final int a, final int b) {
        e.get(a);
        e.get(b);
        e.m.visitInsn(instruction);
    }

    private void longs32(final int instruction, final int a, final int b) {
        longs(instruction, a, b);
        e.cut();
    }

    private void shift(final int instruction, final int a, final int b) {
        e.get(a);
        low(b);
        e.m.visitInsn(instruction);
    }

    private void ints(final int instruction, final int a, final int b) {
        low(a);
        low(b);
        e.m.visitInsn(instruction);
        widen();
    }

    private void statics(final Class<?> owner, final String name, final int a, final int b) {
        e.get(a);
        e.get(b);
        e.callStatic(owner, name, LONGS);
    }

    private void immediate(final int opcode, final int a, final long imm) {
        switch (opcode) {
            case Op.ADDI -> constant(LADD, a, imm);
            case Op.ANDI -> constant(LAND, a, imm);
            case Op.ORI -> constant(LOR, a, imm);
            case Op.XORI -> constant(LXOR, a, imm);
            case Op.ADDI32 -> {
                constant(LADD, a, imm);
                e.cut();
            }
            case Op.SHLI -> shift(LSHL, a, imm);
            case Op.SHRI -> shift(LUSHR, a, imm);
            case Op.SARI -> shift(LSHR, a, imm);
            case Op.RORI -> {
                e.get(a);
                e.integer((int) imm);
                e.callStatic(Long.class, "rotateRight", "(JI)J");
            }
            case Op.SHLI32 -> {
                // Of a long: where no bit gets lost, the JVM's compiler needs no instruction to widen it.
                shift(LSHL, a, imm & 31);
                e.cut();
            }
            case Op.SHRI32 -> ints(IUSHR, a, imm);
            case Op.SARI32 -> ints(ISHR, a, imm);
            case Op.RORI32 -> {
                low(a);
                e.integer((int) imm);
                e.callStatic(Integer.class, "rotateRight", "(II)I");
                widen();
            }
            default -> throw new IllegalArgumentException("operation " + opcode);
        }
    }

    private void constant(final int instruction, final int a, final long imm) {
        e.get(a);
        e.constant(imm);
        e.m.visitInsn(instruction);
    }

    private void shift(final int instruction, final int a, final long imm) {
        e.get(a);
        e.integer((int) imm & 63);
        e.m.visitInsn(instruction);
    }

    private void ints(final int instruction, final int a, final long imm) {
        low(a);
        e.integer((int) imm & 31);
        e.m.visitInsn(instruction);
        widen();
    }

    private void unary(final int opcode, final int a) {
        final boolean widensPart =
                opcode == Op.ZX8 && partWidth == Byte.SIZE || opcode == Op.ZX16 && partWidth == Short.SIZE;
        if (widensPart && a == partOf) {
            e.m.visitVarInsn(LLOAD, PART);
            return;
        }
        e.get(a);
        switch (opcode) {
            case Op.NOT -> {
                e.constant(-1);
                e.m.visitInsn(LXOR);
            }
            case Op.NEG -> e.m.visitInsn(LNEG);
            case Op.ZX8 -> and(0xff);
            case Op.ZX16 -> and(0xffff);
            case Op.ZX32 -> e.cut();
            case Op.SX8 -> narrow(I2B);
            case Op.SX16 -> narrow(I2S);
            case Op.SX32 -> {
                e.m.visitInsn(L2I);
                e.m.visitInsn(I2L);
            }
            case Op.CLZ -> count(Long.class, "numberOfLeadingZeros", "(J)I");
            case Op.CTZ -> count(Long.class, "numberOfTrailingZeros", "(J)I");
            case Op.POPCNT -> count(Long.class, "bitCount", "(J)I");
            case Op.CLZ32 -> {
                e.m.visitInsn(L2I);
                count(Integer.class, "numberOfLeadingZeros", "(I)I");
            }
            case Op.RBIT -> e.callStatic(Long.class, "reverse", "(J)J");
            case Op.BSWAP -> e.callStatic(Long.class, "reverseBytes", "(J)J");
            case Op.BSWAP32 -> {
                e.m.visitInsn(L2I);
                e.callStatic(Integer.class, "reverseBytes", "(I)I");
                widen();
            }
            default -> throw new IllegalArgumentException("operation " + opcode);
        }
    }

    private void narrow(final int instruction) {
        e.m.visitInsn(L2I);
        e.m.visitInsn(instruction);
        e.m.visitInsn(I2L);
    }

    private void count(final Class<?> owner, final String name, final String descriptor) {
        e.callStatic(owner, name, descriptor);
        e.m.visitInsn(I2L);
    }

    private void insert(final int d, final int a, final int lo, final int width) {
        final long mask = -1L >>> 64 - width << lo;
        e.get(d);
        and(~mask);
        e.get(a);
        if (lo != 0) {
            e.integer(lo);
            e.m.visitInsn(LSHL);
        }
        and(mask);
        if (lo == 0) {
            e.m.visitInsn(DUP2);
            e.m.visitVarInsn(LSTORE, PART);
        }
        e.m.visitInsn(LOR);
    }

    private void divide(final int opcode, final int a, final int b) {
        switch (opcode) {
            case Op.UDIV -> statics(Arithmetic.class, "divideUnsigned", a, b);
            case Op.SDIV -> statics(Arithmetic.class, "divide", a, b);
            case Op.UDIV32 -> {
                e.get(a);
                e.cut();
                e.get(b);
                e.cut();
                e.callStatic(Arithmetic.class, "divide", LONGS);
            }
            default -> {
                statics(Arithmetic.class, "divide32", a, b);
                e.cut();
            }
        }
    }

    /** 0 or 1 without a branch: LCMP gives -1, 0 or 1. */
    static boolean isComparison(final long op) {
        final int opcode = Block.opcode(op);
        return opcode >= Op.EQ && opcode <= Op.LTS;
    }

    /** Pushes an int that stands to 0 as the operands of a comparison stand to each other. Returns the jump for where it holds, or does not. */
    int relation(final long op, final boolean holds) {
        final int opcode = Block.opcode(op);
        order(opcode == Op.LTU, a(op), b(op));
        if (opcode == Op.EQ) {
            return holds ? IFEQ : IFNE;
        }
        return holds ? IFLT : IFGE;
    }

    private void order(final boolean unsigned, final int a, final int b) {
        e.get(a);
        if (unsigned) {
            e.constant(Long.MIN_VALUE);
            e.m.visitInsn(LADD);
        }
        e.get(b);
        if (unsigned) {
            e.constant(Long.MIN_VALUE);
            e.m.visitInsn(LADD);
        }
        e.m.visitInsn(LCMP);
    }

    private void compare(final int opcode, final int a, final int b) {
        order(opcode == Op.LTU, a, b);
        if (opcode == Op.EQ) {
            e.integer(1);
            e.m.visitInsn(IAND);
            e.integer(1);
            e.m.visitInsn(IXOR);
        } else {
            e.integer(31);
            e.m.visitInsn(IUSHR);
        }
        e.m.visitInsn(I2L);
    }

    private void select(final int test, final int yes, final int no) {
        final Label isZero = new Label();
        final Label end = new Label();
        e.get(test);
        e.m.visitInsn(LCONST_0);
        e.m.visitInsn(LCMP);
        e.m.visitJumpInsn(IFEQ, isZero);
        e.get(yes);
        e.m.visitJumpInsn(GOTO, end);
        e.m.visitLabel(isZero);
        e.get(no);
        e.m.expect(LONG);
        e.m.visitLabel(end);
    }

    private void condition(final int cond) {
        final Label yes = new Label();
        final Label end = new Label();
        flags.jumpIf(cond, yes);
        e.m.visitInsn(LCONST_0);
        e.m.visitJumpInsn(GOTO, end);
        e.m.visitLabel(yes);
        e.m.visitInsn(LCONST_1);
        e.m.expect(LONG);
        e.m.visitLabel(end);
    }
}
