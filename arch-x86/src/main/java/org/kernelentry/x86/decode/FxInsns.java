package org.kernelentry.x86.decode;

import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Helper;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.x86.FxArea;
import org.kernelentry.x86.X86Regs;

/** Instructions on the state of the vector and floating-point units as a whole. */
final class FxInsns {
    static final Row.Meaning FXSAVE = onArea(FxInsns::save);
    static final Row.Meaning FXRSTOR = onArea(FxInsns::restore);
    static final Row.Meaning LDMXCSR = loadMxcsr();

    private FxInsns() {}

    /** All registers are empty, TOP is 0 (SDM vol. 3, table "Effects of MMX instructions on x87 FPU state"). */
    static void emms(final Insn i) {
        i.out.helper(VectorHelpers.ENTER_MMX, 0, 0, 0);
        i.out.constant(X86Regs.FTW, 0);
    }

    static void stmxcsr(final Insn i) {
        i.operands.write(0, X86Regs.MXCSR);
    }

    /** Faults as a load does. */
    static void clflush(final Insn i) {
        i.operands.read(0);
    }

    private static Row.Meaning loadMxcsr() {
        final int number = VectorHelpers.add((s, d, a, b) -> {
            if ((s.r[a] & ~X86Regs.MXCSR_VALID) != 0) {
                throw X86Helpers.PROTECTION_0;
            }
            s.r[X86Regs.MXCSR] = s.r[a];
        });
        return i -> i.out.helper(number, 0, i.operands.read(0), 0);
    }

    private static Row.Meaning onArea(final Helper helper) {
        final int number = VectorHelpers.add(helper);
        return i -> i.out.helper(number, aligned(i), i.longMode ? 1 : 0, 0);
    }

    private static int aligned(final Insn i) {
        final BlockBuilder out = i.out;
        final int address = out.temp();
        out.alui(Op.ADDI, address, i.operands.address(), i.operands.displacement());
        // Of an area that is not aligned to 16, #AC reports what a word of four bytes would also be refused for, #GP
        // the rest (SDM vol. 2, FXSAVE).
        i.operands.checkAlignment(Integer.BYTES, address, 0);
        Vectors.align(i, address, 0);
        return address;
    }

    private static void save(final CpuState s, final int d, final int longMode, final int b) {
        final long address = s.r[d];
        final byte[] area = new byte[FxArea.SIZE];
        s.memory.probeWrite(address, FxArea.SIZE);
        s.memory.peek(address, area, 0, FxArea.SIZE);
        FxArea.write(s.r, X86Regs.FPU, area, longMode == 1 ? 16 : 8);
        s.memory.store(address, area, 0, FxArea.SIZE);
    }

    private static void restore(final CpuState s, final int d, final int longMode, final int b) {
        final byte[] area = new byte[FxArea.SIZE];
        s.memory.load(s.r[d], area, 0, FxArea.SIZE);
        if ((FxArea.mxcsr(area) & ~X86Regs.MXCSR_VALID) != 0) {
            throw X86Helpers.PROTECTION_0;
        }
        FxArea.read(s.r, X86Regs.FPU, area, longMode == 1 ? 16 : 8);
    }
}
