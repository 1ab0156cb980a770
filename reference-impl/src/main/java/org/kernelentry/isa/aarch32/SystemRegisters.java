package org.kernelentry.isa.aarch32;

import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.ir.Op;

/** Status and coprocessor registers, barriers and hints, as user mode sees them. */
final class SystemRegisters {
    private SystemRegisters() {}

    /** NOP, YIELD, WFE, WFI, SEV, DBG, barriers: nothing to do here. */
    static void hint(final Emitter e, final int insn) {
        // One CPU runs at a time and memory has one order.
    }

    /** MRS Rd, APSR: NZCV, Q and GE; of the rest user mode only sees its own mode number. */
    static void readStatus(final Emitter e, final int d) {
        if (d == Emitter.PC) {
            e.undefined();
            return;
        }
        final BlockBuilder out = e.out;
        final int packed = out.temp();
        out.getNzcv(packed);
        final int status = out.temp();
        out.alui(Op.ORI, status, e.regs.qge, A32Regs.CPSR_MODE_USR);
        moveBit(e, packed, Flags.N, status, A32Regs.CPSR_N);
        moveBit(e, packed, Flags.Z, status, A32Regs.CPSR_Z);
        moveBit(e, packed, Flags.C, status, A32Regs.CPSR_C);
        moveBit(e, packed, Flags.V, status, A32Regs.CPSR_V);
        out.mov(d, status);
    }

    /**
     * MSR APSR: user mode can write NZCVQ (field f) and GE (field s); the other fields have no effect.
     *
     * @param mask the field mask of the encoding: f, s, x, c from bit 3 down
     */
    static void writeStatus(final Emitter e, final int mask, final int value) {
        final BlockBuilder out = e.out;
        int own = 0;
        if ((mask & 8) != 0) {
            writeFlags(e, value);
            own |= A32Regs.CPSR_Q;
        }
        if ((mask & 4) != 0) {
            own |= A32Regs.CPSR_GE;
        }
        if (own != 0) {
            final int set = out.temp();
            out.alui(Op.ANDI, set, value, Bits.u32(own));
            out.alui(Op.ANDI, e.regs.qge, e.regs.qge, Bits.u32(~own));
            out.alu(Op.OR, e.regs.qge, e.regs.qge, set);
        }
    }

    /** NZCV = bits 31:28 of a slot. */
    static void writeFlags(final Emitter e, final int value) {
        final int packed = e.out.constant(0L);
        moveBit(e, value, A32Regs.CPSR_N, packed, Flags.N);
        moveBit(e, value, A32Regs.CPSR_Z, packed, Flags.Z);
        moveBit(e, value, A32Regs.CPSR_C, packed, Flags.C);
        moveBit(e, value, A32Regs.CPSR_V, packed, Flags.V);
        e.out.putFlags(packed);
    }

    /** Ors the bit {@code from} of a slot into another slot as the bit {@code to}. */
    private static void moveBit(final Emitter e, final int slot, final int from, final int into, final int to) {
        final int t = e.out.temp();
        e.out.alui(Op.SHRI, t, slot, Integer.numberOfTrailingZeros(from));
        e.out.alui(Op.ANDI, t, t, 1);
        e.out.alui(Op.SHLI, t, t, Integer.numberOfTrailingZeros(to));
        e.out.alu(Op.OR, into, into, t);
    }

    // ---- coprocessor 15

    private static int key(final int crn, final int opc1, final int crm, final int opc2) {
        return crn << 12 | opc1 << 8 | crm << 4 | opc2;
    }

    private static int key(final int insn) {
        return key(Bits.bits(insn, 19, 16), Bits.bits(insn, 23, 21), Bits.bits(insn, 3, 0), Bits.bits(insn, 7, 5));
    }

    /** MRC p15: the two thread registers that user mode can read. */
    static void readCp15(final Emitter e, final int insn) {
        final int t = Bits.bits(insn, 15, 12);
        final int key = key(insn);
        if (t == Emitter.PC) {
            e.undefined();
        } else if (key == key(13, 0, 0, 3)) {
            e.out.mov(t, e.regs.tpidruro);
        } else if (key == key(13, 0, 0, 2)) {
            e.out.mov(t, e.regs.tpidrurw);
        } else {
            e.undefined();
        }
    }

    /** MCR p15: TPIDRURW and the old encodings of ISB, DSB and DMB. */
    static void writeCp15(final Emitter e, final int insn) {
        final int t = Bits.bits(insn, 15, 12);
        final int key = key(insn);
        if (t == Emitter.PC) {
            e.undefined();
        } else if (key == key(13, 0, 0, 2)) {
            e.out.mov(e.regs.tpidrurw, t);
        } else if (key == key(7, 0, 5, 4) || key == key(7, 0, 10, 4) || key == key(7, 0, 10, 5)) {
            hint(e, insn);
        } else {
            e.undefined();
        }
    }
}
