package org.kernelentry.x86.decode;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.memory.CodeWindow;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.decode.Row.Attribute;

/**
 * One instruction being decoded: its prefixes, opcode, ModRM, displacement and immediate.
 *
 * <p>All bytes are fetched before anything is emitted, so that addresses relative to the next instruction are known.
 * Source: Intel SDM volume 2, chapter 2 (instruction format) and appendix A (opcode maps).
 */
final class Insn {
    /** An instruction longer than this raises #GP. */
    static final int MAX_LENGTH = 15;

    static final int REX_W = 8;
    static final int REX_R = 4;
    static final int REX_X = 2;
    static final int REX_B = 1;
    private static final int NO_SEGMENT = -1;

    final CodeWindow code;
    final BlockBuilder out;
    final boolean longMode;
    /** EFLAGS.AC is set. */
    final boolean checksAlignment;

    final Operands operands;

    boolean lock;
    boolean repne;
    boolean rep;
    boolean operandSizePrefix;
    boolean addressSizePrefix;
    int rex;
    boolean hasRex;
    int segment = NO_SEGMENT;

    int opcode;
    int modRm;
    int addressSize;
    int operandSize;

    @Nullable
    Row row;

    // memory operand
    boolean memory;
    int base = -1;
    int index = -1;
    int scale;
    boolean ripRelative;
    long displacement;

    long immediate;
    int immediate2;

    Insn(final CodeWindow code, final int mode, final BlockBuilder out) {
        this.code = code;
        this.out = out;
        this.longMode = (mode & X86Regs.MODE_32) == 0;
        this.checksAlignment = (mode & X86Regs.MODE_AC) != 0;
        this.operands = new Operands(this);
    }

    /** The form that was found. */
    Row form() {
        if (row == null) {
            throw new IllegalStateException("not decoded");
        }
        return row;
    }

    /** Address of the instruction behind this one. */
    long next() {
        return longMode ? code.next() : code.next() & 0xffff_ffffL;
    }

    long pc() {
        return code.pc();
    }

    int reg() {
        return modRm >> 3 & 7;
    }

    boolean rexW() {
        return (rex & REX_W) != 0;
    }

    /** Whether an LA57-free address space could hold {@code address}: bits 63 to 47 equal. */
    static boolean canonical(final long address) {
        return address << 16 >> 16 == address;
    }

    void decode() {
        int b = u8();
        // REX counts only directly before the opcode: a prefix behind it undoes it.
        while (true) {
            if (longMode && (b & 0xf0) == 0x40) {
                rex = b;
                hasRex = true;
            } else if (prefix(b)) {
                rex = 0;
                hasRex = false;
            } else {
                break;
            }
            b = u8();
        }
        addressSize = longMode ? addressSizePrefix ? 32 : 64 : addressSizePrefix ? 16 : 32;
        OpcodeMap map = OneByteMap.MAP;
        if (b == 0x0f) {
            map = TwoByteMap.MAP;
            b = u8();
            if (b == 0x38) {
                map = ThreeByteMap.MAP;
                b = u8();
            }
        }
        opcode = b;
        final List<Row> rows = map.at(b);
        boolean anyModRm = false;
        for (final Row candidate : rows) {
            anyModRm |= candidate.modRm && fitsMode(candidate);
        }
        if (anyModRm) {
            modRm = u8();
        }
        row = find(rows);
        if (row == null) {
            undefined();
            return;
        }
        sizes(row);
        if (row.modRm) {
            memory = modRm >> 6 != 3 && !row.has(Attribute.anymod);
            if (memory) {
                memoryOperand();
            }
        }
        for (final Operand operand : row.operands) {
            immediateOf(operand);
        }
        if (lock && !(row.has(Attribute.lock) && memory)) {
            undefined();
            return;
        }
        if (row.usesMmx(memory)) {
            // MMX instructions wait for x87 exceptions (SDM vol. 1, 9.6.3).
            X87Unit.await(this);
        }
        row.meaning.emit(this);
    }

    // ---- exits

    /** #UD. */
    void undefined() {
        out.exit(CpuExit.UNDEFINED, 0, code.pc());
    }

    /** #GP with an error code. */
    void protection(final int errorCode) {
        out.exit(CpuExit.PROTECTION, errorCode, code.pc());
    }

    // ---- bytes

    private int u8() {
        if (code.length() == MAX_LENGTH) {
            throw new TooLong();
        }
        return code.u8();
    }

