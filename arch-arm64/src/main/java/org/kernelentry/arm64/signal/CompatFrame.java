package org.kernelentry.arm64.signal;

import static org.kernelentry.arm64.Arm64PtRegs.COMPAT_LR;
import static org.kernelentry.arm64.Arm64PtRegs.COMPAT_SP;
import static org.kernelentry.arm64.Arm64PtRegs.PC;
import static org.kernelentry.arm64.Arm64PtRegs.PSTATE;

import org.kernelentry.arm64.Arm64PtRegs;
import org.kernelentry.arm64.Arm64Thread;
import org.kernelentry.arm64.Psr;
import org.kernelentry.arm64.abi.GuestBytes;
import org.kernelentry.arm64.abi.RegisterSets;
import org.kernelentry.arm64.entry.Esr;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.signal.KSignal;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigInfoCodec;
import org.kernelentry.kernel.signal.SigSet;
import org.kernelentry.kernel.task.Task;

/**
 * The signal frames of AArch32 compat tasks, in the layout of arm (FRM-13, FRM-14).
 *
 * <p>Source: linux v7.3 arch/arm64/kernel/signal32.c; arch/arm64/include/asm/signal32.h.
 */
final class CompatFrame {
    /** {@code struct compat_rt_sigframe} is a siginfo before a {@code compat_sigframe}. */
    private static final int INFO_SIZE = 128;

    /** Offsets in {@code struct compat_sigframe}, which starts with its ucontext. */
    private static final int UC_STACK = 8;

    private static final int ERROR_CODE = 24;
    private static final int OLDMASK = 28;
    private static final int R0 = 32;
    private static final int SC_PC = 92;
    private static final int SC_CPSR = 96;
    private static final int FAULT_ADDRESS = 100;
    private static final int UC_SIGMASK = 104;
    private static final int UC_SIGMASK_END = 112;
    private static final int VFP = 232;
    private static final int VFP_END_MAGIC = VFP + 288;
    private static final int VFP_END = VFP_END_MAGIC + 8;
    private static final int FRAME_SIZE = 752;

    private static final int VFP_MAGIC = 0x56465001;
    private static final int VFP_STORAGE_SIZE = 288;
    /** D0 to D31, which are V0 to V15. */
    private static final int VFP_FPREGS = VFP + 8;

    private static final int VFP_WORDS = 32;
    private static final int VFP_FPSCR = VFP + 264;
    private static final int VFP_FPEXC = VFP + 272;
    private static final int FPEXC_EN = 1 << 30;
    /** Where arm's fault status has "write". */
    private static final int FSR_WRITE = 1 << 11;

    /** {@code uc_flags} of a frame without siginfo: no extra data. */
    private static final int NO_EXTRA = 0x5ac3c35a;

    private static final int REGISTERS = 15;

    private final Kernel k;

    CompatFrame(final Kernel kernel) {
        this.k = kernel;
    }

    /** {@code compat_setup_rt_frame()} with SA_SIGINFO, {@code compat_setup_frame()} without. */
    boolean setup(final Task task, final PtRegs regs, final KSignal signal, final SigSet mask) {
        final SigAction action = signal.action();
        final boolean rt = action.has(SigAction.SA_SIGINFO);
        final int size = FRAME_SIZE + (rt ? INFO_SIZE : 0);
        final long top = k.signals.signalStack(task, regs.slot[COMPAT_SP] & 0xffff_ffffL, action);
        final long frame = (top - size) & 0xffff_fff8L;
        final long sig = frame + (rt ? INFO_SIZE : 0);
        if (!task.requireMm().accessOk(frame, size)) {
            return false;
        }
        ((Arm64Thread) task.thread).save(k.cpu.live, true);
        final GuestBytes f = sigframe(task, regs, mask);
        if (rt) {
            f.put(UC_STACK, k.signals.saveAltstack(task, Integer.BYTES));
            final GuestBytes info = new GuestBytes(INFO_SIZE);
            info.put(0, SigInfoCodec.encode(signal.info(), Integer.BYTES));
            if (!info.copyOut(k, task, frame, 0, INFO_SIZE) || !f.copyOut(k, task, sig, 0, UC_SIGMASK_END)) {
                return false;
            }
        } else {
            f.put32(0, NO_EXTRA);
            if (!f.copyOut(k, task, sig, 0, 4) || !f.copyOut(k, task, sig, ERROR_CODE - 4, UC_SIGMASK_END)) {
                return false;
            }
        }
        if (!f.copyOut(k, task, sig, VFP, VFP_END)) {
            return false;
        }
        setupReturn(task, regs, signal, frame);
        if (rt) {
            regs.slot[1] = frame;
            regs.slot[2] = sig;
        }
        return true;
    }

