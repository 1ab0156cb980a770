package org.kernelentry.x86.asm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.kernelentry.machine.asm.Label;

/**
 * Encodes x86 instructions of either mode: prefixes, REX, ModRM, SIB, displacement, and references to labels that are resolved at the end.
 *
 * <p>Source: Intel SDM volume 2, chapter 2. Register numbers are those of ModRM and REX.
 */
public final class X86Encoder {
    /** Where a label's address goes: 32 bits, relative to the end of the field or absolute. */
    private record Fixup(int at, Label label, boolean relative) {}

    private final long origin;
    private final boolean longMode;
    private final List<Fixup> fixups = new ArrayList<>();
    private byte[] bytes = new byte[256];
    private int length;

    public X86Encoder(final long origin, final boolean longMode) {
        this.origin = origin;
        this.longMode = longMode;
    }

    public long origin() {
        return origin;
    }

    public long here() {
        return origin + length;
    }

    public void bind(final Label label) {
        label.bind(here());
    }

    // ---- bytes

    public void u8(final int value) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, length * 2);
        }
        bytes[length++] = (byte) value;
    }

    public void bytes(final int... values) {
        for (final int value : values) {
            u8(value);
        }
    }

    public void raw(final byte[] values) {
        for (final byte value : values) {
            u8(value);
        }
    }

    public void u32(final long value) {
        for (int n = 0; n < 4; n++) {
            u8((int) (value >> 8 * n));
        }
    }

    void u64(final long value) {
        u32(value);
        u32(value >> 32);
    }

    // ---- instruction forms

    /** Opcode with a register in ModRM.reg and another in ModRM.rm; {@code wide} asks for 64 bits. */
    public void regReg(final boolean wide, final int opcode, final int reg, final int rm) {
        rex(wide, reg, 0, rm, false);
        opcode(opcode);
        u8(0xc0 | (reg & 7) << 3 | rm & 7);
    }

    /** As {@link #regReg} for byte registers: 4 to 7 are SPL to DIL, which 64-bit code can name. */
    void byteRegReg(final int opcode, final int reg, final int rm) {
        rex(false, reg, 0, rm, longMode && (reg >= 4 || rm >= 4));
        opcode(opcode);
        u8(0xc0 | (reg & 7) << 3 | rm & 7);
    }

    /** Opcode with a register and memory at [base + displacement]; {@code byteReg} when the register is a byte register. */
    void regMem(
            final boolean wide,
            final boolean byteReg,
            final int opcode,
            final int reg,
            final int base,
            final int displacement) {
        rex(wide, reg, 0, base, byteReg && longMode && reg >= 4);
        opcode(opcode);
        final boolean sib = (base & 7) == 4;
        final int mod;
        if (displacement == 0 && (base & 7) != 5) {
            mod = 0;
        } else {
            mod = displacement == (byte) displacement ? 1 : 2;
        }
        u8(mod << 6 | (reg & 7) << 3 | base & 7);
        if (sib) {
            u8(0x24);
        }
        if (mod == 1) {
            u8(displacement);
        } else if (mod == 2) {
            u32(displacement);
        }
    }

    /** Opcode with a register and memory at a constant address below 2 GiB. */
    void regAbsolute(final boolean wide, final int opcode, final int reg, final long address) {
        if (address != (int) address || address < 0) {
            throw new IllegalArgumentException("variable at " + Long.toHexString(address) + " is not below 2 GiB");
        }
        rex(wide, reg, 0, 0, false);
        opcode(opcode);
        if (longMode) {
            // Without a base register 64-bit code needs the SIB byte: the short form is relative to RIP.
            bytes(0x04 | (reg & 7) << 3, 0x25);
        } else {
            u8(0x05 | (reg & 7) << 3);
        }
        u32(address);
    }

    /** Opcode /digit with a register. */
    void digitReg(final boolean wide, final int opcode, final int digit, final int rm) {
        regReg(wide, opcode, digit, rm);
    }

    /** One-byte opcode with the register in its low three bits. */
    public void plusReg(final boolean wide, final int opcode, final int reg) {
        rex(wide, 0, 0, reg, false);
        u8(opcode | reg & 7);
    }

    /** The shortest of {@code mov $imm32, %r32}, {@code mov $simm32, %r64} and {@code movabs}. */
    public void moveConst(final int reg, final long value) {
        if (!longMode || value == (value & 0xffff_ffffL)) {
            plusReg(false, 0xb8, reg);
            u32(value);
        } else if (value == (int) value) {
            digitReg(true, 0xc7, 0, reg);
            u32(value);
        } else {
            plusReg(true, 0xb8, reg);
            u64(value);
        }
    }

    // ---- labels

    /** Opcode and a 32-bit displacement to {@code target}: jmp, call, jcc. */
    void branch(final int opcode, final Label target) {
        opcode(opcode);
        relative(target);
    }

    /** A 32-bit displacement to {@code target} from behind it. */
    void relative(final Label target) {
        fixups.add(new Fixup(length, target, true));
        u32(0);
    }

    /** The 32-bit address of {@code target}. */
    void absolute(final Label target) {
        fixups.add(new Fixup(length, target, false));
        u32(0);
    }

    /** Call to a constant address within 2 GiB. */
    void callTo(final long address) {
        u8(0xe8);
        u32(address - (here() + 4));
    }

    public byte[] finish() {
        for (final Fixup fixup : fixups) {
            final long address = fixup.label.address();
            final long value = fixup.relative ? address - (origin + fixup.at + 4) : address;
            for (int n = 0; n < 4; n++) {
                bytes[fixup.at + n] = (byte) (value >> 8 * n);
            }
        }
        return Arrays.copyOf(bytes, length);
    }

    private void opcode(final int opcode) {
        if (opcode > 0xff) {
            u8(opcode >> 8);
        }
        u8(opcode);
    }

    private void rex(final boolean wide, final int reg, final int index, final int rm, final boolean force) {
        final int rex = (wide ? 8 : 0) | (reg & 8) >> 1 | (index & 8) >> 2 | (rm & 8) >> 3;
        if (!longMode) {
            if (rex != 0) {
                throw new IllegalArgumentException("32-bit code has neither 64-bit operands nor registers above 7");
            }
        } else if (rex != 0 || force) {
            u8(0x40 | rex);
        }
    }
}
