package org.kernelentry.x86.entry;

import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.x86.X86Regs;

/** What the entry stubs keep per CPU beside the saved registers: hardware state that user mode does not see. */
final class EntryCpu {
    /** Flags the hardware clears on SYSCALL ({@code MSR_SYSCALL_MASK}, X86-06). Source: linux v7.3 arch/x86/kernel/cpu/common.c. */
    static final long SYSCALL_MASK = X86Regs.USER_WRITABLE | X86Regs.IF | X86Regs.IOPL | X86Regs.RF;

    /** GS base is the kernel's: SWAPGS has been executed since the entry from user mode. */
    boolean kernelGs = true;
    /** The stack pointer is on the task's kernel stack. */
    boolean onTaskStack = true;
    /** RFLAGS as kernel code runs with them, interrupt flag excepted. */
    long flags = X86Regs.FIXED;
    /** {@code cpu_tss_rw.sp2}: where SYSCALL keeps the user's stack pointer for a moment. */
    long scratchSp;

    static EntryCpu of(final CpuLocal cpu) {
        return (EntryCpu) cpu.entry;
    }

    /** The hardware's part of an entry from user mode: kernel flags are the user's without {@code cleared}. */
    void enterFromUser(final long userFlags, final long cleared) {
        kernelGs = false;
        onTaskStack = false;
        flags = userFlags & ~cleared & ~X86Regs.IF | X86Regs.FIXED;
    }
}
