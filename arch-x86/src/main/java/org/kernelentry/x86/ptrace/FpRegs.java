package org.kernelentry.x86.ptrace;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.x86.FxArea;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.X86Thread;

/** {@code REGSET_FP} of 64-bit tracees, {@code REGSET_XFP} of 32-bit ones. Source: linux v7.3 arch/x86/kernel/fpu/regset.c xfpregs_get(), xfpregs_set(). */
final class FpRegs {
    private FpRegs() {}

    static byte[] get(final Kernel k, final Task task) {
        final X86Thread thread = (X86Thread) task.thread;
        if (k.cpu.current == task) {
            thread.saveFpu(k.cpu.live);
        }
        final byte[] area = new byte[FxArea.SIZE];
        FxArea.write(thread.fpu, 0, area, X86Regs.XMM_REGISTERS);
        return area;
    }

    static long set(final Kernel k, final Task task, final byte[] area) {
        if (area.length != FxArea.SIZE || (FxArea.mxcsr(area) & ~X86Regs.MXCSR_VALID) != 0) {
            return -Errno.EINVAL;
        }
        final X86Thread thread = (X86Thread) task.thread;
        FxArea.read(thread.fpu, 0, area, X86Regs.XMM_REGISTERS);
        if (k.cpu.current == task) {
            thread.loadFpu(k.cpu.live);
        }
        return 0;
    }
}
