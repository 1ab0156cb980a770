package org.kernelentry.arm64.signal;

import static org.kernelentry.arm64.Arm64PtRegs.ORIG_X0;
import static org.kernelentry.arm64.Arm64PtRegs.PC;
import static org.kernelentry.arm64.Arm64PtRegs.PSTATE;
import static org.kernelentry.arm64.Arm64PtRegs.SYSCALLNO;
import static org.kernelentry.kernel.task.ThreadFlags.TIF_SINGLESTEP;

import org.jspecify.annotations.Nullable;
import org.kernelentry.arm64.A64Regs;
import org.kernelentry.arm64.Arm64PtRegs;
import org.kernelentry.arm64.Psr;
import org.kernelentry.arm64.abi.Arm64Abi;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
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
import org.kernelentry.machine.memory.AddressSpace;

/**
 * Signal delivery and system call restart: the registers go back to the call before a signal is chosen, and forward again when its handler is to
 * see EINTR (RST-11).
 *
 * <p>Source: linux v7.3 arch/arm64/kernel/signal.c do_signal(), handle_signal(), rt_sigreturn.
 */
public final class DoSignal {
    /** Detail: the restart code. */
    public static final Step REWIND = Step.of("rewind to the svc", "arch/arm64/kernel/signal.c do_signal()");

    public static final Step SET_EINTR = Step.of("undo the rewind: -EINTR", "arch/arm64/kernel/signal.c do_signal()");
    public static final Step SETUP_RESTART_SYSCALL =
            Step.of("setup_restart_syscall", "arch/arm64/kernel/signal.c setup_restart_syscall()");
    /** Detail: the signal. */
    public static final Step HANDLE_SIGNAL = Step.of("handle_signal", "arch/arm64/kernel/signal.c handle_signal()");

    private static final int X8 = 8;
    private static final int R7 = 7;

    private final Kernel k;
    private final boolean restartsInKernel;
    private final NativeFrame nativeFrame;
    private final CompatFrame compatFrame;
    private final int restartSyscall = Arm64Abi.A64.number("restart_syscall");
    private final int compatRestartSyscall = Arm64Abi.A32.number("restart_syscall");

    public DoSignal(final Kernel kernel) {
        this.k = kernel;
        this.restartsInKernel = kernel.config.generic() && kernel.config.has(Option.PROPOSED_GENERIC_FAST_RESTART);
        this.nativeFrame = new NativeFrame(kernel);
        this.compatFrame = new CompatFrame(kernel);
    }

    /** {@code arch_do_signal_or_restart()}. Returns whether the stub is to make the call again itself: the proposal, never without its option. */
    public boolean doSignalOrRestart(final Task task, final PtRegs regs) {
        final boolean syscall = Arm64PtRegs.inSyscall(regs);
        final int result = (int) regs.slot[0];
        final long behind = regs.slot[PC];
        final long at = behind - Arm64PtRegs.syscallInstructionSize(regs);
        final long number = regs.slot[SYSCALLNO];
        if (syscall) {
            // Once per call: a second signal of the same exit finds no call (RST-23).
            Arm64PtRegs.forgetSyscall(regs);
            if (isRestart(result)) {
                regs.slot[0] = regs.slot[ORIG_X0];
                regs.slot[PC] = at;
                k.steps.at(k.cpu, REWIND, result);
            }
        }
        final @Nullable KSignal signal = k.signals.getSignal(task, regs);
        // A debugger that moved the pc in the stop has cancelled the restart (RST-12).
        final boolean rewound = syscall && regs.slot[PC] == at;
        if (signal != null) {
            if (rewound && endsWithEintr(result, signal.action())) {
                regs.slot[0] = task.is32Bit() ? -Errno.EINTR & 0xffff_ffffL : -Errno.EINTR;
                regs.slot[PC] = behind;
                k.steps.at(k.cpu, SET_EINTR);
            }
            handleSignal(task, regs, signal);
            return false;
        }
        final boolean block = result == -Errno.ERESTART_RESTARTBLOCK;
        final boolean inKernel = rewound && isRestart(result) && restartsInKernel;
        if (inKernel) {
            regs.slot[PC] = behind;
            regs.slot[SYSCALLNO] = block ? nrRestartSyscall(task) : number;
        } else if (rewound) {
            if (block) {
                // Visible to the program, and it stays (RST-18).
                regs.slot[task.is32Bit() ? R7 : X8] = nrRestartSyscall(task);
                k.steps.at(k.cpu, SETUP_RESTART_SYSCALL);
            }
            if (task.testTif(TIF_SINGLESTEP)) {
                // The svc is stepped once more (STP-07).
                regs.slot[PSTATE] |= A64Regs.PSR_SS;
            }
        }
        k.signals.restoreSavedSigmask(task);
        return inKernel;
    }

    private int nrRestartSyscall(final Task task) {
        return task.is32Bit() ? compatRestartSyscall : restartSyscall;
    }

    private static boolean isRestart(final int result) {
        return switch (-result) {
            case Errno.ERESTARTNOHAND, Errno.ERESTARTSYS, Errno.ERESTARTNOINTR, Errno.ERESTART_RESTARTBLOCK -> true;
            default -> false;
        };
    }

    private static boolean endsWithEintr(final int result, final SigAction action) {
        return switch (-result) {
            case Errno.ERESTARTNOHAND, Errno.ERESTART_RESTARTBLOCK -> true;
            case Errno.ERESTARTSYS -> !action.has(SigAction.SA_RESTART);
            default -> false;
        };
    }

    private void handleSignal(final Task task, final PtRegs regs, final KSignal signal) {
        k.steps.at(k.cpu, HANDLE_SIGNAL, signal.sig());
        final SigSet mask = k.signals.sigmaskToSave(task);
        k.rseq.signalDeliver(task, regs);
        final boolean built = setupFrame(task, regs, signal, mask);
        final boolean valid = Psr.validUserRegs(task, regs);
        k.signals.setupDone(task, signal, !built || !valid, task.testTif(TIF_SINGLESTEP));
    }

    /** Builds the frame of the task's kind. */
    public boolean setupFrame(final Task task, final PtRegs regs, final KSignal signal, final SigSet mask) {
        return task.is32Bit()
                ? compatFrame.setup(task, regs, signal, mask)
                : nativeFrame.setup(task, regs, signal, mask);
    }

    /** Body of rt_sigreturn and, for compat tasks, sigreturn. */
    public long sigreturn(final Task task, final boolean rt) {
        final PtRegs regs = task.regs;
        // What is interrupted from here on must not continue the outer call (RST-21).
        task.restartBlock = RestartBlock.NONE;
        final boolean restored = task.is32Bit() ? compatFrame.restore(task, regs, rt) : nativeFrame.restore(task, regs);
        if (!restored) {
            notifySegfault(task, k.arch.userStackPointer(regs));
            return 0;
        }
        return regs.slot[0];
    }

    /** {@code arm64_notify_segfault()}: MAPERR only if nothing is mapped at or above the address. */
    private void notifySegfault(final Task task, final long address) {
        final AddressSpace space = task.requireMm().space;
        final long page = address & -AddressSpace.PAGE_SIZE;
        final long rest = space.top() - page;
        final boolean nothingAbove = Long.compareUnsigned(page, space.top()) >= 0 || space.findGap(page, rest) == page;
        k.signals.force(
                task,
                SigInfo.fault(Signals.SIGSEGV, nothingAbove ? SigInfo.SEGV_MAPERR : SigInfo.SEGV_ACCERR, address));
    }
}
