package org.kernelentry.x86;

/** Values of {@code Cpu.exitDetail()} on x86. */
public final class X86Exit {
    // With CpuExit.SYSCALL: the instruction that enters the kernel.
    /** SYSCALL of 64-bit code; {@code rcx} and {@code r11} already hold the return address and RFLAGS. */
    public static final int SYSCALL = 0;
    /** SYSENTER of 32-bit code: neither the return address nor the stack pointer are kept by the CPU. */
    public static final int SYSENTER = 1;
    /** INT 0x80, of 32-bit or 64-bit code. */
    public static final int INT80 = 2;

    // With CpuExit.TRAP: the vector.
    /** #DB, raised by INT1; the pc is behind it. */
    public static final int VECTOR_DB = 1;
    /** #OF, raised by INTO or INT 4; the pc is behind it. */
    public static final int VECTOR_OF = 4;
    /** #BR, raised by BOUND; the pc is at it. */
    public static final int VECTOR_BR = 5;
    /** #MF, an x87 exception that is not masked; the pc is at the instruction that waited for it. */
    public static final int VECTOR_MF = 16;
    /** #XM, an SSE exception that is not masked; the pc is at the instruction. */
    public static final int VECTOR_XM = 19;

    private X86Exit() {}
}
