package org.kernelentry.x86.signal;

import static org.kernelentry.x86.X86PtRegs.*;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.signal.KSignal;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigInfoCodec;
import org.kernelentry.kernel.signal.SigSet;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.CpuState;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.X86Thread;
import org.kernelentry.x86.vdso.Vdso32;

/**
 * {@code struct sigframe_ia32} and {@code struct rt_sigframe_ia32}.
 *
 * <p>Source: linux v7.3 arch/x86/kernel/signal_32.c; arch/x86/include/asm/sigframe.h; arch/x86/include/uapi/asm/sigcontext.h.
 */
final class Ia32Frame {
    // struct sigframe_ia32: pretcode, sig, sigcontext, an unused FPU area, extramask, retcode
    private static final int SIG = 4;
    private static final int SC = 8;
    private static final int EXTRAMASK = SC + 88 + 624;
    private static final int RETCODE = EXTRAMASK + 4;
    private static final int SIZE = RETCODE + 8;

    // struct rt_sigframe_ia32: pretcode, sig, pinfo, puc, siginfo, ucontext, retcode
    private static final int RT_PINFO = 8;
    private static final int RT_PUC = 12;
    private static final int RT_INFO = 16;
    private static final int RT_UC = RT_INFO + SigInfoCodec.SIZE;
    private static final int RT_UC_STACK = RT_UC + 8;
    private static final int RT_UC_MCONTEXT = RT_UC + 20;
    private static final int RT_UC_SIGMASK = RT_UC_MCONTEXT + 88;
    private static final int RT_RETCODE = RT_UC_SIGMASK + 8;
    private static final int RT_SIZE = RT_RETCODE + 8;

    // struct sigcontext_32
    private static final int SC_GS = 0;
    private static final int SC_FS = 4;
    private static final int SC_ES = 8;
    private static final int SC_DS = 12;
    private static final int SC_GENERAL = 16;
    private static final int[] GENERAL = {DI, SI, BP, SP, BX, DX, CX, AX};
    private static final int SC_TRAPNO = 48;
    private static final int SC_ERR = 52;
    private static final int SC_IP = 56;
    private static final int SC_CS = 60;
    private static final int SC_FLAGS = 64;
    private static final int SC_SP_AT_SIGNAL = 68;
    private static final int SC_SS = 72;
    private static final int SC_FPSTATE = 76;
    private static final int SC_OLDMASK = 80;
    private static final int SC_CR2 = 84;

    /** popl %eax; movl $119,%eax; int $0x80 - for debuggers that look for it (FRM-03). */
    private static final byte[] SIGRETURN_CODE = {0x58, (byte) 0xb8, 119, 0, 0, 0, (byte) 0xcd, (byte) 0x80};
    /** movl $173,%eax; int $0x80. */
    private static final byte[] RT_SIGRETURN_CODE = {(byte) 0xb8, (byte) 173, 0, 0, 0, (byte) 0xcd, (byte) 0x80, 0};

    private final Kernel k;
    private final SigStack stack;

    Ia32Frame(final Kernel k, final SigStack stack) {
        this.k = k;
        this.stack = stack;
    }

    boolean setup(final Task task, final PtRegs regs, final KSignal signal, final SigSet mask) {
        return signal.action().has(SigAction.SA_SIGINFO)
                ? setupRt(task, regs, signal, mask)
                : setupPlain(task, regs, signal, mask);
    }

    private boolean setupPlain(final Task task, final PtRegs regs, final KSignal signal, final SigSet mask) {
        final SigAction action = signal.action();
        final long at = stack.getSigframe(task, regs, action, SIZE, true);
        final long vdso = task.requireMm().vdso;
        final FrameBytes frame = new FrameBytes(SIZE);
        final long own = vdso != 0 ? Vdso32.sigreturn(vdso) : at + RETCODE;
        frame.put32(0, action.has(SigAction.SA_RESTORER) ? action.restorer() : own);
        frame.put32(SIG, signal.sig());
        sigcontext(task, regs, frame, SC, mask);
        frame.put32(EXTRAMASK, mask.bits() >>> 32);
        frame.put(RETCODE, SIGRETURN_CODE);
        if (at == SigStack.NONE || !k.user.copyTo(task, at, frame.bytes, 0, SIZE)) {
            return false;
        }
        handler(regs, signal, at);
        regs.slot[DX] = 0;
        regs.slot[CX] = 0;
        return true;
    }

    private boolean setupRt(final Task task, final PtRegs regs, final KSignal signal, final SigSet mask) {
        final SigAction action = signal.action();
        final long at = stack.getSigframe(task, regs, action, RT_SIZE, true);
        final FrameBytes frame = new FrameBytes(RT_SIZE);
        final long own = Vdso32.rtSigreturn(task.requireMm().vdso);
        frame.put32(0, action.has(SigAction.SA_RESTORER) ? action.restorer() : own);
        frame.put32(SIG, signal.sig());
        frame.put32(RT_PINFO, at + RT_INFO);
        frame.put32(RT_PUC, at + RT_UC);
        frame.put(RT_INFO, SigInfoCodec.encode(signal.info(), 4));
        frame.put(RT_UC_STACK, k.signals.saveAltstack(task, 4));
        sigcontext(task, regs, frame, RT_UC_MCONTEXT, mask);
        frame.put64(RT_UC_SIGMASK, mask.bits());
        frame.put(RT_RETCODE, RT_SIGRETURN_CODE);
        if (at == SigStack.NONE || !k.user.copyTo(task, at, frame.bytes, 0, RT_SIZE)) {
            return false;
        }
        handler(regs, signal, at);
        regs.slot[DX] = at + RT_INFO;
        regs.slot[CX] = at + RT_UC;
        return true;
    }

