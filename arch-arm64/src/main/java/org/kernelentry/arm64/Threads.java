package org.kernelentry.arm64;

import static org.kernelentry.arm64.Arm64PtRegs.PC;
import static org.kernelentry.arm64.Arm64PtRegs.PSTATE;
import static org.kernelentry.arm64.Arm64PtRegs.SYSCALLNO;
import static org.kernelentry.kernel.task.ThreadFlags.TIF_32BIT;

import java.util.Arrays;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.CpuState;

/** Register state over the life of a thread. Source: linux v7.3 arch/arm64/kernel/process.c, arch/arm64/include/asm/processor.h start_thread(). */
final class Threads {
    private final Kernel k;

    Threads(final Kernel kernel) {
        this.k = kernel;
    }

    private static Arm64Thread thread(final Task task) {
        return (Arm64Thread) task.thread;
    }

    /** {@code tls_thread_switch()}, {@code fpsimd_thread_switch()}. */
    void switchTo(final CpuState live, final Task previous, final Task next) {
        if (previous.mm != null) {
            thread(previous).save(live, previous.is32Bit());
        }
        if (next.mm != null) {
            thread(next).load(live, next.is32Bit());
        }
    }

    /** {@code start_thread()}. The number of the call stays: after exec the exit work shows it (A64-14). */
    void start(final Task task, final boolean compat, final long pc, final long sp) {
        final long[] slot = task.regs.slot;
        final long number = slot[SYSCALLNO];
        Arrays.fill(slot, 0);
        slot[SYSCALLNO] = number;
        slot[PC] = pc;
        if (compat) {
            slot[PSTATE] = Psr.AA32_MODE_USR | ((pc & 1) != 0 ? Psr.AA32_T : 0);
            slot[Arm64PtRegs.COMPAT_SP] = sp;
            task.setTif(TIF_32BIT);
        } else {
            slot[Arm64PtRegs.SP] = sp;
            task.clearTif(TIF_32BIT);
        }
        thread(task).flush();
        if (task == k.current()) {
            thread(task).load(k.cpu.live, compat);
        }
    }

    /** {@code copy_thread()}. */
    void copy(final Task parent, final Task child, final long childSp) {
        final boolean compat = parent.is32Bit();
        if (parent == k.current()) {
            thread(parent).save(k.cpu.live, compat);
        }
        thread(child).copyFrom(thread(parent));
        child.regs.copyFrom(parent.regs);
        final long[] slot = child.regs.slot;
        slot[0] = 0;
        if (childSp != 0) {
            slot[compat ? Arm64PtRegs.COMPAT_SP : Arm64PtRegs.SP] = childSp;
        }
        if (compat) {
            child.setTif(TIF_32BIT);
        } else {
            child.clearTif(TIF_32BIT);
        }
    }
}
