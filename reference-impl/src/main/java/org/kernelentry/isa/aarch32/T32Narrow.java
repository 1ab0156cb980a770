package org.kernelentry.isa.aarch32;

import static org.kernelentry.isa.aarch32.Bits.bit;
import static org.kernelentry.isa.aarch32.Bits.bits;
import static org.kernelentry.isa.aarch32.Bits.signed;

import org.kernelentry.isa.DecodeTable;
import org.kernelentry.isa.aarch32.LoadStore.Mode;
import org.kernelentry.isa.aarch32.LoadStore.Width;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.Op;

/** The 16-bit T32 encodings. DDI 0406C A6.2. Most set the flags outside of an IT block only. */
final class T32Narrow {
    private static final int BKPT = 0xbe00;

    private T32Narrow() {}

    static DecodeTable<Emitter> table() {
        final DecodeTable<Emitter> t = new DecodeTable<>(16, 8);
        addArithmetic(t);
        addLoadStore(t);
        addMiscellaneous(t);
        return t;
    }

    /** Instructions that an IT block does not make conditional: BKPT. */
    static boolean ignoresIt(final int insn) {
        return (insn & 0xff00) == BKPT;
    }

    private static void addArithmetic(final DecodeTable<Emitter> t) {
        t.row("0001 100m mmnn nddd", "ADD (register)", (e, i) -> threeRegisters(e, i, DataProcessing.ADD));
        t.row("0001 101m mmnn nddd", "SUB (register)", (e, i) -> threeRegisters(e, i, DataProcessing.SUB));
        t.row("0001 110i iinn nddd", "ADD (immediate)", (e, i) -> immediate3(e, i, DataProcessing.ADD));
        t.row("0001 111i iinn nddd", "SUB (immediate)", (e, i) -> immediate3(e, i, DataProcessing.SUB));
        t.row("000t tiii iimm mddd", "LSL, LSR, ASR (immediate)", T32Narrow::shiftImmediate);
        t.row("0010 0ddd iiii iiii", "MOV (immediate)", (e, i) -> immediate8(e, i, DataProcessing.MOV));
        t.row("0010 1nnn iiii iiii", "CMP (immediate)", (e, i) -> immediate8(e, i, DataProcessing.CMP));
        t.row("0011 0ddd iiii iiii", "ADD (immediate)", (e, i) -> immediate8(e, i, DataProcessing.ADD));
        t.row("0011 1ddd iiii iiii", "SUB (immediate)", (e, i) -> immediate8(e, i, DataProcessing.SUB));
        t.row("0100 0000 00mm mddd", "AND", (e, i) -> twoRegisters(e, i, DataProcessing.AND));
        t.row("0100 0000 01mm mddd", "EOR", (e, i) -> twoRegisters(e, i, DataProcessing.EOR));
        t.row("0100 0000 10mm mddd", "LSL (register)", (e, i) -> shiftRegister(e, i, Shifter.LSL));
        t.row("0100 0000 11mm mddd", "LSR (register)", (e, i) -> shiftRegister(e, i, Shifter.LSR));
        t.row("0100 0001 00mm mddd", "ASR (register)", (e, i) -> shiftRegister(e, i, Shifter.ASR));
        t.row("0100 0001 01mm mddd", "ADC", (e, i) -> twoRegisters(e, i, DataProcessing.ADC));
        t.row("0100 0001 10mm mddd", "SBC", (e, i) -> twoRegisters(e, i, DataProcessing.SBC));
        t.row("0100 0001 11mm mddd", "ROR (register)", (e, i) -> shiftRegister(e, i, Shifter.ROR));
        t.row("0100 0010 00mm mnnn", "TST", (e, i) -> twoRegisters(e, i, DataProcessing.TST));
        t.row("0100 0010 01nn nddd", "RSB (from 0)", T32Narrow::negate);
        t.row("0100 0010 10mm mnnn", "CMP", (e, i) -> twoRegisters(e, i, DataProcessing.CMP));
        t.row("0100 0010 11mm mnnn", "CMN", (e, i) -> twoRegisters(e, i, DataProcessing.CMN));
        t.row("0100 0011 00mm mddd", "ORR", (e, i) -> twoRegisters(e, i, DataProcessing.ORR));
        t.row("0100 0011 01nn nddd", "MUL", T32Narrow::multiply);
        t.row("0100 0011 10mm mddd", "BIC", (e, i) -> twoRegisters(e, i, DataProcessing.BIC));
        t.row("0100 0011 11mm mddd", "MVN", (e, i) -> twoRegisters(e, i, DataProcessing.MVN));
        t.row("0100 0100 dmmm mddd", "ADD (high registers)", T32Narrow::addHigh);
        t.row("0100 0101 nmmm mnnn", "CMP (high registers)", T32Narrow::compareHigh);
        t.row("0100 0110 dmmm mddd", "MOV (high registers)", T32Narrow::moveHigh);
        t.row("0100 0111 0mmm m000", "BX", T32Narrow::bx);
        t.row("0100 0111 1mmm m000", "BLX (register)", T32Narrow::blx);
    }

