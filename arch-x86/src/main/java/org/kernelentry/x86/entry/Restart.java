package org.kernelentry.x86.entry;

import static org.kernelentry.x86.X86PtRegs.*;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.entry.SyscallEntry;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;

/**
 * The proposed restart inside the generic loop: the call is done again without a way through user mode.
 *
 * <p>In no kernel; on only with {@code PROPOSED_GENERIC_FAST_RESTART}. The signal code has put the number to run into the orig slot.
 */
final class Restart {
    /** Detail: the number. */
    static final Step RESTART_IN_KERNEL = Step.of("restart in kernel", "proposal, no kernel has it");

    private Restart() {}

    /** Entry work again, with interrupts on; whether the body may run. */
    static boolean again(final Kernel k, final Task task) {
        final long[] frame = task.regs.slot;
        k.steps.at(k.cpu, RESTART_IN_KERNEL, frame[ORIG_AX]);
        frame[AX] = -Errno.ENOSYS;
        task.syscallNr = (int) frame[ORIG_AX];
        return SyscallEntry.syscallEnterFromUserModeWork(k.cpu, task, task.regs);
    }
}
