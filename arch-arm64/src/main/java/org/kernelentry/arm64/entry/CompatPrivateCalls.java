package org.kernelentry.arm64.entry;

import org.kernelentry.arm64.A64Regs;
import org.kernelentry.arm64.Arm64PtRegs;
import org.kernelentry.arm64.Arm64Thread;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;

/** The private calls of arm as compat tasks have them (A32-02..04). Source: linux v7.3 arch/arm64/kernel/sys_compat.c. */
final class CompatPrivateCalls {
    /** {@code __ARM_NR_COMPAT_BASE}. */
    private static final int BASE = 0x0f0000;

    private static final int CACHEFLUSH = BASE + 2;
    private static final int SET_TLS = BASE + 5;
    /** {@code __ARM_NR_COMPAT_END}: numbers from here on are not calls at all. */
    private static final int END = BASE + 0x800;

    private final Kernel k;

    CompatPrivateCalls(final Kernel kernel) {
        this.k = kernel;
    }

    /** Whether {@link #invoke} does more than answer -ENOSYS. */
    static boolean known(final int nr) {
        return nr == CACHEFLUSH || nr == SET_TLS || nr >= END;
    }

    /** {@code compat_arm_syscall()}: for a number beyond the table. */
    long invoke(final Task task, final PtRegs regs, final int nr) {
        // Around the generic code r0 holds the preset result already (DIF-A64-05).
        final long r0 = regs.slot[k.config.generic() ? Arm64PtRegs.ORIG_X0 : 0] & 0xffff_ffffL;
        switch (nr) {
            case CACHEFLUSH:
                return cacheflush(task, r0, regs.slot[1] & 0xffff_ffffL, (int) regs.slot[2]);
            case SET_TLS:
                ((Arm64Thread) task.thread).tpValue = r0;
                k.cpu.live.r[A64Regs.AARCH32.tpidruro] = r0;
                return 0;
            default:
                if (nr < END) {
                    return -Errno.ENOSYS;
                }
                final long at = regs.slot[Arm64PtRegs.PC] - Arm64PtRegs.syscallInstructionSize(regs);
                k.signals.force(task, SigInfo.fault(Signals.SIGILL, SigInfo.ILL_ILLTRP, at));
                return 0;
        }
    }

    /** Instruction fetch sees every store at once here, so only the checks are left. */
    private static long cacheflush(final Task task, final long start, final long end, final int flags) {
        if (end < start || flags != 0) {
            return -Errno.EINVAL;
        }
        return task.requireMm().accessOk(start, end - start) ? 0 : -Errno.EFAULT;
    }
}
