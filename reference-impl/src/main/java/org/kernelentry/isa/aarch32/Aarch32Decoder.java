package org.kernelentry.isa.aarch32;

import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.kernelentry.isa.DecodeTable;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Helper;
import org.kernelentry.machine.memory.CodeWindow;

/**
 * Decodes A32 and T32, for any instruction set that contains them.
 *
 * <p>The set implemented is ARMv7-A with VFPv4 and Advanced SIMD as user mode sees it. Data is little-endian: SETEND is undefined, as it is
 * where SCTLR.SED is set, which a CPU without mixed-endian support at EL0 has fixed. Coprocessors other than those and the few
 * CP15 registers open to user mode are undefined. Bits of encodings that should be 0 or 1 are fixed in the tables: another value is
 * unpredictable, and what is unpredictable is undefined unless a meaning says otherwise.
 */
public final class Aarch32Decoder {
    /** All tables; their rows add the helpers when they are made. */
    private static final List<DecodeTable<?>> TABLES =
            List.of(A32Decoder.CONDITIONAL, A32Decoder.UNCONDITIONAL, T32Decoder.NARROW, T32Decoder.WIDE);

    private final A32Regs regs;
    private final int helperBase;
    private final Set<A32Feature> features;

    /**
     * @param regs where the state lives
     * @param helperBase number of the first of {@link #helpers} in the instruction set's own array
     * @param features what it has beyond what every version has
     */
    public Aarch32Decoder(final A32Regs regs, final int helperBase, final Set<A32Feature> features) {
        this.regs = regs;
        this.helperBase = helperBase;
        this.features = Set.copyOf(features);
    }

    /** The helpers that decoded code calls, for one CPU, by numbers below {@link #helperCount}. */
    public static IntFunction<Helper> helpers(final A32Regs regs) {
        return Helpers.ofOneCpu(regs);
    }

    /** How many helpers the rows of the tables have added. */
    public static int helperCount() {
        return TABLES.isEmpty() ? 0 : Helpers.count();
    }

    /** The tables: A32's conditional and unconditional instructions, or T32's of 16 and 32 bits. For judges and tests. */
    public static List<DecodeTable<?>> tables(final boolean thumb) {
        return thumb ? TABLES.subList(2, 4) : TABLES.subList(0, 2);
    }

    /** As {@code Isa.decode}, for the modes of {@link A32Regs}. */
    public void decode(final CodeWindow code, final int mode, final BlockBuilder out) {
        if ((mode & A32Regs.MODE_SET_MASK) == A32Regs.MODE_T32) {
            T32Decoder.decode(code, mode, out, regs, helperBase, features);
        } else if ((code.pc() & 3) != 0) {
            // BX to an address with bit 1 set: unpredictable in ARMv7, a pc alignment fault in ARMv8. A fetch fault
            // goes first.
            code.u16();
            out.exitWith(CpuExit.ALIGNMENT, out.constant(code.pc()), code.pc());
        } else {
            A32Decoder.decode(code, mode, out, regs, helperBase, features);
        }
    }
}