    private static void addLoadStore(final DecodeTable<Emitter> t) {
        t.row("0100 1ttt iiii iiii", "LDR (literal)", (e, i) -> wordAt(e, i, Emitter.PC, true));
        t.row("0101 000m mmnn nttt", "STR (register)", (e, i) -> store(e, i, Width.WORD, registerOffset(e, i)));
        t.row("0101 001m mmnn nttt", "STRH (register)", (e, i) -> store(e, i, Width.HALF, registerOffset(e, i)));
        t.row("0101 010m mmnn nttt", "STRB (register)", (e, i) -> store(e, i, Width.BYTE, registerOffset(e, i)));
        t.row("0101 011m mmnn nttt", "LDRSB", (e, i) -> load(e, i, Width.SIGNED_BYTE, registerOffset(e, i)));
        t.row("0101 100m mmnn nttt", "LDR (register)", (e, i) -> load(e, i, Width.WORD, registerOffset(e, i)));
        t.row("0101 101m mmnn nttt", "LDRH (register)", (e, i) -> load(e, i, Width.HALF, registerOffset(e, i)));
        t.row("0101 110m mmnn nttt", "LDRB (register)", (e, i) -> load(e, i, Width.BYTE, registerOffset(e, i)));
        t.row("0101 111m mmnn nttt", "LDRSH", (e, i) -> load(e, i, Width.SIGNED_HALF, registerOffset(e, i)));
        t.row("0110 0iii iinn nttt", "STR (immediate)", (e, i) -> store(e, i, Width.WORD, offset5(e, i, Width.WORD)));
        t.row("0110 1iii iinn nttt", "LDR (immediate)", (e, i) -> load(e, i, Width.WORD, offset5(e, i, Width.WORD)));
        t.row("0111 0iii iinn nttt", "STRB (immediate)", (e, i) -> store(e, i, Width.BYTE, offset5(e, i, Width.BYTE)));
        t.row("0111 1iii iinn nttt", "LDRB (immediate)", (e, i) -> load(e, i, Width.BYTE, offset5(e, i, Width.BYTE)));
        t.row("1000 0iii iinn nttt", "STRH (immediate)", (e, i) -> store(e, i, Width.HALF, offset5(e, i, Width.HALF)));
        t.row("1000 1iii iinn nttt", "LDRH (immediate)", (e, i) -> load(e, i, Width.HALF, offset5(e, i, Width.HALF)));
        t.row("1001 0ttt iiii iiii", "STR (SP)", (e, i) -> wordAt(e, i, Emitter.SP, false));
        t.row("1001 1ttt iiii iiii", "LDR (SP)", (e, i) -> wordAt(e, i, Emitter.SP, true));
        t.row("1100 0nnn rrrr rrrr", "STM", T32Narrow::storeMultiple);
        t.row("1100 1nnn rrrr rrrr", "LDM", T32Narrow::loadMultiple);
        t.row("1011 010m rrrr rrrr", "PUSH", T32Narrow::push);
        t.row("1011 110p rrrr rrrr", "POP", T32Narrow::pop);
    }

