package org.kernelentry.x86.ptrace;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;
import org.kernelentry.machine.memory.MemoryFault;
import org.kernelentry.x86.X86Exit;
import org.kernelentry.x86.X86PtRegs;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.X86Thread;

/** TF on behalf of a tracer. Source: linux v7.3 arch/x86/kernel/step.c; arch/x86/kernel/ptrace.c user_single_step_report(). */
public final class X86Stepping {
    private static final int MAX_INSTRUCTION = 15;

    private final Kernel k;

    public X86Stepping(final Kernel k) {
        this.k = k;
    }

    /** {@code user_enable_single_step()}: remembers whether TF was the tracer's doing, so that it can be hidden and taken back (STP-10). */
    public void enable(final Task task) {
        final long[] r = task.regs.slot;
        final X86Thread thread = (X86Thread) task.thread;
        if (task.testTif(ThreadFlags.TIF_SINGLESTEP)) {
            r[X86PtRegs.FLAGS] |= X86Regs.TF;
        }
        task.setTif(ThreadFlags.TIF_SINGLESTEP);
        // A step out of a system call is reported before any user instruction.
        task.setSyscallWork(ThreadFlags.SYSCALL_WORK_SYSCALL_EXIT_TRAP);
        final boolean before = (r[X86PtRegs.FLAGS] & X86Regs.TF) != 0;
        r[X86PtRegs.FLAGS] |= X86Regs.TF;
        if (isSettingTrapFlag(task)) {
            thread.forcedTf = false;
        } else if (!before) {
            thread.forcedTf = true;
        }
    }

    /** {@code user_disable_single_step()}: TF goes only if a tracer had set it. */
    public void disable(final Task task) {
        final X86Thread thread = (X86Thread) task.thread;
        task.clearTif(ThreadFlags.TIF_SINGLESTEP);
        task.clearSyscallWork(ThreadFlags.SYSCALL_WORK_SYSCALL_EXIT_TRAP);
        if (thread.forcedTf) {
            thread.forcedTf = false;
            task.regs.slot[X86PtRegs.FLAGS] &= ~X86Regs.TF;
        }
    }

    /** {@code is_setting_trap_flag()}: the instruction to be stepped is POPF or IRET, behind any prefixes. */
    private static boolean isSettingTrapFlag(final Task task) {
        final Mm mm = task.mm;
        if (mm == null) {
            return false;
        }
        final boolean longMode = X86PtRegs.user64BitMode(task.regs);
        final byte[] code = new byte[1];
        for (int n = 0; n < MAX_INSTRUCTION; n++) {
            try {
                mm.space.peek(task.regs.slot[X86PtRegs.IP] + n, code, 0, 1);
            } catch (final MemoryFault fault) {
                return false;
            }
            final int b = code[0] & 0xff;
            if (b == 0x9d || b == 0xcf) {
                return true;
            }
            final boolean rex = longMode && (b & 0xf0) == 0x40;
            if (!rex && !isPrefix(b)) {
                return false;
            }
        }
        return false;
    }

    private static boolean isPrefix(final int b) {
        return switch (b) {
            case 0x66, 0x67, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0xf0, 0xf2, 0xf3 -> true;
            default -> false;
        };
    }

    /** The report of a stepped system call: a forced SIGTRAP at the instruction behind it (STP-02). */
    public void report(final Task task) {
        final X86Thread thread = (X86Thread) task.thread;
        thread.trapNr = X86Exit.VECTOR_DB;
        thread.errorCode = 0;
        k.signals.force(task, SigInfo.fault(Signals.SIGTRAP, SigInfo.TRAP_BRKPT, task.regs.slot[X86PtRegs.IP]));
    }
}
