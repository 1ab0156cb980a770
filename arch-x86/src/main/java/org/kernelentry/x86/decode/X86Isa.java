package org.kernelentry.x86.decode;

import java.util.Arrays;
import java.util.function.IntFunction;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.Isa;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Helper;
import org.kernelentry.machine.memory.CodeWindow;
import org.kernelentry.x86.X86Regs;

/** The x86 instruction set in 64-bit and 32-bit compatibility mode: x86-64-v1 with CMPXCHG16B, LAHF and POPCNT. */
public final class X86Isa implements Isa {
    private final Helper[] helpers;

    public X86Isa() {
        final Helper[] general = X86Helpers.all();
        final Helper[] vectors = VectorMap.helpers();
        helpers = Arrays.copyOf(general, general.length + vectors.length);
        System.arraycopy(vectors, 0, helpers, general.length, vectors.length);
    }

    @Override
    public String name() {
        return "x86-64";
    }

    @Override
    public int stackPointer(final int mode) {
        return X86Regs.RSP;
    }

    @Override
    public int registerSlots() {
        return X86Regs.SLOTS;
    }

    @Override
    public IntFunction<Helper> helpers() {
        return number -> helpers[number];
    }

    @Override
    public void decode(final CodeWindow code, final int mode, final BlockBuilder out) {
        try {
            new Insn(code, mode, out).decode();
        } catch (final Insn.TooLong e) {
            out.exit(CpuExit.PROTECTION, 0, code.pc());
        }
    }
}
