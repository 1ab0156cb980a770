package org.kernelentry.isa.aarch32;

import java.util.Set;
import java.util.function.IntFunction;
import org.kernelentry.machine.Isa;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Helper;
import org.kernelentry.machine.memory.CodeWindow;

/** AArch32 alone: the instruction set of a 32-bit arm CPU. */
public final class A32T32Isa implements Isa {
    /** Its registers: AArch32's own slots directly behind r14. */
    public static final A32Regs REGS = new A32Regs(A32Regs.PC);

    private final Aarch32Decoder decoder = new Aarch32Decoder(REGS, 0, Set.of(A32Feature.SWP));

    @Override
    public String name() {
        return "arm";
    }

    @Override
    public int stackPointer(final int mode) {
        return A32Regs.SP;
    }

    @Override
    public boolean is32Bit() {
        return true;
    }

    @Override
    public int registerSlots() {
        return REGS.end();
    }

    @Override
    public IntFunction<Helper> helpers() {
        return Aarch32Decoder.helpers(REGS);
    }

    @Override
    public void decode(final CodeWindow code, final int mode, final BlockBuilder out) {
        decoder.decode(code, mode, out);
    }
}
