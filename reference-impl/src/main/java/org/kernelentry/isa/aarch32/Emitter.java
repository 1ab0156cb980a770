package org.kernelentry.isa.aarch32;

import java.util.Set;
import org.kernelentry.isa.DecodeTable;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.Op;

/**
 * What the meanings of A32 and T32 instructions are written with: registers, the pc, branches and exits over a {@link BlockBuilder}.
 *
 * <p>Register slots always hold zero-extended 32-bit values.
 */
final class Emitter {
    static final int SP = A32Regs.SP;
    static final int LR = A32Regs.LR;
    static final int PC = A32Regs.PC;
    /** Condition field: always. */
    static final int AL = 14;
    /** "No slot": an operand left out, or a carry that does not change. */
    static final int NONE = -1;

    final BlockBuilder out;
    final A32Regs regs;
    /** Address of the instruction, and of the one behind it. */
    final long pc;

    final long next;
    final boolean thumb;
    /** CPSR.IT at this instruction; 0 outside of an IT block and in A32. */
    final int it;

    private final int helperBase;
    private final Set<A32Feature> features;

    Emitter(
            final BlockBuilder out,
            final A32Regs regs,
            final long pc,
            final long next,
            final int mode,
            final int helperBase,
            final Set<A32Feature> features) {
        this.out = out;
        this.regs = regs;
        this.pc = pc;
        this.next = Bits.u32((int) next);
        this.thumb = (mode & A32Regs.MODE_SET_MASK) == A32Regs.MODE_T32;
        this.it = mode >> A32Regs.MODE_IT_SHIFT;
        this.helperBase = helperBase;
        this.features = features;
    }

    boolean has(final A32Feature feature) {
        return features.contains(feature);
    }

    // ---- registers

    /** What the program reads as its pc: two instructions on. */
    int pcValue() {
        return (int) pc + (thumb ? 4 : 8);
    }

    /** The pc as base of literals and ADR: rounded down to a word. */
    int alignedPc() {
        return pcValue() & ~3;
    }

    /** Slot that holds register {@code n}; r15 becomes a constant. */
    int read(final int n) {
        return n == PC ? constant(pcValue()) : n;
    }

    /** As {@link #read} for bases of addresses, where r15 is rounded down to a word. */
    int readBase(final int n) {
        return n == PC ? constant(alignedPc()) : n;
    }

    int constant(final int value) {
        return out.constant(Bits.u32(value));
    }

    /** Where a result for register {@code d} may be computed while {@code keep1} and {@code keep2} are still needed. */
    int target(final int d, final int keep1, final int keep2) {
        return d == PC || d == keep1 || d == keep2 ? out.temp() : d;
    }

    /** Register {@code d} = slot {@code value}; r15 branches as a data-processing instruction does. */
    void write(final int d, final int value) {
        if (d == PC) {
            if (thumb) {
                branchWritePc(value);
            } else {
                bxWritePc(value);
            }
        } else if (d != value) {
            out.mov(d, value);
        }
    }

    /** Register {@code d} = slot {@code value} that was loaded; r15 branches with interworking. */
    void writeLoaded(final int d, final int value) {
        if (d == PC) {
            bxWritePc(value);
        } else if (d != value) {
            out.mov(d, value);
        }
    }

    /** BadReg of T32, which is also refused for r15 in A32: the pc, and in T32 the stack pointer (DDI 0406C A6.1.1). */
    boolean bad(final int register) {
        return register == PC || thumb && register == SP;
    }

    /** A new temporary = slot + constant, in 32 bits; the slot itself when there is nothing to add. */
    int plus(final int slot, final int displacement) {
        if (displacement == 0) {
            return slot;
        }
        final int t = out.temp();
        out.alui(Op.ADDI32, t, slot, displacement);
        return t;
    }

    // ---- branches

    /** Jumps to a constant address in the same instruction set. */
    void jump(final int target) {
        if (it != 0) {
            jumpMode(target, A32Regs.MODE_T32);
        } else {
            out.jump(Bits.u32(target));
        }
    }

    /** Jumps to a constant address and changes the mode. */
    void jumpMode(final int target, final int mode) {
        final int t = constant(target);
        out.jumpTo(t, constant(mode));
    }

