package org.kernelentry.x86.decode;

import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.x86.X86Regs;

/**
 * Reads and writes the operands of one {@link Insn}: which slot, which part of it, which address.
 *
 * <p>A value that is read has its meaning in the low {@link #width} bits; what stands above is unspecified unless a method says so.
 */
final class Operands {
    /** Bits 63 to this one are equal in a canonical address. */
    private static final int CANONICAL = 47;

    private final Insn insn;
    private int addressSlot = -1;
    private int alignmentSlot = -1;

    Operands(final Insn insn) {
        this.insn = insn;
    }

    private BlockBuilder out() {
        return insn.out;
    }

    Operand at(final int n) {
        return insn.form().operands.get(n);
    }

    /** Width in bits of operand {@code n}. */
    int width(final int n) {
        final Operand operand = at(n);
        if (operand.place == Operand.Place.IMMEDIATE && n > 0) {
            return width(0);
        }
        return switch (operand.width) {
            case BYTE -> 8;
            case WORD -> 16;
            case DOUBLE -> 32;
            case BY_SIZE -> insn.operandSize;
            case BY_REX -> insn.rexW() ? 64 : 32;
            case QUAD -> 64;
            case XMM, XMM_UNALIGNED -> 128;
        };
    }

    boolean isMemory(final int n) {
        return switch (at(n).place) {
            case RM, MEMORY, XMM_RM, MMX_RM -> insn.memory;
            case OFFSET -> true;
            default -> false;
        };
    }

    // ---- reading

    /** Slot with the value of operand {@code n}; may be a live register, so it must be read before any register is written. */
    int read(final int n) {
        if (isMemory(n)) {
            return load(width(n), address(), displacement());
        }
        return switch (at(n).place) {
            case IMMEDIATE, RELATIVE -> out().constant(insn.immediate);
            case ONE -> out().constant(1);
            default -> readRegister(register(n), width(n));
        };
    }

    /** As {@link #read} for an operand that is written afterwards: memory that cannot be written faults now, as a write. */
    int readToModify(final int n) {
        if (isMemory(n)) {
            probeWrite(width(n) / 8, address(), displacement());
        }
        return read(n);
    }

    /** Faults as the store of {@code bytes} that follows would. */
    void probeWrite(final int bytes, final int base, final long displacement) {
        checkAlignment(bytes, base, displacement);
        out().probeWrite(base, displacement, bytes);
    }

    /** A temporary with the value, zeros above its width. */
    int readZeroExtended(final int n) {
        return zeroExtend(read(n), width(n));
    }

    /** A temporary with the value, copies of its sign above its width. */
    int readSignExtended(final int n) {
        return signExtend(read(n), width(n));
    }

    int zeroExtend(final int slot, final int width) {
        final int t = out().temp();
        switch (width) {
            case 8 -> out().unary(Op.ZX8, t, slot);
            case 16 -> out().unary(Op.ZX16, t, slot);
            case 32 -> out().unary(Op.ZX32, t, slot);
            default -> out().mov(t, slot);
        }
        return t;
    }

    int signExtend(final int slot, final int width) {
        final int t = out().temp();
        switch (width) {
            case 8 -> out().unary(Op.SX8, t, slot);
            case 16 -> out().unary(Op.SX16, t, slot);
            case 32 -> out().unary(Op.SX32, t, slot);
            default -> out().mov(t, slot);
        }
        return t;
    }

    /** Zero-extended load of {@code width} bits. */
    int load(final int width, final int base, final long displacement) {
        checkAlignment(width / 8, base, displacement);
        final int t = out().temp();
        out().load(loadOp(width), t, base, displacement);
        return t;
    }

    /** With EFLAGS.AC an access that is not aligned to its size raises #AC, before its page is looked up (SDM vol. 3, 7.15, interrupt 17). */
    void checkAlignment(final int bytes, final int base, final long displacement) {
        if (!insn.checksAlignment || bytes == 1) {
            return;
        }
        if (alignmentSlot < 0) {
            alignmentSlot = out().temp();
        }
        // An address that is refused anyway, not canonical or beyond the segment's limit, raises #GP instead.
        final int t = alignmentSlot;
        out().alui(Op.ADDI, t, base, insn.longMode ? displacement : displacement + bytes - 1);
        out().alui(insn.longMode ? Op.SARI : Op.SHRI, t, t, insn.longMode ? CANONICAL : Integer.SIZE);
        out().alui(Op.ADDI, t, t, insn.longMode ? 1 : 0);
        out().alui(Op.SHRI, t, t, insn.longMode ? 1 : 0);
        final int refused = out().skipIfNonZero(t);
        out().alui(Op.ADDI, t, base, displacement);
        out().alui(Op.ANDI, t, t, bytes - 1);
        final int aligned = out().skipIfZero(t);
        out().exit(CpuExit.ALIGNMENT, 0, insn.pc());
        out().bind(aligned);
        out().bind(refused);
    }

    void store(final int width, final int value, final int base, final long displacement) {
        checkAlignment(width / 8, base, displacement);
        out().store(storeOp(width), value, base, displacement);
    }

    static int loadOp(final int width) {
        return switch (width) {
            case 8 -> Op.LD8U;
            case 16 -> Op.LD16U;
            case 32 -> Op.LD32U;
            default -> Op.LD64;
        };
    }