    private static void addMiscellaneous(final DecodeTable<Emitter> t) {
        t.row("1010 0ddd iiii iiii", "ADR", (e, i) -> addressOf(e, i, Emitter.PC));
        t.row("1010 1ddd iiii iiii", "ADD (SP plus immediate)", (e, i) -> addressOf(e, i, Emitter.SP));
        t.row("1011 0000 0iii iiii", "ADD (SP, immediate)", (e, i) -> adjustSp(e, bits(i, 6, 0) << 2));
        t.row("1011 0000 1iii iiii", "SUB (SP, immediate)", (e, i) -> adjustSp(e, -(bits(i, 6, 0) << 2)));
        t.row("1011 00i1 iiii innn", "CBZ", (e, i) -> compareAndBranch(e, i, false));
        t.row("1011 10i1 iiii innn", "CBNZ", (e, i) -> compareAndBranch(e, i, true));
        t.row("1011 0010 00mm mddd", "SXTH", (e, i) -> extend(e, i, Extend.Kind.SXTH));
        t.row("1011 0010 01mm mddd", "SXTB", (e, i) -> extend(e, i, Extend.Kind.SXTB));
        t.row("1011 0010 10mm mddd", "UXTH", (e, i) -> extend(e, i, Extend.Kind.UXTH));
        t.row("1011 0010 11mm mddd", "UXTB", (e, i) -> extend(e, i, Extend.Kind.UXTB));
        // In user mode CPS changes nothing and is not refused.
        t.row("1011 0110 011o 0aif", "CPS", SystemRegisters::hint);
        t.row("1011 1010 00mm mddd", "REV", (e, i) -> Extend.reverse(e, bits(i, 2, 0), bits(i, 5, 3)));
        t.row("1011 1010 01mm mddd", "REV16", (e, i) -> Extend.reverseHalves(e, bits(i, 2, 0), bits(i, 5, 3)));
        t.row("1011 1010 11mm mddd", "REVSH", (e, i) -> Extend.reverseSigned(e, bits(i, 2, 0), bits(i, 5, 3)));
        t.row("1011 1110 iiii iiii", "BKPT", (e, i) -> e.breakpoint(bits(i, 7, 0)));
        t.row("1011 1111 oooo 0000", "hints", SystemRegisters::hint);
        t.row("1011 1111 cccc mmmm", "IT", T32Narrow::ifThen);
        t.row("1101 1110 iiii iiii", "UDF", (e, i) -> e.undefined());
        t.row("1101 1111 iiii iiii", "SVC", (e, i) -> e.supervisorCall(bits(i, 7, 0)));
        t.row("1101 cccc iiii iiii", "B (conditional)", T32Narrow::branchIf);
        t.row("1110 0iii iiii iiii", "B", T32Narrow::branch);
    }

    /** Whether a flag-setting encoding sets flags here. */
    private static boolean setsFlags(final Emitter e) {
        return !e.inItBlock();
    }

    private static void threeRegisters(final Emitter e, final int i, final int operation) {
        final Shifter operand = Shifter.register(e, bits(i, 8, 6));
        DataProcessing.emit(e, operation, setsFlags(e), bits(i, 2, 0), bits(i, 5, 3), operand);
    }

    private static void immediate3(final Emitter e, final int i, final int operation) {
        final Shifter operand = Shifter.constant(e, bits(i, 8, 6));
        DataProcessing.emit(e, operation, setsFlags(e), bits(i, 2, 0), bits(i, 5, 3), operand);
    }

    private static void immediate8(final Emitter e, final int i, final int operation) {
        final int d = bits(i, 10, 8);
        final boolean s = DataProcessing.compares(operation) || setsFlags(e);
        DataProcessing.emit(e, operation, s, d, d, Shifter.constant(e, bits(i, 7, 0)));
    }

    private static void shiftImmediate(final Emitter e, final int i) {
        final boolean s = setsFlags(e);
        final Shifter operand = Shifter.byImmediate(e, bits(i, 5, 3), bits(i, 12, 11), bits(i, 10, 6), s);
        DataProcessing.emit(e, DataProcessing.MOV, s, bits(i, 2, 0), 0, operand);
    }

    private static void twoRegisters(final Emitter e, final int i, final int operation) {
        final int d = bits(i, 2, 0);
        final boolean s = DataProcessing.compares(operation) || setsFlags(e);
        DataProcessing.emit(e, operation, s, d, d, Shifter.register(e, bits(i, 5, 3)));
    }

    private static void shiftRegister(final Emitter e, final int i, final int type) {
        final int d = bits(i, 2, 0);
        final boolean s = setsFlags(e);
        final Shifter operand = Shifter.byRegister(e, d, type, bits(i, 5, 3), s);
        DataProcessing.emit(e, DataProcessing.MOV, s, d, 0, operand);
    }

    private static void negate(final Emitter e, final int i) {
        DataProcessing.emit(e, DataProcessing.RSB, setsFlags(e), bits(i, 2, 0), bits(i, 5, 3), Shifter.constant(e, 0));
    }

    private static void multiply(final Emitter e, final int i) {
        final int d = bits(i, 2, 0);
        Multiply.multiply(e, setsFlags(e), d, bits(i, 5, 3), d, Emitter.NONE);
    }

    private static int high(final int i) {
        return bits(i, 7, 7) << 3 | bits(i, 2, 0);
    }

    private static void addHigh(final Emitter e, final int i) {
        DataProcessing.emit(e, DataProcessing.ADD, false, high(i), high(i), Shifter.register(e, bits(i, 6, 3)));
    }

    private static void compareHigh(final Emitter e, final int i) {
        DataProcessing.emit(e, DataProcessing.CMP, true, high(i), high(i), Shifter.register(e, bits(i, 6, 3)));
    }

    private static void moveHigh(final Emitter e, final int i) {
        DataProcessing.emit(e, DataProcessing.MOV, false, high(i), 0, Shifter.register(e, bits(i, 6, 3)));
    }

    private static void bx(final Emitter e, final int i) {
        e.bxWritePc(e.read(bits(i, 6, 3)));
    }

