package org.kernelentry.arm64.decode;

import java.util.Set;
import org.kernelentry.arm64.A64Regs;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.Op;

/**
 * What the meanings of A64 instructions are written with: the fields of one instruction word, its registers, flags and exits over a
 * {@link BlockBuilder}.
 *
 * <p>A register number 31 is the zero register ({@link #read}, {@link #target}) or the stack pointer ({@link #readSp}), as the
 * instruction says. A result in a W register is zero-extended; operands may have anything in their upper halves where the operation is
 * one of 32 bits.
 */
final class A64Emitter {
    /** Condition fields 14 and 15 both mean always. */
    static final int AL = 14;

    /** {@link Cond} of each condition field below {@link #AL}. */
    private static final int[] COND = {
        Cond.Z,
        Cond.NZ,
        Cond.C,
        Cond.NC,
        Cond.N,
        Cond.NN,
        Cond.V,
        Cond.NV,
        Cond.C_AND_NZ,
        Cond.NC_OR_Z,
        Cond.GE,
        Cond.LT,
        Cond.GT,
        Cond.LE
    };

    final BlockBuilder out;
    final long pc;
    private final int insn;
    private final int helperBase;
    private final Set<A64Feature> features;

    A64Emitter(
            final BlockBuilder out,
            final long pc,
            final int insn,
            final int helperBase,
            final Set<A64Feature> features) {
        this.out = out;
        this.pc = pc;
        this.insn = insn;
        this.helperBase = helperBase;
        this.features = features;
    }

    boolean has(final A64Feature feature) {
        return features.contains(feature);
    }

    // ---- fields

    /** Bits hi:lo of the word. */
    int field(final int hi, final int lo) {
        return insn >>> lo & (1 << hi - lo + 1) - 1;
    }

    /** Bits hi:lo of the word as a signed number. */
    int signed(final int hi, final int lo) {
        return insn << 31 - hi >> 31 - hi + lo;
    }

    boolean bit(final int n) {
        return (insn >>> n & 1) != 0;
    }

    /** The sf bit: the operation is one of 64 bits. */
    boolean wide() {
        return insn < 0;
    }

    int width() {
        return wide() ? 64 : 32;
    }

    int rd() {
        return field(4, 0);
    }

    int rn() {
        return field(9, 5);
    }

    int ra() {
        return field(14, 10);
    }

    int rm() {
        return field(20, 16);
    }

    /** Rd or Rt as a slot to be read. */
    int slotD() {
        return read(rd());
    }

    int slotN() {
        return read(rn());
    }

    int slotM() {
        return read(rm());
    }

    // ---- registers

    /** Slot of register {@code n} where 31 means zero. */
    int read(final int n) {
        return n == 31 ? A64Regs.XZR : n;
    }

    /** Slot of register {@code n} where 31 means the stack pointer. */
    int readSp(final int n) {
        return n;
    }

    /** Slot to write register {@code n} to where 31 means zero: a result nobody reads. */
    int target(final int n) {
        return n == 31 ? out.temp() : n;
    }

    int temp() {
        return out.temp();
    }

    /** First slot of Vd or Vt. */
    int vectorD() {
        return A64Regs.v(rd());
    }

    int vectorN() {
        return A64Regs.v(rn());
    }

    int vectorM() {
        return A64Regs.v(rm());
    }

    /** Two temporaries for a vector, the first of them. */
    int vectorTemp() {
        final int low = out.temp();
        out.temp();
        return low;
    }

    /** The operation of this width. */
    int op(final int op64, final int op32) {
        return wide() ? op64 : op32;
    }

    /** d = a, cut to the instruction's width. */
    void move(final int d, final int a) {
        if (wide()) {
            out.mov(d, a);
        } else {
            out.unary(Op.ZX32, d, a);
        }
    }

    /** A constant cut to the instruction's width. */
    long cut(final long value) {
        return wide() ? value : value & 0xffff_ffffL;
    }

    /** A slot that holds {@code slot + displacement}; the slot itself when there is nothing to add. */
    int plus(final int slot, final long displacement) {
        if (displacement == 0) {
            return slot;
        }
        final int t = out.temp();
        out.alui(Op.ADDI, t, slot, displacement);
        return t;
    }

    // ---- flags and conditions

    /** Whether the condition field means always. */
    static boolean always(final int field) {
        return field >= AL;
    }

    /** {@link Cond} of a condition field that is not {@link #always}. */
    static int cond(final int field) {
        return COND[field];
    }

    /**
     * d = a + b or a - b with flags. The flags keep their operands, so the result is made aside when d is one of them.
     *
     * @param d register number, 31 for zero
     */
    void addSubFlags(final int d, final int a, final int b, final boolean subtract) {
        final int result = d == 31 || d == a || d == b ? out.temp() : d;
        out.alu(subtract ? op(Op.SUB, Op.SUB32) : op(Op.ADD, Op.ADD32), result, a, b);
        out.flags(subtract ? FlagKind.SUBC : FlagKind.ADD, width(), a, b, result);
        if (d != 31 && d != result) {
            out.mov(d, result);
        }
    }

    /** N and Z of the result, C and V clear. */
    void logicFlags(final int result) {
        out.flags(FlagKind.LOGIC, width(), A64Regs.XZR, A64Regs.XZR, result);
    }

    // ---- shifts and extensions

    /** A slot with {@code a} shifted by the constant; kind 0 LSL, 1 LSR, 2 ASR, 3 ROR. */
    int shifted(final int a, final int kind, final int count) {
        if (count == 0) {
            return a;
        }
        final int t = out.temp();
        final int opcode = switch (kind) {
            case 0 -> op(Op.SHLI, Op.SHLI32);
            case 1 -> op(Op.SHRI, Op.SHRI32);
            case 2 -> op(Op.SARI, Op.SARI32);
            default -> op(Op.RORI, Op.RORI32);
        };
        out.alui(opcode, t, a, count);
        return t;
    }

    /** A slot with {@code a} extended (option: UXTB UXTH UXTW UXTX SXTB SXTH SXTW SXTX), then shifted left. */
    int extended(final int a, final int option, final int count) {
        final int[] extend = {Op.ZX8, Op.ZX16, Op.ZX32, Op.MOV, Op.SX8, Op.SX16, Op.SX32, Op.MOV};
        int value = a;
        if (extend[option] != Op.MOV) {
            value = out.temp();
            out.unary(extend[option], value, a);
        }
        if (count == 0) {
            return value;
        }
        final int t = out.temp();
        out.alui(Op.SHLI, t, value, count);
        return t;
    }

    // ---- addresses

    /**
     * The base register of a load or store. A stack pointer that is no multiple of 16 faults: Linux sets SCTLR_EL1.SA0.
     *
     * @param n register number, 31 for the stack pointer
     */
    int base(final int n) {
        if (n == A64Regs.SP) {
            checkAligned(A64Regs.SP, 16);
        }
        return n;
    }

    /** Leaves with an alignment fault when slot {@code address} is not a multiple of {@code bytes}. */
    void checkAligned(final int address, final int bytes) {
        if (bytes == 1) {
            return;
        }
        final int t = out.temp();
        out.alui(Op.ANDI, t, address, bytes - 1);
        final int fine = out.skipIfZero(t);
        // Not exit(): the block goes on behind it.
        out.op(Op.EXIT, CpuExit.ALIGNMENT, address, 0, pc);
        out.bind(fine);
    }

    // ---- leaving

    void undefined() {
        out.exit(CpuExit.UNDEFINED, 0, pc);
    }

    void helper(final int number, final int d, final int a, final int b) {
        out.helper(helperBase + number, d, a, b);
    }
}