    static int storeOp(final int width) {
        return switch (width) {
            case 8 -> Op.ST8;
            case 16 -> Op.ST16;
            case 32 -> Op.ST32;
            default -> Op.ST64;
        };
    }

    /** Register number of operand {@code n}; 4 to 7 mean AH to BH for a byte without REX. */
    int register(final int n) {
        return switch (at(n).place) {
            case RM, XMM_RM -> insn.modRm & 7 | (insn.rex & Insn.REX_B) << 3;
            case MMX_RM -> insn.modRm & 7;
            case MMX_REG -> insn.reg();
            case REG, XMM_REG -> insn.reg() | (insn.rex & Insn.REX_R) << 1;
            case OPCODE -> insn.opcode & 7 | (insn.rex & Insn.REX_B) << 3;
            case FIXED_C -> X86Regs.RCX;
            default -> X86Regs.RAX;
        };
    }

    private boolean highByte(final int register, final int width) {
        return width == 8 && !insn.hasRex && register >= 4;
    }

    private int readRegister(final int register, final int width) {
        if (highByte(register, width)) {
            final int t = out().temp();
            out().alui(Op.SHRI, t, register - 4, 8);
            return t;
        }
        return register;
    }

    // ---- writing

    /** Stores the low bits of {@code slot} into operand {@code n}. */
    void write(final int n, final int slot) {
        if (isMemory(n)) {
            store(width(n), slot, address(), displacement());
        } else {
            writeRegister(register(n), width(n), slot);
        }
    }

    /** Writes a general register: 32 bits clear the upper half, 16 and 8 bits leave the rest. */
    void writeRegister(final int register, final int width, final int slot) {
        switch (width) {
            case 64 -> out().mov(register, slot);
            case 32 -> out().unary(Op.ZX32, register, slot);
            case 16 -> out().insert(register, slot, 0, 16);
            default -> {
                if (highByte(register, width)) {
                    out().insert(register - 4, slot, 8, 8);
                } else {
                    out().insert(register, slot, 0, 8);
                }
            }
        }
    }

    // ---- addresses

    /** Slot of the memory operand's linear address; {@link #displacement} is to be added. */
    int address() {
        if (addressSlot < 0) {
            addressSlot = linear();
        }
        return addressSlot;
    }

    /** Constant to add to {@link #address}. */
    long displacement() {
        return simpleAddress() && !insn.ripRelative ? insn.displacement : 0;
    }

    /** 64-bit addressing without segment base: the displacement can stay in the load or store. */
    private boolean simpleAddress() {
        return insn.addressSize == 64 && insn.segment < X86Regs.FS;
    }

    private int linear() {
        if (simpleAddress()) {
            if (insn.ripRelative) {
                return out().constant(insn.next() + insn.displacement);
            }
            return sum();
        }
        return addSegment(effective(), insn.segment);
    }

    /** Temporary or register with base + index * scale, not truncated, without displacement. */
    private int sum() {
        if (insn.index < 0) {
            return insn.base < 0 ? out().constant(0) : insn.base;
        }
        final int t = out().temp();
        if (insn.scale == 0 && insn.base >= 0) {
            out().alu(Op.ADD, t, insn.index, insn.base);
            return t;
        }
        out().alui(Op.SHLI, t, insn.index, insn.scale);
        if (insn.base >= 0) {
            out().alu(Op.ADD, t, t, insn.base);
        }
        return t;
    }

    /** The memory operand's offset in its segment: what LEA computes, truncated to the address size. */
    int effective() {
        final int t = out().temp();
        if (insn.ripRelative) {
            out().constant(t, insn.next() + insn.displacement);
        } else if (insn.base < 0 && insn.index < 0) {
            out().constant(t, insn.displacement);
        } else {
            out().alui(Op.ADDI, t, sum(), insn.displacement);
        }
        return truncate(t, insn.addressSize);
    }

    private int truncate(final int t, final int width) {
        if (width == 32) {
            out().unary(Op.ZX32, t, t);
        } else if (width == 16) {
            out().unary(Op.ZX16, t, t);
        }
        return t;
    }

    /** Linear address of {@code offset} in {@code segment} (a slot, or -1 for one with base 0). */
    int addSegment(final int offset, final int segment) {
        if (segment < X86Regs.FS) {
            return offset;
        }
        final int t = out().temp();
        out().alu(Op.ADD, t, offset, segment == X86Regs.FS ? X86Regs.FS_BASE : X86Regs.GS_BASE);
        return insn.longMode ? t : truncate(t, 32);
    }

    /** Slot with the address-sized part of {@code register}, zero-extended: string and count registers. */
    int addressRegister(final int register) {
        return insn.addressSize == 64 ? register : zeroExtend(register, insn.addressSize);
    }

    /** Adds {@code slot} to the address-sized part of {@code register}. */
    void addToAddressRegister(final int register, final int slot) {
        if (insn.addressSize == 64) {
            out().alu(Op.ADD, register, register, slot);
        } else if (insn.addressSize == 32) {
            out().alu(Op.ADD32, register, register, slot);
        } else {
            final int t = out().temp();
            out().alu(Op.ADD, t, register, slot);
            out().insert(register, t, 0, 16);
        }
    }
}
