package org.kernelentry.machine;

import java.util.function.IntFunction;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Helper;
import org.kernelentry.machine.memory.CodeWindow;

/** An instruction set: how many register slots it has and how bytes become the intermediate form. Stateless. */
public interface Isa {
    /** Name as on the command line, for example {@code x86-64}. */
    String name();

    /** Slots of {@link CpuState#r} the architecture defines; temporaries of the intermediate form start here. */
    int registerSlots();

    /** The slot of the stack pointer in {@code mode}: accesses by it are expected elsewhere than others. */
    int stackPointer(int mode);

    /** Whether each register that an address can be computed from is less than 2^32, in every mode. */
    default boolean is32Bit() {
        return false;
    }

    /** Whether loads and stores ignore bits 63:56 of an address, as Linux has it on arm64 (TCR_EL1.TBI0; DDI 0487 D8.8). */
    default boolean ignoresTopByte() {
        return false;
    }

    /** The helpers of one CPU by the numbers of {@code Op.HELPER}; asked for a number while code that calls it is made, not while it runs. */
    IntFunction<Helper> helpers();

    /**
     * Decodes the instruction at {@code code.pc()} and appends its meaning to {@code out}.
     *
     * <p>Never throws for any bytes: an unknown encoding emits {@code out.exit(CpuExit.UNDEFINED, ...)}. A fetch beyond the readable
     * code makes {@link CodeWindow} throw its fetch fault, which the engine turns into a precise {@link CpuExit#PAGE_FAULT}.
     * Registers are written only after every access of the instruction that can fault.
     *
     * @param mode {@link CpuState#mode} the block is decoded for
     */
    void decode(CodeWindow code, int mode, BlockBuilder out);
}