    private void sigcontext(
            final Task task, final PtRegs regs, final FrameBytes frame, final int at, final SigSet mask) {
        final long[] r = regs.slot;
        final CpuState live = k.cpu.live;
        final X86Thread thread = (X86Thread) task.thread;
        frame.put32(at + SC_GS, live.r[X86Regs.GS]);
        frame.put32(at + SC_FS, live.r[X86Regs.FS]);
        frame.put32(at + SC_ES, live.r[X86Regs.ES]);
        frame.put32(at + SC_DS, live.r[X86Regs.DS]);
        for (int n = 0; n < GENERAL.length; n++) {
            frame.put32(at + SC_GENERAL + 4 * n, r[GENERAL[n]]);
        }
        frame.put32(at + SC_TRAPNO, thread.trapNr);
        frame.put32(at + SC_ERR, thread.errorCode);
        frame.put32(at + SC_IP, r[IP]);
        frame.put32(at + SC_CS, r[CS]);
        frame.put32(at + SC_FLAGS, r[FLAGS]);
        frame.put32(at + SC_SP_AT_SIGNAL, r[SP]);
        frame.put32(at + SC_SS, r[SS]);
        frame.put32(at + SC_FPSTATE, stack.fpstate);
        frame.put32(at + SC_OLDMASK, mask.bits());
        frame.put32(at + SC_CR2, thread.cr2);
    }

    /** Arguments are on the stack, and in registers for handlers compiled with {@code -mregparm=3}. */
    private void handler(final PtRegs regs, final KSignal signal, final long at) {
        final long[] r = regs.slot;
        final CpuState live = k.cpu.live;
        r[SP] = at;
        r[IP] = signal.action().handler();
        r[AX] = signal.sig();
        live.r[X86Regs.DS] = X86Regs.USER_DS;
        live.r[X86Regs.ES] = X86Regs.USER_DS;
        r[CS] = X86Regs.USER32_CS;
        r[SS] = X86Regs.USER_DS;
    }

    /** sigreturn(2); the value of eax. */
    long sigreturn(final Task task) {
        final PtRegs regs = task.regs;
        final long at = regs.slot[SP] - 8;
        final FrameBytes frame = new FrameBytes(SIZE);
        if (!k.user.copyFrom(task, at, frame.bytes, 0, SIZE)) {
            return X86Signals.badFrame(k, task, at, "32bit sigreturn");
        }
        final long set = frame.get32(SC + SC_OLDMASK) | frame.get32(EXTRAMASK) << 32;
        k.signals.setCurrentBlocked(task, new SigSet(set));
        if (!restoreSigcontext(task, regs, frame, SC)) {
            return X86Signals.badFrame(k, task, at, "32bit sigreturn");
        }
        return regs.slot[AX];
    }

    /** rt_sigreturn(2) of the 32-bit ABI. */
    long rtSigreturn(final Task task) {
        final PtRegs regs = task.regs;
        final long at = regs.slot[SP] - 4;
        final FrameBytes frame = new FrameBytes(RT_SIZE);
        if (!k.user.copyFrom(task, at, frame.bytes, 0, RT_SIZE)) {
            return X86Signals.badFrame(k, task, at, "32bit rt sigreturn");
        }
        k.signals.setCurrentBlocked(task, new SigSet(frame.get64(RT_UC_SIGMASK)));
        if (!restoreSigcontext(task, regs, frame, RT_UC_MCONTEXT)
                || !k.signals.restoreAltstack(task, at + RT_UC_STACK)) {
            return X86Signals.badFrame(k, task, at, "32bit rt sigreturn");
        }
        return regs.slot[AX];
    }

    private boolean restoreSigcontext(final Task task, final PtRegs regs, final FrameBytes frame, final int at) {
        X86Signals.noRestart(task);
        final long[] r = regs.slot;
        for (int n = 0; n < GENERAL.length; n++) {
            r[GENERAL[n]] = frame.get32(at + SC_GENERAL + 4 * n);
        }
        r[IP] = frame.get32(at + SC_IP);
        r[CS] = frame.get16(at + SC_CS) | 3;
        r[SS] = frame.get16(at + SC_SS) | 3;
        X86Signals.restoreFlags(r, frame.get32(at + SC_FLAGS));
        r[ORIG_AX] = -1;
        final X86Thread thread = (X86Thread) task.thread;
        final CpuState live = k.cpu.live;
        reload(thread, live, X86Regs.GS, frame.get16(at + SC_GS));
        reload(thread, live, X86Regs.FS, frame.get16(at + SC_FS));
        reload(thread, live, X86Regs.DS, frame.get16(at + SC_DS));
        reload(thread, live, X86Regs.ES, frame.get16(at + SC_ES));
        return FpFrame.restore(k, task, frame.get32(at + SC_FPSTATE), true);
    }

    /** {@code reload_segments()}: only what the handler changed; a selector that cannot be loaded becomes null. */
    private static void reload(final X86Thread thread, final CpuState live, final int segment, final long saved) {
        final long selector = saved <= 3 ? saved : saved | 3;
        if (live.r[segment] == selector) {
            return;
        }
        final boolean tls = thread.hasTls(selector);
        final boolean usable = selector <= 3 || selector == X86Regs.USER_DS || tls;
        live.r[segment] = usable ? selector : 0;
        if (segment == X86Regs.FS) {
            live.r[X86Regs.FS_BASE] = tls ? thread.baseOf(selector) : 0;
        } else if (segment == X86Regs.GS) {
            live.r[X86Regs.GS_BASE] = tls ? thread.baseOf(selector) : 0;
        }
    }
}
