package org.kernelentry.arm.signal;

import org.jspecify.annotations.Nullable;
import org.kernelentry.arm.ArmPtRegs;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.signal.KSignal;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;

/** Choosing a signal and deciding about a restart. Source: linux v7.3 arch/arm/kernel/signal.c do_signal(), handle_signal(). */
public final class DoSignal {
    /** Registers go back to the SWI. */
    public static final Step PREPARE_RESTART = Step.of("rewind pc and r0", "arch/arm/kernel/signal.c do_signal()");

    public static final Step CANCEL_RESTART = Step.of("return EINTR instead", "arch/arm/kernel/signal.c do_signal()");
    public static final Step HANDLE_SIGNAL = Step.of("handle_signal", "arch/arm/kernel/signal.c handle_signal()");

    private final Kernel k;
    private final SignalFrames frames;

    public DoSignal(final Kernel k, final SignalFrames frames) {
        this.k = k;
        this.frames = frames;
    }

    /**
     * One signal pass.
     *
     * <p>The rewind comes first, so that a tracer sees it in the signal-delivery-stop (RST-11); a tracer that moves the pc there cancels what
     * would follow (RST-12).
     *
     * @param syscall whether the registers are those of a system call that may be restarted
     * @return 0; or, without handler and with the pc behind the SWI again, 1 to restart the call and -1 to run restart_syscall
     */
    public int doSignal(final Task task, final PtRegs regs, final boolean syscall) {
        final long[] slot = regs.slot;
        final long continueAt = slot[ArmPtRegs.PC];
        final long restartAt = ArmPtRegs.u32(continueAt - ArmPtRegs.swiSize(regs));
        final int result = (int) slot[ArmPtRegs.R0];
        final int restart = syscall ? restartKind(-result) : 0;
        if (restart != 0) {
            slot[ArmPtRegs.R0] = slot[ArmPtRegs.ORIG_R0];
            slot[ArmPtRegs.PC] = restartAt;
            k.steps.at(k.cpu, PREPARE_RESTART);
        }
        final @Nullable KSignal signal = k.signals.getSignal(task, regs);
        final boolean rewound = restart != 0 && slot[ArmPtRegs.PC] == restartAt;
        if (signal != null) {
            if (rewound && failsWithHandler(-result, signal)) {
                slot[ArmPtRegs.R0] = ArmPtRegs.u32(-Errno.EINTR);
                slot[ArmPtRegs.PC] = continueAt;
                k.steps.at(k.cpu, CANCEL_RESTART);
            }
            handleSignal(task, regs, signal);
            return 0;
        }
        k.signals.restoreSavedSigmask(task);
        if (rewound) {
            slot[ArmPtRegs.PC] = continueAt;
            return restart;
        }
        return 0;
    }

    private static int restartKind(final int code) {
        return switch (code) {
            case Errno.ERESTARTSYS, Errno.ERESTARTNOINTR, Errno.ERESTARTNOHAND -> 1;
            case Errno.ERESTART_RESTARTBLOCK -> -1;
            default -> 0;
        };
    }

    private static boolean failsWithHandler(final int code, final KSignal signal) {
        return code == Errno.ERESTARTNOHAND
                || code == Errno.ERESTART_RESTARTBLOCK
                || code == Errno.ERESTARTSYS && !signal.action().has(SigAction.SA_RESTART);
    }

    private void handleSignal(final Task task, final PtRegs regs, final KSignal signal) {
        k.steps.enter(k.cpu, HANDLE_SIGNAL, signal.sig());
        k.rseq.signalDeliver(task, regs);
        final boolean built = frames.setup(task, regs, signal, k.signals.sigmaskToSave(task));
        final boolean valid = ArmPtRegs.validUserRegs(regs);
        // There is no single-stepping on arm, so no stop at the handler's entry (STP-14).
        k.signals.setupDone(task, signal, !built || !valid, false);
        k.steps.leave(k.cpu, HANDLE_SIGNAL);
    }
}
