package org.kernelentry.machine;

import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.UnmappedSpace;

/**
 * Live register file of one CPU.
 *
 * <p>Everything an instruction can read or write is a {@code long} slot of {@link #r}; the architecture names the slots (its
 * {@code *Regs} class). The last {@link #FLAG_SLOTS} slots hold the lazy condition flags, see {@code machine.ir.Flags}.
 */
public final class CpuState {
    /** Slots at the end of {@link #r} that belong to the lazy flags: kind, a, b, result. */
    public static final int FLAG_SLOTS = 4;

    /** Register slots; the architecture's slots first, then temporaries of the intermediate form, then the flag slots. */
    public final long[] r;
    /** Index of the first flag slot: kind, then operand a, operand b, result. */
    public final int flags;
    /** Address of the next instruction. */
    public long pc;
    /** Decoding mode (architecture's numbering: 64-bit/32-bit code, A64/A32/T32); part of the key of a cached block. */
    public int mode;
    /** Given this is set when an instruction starts, the CPU exits with {@link CpuExit#SINGLE_STEP} after it. */
    public boolean singleStep;
    /** Set by an instruction that ran with {@link #singleStep} set and holds its own step back: the exit comes after the next instruction. */
    public boolean stepHeldBack;
    /** What loads, stores and fetches see. */
    public AddressSpace memory = UnmappedSpace.create();

    /** @param slots number of slots the architecture and the intermediate form need, flag slots not counted */
    public CpuState(final int slots) {
        this.r = new long[slots + FLAG_SLOTS];
        this.flags = slots;
    }
}