    /** BranchWritePC: no change of instruction set. */
    void branchWritePc(final int value) {
        final int t = out.temp();
        out.alui(Op.ANDI, t, value, thumb ? 0xffff_fffeL : 0xffff_fffcL);
        if (it != 0) {
            out.jumpTo(t, constant(A32Regs.MODE_T32));
        } else {
            out.jumpTo(t);
        }
    }

    /** BXWritePC: bit 0 selects the instruction set. */
    void bxWritePc(final int value) {
        final int mode = out.temp();
        out.alui(Op.ANDI, mode, value, 1);
        out.alui(Op.ADDI32, mode, mode, A32Regs.MODE_A32);
        final int t = out.temp();
        out.alui(Op.ANDI, t, value, 0xffff_fffeL);
        out.jumpTo(t, mode);
    }

    // ---- leaving

    /** Gives {@code insn} its meaning by {@code table}; an encoding without a row is undefined. */
    void decodeBy(final DecodeTable<Emitter> table, final int insn) {
        if (!table.decode(this, insn)) {
            undefined();
        }
    }

    void undefined() {
        out.exit(CpuExit.UNDEFINED, 0, pc);
    }

    void breakpoint(final int immediate) {
        out.exit(CpuExit.BREAKPOINT, immediate, pc);
    }

    void supervisorCall(final int immediate) {
        out.packNzcv();
        if (it != 0) {
            // The kernel's return address lies behind the SVC, where the IT state has moved on.
            helper(Helpers.SET_MODE, NONE, constant(modeAfter()), NONE);
        }
        out.exit(CpuExit.SYSCALL, immediate, next);
    }

    /** Leaves with an alignment fault when slot {@code address} is not a multiple of {@code bytes}. */
    void checkAligned(final int address, final int bytes) {
        final int t = out.temp();
        out.alui(Op.ANDI, t, address, bytes - 1);
        final int fine = out.skipIfZero(t);
        out.op(Op.EXIT, CpuExit.ALIGNMENT, address, 0, pc);
        out.bind(fine);
    }

    void helper(final int number, final int d, final int a, final int b) {
        out.helper(helperBase + number, Math.max(d, 0), Math.max(a, 0), Math.max(b, 0));
    }

    /** Calls one of the floating-point helpers with an encoding and a slot. */
    void vfp(final int number, final int insn, final int slot) {
        // An operand has 16 bits.
        out.helper(helperBase + number, insn & 0xffff, slot, insn >>> 16);
    }

    // ---- IT blocks

    /** {@code CpuState.mode} behind this instruction. */
    int modeAfter() {
        if (!thumb) {
            return A32Regs.MODE_A32;
        }
        final int advanced = (it & 7) == 0 ? 0 : it & 0xe0 | it << 1 & 0x1f;
        return A32Regs.MODE_T32 | advanced << A32Regs.MODE_IT_SHIFT;
    }

    boolean inItBlock() {
        return it != 0;
    }

    /** Whether the instruction would branch out of the middle of an IT block, which is unpredictable. */
    boolean insideItBlock() {
        return (it & 7) != 0;
    }

    // ---- flags

    /** N and Z of {@code result}; C from slot {@code carry} ({@link #NONE}: unchanged); V unchanged. */
    void flagsLogical(final int result, final int carry) {
        flagsResult(result, carry, 32);
    }

    /** As {@link #flagsLogical} for a result of {@code width} bits. */
    void flagsResult(final int result, final int carry, final int width) {
        final int c = carry == NONE ? condition(Cond.C) : carry;
        out.flags(FlagKind.RESULT_CV, width, c, condition(Cond.V), result);
    }

    /** A new temporary: 1 when the condition holds, else 0. */
    int condition(final int cond) {
        final int t = out.temp();
        out.getCond(t, cond);
        return t;
    }

    /** Sets CPSR.Q when slot {@code saturated} (0 or 1) is 1. */
    void stickyQ(final int saturated) {
        final int t = out.temp();
        out.alui(Op.SHLI, t, saturated, 27);
        out.alu(Op.OR, regs.qge, regs.qge, t);
    }
}
