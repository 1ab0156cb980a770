package org.kernelentry.x86.signal;

import static org.kernelentry.x86.X86PtRegs.*;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.arch.Arch;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.signal.KSignal;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.SigSet;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.syscall.RestartBlock;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.X86Thread;
import org.kernelentry.x86.abi.X86Abi;

/** Delivery and restart. Source: linux v7.3 arch/x86/kernel/signal.c. */
public final class X86Signals {
    /** Kernel-internal mark of an action installed through the 32-bit ABI: its handler gets a 32-bit frame. */
    public static final long SA_IA32_ABI = 0x0200_0000;

    /** Detail: the signal. */
    static final Step SETUP_RT_FRAME = Step.of("setup_rt_frame", "arch/x86/kernel/signal.c setup_rt_frame()");
    /** Detail: the number that will be called again. */
    static final Step RESTART_SYSCALL = Step.of("restart: ip -= 2", "arch/x86/kernel/signal.c");
    /** Detail: the code that became EINTR. */
    static final Step RESTART_AS_EINTR = Step.of("restart: -EINTR", "arch/x86/kernel/signal.c handle_signal()");

    /** {@code FIX_EFLAGS}: what sigreturn takes from the frame (FRM-05). */
    private static final long FIX_EFLAGS = Flags.ALL | X86Regs.TF | X86Regs.DF | X86Regs.RF | X86Regs.AC;
    /** Bytes of {@code syscall}, of {@code int $0x80}, and from the landing pad back to the latter. */
    private static final int INSTRUCTION_BYTES = 2;

    private static final int NR_RESTART_SYSCALL = X86Abi.X64.number("restart_syscall");
    private static final int NR_IA32_RESTART_SYSCALL = X86Abi.IA32.number("restart_syscall");

    private final Kernel k;
    private final Arch arch;
    private final X64Frame x64;
    private final Ia32Frame ia32;

    public X86Signals(final Kernel k, final Arch arch) {
        this.k = k;
        this.arch = arch;
        final SigStack stack = new SigStack(k);
        this.x64 = new X64Frame(k, stack);
        this.ia32 = new Ia32Frame(k, stack);
    }

    /** {@code arch_do_signal_or_restart()}: the restart is decided after the signal is chosen, for or without its handler (RST-10). */
    public boolean doSignalOrRestart(final Task task, final PtRegs regs) {
        final KSignal signal = k.signals.getSignal(task, regs);
        if (signal != null) {
            handleSignal(task, regs, signal);
            return false;
        }
        final boolean inKernel = restartWithoutHandler(task, regs);
        k.signals.restoreSavedSigmask(task);
        return inKernel;
    }

    private void handleSignal(final Task task, final PtRegs regs, final KSignal signal) {
        if (arch.syscallGetNr(task, regs) != -1) {
            switch ((int) -arch.syscallGetError(task, regs)) {
                case Errno.ERESTART_RESTARTBLOCK, Errno.ERESTARTNOHAND -> eintr(regs);
                case Errno.ERESTARTSYS -> {
                    if (signal.action().has(SigAction.SA_RESTART)) {
                        again(regs, regs.slot[ORIG_AX]);
                    } else {
                        eintr(regs);
                    }
                }
                case Errno.ERESTARTNOINTR -> again(regs, regs.slot[ORIG_AX]);
                default -> {}
            }
        }
        // A tracer's TF must not get into the frame (STP-10).
        final boolean stepping = task.testTif(ThreadFlags.TIF_SINGLESTEP);
        if (stepping) {
            arch.userDisableSingleStep(task);
        }
        final boolean built = arch.setupRtFrame(task, regs, signal, k.signals.sigmaskToSave(task));
        k.steps.at(k.cpu, SETUP_RT_FRAME, signal.sig());
        if (built) {
            regs.slot[FLAGS] &= ~(X86Regs.DF | X86Regs.RF | X86Regs.TF);
        }
        k.signals.setupDone(task, signal, !built, stepping);
    }

    private void eintr(final PtRegs regs) {
        k.steps.at(k.cpu, RESTART_AS_EINTR, regs.slot[AX]);
        regs.slot[AX] = -Errno.EINTR;
    }

    private void again(final PtRegs regs, final long number) {
        regs.slot[AX] = number;
        regs.slot[IP] -= INSTRUCTION_BYTES;
        k.steps.at(k.cpu, RESTART_SYSCALL, number);
    }

    /** Returns whether the stub is to do the call again itself: the proposal, never without its option. */
    private boolean restartWithoutHandler(final Task task, final PtRegs regs) {
        if (arch.syscallGetNr(task, regs) == -1) {
            return false;
        }
        final long number;
        switch ((int) -arch.syscallGetError(task, regs)) {
            case Errno.ERESTARTNOHAND, Errno.ERESTARTSYS, Errno.ERESTARTNOINTR -> number = regs.slot[ORIG_AX];
            case Errno.ERESTART_RESTARTBLOCK -> number = nrRestartSyscall(task, regs);
            default -> {
                return false;
            }
        }
        if (k.config.has(Option.PROPOSED_GENERIC_FAST_RESTART)) {
            regs.slot[ORIG_AX] = number;
            return true;
        }
        again(regs, number);
        return false;
    }

    /** {@code get_nr_restart_syscall()}: the ABI that armed the block decides (RST-19). */
    private static long nrRestartSyscall(final Task task, final PtRegs regs) {
        return ((X86Thread) task.thread).restartCompat
                ? NR_IA32_RESTART_SYSCALL
                : NR_RESTART_SYSCALL | regs.slot[ORIG_AX] & X86Abi.X32_SYSCALL_BIT;
    }

    // ---- frames

    /** {@code setup_rt_frame()}: by the ABI the action was installed through. An rseq critical section is left before (FRM-22). */
    public boolean setupRtFrame(final Task task, final PtRegs regs, final KSignal signal, final SigSet mask) {
        k.rseq.signalDeliver(task, regs, signal.sig());
        return signal.action().has(SA_IA32_ABI)
                ? ia32.setup(task, regs, signal, mask)
                : x64.setup(task, regs, signal, mask);
    }

    /** sigreturn of the ABI that was called. */
    public long sigreturn(final Task task, final boolean rt) {
        if (!((X86Thread) task.thread).compat) {
            return x64.sigreturn(task);
        }
        return rt ? ia32.rtSigreturn(task) : ia32.sigreturn(task);
    }

    /** {@code signal_fault()}: SIGSEGV for a frame that cannot be read; 0 goes to the return register. */
    static long badFrame(final Kernel k, final Task task, final long frame, final String where) {
        final long[] r = task.regs.slot;
        k.log.print(String.format(
                "%s[%d] bad frame in %s frame:%016x ip:%x sp:%x orax:%x",
                task.comm, task.pid, where, frame, r[IP], r[SP], r[ORIG_AX]));
        k.signals.force(task, SigInfo.kernel(Signals.SIGSEGV));
        return 0;
    }

    /** What was interrupted before the handler cannot be continued by restart_syscall any more (RST-21). */
    static void noRestart(final Task task) {
        task.restartBlock = RestartBlock.NONE;
    }

    static void restoreFlags(final long[] r, final long saved) {
        r[FLAGS] = r[FLAGS] & ~FIX_EFLAGS | saved & FIX_EFLAGS;
    }
}
