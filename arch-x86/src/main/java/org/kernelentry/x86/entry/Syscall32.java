package org.kernelentry.x86.entry;

import static org.kernelentry.x86.X86PtRegs.*;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.entry.SyscallExit;
import org.kernelentry.kernel.syscall.SyscallBody;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.x86.X86Thread;

/** What the entries to the 32-bit table share. Source: linux v7.3 arch/x86/entry/syscall_32.c. */
final class Syscall32 {
    private static final long LOW = 0xffff_ffffL;

    private final Kernel k;
    private final SyscallTables tables;

    Syscall32(final Kernel k, final SyscallTables tables) {
        this.k = k;
        this.tables = tables;
    }

    /** {@code syscall_32_enter()}: marks the call, not the task, as one of the 32-bit ABI (X86-20). */
    int enter(final Task task) {
        ((X86Thread) task.thread).compat = true;
        return (int) task.regs.slot[ORIG_AX];
    }

    /** The body and the exit, and again while the proposed restart inside the loop asks for it. */
    void run(final Task task, final boolean permittedFirst) {
        boolean permitted = permittedFirst;
        while (true) {
            if (permitted) {
                irqsOn(task, (int) task.syscallNr);
            }
            if (!SyscallExit.syscallExitToUserMode(k, task, task.regs)) {
                return;
            }
            permitted = Restart.again(k, task);
        }
    }

    /** {@code do_syscall_32_irqs_on()}: arguments are 32 bits wide and unsigned. */
    private void irqsOn(final Task task, final int number) {
        final long[] frame = task.regs.slot;
        final @Nullable SyscallBody body = tables.ia32().find(number);
        if (body == null) {
            tables.outside(frame, number);
            return;
        }
        final long[] args = task.args;
        args[0] = frame[BX] & LOW;
        args[1] = frame[CX] & LOW;
        args[2] = frame[DX] & LOW;
        args[3] = frame[SI] & LOW;
        args[4] = frame[DI] & LOW;
        args[5] = frame[BP] & LOW;
        frame[AX] = body.invoke(task);
    }
}