    /** {@code compat_setup_sigframe()}. */
    private static GuestBytes sigframe(final Task task, final PtRegs regs, final SigSet mask) {
        final Arm64Thread thread = (Arm64Thread) task.thread;
        final GuestBytes f = new GuestBytes(FRAME_SIZE);
        for (int i = 0; i < REGISTERS; i++) {
            f.put32(R0 + 4 * i, regs.slot[i]);
        }
        f.put32(SC_PC, regs.slot[PC]).put32(SC_CPSR, Psr.toCompat(regs.slot[PSTATE]));
        f.put32(ERROR_CODE, (thread.faultCode & Esr.WNR) != 0 ? FSR_WRITE : 0)
                .put32(OLDMASK, mask.bits())
                .put32(FAULT_ADDRESS, thread.faultAddress)
                .put64(UC_SIGMASK, mask.bits());
        return f.put32(VFP, VFP_MAGIC)
                .put32(VFP + 4, VFP_STORAGE_SIZE)
                .put64(VFP_FPREGS, thread.vregs, VFP_WORDS)
                .put32(VFP_FPSCR, thread.fpsr & RegisterSets.FPSCR_STAT | thread.fpcr & RegisterSets.FPSCR_CTRL)
                .put32(VFP_FPEXC, FPEXC_EN);
    }

    /** {@code compat_setup_return()}. */
    private static void setupReturn(final Task task, final PtRegs regs, final KSignal signal, final long frame) {
        final SigAction action = signal.action();
        final long handler = action.handler() & 0xffff_ffffL;
        final boolean thumb = (handler & 1) != 0;
        long spsr = regs.slot[PSTATE] & ~(Psr.PSR_F_FIELD | Psr.AA32_E | Psr.AA32_IT | Psr.AA32_T);
        if (thumb) {
            spsr |= Psr.AA32_T;
        }
        final long returnTo;
        if (action.has(SigAction.SA_RESTORER)) {
            returnTo = action.restorer() & 0xffff_ffffL;
        } else {
            returnTo = task.requireMm().vdso + VdsoImages.compatTrampoline(thumb, action.has(SigAction.SA_SIGINFO));
        }
        regs.slot[0] = signal.sig();
        regs.slot[COMPAT_SP] = frame;
        regs.slot[COMPAT_LR] = returnTo;
        // Bit 0 stays for a tracer to see; the return to user mode ignores it.
        regs.slot[PC] = handler;
        regs.slot[PSTATE] = spsr;
    }

    /** The restoring part of {@code sigreturn} and {@code rt_sigreturn}; false is a bad frame. */
    boolean restore(final Task task, final PtRegs regs, final boolean rt) {
        final long frame = regs.slot[COMPAT_SP] & 0xffff_ffffL;
        if ((frame & 7) != 0) {
            return false;
        }
        final long sig = frame + (rt ? INFO_SIZE : 0);
        final GuestBytes f = new GuestBytes(FRAME_SIZE);
        if (!f.copyIn(k, task, sig, UC_SIGMASK, UC_SIGMASK_END)) {
            return false;
        }
        k.signals.setCurrentBlocked(task, new SigSet(f.get64(UC_SIGMASK)));
        if (!f.copyIn(k, task, sig, R0, FAULT_ADDRESS)) {
            return false;
        }
        for (int i = 0; i < REGISTERS; i++) {
            regs.slot[i] = f.get32(R0 + 4 * i);
        }
        regs.slot[PC] = f.get32(SC_PC);
        regs.slot[PSTATE] = Psr.fromCompat(f.get32(SC_CPSR));
        Arm64PtRegs.forgetSyscall(regs);
        return Psr.validUserRegs(task, regs)
                && restoreVfp(task, f, sig)
                && (!rt || k.signals.restoreAltstack(task, sig + UC_STACK));
    }

    private boolean restoreVfp(final Task task, final GuestBytes f, final long sig) {
        if (!f.copyIn(k, task, sig, VFP, VFP_END_MAGIC)
                || f.get32(VFP) != VFP_MAGIC
                || f.get32(VFP + 4) != VFP_STORAGE_SIZE) {
            return false;
        }
        final long fpscr = f.get32(VFP_FPSCR);
        final Arm64Thread thread = (Arm64Thread) task.thread;
        f.get64(VFP_FPREGS, thread.vregs, VFP_WORDS);
        thread.fpsr = fpscr & RegisterSets.FPSCR_STAT;
        thread.fpcr = fpscr & RegisterSets.FPSCR_CTRL;
        thread.loadFpsimd(k.cpu.live);
        return true;
    }
}
