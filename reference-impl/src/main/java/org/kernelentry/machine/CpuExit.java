package org.kernelentry.machine;

/**
 * Why a {@link Cpu} stopped running guest instructions.
 *
 * <p>The codes are plain {@code int}s because the run loop returns one per kernel entry and must not allocate. Details of an exit
 * (fault address, immediate operand, ...) are read from the {@link Cpu} until the next {@link Cpu#run}.
 */
public final class CpuExit {
    /** The instruction budget is used up, or an interrupt was requested: the pc is between two instructions. */
    public static final int INTERRUPT_WINDOW = 0;
    /** A system call instruction completed; {@link Cpu#exitDetail} names it, the pc is behind it. */
    public static final int SYSCALL = 1;
    /** A load, store or fetch was refused; {@link Cpu#faultAddress}, {@link Cpu#faultAccess}; the pc is at the instruction. */
    public static final int PAGE_FAULT = 2;
    /** No such instruction; the pc is at it. */
    public static final int UNDEFINED = 3;
    /** A breakpoint instruction (INT3, BRK, BKPT); whether the pc is at it or behind it is the architecture's rule. */
    public static final int BREAKPOINT = 4;
    /** One instruction completed while {@link CpuState#singleStep} was set at its start; the pc is at the next one. */
    public static final int SINGLE_STEP = 5;
    /** Division error (x86 #DE); the pc is at the instruction. */
    public static final int DIVIDE_ERROR = 6;
    /** Privileged or otherwise refused (x86 #GP); {@link Cpu#exitDetail} is the error code; the pc is at the instruction. */
    public static final int PROTECTION = 7;
    /** Unaligned access where the architecture faults on it; {@link Cpu#faultAddress}; the pc is at the instruction. */
    public static final int ALIGNMENT = 8;
    /** Overflow trap, bound check and the like (x86 #OF #BR); {@link Cpu#exitDetail} is the vector. */
    public static final int TRAP = 9;

    private static final String[] NAMES = {
        "interrupt window",
        "system call",
        "page fault",
        "undefined instruction",
        "breakpoint",
        "single step",
        "divide error",
        "protection fault",
        "alignment fault",
        "trap"
    };

    private CpuExit() {}

    /** The words for an exit code, for traces and messages. */
    public static String name(final int code) {
        return code >= 0 && code < NAMES.length ? NAMES[code] : "exit " + code;
    }
}
