package org.kernelentry.arm64;

import java.util.Set;
import java.util.function.IntFunction;
import org.kernelentry.arm64.decode.A64Decoder;
import org.kernelentry.arm64.decode.A64Feature;
import org.kernelentry.isa.aarch32.A32Regs;
import org.kernelentry.isa.aarch32.Aarch32Decoder;
import org.kernelentry.machine.Isa;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Helper;
import org.kernelentry.machine.memory.CodeWindow;

/** The instruction sets of an arm64 CPU whose EL0 runs AArch64 and AArch32. */
public final class Arm64Isa implements Isa {
    private static final int AARCH32_HELPERS = Aarch32Decoder.helperCount();

    private final Aarch32Decoder aarch32 = new Aarch32Decoder(A64Regs.AARCH32, 0, Set.of());
    private final A64Decoder a64;

    /** Armv8.0-A with extensions that only add instructions. */
    public Arm64Isa() {
        this(Set.of());
    }

    /** The same with extensions that add state. */
    public Arm64Isa(final Set<A64Feature> features) {
        a64 = new A64Decoder(AARCH32_HELPERS, features);
    }

    @Override
    public String name() {
        return "arm64";
    }

    @Override
    public int stackPointer(final int mode) {
        return mode == A64Regs.MODE_A64 ? A64Regs.SP : A32Regs.SP;
    }

    @Override
    public boolean ignoresTopByte() {
        return true;
    }

    @Override
    public int registerSlots() {
        return A64Regs.SLOTS;
    }

    @Override
    public IntFunction<Helper> helpers() {
        final IntFunction<Helper> aarch32Helpers = Aarch32Decoder.helpers(A64Regs.AARCH32);
        final IntFunction<Helper> own = A64Decoder.helpers();
        return number -> number < AARCH32_HELPERS ? aarch32Helpers.apply(number) : own.apply(number - AARCH32_HELPERS);
    }

    @Override
    public void decode(final CodeWindow code, final int mode, final BlockBuilder out) {
        if (mode == A64Regs.MODE_A64) {
            a64.decode(code, out);
        } else {
            aarch32.decode(code, mode, out);
        }
    }
}
