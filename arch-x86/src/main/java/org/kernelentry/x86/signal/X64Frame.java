package org.kernelentry.x86.signal;

import static org.kernelentry.x86.X86PtRegs.*;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.signal.KSignal;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigInfoCodec;
import org.kernelentry.kernel.signal.SigSet;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.X86Thread;

/**
 * {@code struct rt_sigframe} of 64-bit programs.
 *
 * <p>Source: linux v7.3 arch/x86/kernel/signal_64.c x64_setup_rt_frame(), rt_sigreturn; arch/x86/include/uapi/asm/sigcontext.h.
 */
final class X64Frame {
    // struct rt_sigframe: pretcode, ucontext, siginfo
    private static final int UC = 8;
    private static final int UC_STACK = UC + 16;
    private static final int UC_MCONTEXT = UC + 40;
    private static final int UC_SIGMASK = UC_MCONTEXT + 256;
    private static final int INFO = UC_SIGMASK + 8;
    static final int SIZE = INFO + SigInfoCodec.SIZE;

    // struct sigcontext_64: the general registers in this order, eight bytes each, then the rest
    private static final int[] REGISTERS = {
        R8, R9, R10, R11, R12, R13, R14, R15, DI, SI, BP, BX, DX, AX, CX, SP, IP, FLAGS
    };
    private static final int SC_CS = 144;
    private static final int SC_SS = 150;
    private static final int SC_ERR = 152;
    private static final int SC_TRAPNO = 160;
    private static final int SC_OLDMASK = 168;
    private static final int SC_CR2 = 176;
    private static final int SC_FPSTATE = 184;

    private static final int UC_SIGCONTEXT_SS = 2;
    private static final int UC_STRICT_RESTORE_SS = 4;

    private final Kernel k;
    private final SigStack stack;

    X64Frame(final Kernel k, final SigStack stack) {
        this.k = k;
        this.stack = stack;
    }

    /** Whether the frame could be built and {@code regs} point at the handler. */
    boolean setup(final Task task, final PtRegs regs, final KSignal signal, final SigSet mask) {
        final SigAction action = signal.action();
        if (!action.has(SigAction.SA_RESTORER)) {
            return false;
        }
        final long[] r = regs.slot;
        final long at = stack.getSigframe(task, regs, action, SIZE, false);
        final FrameBytes frame = new FrameBytes(SIZE);
        frame.put64(0, action.restorer());
        frame.put64(UC, UC_SIGCONTEXT_SS | (r[CS] == X86Regs.USER_CS ? UC_STRICT_RESTORE_SS : 0));
        frame.put(UC_STACK, k.signals.saveAltstack(task, 8));
        for (int n = 0; n < REGISTERS.length; n++) {
            frame.put64(UC_MCONTEXT + 8 * n, r[REGISTERS[n]]);
        }
        final X86Thread thread = (X86Thread) task.thread;
        frame.put16(UC_MCONTEXT + SC_CS, r[CS]);
        frame.put16(UC_MCONTEXT + SC_SS, r[SS]);
        frame.put64(UC_MCONTEXT + SC_ERR, thread.errorCode);
        frame.put64(UC_MCONTEXT + SC_TRAPNO, thread.trapNr);
        frame.put64(UC_MCONTEXT + SC_OLDMASK, mask.bits());
        frame.put64(UC_MCONTEXT + SC_CR2, thread.cr2);
        frame.put64(UC_MCONTEXT + SC_FPSTATE, stack.fpstate);
        frame.put64(UC_SIGMASK, mask.bits());
        if (action.has(SigAction.SA_SIGINFO)) {
            frame.put(INFO, SigInfoCodec.encode(signal.info(), 8));
        }
        // Without SA_SIGINFO the siginfo is left as the stack was.
        final int written = action.has(SigAction.SA_SIGINFO) ? SIZE : INFO;
        if (at == SigStack.NONE || !k.user.copyTo(task, at, frame.bytes, 0, written)) {
            return false;
        }
        r[DI] = signal.sig();
        r[AX] = 0;
        r[SI] = at + INFO;
        r[DX] = at + UC;
        r[IP] = action.handler();
        r[SP] = at;
        r[CS] = X86Regs.USER_CS;
        forceValidSs(r);
        return true;
    }

    /** rt_sigreturn(2); the value of rax, which becomes the call's result. */
    long sigreturn(final Task task) {
        final PtRegs regs = task.regs;
        final long at = regs.slot[SP] - 8;
        final FrameBytes frame = new FrameBytes(UC_SIGMASK + 8);
        if (!k.user.copyFrom(task, at, frame.bytes, 0, frame.bytes.length)) {
            return X86Signals.badFrame(k, task, at, "rt_sigreturn");
        }
        k.signals.setCurrentBlocked(task, new SigSet(frame.get64(UC_SIGMASK)));
        if (!k.signals.restoreAltstack(task, at + UC_STACK) || !restoreSigcontext(task, regs, frame, frame.get64(UC))) {
            return X86Signals.badFrame(k, task, at, "rt_sigreturn");
        }
        return regs.slot[AX];
    }

    private boolean restoreSigcontext(final Task task, final PtRegs regs, final FrameBytes frame, final long ucFlags) {
        X86Signals.noRestart(task);
        final long[] r = regs.slot;
        for (int n = 0; n < REGISTERS.length; n++) {
            if (REGISTERS[n] != FLAGS) {
                r[REGISTERS[n]] = frame.get64(UC_MCONTEXT + 8 * n);
            }
        }
        r[CS] = frame.get16(UC_MCONTEXT + SC_CS) | 3;
        r[SS] = frame.get16(UC_MCONTEXT + SC_SS) | 3;
        X86Signals.restoreFlags(r, frame.get64(UC_MCONTEXT + 8 * (REGISTERS.length - 1)));
        r[ORIG_AX] = -1;
        if ((ucFlags & UC_STRICT_RESTORE_SS) == 0 && r[CS] == X86Regs.USER_CS) {
            forceValidSs(r);
        }
        return FpFrame.restore(k, task, frame.get64(UC_MCONTEXT + SC_FPSTATE), false);
    }

    /** {@code force_valid_ss()}: anything but the user's data segment becomes that. */
    private static void forceValidSs(final long[] r) {
        r[SS] = X86Regs.USER_DS;
    }
}