    private static void blx(final Emitter e, final int i) {
        final int m = bits(i, 6, 3);
        if (m == Emitter.PC) {
            e.undefined();
            return;
        }
        final int target = e.out.temp();
        e.out.mov(target, m);
        e.out.constant(Emitter.LR, e.next | 1);
        e.bxWritePc(target);
    }

    private static int registerOffset(final Emitter e, final int i) {
        return LoadStore.offset(e, bits(i, 5, 3), true, bits(i, 8, 6));
    }

    private static int offset5(final Emitter e, final int i, final Width width) {
        return LoadStore.offset(e, bits(i, 5, 3), bits(i, 10, 6) * width.bytes);
    }

    private static void load(final Emitter e, final int i, final Width width, final int address) {
        LoadStore.load(e, width, bits(i, 2, 0), bits(i, 5, 3), address, Mode.OFFSET);
    }

    private static void store(final Emitter e, final int i, final Width width, final int address) {
        LoadStore.store(e, width, bits(i, 2, 0), bits(i, 5, 3), address, Mode.OFFSET);
    }

    /** A word at SP or the pc plus an 8-bit count of words. */
    private static void wordAt(final Emitter e, final int i, final int base, final boolean load) {
        final int address = LoadStore.offset(e, base, bits(i, 7, 0) << 2);
        if (load) {
            LoadStore.load(e, Width.WORD, bits(i, 10, 8), base, address, Mode.OFFSET);
        } else {
            LoadStore.store(e, Width.WORD, bits(i, 10, 8), base, address, Mode.OFFSET);
        }
    }

    private static void storeMultiple(final Emitter e, final int i) {
        LoadStoreMultiple.store(e, true, false, true, bits(i, 10, 8), bits(i, 7, 0));
    }

    /** The base is written back unless it is loaded. */
    private static void loadMultiple(final Emitter e, final int i) {
        final int n = bits(i, 10, 8);
        LoadStoreMultiple.load(e, true, false, !bit(i, n), n, bits(i, 7, 0));
    }

    private static void push(final Emitter e, final int i) {
        final int list = bits(i, 7, 0) | bits(i, 8, 8) << Emitter.LR;
        LoadStoreMultiple.store(e, false, true, true, Emitter.SP, list);
    }

    private static void pop(final Emitter e, final int i) {
        final int list = bits(i, 7, 0) | bits(i, 8, 8) << Emitter.PC;
        LoadStoreMultiple.load(e, true, false, true, Emitter.SP, list);
    }

    private static void addressOf(final Emitter e, final int i, final int base) {
        e.out.alui(Op.ADDI32, bits(i, 10, 8), e.readBase(base), (long) bits(i, 7, 0) << 2);
    }

    private static void adjustSp(final Emitter e, final int by) {
        e.out.alui(Op.ADDI32, Emitter.SP, Emitter.SP, by);
    }

    private static void compareAndBranch(final Emitter e, final int i, final boolean ifNonZero) {
        if (e.inItBlock()) {
            e.undefined();
            return;
        }
        final int target = e.pcValue() + (bits(i, 9, 9) << 6 | bits(i, 7, 3) << 1);
        final int n = bits(i, 2, 0);
        if (ifNonZero) {
            e.out.jumpIfNonZero(n, Bits.u32(target));
        } else {
            final int zero = e.out.temp();
            e.out.alu(Op.EQ, zero, n, e.constant(0));
            e.out.jumpIfNonZero(zero, Bits.u32(target));
        }
    }

    private static void extend(final Emitter e, final int i, final Extend.Kind kind) {
        Extend.extend(e, kind, bits(i, 2, 0), Emitter.PC, bits(i, 5, 3), 0);
    }

    private static void ifThen(final Emitter e, final int i) {
        final int condition = bits(i, 7, 4);
        final boolean alwaysWithElse = condition == Emitter.AL && Integer.bitCount(bits(i, 3, 0)) != 1;
        if (e.inItBlock() || condition > Emitter.AL || alwaysWithElse) {
            e.undefined();
            return;
        }
        e.jumpMode((int) e.next, A32Regs.MODE_T32 | bits(i, 7, 0) << A32Regs.MODE_IT_SHIFT);
    }

    private static void branchIf(final Emitter e, final int i) {
        if (e.inItBlock()) {
            e.undefined();
            return;
        }
        // The intermediate form numbers the conditions as the architecture does.
        final int cond = bits(i, 11, 8);
        assert cond <= Cond.LE;
        e.out.jumpIf(cond, Bits.u32(e.pcValue() + (signed(i, 8) << 1)));
    }

    private static void branch(final Emitter e, final int i) {
        e.jump(e.pcValue() + (signed(i, 11) << 1));
    }
}
