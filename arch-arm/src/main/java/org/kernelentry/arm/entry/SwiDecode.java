package org.kernelentry.arm.entry;

import org.kernelentry.arm.ArmPtRegs;
import org.kernelentry.arm.ArmThread;
import org.kernelentry.arm.abi.ArmAbi;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.Task;

/** Which call a SWI means. Source: linux v7.3 arch/arm/kernel/entry-common.S vector_swi. */
final class SwiDecode {
    /** Detail: the number. */
    static final Step DECODE_NUMBER =
            Step.of("decode the system call number", "arch/arm/kernel/entry-common.S vector_swi");

    private static final int IMMEDIATE = 0x00ff_ffff;

    private final boolean oabiCompat;

    SwiDecode(final Kernel k) {
        this.oabiCompat = k.config.has(Option.OABI_COMPAT);
    }

    /** Whether the instruction itself has to be read. */
    boolean readsInstruction() {
        return oabiCompat;
    }

    /**
     * Notes number and table in the thread: r7, or on an OABI kernel a SWI immediate other than 0 (OAB-01); Thumb is never OABI (OAB-02).
     *
     * @return false when the SWI could not be read: the pc is back at it, and the user's own fetch will fault (OAB-04)
     */
    boolean decode(final Kernel k, final Task task, final PtRegs regs) {
        final ArmThread thread = ArmThread.of(task);
        thread.abiSyscall = (int) regs.slot[ArmPtRegs.R7];
        thread.oabi = false;
        if (oabiCompat && !ArmPtRegs.thumbMode(regs)) {
            final long swi = ArmPtRegs.u32(regs.slot[ArmPtRegs.PC] - 4);
            if (!k.user.get(task, swi, 4)) {
                regs.slot[ArmPtRegs.PC] = swi;
                return false;
            }
            final int immediate = (int) k.user.value & IMMEDIATE;
            if (immediate != 0) {
                thread.abiSyscall = immediate;
                thread.oabi = true;
            }
        }
        k.steps.at(k.cpu, DECODE_NUMBER, thread.abiSyscall);
        return true;
    }

    /** Number as the table and the private calls count: without the OABI marker. */
    static int tableNumber(final ArmThread thread) {
        return thread.oabi ? thread.abiSyscall ^ ArmAbi.NR_OABI_SYSCALL_BASE : thread.abiSyscall;
    }

    /** {@code syscall_get_nr()}: a kernel with OABI keeps 20 bits, except of -1 (ARM-33). */
    static int syscallGetNr(final Kernel k, final ArmThread thread) {
        if (!k.config.has(Option.OABI_COMPAT) || thread.abiSyscall == ArmThread.NO_SYSCALL) {
            return thread.abiSyscall;
        }
        return thread.abiSyscall & ArmAbi.NR_SYSCALL_MASK;
    }
}