    private long fetch(final int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) u8() << 8 * i;
        }
        return value << 64 - 8 * bytes >> 64 - 8 * bytes;
    }

    private boolean prefix(final int b) {
        switch (b) {
            case 0x66:
                operandSizePrefix = true;
                return true;
            case 0x67:
                addressSizePrefix = true;
                return true;
            case 0xf0:
                lock = true;
                return true;
            case 0xf2:
                repne = true;
                rep = false;
                return true;
            case 0xf3:
                rep = true;
                repne = false;
                return true;
            case 0x26:
            case 0x2e:
            case 0x36:
            case 0x3e:
                // In 64-bit code these four are accepted and mean nothing; a later one does not undo FS or GS.
                if (!longMode) {
                    segment = X86Regs.ES + (b >> 3 & 3);
                }
                return true;
            case 0x64:
                segment = X86Regs.FS;
                return true;
            case 0x65:
                segment = X86Regs.GS;
                return true;
            default:
                return false;
        }
    }

    private boolean fitsMode(final Row r) {
        return !r.has(longMode ? Attribute.i64 : Attribute.o64);
    }

    private @Nullable Row find(final List<Row> rows) {
        for (final Row r : rows) {
            if (fitsMode(r)
                    && (r.digit == Row.ANY_DIGIT || r.digit == reg())
                    && (r.rm == Row.ANY_RM || r.rm == (modRm & 7))
                    && !(r.has(Attribute.mem) && modRm >> 6 == 3)
                    && !(r.has(Attribute.reg) && modRm >> 6 != 3)
                    && !(r.has(Attribute.np) && (operandSizePrefix || rep || repne))
                    && !(r.has(Attribute.f3) && !rep)
                    && !(r.has(Attribute.f2) && !repne)
                    && !(r.has(Attribute.p66) && (!operandSizePrefix || rep || repne))
                    && !(r.has(Attribute.w1) && !rexW())
                    && !(r.operands.contains(Operand.M) && modRm >> 6 == 3)) {
                return r;
            }
        }
        return null;
    }

    private void sizes(final Row r) {
        if (!longMode) {
            operandSize = operandSizePrefix ? 16 : 32;
        } else if (r.has(Attribute.f64) || rexW()) {
            operandSize = 64;
        } else if (r.has(Attribute.d64)) {
            operandSize = operandSizePrefix ? 16 : 64;
        } else {
            operandSize = operandSizePrefix ? 16 : 32;
        }
    }

    private void memoryOperand() {
        if (addressSize == 16) {
            memoryOperand16();
            return;
        }
        final int mod = modRm >> 6;
        final int rm = modRm & 7;
        if (rm == 4) {
            final int sib = u8();
            scale = sib >> 6;
            index = sib >> 3 & 7 | (rex & REX_X) << 2;
            index = index == X86Regs.RSP ? -1 : index;
            base = sib & 7 | (rex & REX_B) << 3;
            if ((sib & 7) == 5 && mod == 0) {
                base = -1;
                displacement = fetch(4);
            }
        } else if (rm == 5 && mod == 0) {
            ripRelative = longMode;
            displacement = fetch(4);
        } else {
            base = rm | (rex & REX_B) << 3;
        }
        if (mod == 1) {
            displacement = fetch(1);
        } else if (mod == 2) {
            displacement = fetch(4);
        }
    }

    private void memoryOperand16() {
        final int mod = modRm >> 6;
        final int rm = modRm & 7;
        switch (rm) {
            case 0, 1 -> {
                base = X86Regs.RBX;
                index = rm == 0 ? X86Regs.RSI : X86Regs.RDI;
            }
            case 2, 3 -> {
                base = X86Regs.RBP;
                index = rm == 2 ? X86Regs.RSI : X86Regs.RDI;
            }
            case 4 -> base = X86Regs.RSI;
            case 5 -> base = X86Regs.RDI;
            case 6 -> base = mod == 0 ? -1 : X86Regs.RBP;
            default -> base = X86Regs.RBX;
        }
        if (mod == 1) {
            displacement = fetch(1);
        } else if (mod == 2 || base == -1) {
            displacement = fetch(2);
        }
    }

    private void immediateOf(final Operand operand) {
        final int size = operandSize / 8;
        switch (operand) {
            case Ib, Ibs, Jb -> immediate = fetch(1);
            case Ib2 -> immediate2 = (int) fetch(1) & 0xff;
            case Iw -> immediate = fetch(2);
            case Iz -> immediate = fetch(Math.min(size, 4));
            case Jz -> immediate = fetch(longMode ? 4 : size);
            case Iv -> immediate = fetch(size);
            case Ob, Ov -> displacement = fetch(addressSize / 8);
            case Ap -> {
                immediate = fetch(size);
                immediate2 = (int) fetch(2) & 0xffff;
            }
            default -> {}
        }
    }

    /** Thrown by a fetch of byte 16; caught where decoding starts. */
    static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLong() {
            super("instruction longer than 15 bytes", null, false, false);
        }
    }
}
