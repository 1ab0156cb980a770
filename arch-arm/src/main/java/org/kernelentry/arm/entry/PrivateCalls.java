package org.kernelentry.arm.entry;

import org.kernelentry.arm.ArmPtRegs;
import org.kernelentry.arm.ArmThread;
import org.kernelentry.arm.abi.ArmAbi;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.memory.AddressSpace;

/** arm's private calls, numbers from 0xf0000 on. Source: linux v7.3 arch/arm/kernel/traps.c arm_syscall(), bad_syscall(). */
final class PrivateCalls {
    /** Detail: the number. */
    static final Step ARM_SYSCALL = Step.of("arm_syscall", "arch/arm/kernel/traps.c arm_syscall()");

    private static final int BRANCH_THROUGH_ZERO = 0;
    private static final int BREAKPOINT = 1;
    private static final int CACHEFLUSH = 2;
    private static final int SET_TLS = 5;
    private static final int GET_TLS = 6;
    /** Up to here an unknown call is ENOSYS, so that programs can probe. */
    private static final int LAST_PROBEABLE = 0x7ff;

    private final Kernel k;

    PrivateCalls(final Kernel k) {
        this.k = k;
    }

    /** Runs call {@code nr}, unsigned at or above {@code __ARM_NR_BASE}; returns what goes to r0. */
    long invoke(final Task task, final PtRegs regs, final int nr) {
        k.steps.at(k.cpu, ARM_SYSCALL, nr);
        final long[] slot = regs.slot;
        if (nr >> 16 != ArmAbi.ARM_NR_BASE >> 16) {
            illegal(task, regs, nr);
            return slot[ArmPtRegs.R0];
        }
        switch (nr & 0xffff) {
            case BRANCH_THROUGH_ZERO:
                notifyDie(task, new SigInfo(Signals.SIGSEGV, 0, SigInfo.SEGV_MAPERR, 0, 0, 0, 0, 0), 0);
                return 0;
            case BREAKPOINT:
                // Back to the SWI, for a debugger that has put it there (ARM-09).
                slot[ArmPtRegs.PC] = ArmPtRegs.u32(slot[ArmPtRegs.PC] - ArmPtRegs.swiSize(regs));
                k.signals.force(task, SigInfo.fault(Signals.SIGTRAP, SigInfo.TRAP_BRKPT, slot[ArmPtRegs.PC]));
                return slot[ArmPtRegs.R0];
            case CACHEFLUSH:
                return cacheflush(task, task.args[0], task.args[1], task.args[2]);
            case SET_TLS:
                ArmThread.of(task).tpValue = task.args[0];
                return 0;
            case GET_TLS:
                return ArmThread.of(task).tpValue;
            default:
                // usr26 and usr32 exist on CPUs with a 26-bit mode only; here they are as unknown as the rest.
                if ((nr & 0xffff) <= LAST_PROBEABLE && !isUsr(nr & 0xffff)) {
                    return -Errno.ENOSYS;
                }
                illegal(task, regs, nr);
                return 0;
        }
    }

    private static boolean isUsr(final int call) {
        return call == 3 || call == 4;
    }

    /** SIGILL with the address of the SWI while the saved pc stays behind it (ARM-29). */
    private void illegal(final Task task, final PtRegs regs, final int nr) {
        final long swi = ArmPtRegs.u32(regs.slot[ArmPtRegs.PC] - ArmPtRegs.swiSize(regs));
        notifyDie(task, SigInfo.fault(Signals.SIGILL, SigInfo.ILL_ILLTRP, swi), nr);
    }

    private void notifyDie(final Task task, final SigInfo info, final int error) {
        final ArmThread thread = ArmThread.of(task);
        thread.errorCode = error;
        thread.trapNo = 0;
        k.signals.force(task, info);
    }

    /** {@code do_cache_op()}: nothing is cached here, but the range is walked as the real one is (ARM-10). */
    private long cacheflush(final Task task, final long start, final long end, final long flags) {
        if (end < start || flags != 0) {
            return -Errno.EINVAL;
        }
        if (!task.requireMm().accessOk(start, end - start)) {
            return -Errno.EFAULT;
        }
        final AddressSpace space = task.requireMm().space;
        long at = start;
        do {
            if (k.signals.fatalSignalPending(task)) {
                return 0;
            }
            if (at < end && space.protection(at) <= AddressSpace.PROT_NONE) {
                return -Errno.EFAULT;
            }
            k.sched.condResched();
            at += AddressSpace.PAGE_SIZE;
        } while (at < end);
        return 0;
    }
}
