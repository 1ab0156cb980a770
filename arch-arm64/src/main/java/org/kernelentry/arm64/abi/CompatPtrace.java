package org.kernelentry.arm64.abi;

import org.kernelentry.arm64.Arm64PtRegs;
import org.kernelentry.arm64.Arm64Thread;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;

/** Requests of arm that a compat tracee answers to (A32-07). Source: linux v7.3 arch/arm64/kernel/ptrace.c compat_arch_ptrace(). */
public final class CompatPtrace {
    private static final int GETREGS = 12;
    private static final int SETREGS = 13;
    private static final int GET_THREAD_AREA = 22;
    private static final int SET_SYSCALL = 23;

    private final Kernel k;
    private final RegisterSets sets;

    public CompatPtrace(final Kernel kernel, final RegisterSets sets) {
        this.k = kernel;
        this.sets = sets;
    }

    /** As {@code Arch.archPtrace}. */
    public long request(final Task tracer, final Task tracee, final int request, final long data) {
        if (!tracee.is32Bit() || !(tracer.is32Bit() || tracer.harness)) {
            return -Errno.EIO;
        }
        switch (request) {
            case GETREGS: {
                final byte[] registers = sets.get(tracee, RegisterSets.NT_PRSTATUS);
                return registers != null && k.user.copyTo(tracer, data, registers, 0, registers.length)
                        ? 0
                        : -Errno.EFAULT;
            }
            case SETREGS: {
                final byte[] registers = sets.get(tracee, RegisterSets.NT_PRSTATUS);
                return registers != null && k.user.copyFrom(tracer, data, registers, 0, registers.length)
                        ? sets.set(tracee, RegisterSets.NT_PRSTATUS, registers)
                        : -Errno.EFAULT;
            }
            case GET_THREAD_AREA:
                return k.user.put(tracer, data, Integer.BYTES, ((Arm64Thread) tracee.thread).tpValue)
                        ? 0
                        : -Errno.EFAULT;
            case SET_SYSCALL:
                // Unmasked, unlike arm (PTR-38).
                tracee.regs.slot[Arm64PtRegs.SYSCALLNO] = (int) data;
                return 0;
            default:
                return -Errno.EIO;
        }
    }
}
