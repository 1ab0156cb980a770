package org.kernelentry.machine;

import org.kernelentry.machine.memory.AddressSpace;

/**
 * The seam between the kernel model and whatever executes guest instructions.
 *
 * <p>A {@code Cpu} runs user-mode instructions until something needs the kernel, and is precise about it: at every exit all registers
 * hold exactly the values of the instruction boundary that the exit code documents, and may be read and written before the next
 * {@link #run}. The kernel side of an entry (stack switch, saving {@code pt_regs}, ...) is not part of it.
 */
public interface Cpu {
    /** Live registers. The same object for the life of the CPU. */
    CpuState state();

    /** Makes {@code space} the one that instructions see; cheap, no flush is needed by the caller. */
    void switchTo(AddressSpace space);

    /**
     * Runs guest instructions.
     *
     * @param budget at most this many instructions, at least 1
     * @return a code of {@link CpuExit}
     */
    int run(long budget);

    /** Number of instructions completed since the CPU was made. */
    long retired();

    /** Which system call or breakpoint instruction it was, an error code or an immediate: the architecture's own numbering. */
    long exitDetail();

    /** Lowest address that was refused, for {@link CpuExit#PAGE_FAULT} and {@link CpuExit#ALIGNMENT}. */
    long faultAddress();

    /** One of {@link AddressSpace#PROT_READ}, {@code PROT_WRITE}, {@code PROT_EXEC}: what was attempted. */
    int faultAccess();

    /** Whether the page of {@link #faultAddress} exists with other permissions (SEGV_ACCERR) or not at all (SEGV_MAPERR). */
    boolean faultOnPresentPage();

    /** Asks {@link #run} to return {@link CpuExit#INTERRUPT_WINDOW} before the next instruction. */
    void requestInterrupt();
}
