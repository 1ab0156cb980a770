package org.kernelentry.x86.signal;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.x86.X86PtRegs;
import org.kernelentry.x86.X86Regs;

/** Where a signal frame goes. Source: linux v7.3 arch/x86/kernel/signal.c get_sigframe(). */
final class SigStack {
    private static final int RED_ZONE = 128;
    private static final int FRAME_ALIGNMENT = 16;
    /** No frame: the alternate stack would overflow, or the floating-point area cannot be written. */
    static final long NONE = -1;

    private final Kernel k;
    /** Address of the floating-point area of the last frame. */
    long fpstate;

    SigStack(final Kernel k) {
        this.k = k;
    }

    /** Address for a frame of {@code size} bytes below everything that may be in use, or {@link #NONE}. */
    long getSigframe(final Task task, final PtRegs regs, final SigAction action, final int size, final boolean ia32) {
        final long userSp = regs.slot[X86PtRegs.SP];
        final boolean nested = k.signals.onSigStack(task, userSp);
        // Code of the 64-bit ABI may use the 128 bytes below its stack pointer without moving it.
        final long below = ia32 ? userSp : userSp - RED_ZONE;
        long sp = k.signals.signalStack(task, below, action);
        boolean entering = sp != below;
        if (ia32
                && !action.has(SigAction.SA_ONSTACK)
                && !nested
                && regs.slot[X86PtRegs.SS] != X86Regs.USER_DS
                && !action.has(SigAction.SA_RESTORER)
                && action.restorer() != 0) {
            sp = action.restorer();
            entering = true;
        }
        sp = FpFrame.allocate(sp, ia32);
        fpstate = sp;
        sp -= size;
        // At the handler's first instruction the return address has just been pushed.
        sp = ia32 ? (sp + 4 & -FRAME_ALIGNMENT) - 4 : (sp & -FRAME_ALIGNMENT) - 8;
        if ((nested || entering) && !on(task, sp)) {
            k.log.print(task.comm + "[" + task.pid + "] overflowed sigaltstack");
            return NONE;
        }
        return FpFrame.save(k, task, fpstate, ia32) ? sp : NONE;
    }

    /** {@code __on_sig_stack()}: also where the stack disarms itself. */
    private static boolean on(final Task task, final long sp) {
        return Long.compareUnsigned(sp, task.sasSp) > 0 && Long.compareUnsigned(sp - task.sasSp, task.sasSize) <= 0;
    }
}
